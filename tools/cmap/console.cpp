// Keeps the two streams in order when both are the same terminal.
#include "tools/cmap/console.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace cmap::tools {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value != '\0';
}

/// It shows escape sequences as they are.
bool is_dumb_terminal() {
  const char* terminal = std::getenv("TERM");
  return terminal && std::string_view(terminal) == "dumb";
}

/// Of the terminal, if there is one.
std::optional<winsize> size_of_terminal() {
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size;
  }
  return std::nullopt;
}

std::string_view escape(Color color) {
  switch (color) {
    case Color::none:
      return "";
    case Color::bold:
      return "\x1b[1m";
    case Color::green:
      return "\x1b[32m";
    case Color::red:
      return "\x1b[31m";
    case Color::yellow:
      return "\x1b[33m";
  }
  return "";
}

}  // namespace

Console::Console(std::string program)
    : program_(std::move(program)),
      out_(STDOUT_FILENO, "standard output"),
      error_(STDERR_FILENO, "standard error") {}

Output& Console::out() {
  clear_progress();
  return out_;
}

void Console::say(std::string_view text) { write(*words_, text); }

void Console::warn(std::string_view text) { write(error_, text); }

void Console::error(std::string_view message, std::string_view advice) {
  std::string text = "error: " + std::string(message) + '\n';
  if (!advice.empty()) text += "       " + std::string(advice) + '\n';
  warn(text);
}

void Console::write(Output& output, std::string_view text) {
  clear_progress();
  // What was said before must not come after it.
  if (&output == &error_) out_.flush();
  output.write(text);
  if (&output == &error_ || output.is_terminal()) output.flush();
}

void Console::progress(std::string_view text) {
  if (!has_progress()) return;
  out_.flush();
  const std::size_t columns = std::max<std::size_t>(width(), 2) - 1;
  error_.write("\r\x1b[K" + std::string(text.substr(0, columns)));
  error_.flush();
  shows_progress_ = true;
}

void Console::clear_progress() {
  if (!std::exchange(shows_progress_, false)) return;
  error_.write("\r\x1b[K");
  error_.flush();
}

std::string Console::paint(Color color, std::string_view text) const {
  if (color == Color::none || !has_color()) return std::string(text);
  return std::string(escape(color)) + std::string(text) + "\x1b[0m";
}

bool Console::has_progress() const { return error_.is_terminal() && !is_dumb_terminal(); }

bool Console::has_color() const {
  return words_->is_terminal() && !is_set("NO_COLOR") && !is_dumb_terminal();
}

bool Console::can_redraw() const { return out_.is_terminal() && !is_dumb_terminal(); }

std::size_t Console::width() const {
  constexpr std::size_t usual = 100;
  const auto size = size_of_terminal();
  return size ? size->ws_col : usual;
}

std::size_t Console::height() const {
  constexpr std::size_t usual = 24;
  const auto size = size_of_terminal();
  return size && size->ws_row > 0 ? size->ws_row : usual;
}

bool Console::finish() {
  clear_progress();
  out_.flush();
  if (out_.error().empty()) return true;
  if (!std::exchange(failure_is_said_, true)) error(out_.error());
  return false;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=@%+";
  if (!text.empty() && text.find_first_not_of(harmless) == std::string_view::npos) {
    return std::string(text);
  }
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace cmap::tools
