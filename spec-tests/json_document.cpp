// JSON by nlohmann-json. Its values know no places, so its SAX interface is read through a counting
// iterator: when a token is reported, its characters have just been consumed.
#include <cstddef>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "spec-tests/syntax.hpp"

namespace cmap::spec_tests {
namespace {

using nlohmann::json;

/// All copies count in the same place: the parser keeps one, we look at the count.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* consumed) : at_(at), consumed_(consumed) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*consumed_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* consumed_;
};

/// Turns growing offsets into lines and columns.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {}

  Mark mark_at(std::size_t offset) {
    for (offset = std::min(offset, text_.size()); offset_ < offset; ++offset_) {
      const char c = text_[offset_];
      if (c == '\n') {
        ++mark_.line;
        mark_.column = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
        ++mark_.column;
      }
    }
    return mark_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  Mark mark_;
};

std::string plain_message(const std::string& message) {
  const std::size_t at = message.find("syntax error");
  return at == std::string::npos ? message : message.substr(at);
}

class Handler final : public nlohmann::json_sax<json> {
 public:
  Handler(std::string_view text, DocumentBuilder& builder, const std::size_t& consumed)
      : text_(text), builder_(builder), consumed_(consumed), places_(text) {}

  bool null() override { return scalar(Value()); }
  bool boolean(bool value) override { return scalar(Value(value)); }
  bool number_integer(number_integer_t value) override { return scalar(Value(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      refuse_number(token());
    }
    return scalar(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t& spelling) override {
    // An integer that fits no integer type arrives here as well.
    if (spelling.find_first_of(".eE") == string_t::npos) refuse_number(token());
    return scalar(Value(value));
  }
  bool string(string_t& value) override { return scalar(Value(std::move(value))); }
  bool binary(binary_t&) override { return false; }  // cannot occur in JSON

  bool start_object(std::size_t) override {
    builder_.begin_object(token());
    return true;
  }
  bool key(string_t& value) override {
    builder_.key(value, token());
    return true;
  }
  bool end_object() override { return end(); }
  bool start_array(std::size_t) override {
    builder_.begin_array(token());
    return true;
  }
  bool end_array() override { return end(); }

  bool parse_error(std::size_t position, const std::string&,
                   const json::exception& error) override {
    constexpr int number_overflow = 406;
    if (error.id == number_overflow) refuse_number(token());
    const std::size_t offset = position > 0 ? position - 1 : 0;
    throw ParseStopped{places_.mark_at(offset), "not JSON: " + plain_message(error.what())};
  }

 private:
  /// The start of the token just read. Between two tokens stand only spaces, commas, colons and
  /// (after a number, which is read one character too far) one bracket.
  Mark token() {
    const std::size_t start = text_.find_first_not_of(" \t\r\n,:", last_);
    last_ = consumed_;
    return places_.mark_at(start);
  }

  bool scalar(Value value) {
    builder_.scalar(std::move(value), token());
    return true;
  }

  bool end() {
    last_ = consumed_;
    builder_.end();
    return true;
  }

  [[noreturn]] static void refuse_number(Mark mark) {
    throw ParseStopped{mark, "this number is out of range; expected one that fits 64 bits"};
  }

  std::string_view text_;
  DocumentBuilder& builder_;
  const std::size_t& consumed_;
  Places places_;
  std::size_t last_ = 0;
};

}  // namespace

void parse_json(std::string_view text, DocumentBuilder& builder) {
  std::size_t consumed = 0;
  Handler handler(text, builder, consumed);
  const char* begin = text.data();
  json::sax_parse(CountingIterator(begin, &consumed),
                  CountingIterator(begin + text.size(), &consumed), &handler);
}

}  // namespace cmap::spec_tests
