// What the operation expectState compares, in every world.
#pragma once

#include <optional>
#include <string>

#include "sim/pool_under_test.hpp"
#include "sim/scenario.hpp"
#include "sim/transport.hpp"

namespace cmap::sim {

/// "state is paused instead of ready, waiting is 1 instead of 0"; empty: all is as expected.
std::string state_differences(const ExpectState& expected,
                              const std::optional<PoolSnapshot>& snapshot,
                              const TransportCounts& wires);

}  // namespace cmap::sim
