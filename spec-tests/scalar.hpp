// Types of plain scalars by the core schema of YAML 1.2.
#pragma once

#include <optional>
#include <string_view>

#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// The value of a plain (unquoted) scalar: null, boolean, integer, real or, if it looks like none
/// of them, a string. Nothing if it is a number that no int64 or no double can hold.
std::optional<Value> plain_scalar(std::string_view text);

}  // namespace cmap::spec_tests
