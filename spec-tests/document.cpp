// What is common to both syntaxes: access to the file, its encoding, comparing and printing values.
#include "spec-tests/document.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>
#include <system_error>

#include "spec-tests/syntax.hpp"

namespace cmap::spec_tests {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::size_t longest_text = 100;

Mark mark_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<std::uint32_t>(std::ranges::count(before, '\n')) + 1,
          static_cast<std::uint32_t>(offset - line_start) + 1};
}

/// Length of the UTF-8 character at the start of `text`; 0 if it is not valid.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return follows(1) ? 2 : 0;
  if ((first & 0xF0U) == 0xE0U) {
    const bool overlong = first == 0xE0U && byte(1) < 0xA0U;
    const bool surrogate = first == 0xEDU && byte(1) >= 0xA0U;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const bool overlong = first == 0xF0U && byte(1) < 0x90U;
    const bool too_large = first == 0xF4U && byte(1) >= 0x90U;
    return follows(1) && follows(2) && follows(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

/// Throws ParseStopped unless the text is UTF-8 without NUL.
void check_encoding(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    throw ParseStopped{{}, "UTF-16 or UTF-32; expected UTF-8, save the file as such"};
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at, 4));
    if (length == 0 || text[at] == '\0') {
      const std::string what = length == 0 ? "a byte that is not UTF-8" : "a NUL byte";
      throw ParseStopped{mark_of(text, at),
                         what + "; expected a text file in UTF-8, is it binary?"};
    }
    at += length;
  }
}

void parse(std::string_view text, Syntax syntax, DocumentBuilder& builder) {
  if (text.starts_with(utf8_mark)) text.remove_prefix(utf8_mark.size());
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw ParseStopped{{}, "an empty file; expected a cmap-format scenario"};
  }
  check_encoding(text);
  if (syntax == Syntax::yaml) {
    parse_yaml(text, builder);
  } else {
    parse_json(text, builder);
  }
}

Document failed(const std::string& name, Mark mark, std::string message) {
  return {std::nullopt, {{name, mark, std::move(message)}}};
}

std::string size_text(std::uintmax_t size) {
  return std::to_string((size + (1U << 20U) - 1) >> 20U) + " MiB";
}

/// Reads the content, or throws ParseStopped. Sizes are checked first: a file of 100 MB must cost
/// nothing. Pipes and devices are not opened at all, they could block.
std::string content_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw ParseStopped{{}, "no such file; expected a scenario in .yml, .yaml or .json"};
  }
  if (error) throw ParseStopped{{}, "cannot be read: " + error.message()};
  if (!std::filesystem::is_regular_file(status)) {
    throw ParseStopped{{}, "not a regular file; expected a scenario in .yml, .yaml or .json"};
  }
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw ParseStopped{{}, "cannot be read: " + error.message()};
  if (size > max_file_size) {
    throw ParseStopped{{},
                       "has " + size_text(size) + ", more than the " + size_text(max_file_size) +
                           " allowed; split it"};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ParseStopped{{}, std::string("cannot be opened: ") + std::strerror(errno)};
  std::string content(max_file_size < size ? 0 : static_cast<std::size_t>(size), '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad()) throw ParseStopped{{}, "cannot be read"};
  content.resize(static_cast<std::size_t>(file.gcount()));
  return content;
}

std::string real_text(double value) {
  std::string text(32, '\0');
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  text.resize(static_cast<std::size_t>(result.ptr - text.data()));
  return text;
}

void append_text(const Value& value, std::string& out) {
  if (out.size() > longest_text) return;
  switch (value.kind()) {
    case Value::Kind::null:
      out += "null";
      return;
    case Value::Kind::boolean:
      out += *value.boolean() ? "true" : "false";
      return;
    case Value::Kind::integer:
      out += std::to_string(*value.integer());
      return;
    case Value::Kind::real:
      out += real_text(*value.real());
      return;
    case Value::Kind::text:
      out += '"' + printable(value.text()->substr(0, longest_text + 1)) + '"';
      return;
    case Value::Kind::array:
      out += '[';
      for (const Value& element : *value.array()) {
        if (out.back() != '[') out += ", ";
        append_text(element, out);
        if (out.size() > longest_text) return;
      }
      out += ']';
      return;
    case Value::Kind::object:
      out += '{';
      for (const Member& member : *value.object()) {
        if (out.back() != '{') out += ", ";
        out += member.key + ": ";
        append_text(member.value, out);
        if (out.size() > longest_text) return;
      }
      out += '}';
      return;
  }
}

std::vector<const Member*> by_key(const Value::Object& object) {
  std::vector<const Member*> sorted;
  sorted.reserve(object.size());
  for (const Member& member : object) sorted.push_back(&member);
  std::ranges::sort(sorted, {}, [](const Member* m) -> const std::string& { return m->key; });
  return sorted;
}

bool same_object(const Value::Object& a, const Value::Object& b, Numbers numbers) {
  return std::ranges::equal(by_key(a), by_key(b), [numbers](const Member* x, const Member* y) {
    return x->key == y->key && same_value(x->value, y->value, numbers);
  });
}

bool is_number(const Value& value) { return value.integer() || value.real(); }

double number_of(const Value& value) {
  return value.integer() ? static_cast<double>(*value.integer()) : *value.real();
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  if (object() == nullptr) return nullptr;
  for (const Member& member : *object()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

bool same_value(const Value& a, const Value& b, Numbers numbers) {
  if (a.kind() != b.kind()) {
    const bool are_numbers = is_number(a) && is_number(b);
    return numbers == Numbers::by_value && are_numbers && number_of(a) == number_of(b);
  }
  switch (a.kind()) {
    case Value::Kind::null:
      return true;
    case Value::Kind::boolean:
      return *a.boolean() == *b.boolean();
    case Value::Kind::integer:
      return *a.integer() == *b.integer();
    case Value::Kind::real:
      return *a.real() == *b.real();
    case Value::Kind::text:
      return *a.text() == *b.text();
    case Value::Kind::array:
      return std::ranges::equal(*a.array(), *b.array(), [numbers](const Value& x, const Value& y) {
        return same_value(x, y, numbers);
      });
    case Value::Kind::object:
      return same_object(*a.object(), *b.object(), numbers);
  }
  return false;
}

std::string_view kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return "a boolean";
    case Value::Kind::integer:
      return "an integer";
    case Value::Kind::real:
      return "a number with a fraction";
    case Value::Kind::text:
      return "a text";
    case Value::Kind::array:
      return "a list";
    case Value::Kind::object:
      return "an object";
  }
  return "?";
}

std::string to_text(const Value& value) {
  std::string text;
  append_text(value, text);
  return shortened(text, longest_text);
}

std::optional<Syntax> syntax_of(const std::filesystem::path& path) {
  const std::filesystem::path ending = path.extension();
  if (ending == ".yml" || ending == ".yaml") return Syntax::yaml;
  if (ending == ".json") return Syntax::json;
  return std::nullopt;
}

Document read_text(std::string_view text, Syntax syntax, const std::string& name) noexcept {
  try {
    Problems problems(name);
    DocumentBuilder builder(problems);
    parse(text, syntax, builder);
    if (!problems.empty()) return {std::nullopt, problems.take()};
    return {builder.take(), {}};
  } catch (const ParseStopped& stopped) {
    return failed(name, stopped.mark, stopped.message);
  } catch (const std::exception& error) {
    return failed(name, {}, std::string("cannot be parsed: ") + error.what());
  }
}

Document read_file(const std::filesystem::path& path) noexcept {
  try {
    const auto syntax = syntax_of(path);
    const std::string content = content_of(path);
    if (!syntax) {
      return failed(path.string(), {}, "not a scenario by its name; expected .yml, .yaml or .json");
    }
    return read_text(content, *syntax, path.string());
  } catch (const ParseStopped& stopped) {
    return failed(path.string(), stopped.mark, stopped.message);
  } catch (const std::exception& error) {
    return failed(path.string(), {}, std::string("cannot be read: ") + error.what());
  }
}

}  // namespace cmap::spec_tests
