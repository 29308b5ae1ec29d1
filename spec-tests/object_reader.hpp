// Reads the keys of an object, and complains about everything that is not as expected.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pool/api/time.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// The largest number that is accepted anywhere, and the longest time in milliseconds.
inline constexpr std::int64_t max_number = 2'147'483'647;

// Each of these takes null for "not there" and answers nothing for it, silently; a value of another
// type or outside the range is a problem, and answers nothing too. `what` names the value.
std::optional<std::string> read_string(const Value* value, std::string_view what,
                                       Problems& problems);
std::optional<bool> read_boolean(const Value* value, std::string_view what, Problems& problems);
std::optional<std::int64_t> read_integer(const Value* value, std::string_view what,
                                         Problems& problems, std::int64_t from = 0,
                                         std::int64_t to = max_number);
/// Keys of the specification's format are whole milliseconds, those of the extension may have a
/// fraction down to 1 ns.
enum class Fraction : std::uint8_t { refused, allowed };
std::optional<Duration> read_milliseconds(const Value* value, std::string_view what,
                                          Problems& problems,
                                          Fraction fraction = Fraction::refused);
/// A list whose elements are texts.
std::vector<std::string> read_strings(const Value* value, std::string_view what,
                                      Problems& problems);
/// The elements of a list; empty if it is none.
std::span<const Value> read_list(const Value* value, std::string_view what, Problems& problems);
/// An index into `words`.
std::optional<std::size_t> read_word(const Value* value, std::string_view what,
                                     std::span<const std::string_view> words, Problems& problems);

/// Whether a value is the placeholder of MATCH, 42 or "42".
bool is_placeholder(const Value& value);

/// Wraps an object. Every key that was asked for is a known one; `finish` reports the others.
class ObjectReader {
 public:
  /// `what` names the object in problems: "an operation". Reports a value that is no object.
  ObjectReader(const Value& value, std::string_view what, Problems& problems);

  /// The value of a key; null if there is none.
  const Value* find(std::string_view key);
  /// The same; a missing key is a problem.
  const Value* need(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) { return find(key) != nullptr; }
  /// Reports all keys that nobody asked for.
  void finish();

  [[nodiscard]] bool is_object() const { return value_.object() != nullptr; }
  [[nodiscard]] Mark mark() const { return value_.mark; }
  [[nodiscard]] Problems& problems() { return problems_; }

  // Shorthands for an optional key that is named like its value.
  std::optional<std::string> string(std::string_view key) {
    return read_string(find(key), key, problems_);
  }
  std::optional<bool> boolean(std::string_view key) {
    return read_boolean(find(key), key, problems_);
  }

 private:
  const Value& value_;
  std::string what_;
  Problems& problems_;
  std::vector<std::string_view> known_;
};

}  // namespace cmap::spec_tests
