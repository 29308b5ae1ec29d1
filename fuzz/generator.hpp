// Composes scenarios: pool options, actors with operations, faults of the peer, a listener that
// acts.
#pragma once

#include "sim/choice.hpp"
#include "sim/scenario.hpp"

namespace cmap::fuzz {

/// A scenario that a right pool ends without a failure, whatever the schedule: nobody waits without
/// a limit for what may never come, nothing is used against the rules. Small numbers everywhere, so
/// that limits and instants meet. In swarm style: each scenario first draws which operations and
/// faults exist in it at all, and how often.
///
/// Chance comes from `choices` alone: the same answers compose the same scenario.
sim::Scenario generate(sim::ChoiceSource& choices);

}  // namespace cmap::fuzz
