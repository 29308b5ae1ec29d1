// A failure as a file that brings it back.
#pragma once

#include <string>
#include <string_view>

#include "fuzz/shrink.hpp"
#include "spec-tests/scenario_file.hpp"
#include "spec-tests/write_scenario.hpp"

namespace cmap::fuzz {

/// The scenario with its schedule as YAML, with what the reference model does on that schedule as
/// what is expected: a pool that is right passes, the one that failed does not. `name`: what the
/// description calls it.
spec_tests::Written save(const Failure& failure, std::string_view name);

/// For the runners of other drivers: without the extension x-cmap, the events of the model's
/// canonical run as the list that is expected; check-outs in the background get threads. By that
/// list alone `factory`, the pool that failed, fails, and the model passes. The reason says what
/// the format cannot: a schedule, a fault of the peer, or what the list does not show.
spec_tests::Written save_portably(const Failure& failure, std::string_view name,
                                  const sim::PoolFactory& factory);

}  // namespace cmap::fuzz
