// `cmap fuzz --client`: clients in simulated deployments, seed after seed.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/client/client_plan.hpp"
#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"
#include "tools/cmap/fuzz_run.hpp"

namespace cmap::tools {

/// Called from several threads; the same for the same seed.
using MakeClientPlan = std::function<sim::ClientPlan(std::uint64_t seed)>;

/// Of the command it takes the seed, runs, time, shard, jobs, longest run, folder, coverage, json
/// and what has to do with crashes.
ExitStatus fuzz_client(
    const FuzzCommand& command, Console& console,
    const MakeClientPlan& make_plan = [](auto seed) { return sim::make_client_plan(seed); });

}  // namespace cmap::tools
