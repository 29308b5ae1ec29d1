// One message for each way in which a value can be wrong: what was expected, what came.
#include "spec-tests/object_reader.hpp"

#include <algorithm>
#include <cmath>

namespace cmap::spec_tests {
namespace {

constexpr double nanoseconds_per_millisecond = 1e6;

void wrong(const Value& value, std::string_view what, const std::string& expected,
           Problems& problems) {
  std::string text = std::string(what) + " must be " + expected + ", but is ";
  text +=
      value.is_null() ? "null" : to_text(value) + " (" + std::string(kind_name(value.kind())) + ")";
  problems.add(value.mark, std::move(text));
}

std::string range(std::int64_t from, std::int64_t to) {
  return " from " + std::to_string(from) + " to " + std::to_string(to);
}

}  // namespace

std::optional<std::string> read_string(const Value* value, std::string_view what,
                                       Problems& problems) {
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->text(); text != nullptr && !text->empty()) return *text;
  wrong(*value, what, "a text", problems);
  return std::nullopt;
}

std::optional<bool> read_boolean(const Value* value, std::string_view what, Problems& problems) {
  if (value == nullptr) return std::nullopt;
  if (const bool* boolean = value->boolean()) return *boolean;
  wrong(*value, what, "true or false", problems);
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(const Value* value, std::string_view what,
                                         Problems& problems, std::int64_t from, std::int64_t to) {
  if (value == nullptr) return std::nullopt;
  const std::int64_t* number = value->integer();
  if (number != nullptr && *number >= from && *number <= to) return *number;
  wrong(*value, what, "an integer" + range(from, to), problems);
  return std::nullopt;
}

std::optional<Duration> read_milliseconds(const Value* value, std::string_view what,
                                          Problems& problems, Fraction fraction) {
  if (value == nullptr) return std::nullopt;
  const double* real = value->real();
  if (real != nullptr && fraction == Fraction::allowed && *real >= 0 &&
      *real <= static_cast<double>(max_number)) {
    return Duration(std::llround(*real * nanoseconds_per_millisecond));
  }
  const std::int64_t* number = value->integer();
  if (number != nullptr && *number >= 0 && *number <= max_number) {
    return std::chrono::milliseconds(*number);
  }
  const std::string kind = fraction == Fraction::allowed ? "a number" : "an integer";
  wrong(*value, what, kind + " of milliseconds" + range(0, max_number), problems);
  return std::nullopt;
}

std::span<const Value> read_list(const Value* value, std::string_view what, Problems& problems) {
  if (value == nullptr) return {};
  if (const auto* array = value->array()) return *array;
  wrong(*value, what, "a list", problems);
  return {};
}

std::vector<std::string> read_strings(const Value* value, std::string_view what,
                                      Problems& problems) {
  std::vector<std::string> strings;
  for (const Value& element : read_list(value, what, problems)) {
    const std::string name = "each element of " + std::string(what);
    if (auto text = read_string(&element, name, problems)) strings.push_back(std::move(*text));
  }
  return strings;
}

std::optional<std::size_t> read_word(const Value* value, std::string_view what,
                                     std::span<const std::string_view> words, Problems& problems) {
  if (value == nullptr) return std::nullopt;
  const std::string* text = value->text();
  if (text == nullptr) {
    wrong(*value, what, one_of(words), problems);
    return std::nullopt;
  }
  const auto found = std::ranges::find(words, *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  problems.add(value->mark, std::string(what) + " " + in_quotes(*text) + " is unknown" +
                                did_you_mean(*text, words) + "; expected " + one_of(words));
  return std::nullopt;
}

bool is_placeholder(const Value& value) {
  const std::int64_t* number = value.integer();
  const std::string* text = value.text();
  return (number != nullptr && *number == 42) || (text != nullptr && *text == "42");
}

ObjectReader::ObjectReader(const Value& value, std::string_view what, Problems& problems)
    : value_(value), what_(what), problems_(problems) {
  if (!is_object()) wrong(value, what, "an object", problems);
}

const Value* ObjectReader::find(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
  return value_.find(key);
}

const Value* ObjectReader::need(std::string_view key) {
  const Value* value = find(key);
  if (value == nullptr && is_object()) {
    problems_.add(value_.mark, what_ + " lacks the key " + in_quotes(key));
  }
  return value;
}

void ObjectReader::finish() {
  if (!is_object()) return;
  for (const Member& member : *value_.object()) {
    if (std::ranges::find(known_, member.key) != known_.end()) continue;
    std::string text =
        "unknown key " + in_quotes(member.key) + " in " + what_ + did_you_mean(member.key, known_);
    text += known_.empty() ? "; expected none" : "; expected " + one_of(known_);
    problems_.add(member.mark, std::move(text));
  }
}

}  // namespace cmap::spec_tests
