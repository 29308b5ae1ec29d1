// Runs a soak and says what came of it.
#pragma once

#include <optional>

#include "sim/real/soak.hpp"
#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"

namespace cmap::tools {

struct SoakCommand {
  sim::SoakOptions soak;
  std::optional<Duration> time;  ///< nothing: no limit
  bool json = false;
};

ExitStatus run_soak(SoakCommand command, Console& console);

}  // namespace cmap::tools
