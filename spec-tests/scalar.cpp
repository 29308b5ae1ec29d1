// The core schema's regular expressions, spelled out; std::regex would be slow and recursive.
#include "spec-tests/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace cmap::spec_tests {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view decimal_digits = "0123456789";

bool is_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == npos;
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text;
}

std::optional<Value> integer(std::string_view digits, int base) {
  std::int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (result.ec != std::errc()) return std::nullopt;
  return Value(value);
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_like_real(std::string_view text) {
  text = without_sign(text);
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != npos) {
    if (!all_of(without_sign(text.substr(exponent + 1)), decimal_digits)) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t point = text.find('.');
  if (point == npos) return all_of(text, decimal_digits);
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(point + 1);
  if (whole.empty()) return all_of(fraction, decimal_digits);
  return all_of(whole, decimal_digits) && (fraction.empty() || all_of(fraction, decimal_digits));
}

std::optional<Value> real(std::string_view text) {
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || !std::isfinite(value)) return std::nullopt;
  return Value(value);
}

std::optional<Value> special_real(std::string_view text) {
  if (is_any(text, {".nan", ".NaN", ".NAN"})) {
    return Value(std::numeric_limits<double>::quiet_NaN());
  }
  if (!is_any(without_sign(text), {".inf", ".Inf", ".INF"})) return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return Value(text[0] == '-' ? -infinity : infinity);
}

}  // namespace

std::optional<Value> plain_scalar(std::string_view text) {
  if (is_any(text, {"", "~", "null", "Null", "NULL"})) return Value();
  if (is_any(text, {"true", "True", "TRUE"})) return Value(true);
  if (is_any(text, {"false", "False", "FALSE"})) return Value(false);
  if (all_of(without_sign(text), decimal_digits)) {
    return integer(text[0] == '+' ? text.substr(1) : text, 10);
  }
  if (text.starts_with("0o") && all_of(text.substr(2), "01234567")) {
    return integer(text.substr(2), 8);
  }
  if (text.starts_with("0x") && all_of(text.substr(2), "0123456789abcdefABCDEF")) {
    return integer(text.substr(2), 16);
  }
  if (looks_like_real(text)) return real(text);
  if (auto special = special_real(text)) return special;
  return Value(text);
}

}  // namespace cmap::spec_tests
