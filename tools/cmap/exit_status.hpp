// How the program ends, the same for every command.
#pragma once

namespace cmap::tools {

enum class ExitStatus : int {
  good = 0,
  failed = 1,  ///< a scenario failed or a clause is broken, whatever else happened
  bad_use = 2  ///< bad input, wrong use, nothing to do, or output that could not be written
};

}  // namespace cmap::tools
