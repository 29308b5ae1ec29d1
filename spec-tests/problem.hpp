// What is wrong with an input file and where, as one line that tells the reader what to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cmap::spec_tests {

/// A place in a text, both from 1.
struct Mark {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  bool operator==(const Mark&) const = default;
};

/// One thing that is wrong with a file. `message` says what was expected and what came instead.
struct Problem {
  std::string file;
  Mark mark;
  std::string message;

  /// "file:line:column: message", always one line of printable text, whatever the file contained.
  [[nodiscard]] std::string text() const;
  bool operator==(const Problem&) const = default;
};

/// Collects all problems of one file. The number is bounded: after `limit` problems the rest is
/// only counted, and `take` says so in a last one.
class Problems {
 public:
  static constexpr std::size_t limit = 100;

  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(Mark mark, std::string message);
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  [[nodiscard]] std::vector<Problem> take();

 private:
  std::string file_;
  std::vector<Problem> problems_;
  std::size_t left_out_ = 0;
};

/// `, did you mean "checkOut"?` if one of `known` is close to `word`, else empty.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);
/// `"a", "b" or "c"`.
std::string one_of(std::span<const std::string_view> words);
/// `text` with control characters escaped, so that it stays in its line.
std::string printable(std::string_view text);
/// At most `size` bytes of whole characters of `text`, then "..." if anything is left out.
std::string shortened(std::string_view text, std::size_t size);
/// `text` in quotation marks, control characters escaped, shortened to about 60 characters.
std::string in_quotes(std::string_view text);

}  // namespace cmap::spec_tests
