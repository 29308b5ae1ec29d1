// `cmap fuzz --client`: clients in simulated replica sets, seed after seed.
#pragma once

#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"
#include "tools/cmap/fuzz_run.hpp"

namespace cmap::tools {

/// Of the command it takes the seed, runs, time, shard, jobs and json.
ExitStatus fuzz_client(const FuzzCommand& command, Console& console);

}  // namespace cmap::tools
