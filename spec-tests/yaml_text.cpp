// Layout by nesting and by what fits into a line; quotation marks only where something else would
// be read without.
#include "spec-tests/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spec-tests/scalar.hpp"

namespace cmap::spec_tests {
namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t indentation = 2;

/// In brackets and braces, a comma ends a text.
enum class Context : std::uint8_t { block, flow };

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool can_begin_plain(char c) { return is_letter_or_digit(c) || c == '('; }

/// What readers of YAML 1.1 take for booleans.
bool is_old_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 6> words{"y", "n", "yes", "no", "on", "off"};
  const auto equal = [&](std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) { return a == b || (a | 0x20) == b; });
  };
  return std::ranges::any_of(words, equal);
}

/// Whether a text is read as itself without quotation marks. Fewer are than YAML would allow.
bool is_plain(std::string_view text, Context context) {
  constexpr std::string_view allowed = " _-./()'+=;";
  if (text.empty() || !can_begin_plain(text.front()) || text.back() == ' ') return false;
  const bool harmless = std::ranges::all_of(text, [&](char c) {
    return is_letter_or_digit(c) || allowed.find(c) != std::string_view::npos ||
           (c == ',' && context == Context::block);
  });
  if (!harmless) return false;
  const auto read = plain_scalar(text);
  return read && read->text() != nullptr;
}

bool is_plain_value(std::string_view text, Context context) {
  return is_plain(text, context) && !is_old_boolean(text);
}

void append_escaped(char c, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += {'\\', c};
  } else if (c == '\n') {
    out += "\\n";
  } else if (byte < 0x20 || byte == 0x7F) {
    out += {'\\', 'x', digits[byte >> 4U], digits[byte & 0xFU]};
  } else {
    out += c;
  }
}

std::string quoted_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) append_escaped(c, quoted);
  return quoted + '"';
}

std::string key_text(std::string_view key) {
  return is_plain(key, Context::flow) ? std::string(key) : quoted_text(key);
}

/// Without an exponent, which people do not write, and never like an integer.
std::string decimal_text(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  std::array<char, 400> digits{};  // the longest double has 309 before the point
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  std::string text(digits.data(), end.ptr);
  if (text.find('.') == text.npos) text += ".0";
  return text;
}

/// Everything in one line.
std::string flow_text(const Value& value, Context context) {
  std::string text;
  switch (value.kind()) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return *value.boolean() ? "true" : "false";
    case Value::Kind::integer:
      return std::to_string(*value.integer());
    case Value::Kind::real:
      return decimal_text(*value.real());
    case Value::Kind::text:
      return is_plain_value(*value.text(), context) ? *value.text() : quoted_text(*value.text());
    case Value::Kind::array:
      for (const Value& element : *value.array()) {
        text += (text.empty() ? "" : ", ") + flow_text(element, Context::flow);
      }
      return '[' + text + ']';
    case Value::Kind::object:
      for (const Member& member : *value.object()) {
        text += (text.empty() ? "" : ", ") + key_text(member.key) + ": " +
                flow_text(member.value, Context::flow);
      }
      return '{' + text + '}';
  }
  return text;
}

/// Words and numbers, which are as readable side by side as below each other.
bool is_list_of_words(const Value& value) {
  return value.array() != nullptr && std::ranges::all_of(*value.array(), [](const Value& element) {
           if (element.array() != nullptr || element.object() != nullptr) return false;
           return element.text() == nullptr || is_plain_value(*element.text(), Context::flow);
         });
}

class Layout {
 public:
  /// The members of the whole document.
  std::string take(const Value::Object& object) {
    if (object.empty()) return "{}\n";
    for (const Member& member : object) {
      if (!is_empty_object(member.value) && member.value.object() != nullptr) {
        line_ = key_text(member.key) + ':';
        end_line();
        add_block(*member.value.object(), indentation);
      } else {
        add_member(member, 0);
      }
    }
    return std::move(text_);
  }

 private:
  static bool is_empty_object(const Value& value) {
    return value.object() != nullptr && value.object()->empty();
  }

  void add_block(const Value::Object& object, std::size_t indent) {
    for (const Member& member : object) {
      if (line_.empty()) line_.assign(indent, ' ');  // else it has the dash of a list
      add_member(member, indent);
    }
  }

  /// Behind what the line has already.
  void add_member(const Member& member, std::size_t indent) {
    line_ += key_text(member.key) + ':';
    const Value& value = member.value;
    if (is_list_of_words(value)) {
      add_words(*value.array(), indent + indentation);
    } else if (value.array() != nullptr) {
      end_line();
      add_list(*value.array(), indent + indentation);
    } else if (value.object() != nullptr && !is_empty_object(value) && !fits(value)) {
      end_line();
      add_block(*value.object(), indent + indentation);
    } else if (value.text() != nullptr && is_plain_value(*value.text(), Context::block)) {
      add_sentence(*value.text(), indent + indentation);
    } else {
      line_ += ' ' + flow_text(value, Context::block);
      end_line();
    }
  }

  void add_list(const Value::Array& list, std::size_t indent) {
    for (const Value& element : list) {
      line_ = std::string(indent, ' ') + '-';
      const Value::Object* object = element.object();
      const bool as_block =
          object != nullptr && !object->empty() && (object->size() == 1 || !fits(element));
      if (as_block) {
        line_ += ' ';
        add_block(*object, indent + indentation);
      } else {
        line_ += ' ' + flow_text(element, Context::block);
        end_line();
      }
    }
  }

  /// As many in a line as fit.
  void add_words(const Value::Array& words, std::size_t indent) {
    line_ += " [";
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool is_last = i + 1 == words.size();
      const std::string word = flow_text(words[i], Context::flow) + (is_last ? "" : ",");
      if (i > 0) add_word(word, indent);
      if (i == 0) line_ += word;
    }
    line_ += ']';
    end_line();
  }

  void add_sentence(std::string_view text, std::size_t indent) {
    while (!text.empty()) {
      const std::size_t length = std::min(end_of_word(text), text.size());
      add_word(text.substr(0, length), indent);
      text.remove_prefix(std::min(length + 1, text.size()));
    }
    end_line();
  }

  /// A line ends only where YAML reads a single space: between two words the second of which looks
  /// like nothing else.
  static std::size_t end_of_word(std::string_view text) {
    std::size_t at = text.find(' ');
    while (at != text.npos && (text[at - 1] == ' ' || !can_begin_plain(text[at + 1]))) {
      at = text.find(' ', at + 1);
    }
    return at;
  }

  void add_word(std::string_view word, std::size_t indent) {
    const bool begins_line = line_.find_first_not_of(' ') == line_.npos;
    if (!begins_line && line_.size() + 1 + word.size() >= line_width) {
      end_line();
      line_.assign(indent, ' ');
    } else {
      line_ += ' ';
    }
    line_ += word;
  }

  [[nodiscard]] bool fits(const Value& value) const {
    return line_.size() + 1 + flow_text(value, Context::block).size() <= line_width;
  }

  void end_line() {
    text_ += line_ + '\n';
    line_.clear();
  }

  std::string text_;
  std::string line_;  ///< that is being written
};

}  // namespace

std::string yaml_text(const Value::Object& object) { return Layout().take(object); }

}  // namespace cmap::spec_tests
