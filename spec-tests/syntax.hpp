// The two parsers behind read_text; each lives in one file, the only one with its library.
#pragma once

#include <string_view>

#include "spec-tests/document_builder.hpp"

namespace cmap::spec_tests {

// `text` is valid UTF-8 without NUL and without byte order mark, and not empty. Both throw
// ParseStopped (and what memory throws); syntax errors too.
void parse_yaml(std::string_view text, DocumentBuilder& builder);
void parse_json(std::string_view text, DocumentBuilder& builder);

}  // namespace cmap::spec_tests
