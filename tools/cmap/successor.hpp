// This program, started anew by what is about to end it.
#pragma once

#include <string>
#include <vector>

namespace cmap::tools {

/// The command line of this process; empty if the system does not tell.
std::vector<std::string> own_command_line();

class Successor {
 public:
  /// `command_line`: the program's name and its arguments. Empty: there is no successor.
  explicit Successor(std::vector<std::string> command_line);
  // It points into itself.
  Successor(const Successor&) = delete;
  Successor& operator=(const Successor&) = delete;

  [[nodiscard]] explicit operator bool() const { return !command_line_.empty(); }
  /// Under the same process number, with its files and terminal. All that was in memory is gone.
  /// From any thread, also from a signal's handler. Returns only if it cannot be.
  void take_over() const noexcept;

 private:
  std::vector<std::string> command_line_;
  std::vector<char*> arguments_;
};

}  // namespace cmap::tools
