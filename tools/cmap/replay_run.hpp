// A whole replay: selects the scenarios, runs each, hands the results to all outputs.
#pragma once

#include "tools/cmap/commands.hpp"
#include "tools/cmap/replay_options.hpp"
#include "tools/cmap/selection.hpp"

namespace cmap::tools {

ExitStatus replay(const ReplayOptions& options, Console& console);

}  // namespace cmap::tools
