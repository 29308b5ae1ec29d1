// What looks after runs that may end the program, or never come back.
#pragma once

#include <string>
#include <vector>

#include "tools/cmap/crash_note.hpp"
#include "tools/cmap/successor.hpp"
#include "tools/cmap/unfinished_runs.hpp"
#include "tools/cmap/watchdog.hpp"

namespace cmap::tools {

struct GuardOptions {
  std::string subject;  ///< "cmap fuzz: the pool"
  std::string where;    ///< "one of the runs 1 to 5\n"
  Duration longest_run;
  std::vector<std::string> successor;    ///< as Successor has it
  UnfinishedRuns* unfinished = nullptr;  ///< null: they cannot be saved
};

/// While it lives, a crash, or a run that takes too long, is told of; then the successor takes
/// over, or if there is none, what is unfinished is saved and the program ends. One at a time.
class RunGuard {
 public:
  explicit RunGuard(const GuardOptions& options);

  /// A run has come back. Thread-safe.
  void going_on() { watchdog_.going_on(); }

 private:
  const Successor successor_;
  const CrashNote crash_;
  Watchdog watchdog_;
};

}  // namespace cmap::tools
