// execv() of what was prepared: nothing else is safe where it is called.
#include "tools/cmap/successor.hpp"

#include <fstream>
#include <unistd.h>
#include <utility>

namespace cmap::tools {

std::vector<std::string> own_command_line() {
  std::ifstream words("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> command_line;
  for (std::string word; std::getline(words, word, '\0');) command_line.push_back(word);
  return command_line;
}

Successor::Successor(std::vector<std::string> command_line)
    : command_line_(std::move(command_line)) {
  for (std::string& word : command_line_) arguments_.push_back(word.data());
  arguments_.push_back(nullptr);
}

void Successor::take_over() const noexcept {
  if (command_line_.empty()) return;
  ::alarm(0);  // it would go on
  ::execv("/proc/self/exe", arguments_.data());
}

}  // namespace cmap::tools
