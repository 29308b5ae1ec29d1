// A tree of values as YAML, laid out as people write scenarios.
#pragma once

#include <string>

#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// An object as a block, and what is in it: lists of objects have a line for each, in braces if
/// that fits; lists of words are filled lines in brackets. The same value gives the same bytes, and
/// reading them gives the same value. Ends with a newline.
std::string yaml_text(const Value::Object& object);

}  // namespace cmap::spec_tests
