// The commands of the program: each lives in one file, adds itself, and runs when it was asked for.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace cmap::tools {

/// The command line asks for what cannot be; `what()` says so, `advice` says what to do.
class BadUse : public std::runtime_error {
 public:
  explicit BadUse(const std::string& message, std::string advice = {})
      : std::runtime_error(message), advice_(std::move(advice)) {}
  [[nodiscard]] const std::string& advice() const { return advice_; }

 private:
  std::string advice_;
};

struct Command {
  CLI::App* parser = nullptr;
  /// After the parser has read the arguments. May throw BadUse.
  std::function<ExitStatus(Console&)> run;
};

Command add_replay(CLI::App& program);
Command add_fuzz(CLI::App& program);
Command add_explore(CLI::App& program);
Command add_judge(CLI::App& program);
Command add_serve(CLI::App& program);
Command add_monitor(CLI::App& program);
Command add_soak(CLI::App& program);

}  // namespace cmap::tools
