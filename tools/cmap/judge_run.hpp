// `cmap judge` at work: reads the logs, and says what the checkers found.
#pragma once

#include <string>
#include <vector>

#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"
#include "tools/cmap/judgement.hpp"

namespace cmap::tools {

struct JudgeCommand {
  std::vector<std::string> paths;  ///< "-": standard input
  JudgeRules rules;
  bool json = false;
};

ExitStatus run_judge(const JudgeCommand& command, Console& console);

}  // namespace cmap::tools
