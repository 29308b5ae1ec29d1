// Runs a server until somebody ends it.
#pragma once

#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"
#include "tools/cmap/serve_options.hpp"

namespace cmap::tools {

/// May throw BadUse.
ExitStatus run_server(ServeOptions options, Console& console);

}  // namespace cmap::tools
