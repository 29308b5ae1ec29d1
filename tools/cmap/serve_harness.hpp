// For tests: the built program in the background, above all as a server.
#pragma once

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cmap::tools {

/// Its two outputs are pipes: read what it may write much to.
class BackgroundProgram {
 public:
  BackgroundProgram(const std::string& command, const std::vector<std::string>& arguments) {
    std::array<int, 2> out{};
    std::array<int, 2> error{};
    if (::pipe(out.data()) != 0 || ::pipe(error.data()) != 0) std::abort();
    std::vector<std::string> words{CMAP_PROGRAM, command};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(error[1], STDERR_FILENO);
      for (const int descriptor : {out[0], out[1], error[0], error[1]}) ::close(descriptor);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(out[1]);
    ::close(error[1]);
    out_ = ::fdopen(out[0], "r");
    error_ = ::fdopen(error[0], "r");
  }
  ~BackgroundProgram() {
    if (process_ > 0) ::kill(process_, SIGKILL), ::waitpid(process_, nullptr, 0);
    std::fclose(out_);
    std::fclose(error_);
  }
  BackgroundProgram(const BackgroundProgram&) = delete;
  BackgroundProgram& operator=(const BackgroundProgram&) = delete;

  /// The next one, without its end; empty when there is no more.
  std::string line() { return read_line(out_); }
  std::string error_line() { return read_line(error_); }
  void signal(int number) const { ::kill(process_, number); }
  /// Its exit status.
  int wait() {
    int status = -1;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static std::string read_line(std::FILE* file) {
    std::string text;
    for (int c = std::fgetc(file); c != EOF && c != '\n'; c = std::fgetc(file)) {
      text += static_cast<char>(c);
    }
    return text;
  }

  pid_t process_ = -1;
  std::FILE* out_ = nullptr;
  std::FILE* error_ = nullptr;
};

class ServeProcess : public BackgroundProgram {
 public:
  explicit ServeProcess(const std::vector<std::string>& arguments)
      : BackgroundProgram("serve", arguments) {}

  /// The connection string at the end of the next line.
  std::string uri() {
    const std::string announced = line();
    return announced.substr(announced.find("mongodb://"));
  }
};

}  // namespace cmap::tools
