// The terminal or the pipes that the program was started with: words, warnings, progress, colours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/cmap/output.hpp"

namespace cmap::tools {

enum class Color : std::uint8_t { none, bold, green, red, yellow };

class Console {
 public:
  /// `program`: how the user called it, for commands that are shown to be repeated.
  explicit Console(std::string program);

  [[nodiscard]] const std::string& program() const { return program_; }
  /// Standard output: machine output, and words unless `words_to_error` was called.
  Output& out();
  /// From now on words for people go to standard error, because standard output is for machines.
  void words_to_error() { words_ = &error_; }
  /// Words for people.
  void say(std::string_view text);
  /// Whatever is wrong; always standard error.
  void warn(std::string_view text);
  /// "error: MESSAGE", and a line that says what to do.
  void error(std::string_view message, std::string_view advice = {});

  /// What is going on, in one line of standard error that the next output replaces. Nothing unless
  /// standard error is a terminal that can replace a line.
  void progress(std::string_view text);
  /// Else `progress` says nothing.
  [[nodiscard]] bool has_progress() const;

  /// `text` as it is to be shown where words go; plain without a terminal or with NO_COLOR.
  [[nodiscard]] std::string paint(Color color, std::string_view text) const;
  [[nodiscard]] bool has_color() const;
  /// Whether standard output is a terminal that can replace what was written before.
  [[nodiscard]] bool can_redraw() const;
  /// Columns where words go.
  [[nodiscard]] std::size_t width() const;
  /// Lines there.
  [[nodiscard]] std::size_t height() const;

  /// Flushes; false, with a message the first time, if standard output could not be written.
  bool finish();

 private:
  void clear_progress();
  void write(Output& output, std::string_view text);

  std::string program_;
  Output out_;
  Output error_;
  Output* words_ = &out_;
  bool shows_progress_ = false;
  bool failure_is_said_ = false;
};

/// As one word of a POSIX shell.
std::string shell_word(std::string_view text);

}  // namespace cmap::tools
