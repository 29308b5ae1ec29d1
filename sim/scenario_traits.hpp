// What can be told of a scenario as a whole: which of its steps cannot disturb each other, and what
// it remembers.
#pragma once

#include <array>
#include <cstdint>

#include "pool/api/events.hpp"
#include "sim/scenario.hpp"

namespace cmap::sim {

struct ScenarioTraits {
  /// A listener does something.
  bool listener_acts = false;
  /// Only main starts threads and waits for them.
  bool main_joins = false;
  /// Each label belongs to one actor, which waits for its check-out before it uses it.
  bool labels_are_private = false;
  /// Nobody can tell when the transport begins: its peer acts by itself in no other way than by
  /// answering, and its counts are not asked for.
  bool transports_are_private = false;
  /// A lease that was checked in, or a check-out that is over, is used again.
  bool ended_labels_are_used = false;
  /// Up to here connections are named by their ids.
  ConnectionId named_connection = ConnectionId::none;
  ConnectionId scripted_connection = ConnectionId::none;
  /// By EventType: more often it makes no difference.
  std::array<std::int64_t, event_type_count> counted_events{};
};

ScenarioTraits traits_of(const Scenario& scenario);

}  // namespace cmap::sim
