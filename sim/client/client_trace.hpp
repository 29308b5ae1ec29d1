// What a client's listeners and users saw in one run, in order, for people and programs.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pool/api/events.hpp"
#include "pool/client/heartbeat_events.hpp"
#include "pool/topology/topology_events.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {

/// What its users do and what is done to its servers: "m1 is killed", "call 3: ping (primary)".
struct TracedHappening {
  std::string text;
};

struct TracedClientEntry {
  VirtualTime time{};  ///< since the run began; of an event: of the transition
  std::string client;  ///< its name in the test; empty: there is only one
  std::variant<Event, HeartbeatEvent, TopologyEvent, TracedHappening> what;
};

using ClientTrace = std::vector<TracedClientEntry>;

/// An event of any kind, of a run that began at `begin`.
template <typename AnyEvent>
TracedClientEntry traced(const AnyEvent& event, TimePoint begin, std::string client = {}) {
  return {.time = event.time - begin, .client = std::move(client), .what = event};
}

/// "ServerHeartbeatFailed awaited duration=0.5 (NetworkError: ...)": all but address and time.
std::string describe(const HeartbeatEvent& event);
/// "ServerDescriptionChanged RSPrimary -> Unknown (...)".
std::string describe(const TopologyEvent& event);

/// Of what server the event is; empty: of the topology.
std::string address_text(const TopologyEvent& event);

/// "   102.5 ms  m1:27017  ConnectionReady connectionId=1 duration=0.5", for a screen.
std::string line_of(const TracedClientEntry& entry);

}  // namespace cmap::sim
