// A YAML or JSON text as a tree of values, each of which knows its line and column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "spec-tests/problem.hpp"

namespace cmap::spec_tests {

struct Member;

/// One value. Plain scalars of YAML are typed by the core schema of YAML 1.2, quoted ones are
/// strings, so that a YAML file and its JSON twin give equal values.
class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;  ///< in the order of the text, no key twice
  enum class Kind : std::uint8_t { null, boolean, integer, real, text, array, object };

  Value() noexcept;
  explicit Value(bool value);
  explicit Value(std::int64_t value);
  explicit Value(double value);
  explicit Value(std::string value);
  explicit Value(std::string_view value);
  explicit Value(const char* value);
  explicit Value(Array value);
  explicit Value(Object value);
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(data_.index()); }
  [[nodiscard]] bool is_null() const { return kind() == Kind::null; }
  // Null if the value is of another kind.
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&data_); }
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  [[nodiscard]] const double* real() const { return std::get_if<double>(&data_); }
  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&data_); }
  [[nodiscard]] Array* array() { return std::get_if<Array>(&data_); }
  [[nodiscard]] Object* object() { return std::get_if<Object>(&data_); }
  /// The value of a key; null if this is no object or has no such key.
  [[nodiscard]] const Value* find(std::string_view key) const;

  /// Where the value starts.
  Mark mark;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

struct Member {
  std::string key;
  Mark mark;  ///< of the key
  Value value;
};

// Below Member: whatever can destroy a Value needs to know what a Member is.
inline Value::Value() noexcept = default;
inline Value::Value(bool value) : data_(value) {}
inline Value::Value(std::int64_t value) : data_(value) {}
inline Value::Value(double value) : data_(value) {}
inline Value::Value(std::string value) : data_(std::move(value)) {}
inline Value::Value(std::string_view value) : data_(std::string(value)) {}
inline Value::Value(const char* value) : data_(std::string(value)) {}
inline Value::Value(Array value) : data_(std::move(value)) {}
inline Value::Value(Object value) : data_(std::move(value)) {}
inline Value::Value(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(const Value&) = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::~Value() = default;

/// Whether 1 and 1.0 differ, or are one number in two spellings.
enum class Numbers : std::uint8_t { typed, by_value };
/// Equal as values: places do not count, neither does the order of keys.
bool same_value(const Value& a, const Value& b, Numbers numbers = Numbers::typed);

/// "null", "a boolean", "an integer", ...
std::string_view kind_name(Value::Kind kind);
/// One line, as JSON; shortened with "..." beyond about 100 characters.
std::string to_text(const Value& value);

enum class Syntax : std::uint8_t { yaml, json };
/// By the ending of the name: .yml, .yaml, .json.
std::optional<Syntax> syntax_of(const std::filesystem::path& path);

/// A value, or at least one problem.
struct Document {
  std::optional<Value> value;
  std::vector<Problem> problems;
};

// The bounds below keep time and memory in proportion to what real files need. Aliases count as
// often as they are used.
inline constexpr std::size_t max_file_size = std::size_t{16} << 20U;
inline constexpr std::size_t max_nodes = 250'000;
inline constexpr std::size_t max_text_bytes = std::size_t{64} << 20U;
inline constexpr std::size_t max_depth = 200;

/// Reads a text. `name` is for the problems only. Throws nothing. A UTF-8 byte order mark is
/// skipped; other encodings, several documents, tags and duplicate keys are problems.
Document read_text(std::string_view text, Syntax syntax, const std::string& name) noexcept;

/// Reads a regular file of at most `max_file_size` bytes, which it finds out before reading.
/// Throws nothing.
Document read_file(const std::filesystem::path& path) noexcept;

}  // namespace cmap::spec_tests
