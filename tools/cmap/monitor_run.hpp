// Watches a deployment until somebody ends it.
#pragma once

#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"
#include "tools/cmap/monitor_command.hpp"

namespace cmap::tools {

/// May throw BadUse.
ExitStatus monitor(MonitorCommand options, Console& console);

}  // namespace cmap::tools
