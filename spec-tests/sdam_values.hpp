// What discovery found out, in the words of the test files, so that it can be compared with them.
#pragma once

#include <functional>

#include "pool/api/ids.hpp"
#include "pool/topology/topology_events.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// As an `outcome` without events spells it; of pools, `generation_of` tells the generation.
Value outcome_value(const TopologyDescription& topology,
                    const std::function<Generation(const Address&)>& generation_of);

/// As `outcome.events` spells it: an object of one key, "server_opening_event" or the like.
Value event_value(const TopologyEvent& event);

}  // namespace cmap::spec_tests
