// Whether a value is as a unified test expects it.
#pragma once

#include <optional>
#include <string_view>

#include "spec-tests/document.hpp"
#include "spec-tests/match.hpp"

namespace cmap::spec_tests {

/// Only documents at the root may have more than is expected: results, and what events show of
/// commands and replies.
enum class ExtraKeys : std::uint8_t { refused, allowed };

/// Arrays have the same length, numbers are compared whatever their type, the order of keys does
/// not count. `actual` null: there is nothing. The operators are those of is_unified_operator.
std::optional<Mismatch> unified_match(const Value& expected, const Value* actual, ExtraKeys extra);

/// The same without operators and extra keys, and numbers have the same type.
std::optional<Mismatch> exact_match(const Value& expected, const Value& actual);

/// "$$exists", "$$type", "$$unsetOrMatches", "$$matchAsDocument", "$$matchAsRoot", "$$lte".
bool is_unified_operator(std::string_view key);
/// What is wrong with what stands behind an operator; nothing: nothing is.
std::optional<std::string> wrong_operand(const Member& special);

}  // namespace cmap::spec_tests
