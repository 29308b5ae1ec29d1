// Builds a tree of values from the stream of events of a parser, within the bounds of document.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// Stops a parser: nothing after this problem could be understood. Never leaves read_text.
struct ParseStopped {
  Mark mark;
  std::string message;
};

class DocumentBuilder {
 public:
  explicit DocumentBuilder(Problems& problems) : problems_(problems) {}

  // Each throws ParseStopped when a bound is passed. `anchor` 0: none.
  void scalar(Value value, Mark mark, std::size_t anchor = 0);
  void key(std::string_view text, Mark mark);
  /// `<<` of YAML: the value is an object, or a list of them, whose members the open object gets if
  /// it, or one before in that list, has no other of their name.
  void merge_key(Mark mark);
  void begin_array(Mark mark, std::size_t anchor = 0) {
    begin(Value(Value::Array{}), mark, anchor);
  }
  void begin_object(Mark mark, std::size_t anchor = 0) {
    begin(Value(Value::Object{}), mark, anchor);
  }
  void end();
  void alias(std::size_t anchor, Mark mark);

  /// Where a key is expected, something else begins. It takes the key's place, so that the nesting
  /// below it is bounded, too: too deep comes first. The next `end` throws what is wrong.
  void bad_key(Mark mark, std::string message);
  void throw_bad_key() const {
    if (bad_key_) throw ParseStopped(*bad_key_);
  }

  /// True where the next thing must be a key.
  [[nodiscard]] bool expects_key() const;
  /// The finished document.
  [[nodiscard]] Value take() { return std::move(root_); }

 private:
  struct Size {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
  };
  struct Open {
    Value value;
    std::size_t anchor = 0;
    Size before;  ///< of everything when it began
    std::string key{};
    Mark key_mark{};
    bool has_key = false;
    bool is_merging = false;  ///< with that key
    std::vector<Value> merged{};
  };
  struct Anchored {
    Value value;
    Size size;
    std::size_t depth = 0;  ///< of the value itself: 1 for a scalar
  };

  void begin(Value value, Mark mark, std::size_t anchor);
  void finish(Value value, std::size_t anchor, Size before);
  void remember(std::size_t anchor, const Value& value, Size before);
  void place(Value value);
  void spend(Size size, Mark mark);
  void check_keys(const Value::Object& object);
  static void merge(Value::Object& object, std::vector<Value> merged);

  Problems& problems_;
  Value root_;
  std::vector<Open> open_;
  std::unordered_map<std::size_t, Anchored> anchors_;
  Size spent_;
  std::optional<ParseStopped> bad_key_;  ///< the first
};

}  // namespace cmap::spec_tests
