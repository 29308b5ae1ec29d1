// JSON as text, for output lines: keys in the order in which they are added, exact numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pool/api/time.hpp"

namespace cmap::tools {

/// In quotation marks. What is no UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);

/// One object in one line.
class JsonObject {
 public:
  JsonObject& add(std::string_view key, std::string_view value);
  JsonObject& add(std::string_view key, const char* value) {
    return add(key, std::string_view(value));
  }
  JsonObject& add(std::string_view key, std::int64_t value);
  JsonObject& add(std::string_view key, std::uint64_t value);
  JsonObject& add(std::string_view key, std::uint32_t value) {
    return add(key, std::uint64_t{value});
  }
  JsonObject& add(std::string_view key, bool value);
  /// The shortest text that gives the same number back.
  JsonObject& add(std::string_view key, double value);
  JsonObject& add(std::string_view key, const JsonObject& value);
  /// An integer, or an exact decimal fraction.
  JsonObject& add_milliseconds(std::string_view key, Duration value);
  JsonObject& add_microseconds(std::string_view key, Duration value);

  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

 private:
  JsonObject& add_raw(std::string_view key, std::string_view json);

  std::string members_;
};

}  // namespace cmap::tools
