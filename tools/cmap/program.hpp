// The program `cmap` as a function: from arguments to an exit status.
#pragma once

#include "tools/cmap/exit_status.hpp"

namespace cmap::tools {

ExitStatus run_program(int argc, char** argv);

}  // namespace cmap::tools
