// Folds what a client's listeners see into a digest.
#pragma once

#include "pool/client/heartbeat_events.hpp"
#include "pool/topology/topology_events.hpp"
#include "sim/digest.hpp"
#include "sim/event_digest.hpp"

namespace cmap::sim {

/// Address, time, kind, duration, error.
void fold(Digest& digest, const HeartbeatEvent& event);
/// Time, kind, address, and what is new of descriptions. Not the topology's id: clients of one
/// process are numbered.
void fold(Digest& digest, const TopologyEvent& event);
/// The outcome of a call.
void fold(Digest& digest, TimePoint time, const ErrorPtr& error);

}  // namespace cmap::sim
