// Which of the pools that a server had, one after the other, an event is of.
//
// An event names an address and the number of a connection. A connection in use outlives its pool;
// when the server has come back by then, the pool that follows has numbers of its own, from 1.
#pragma once

#include <cstddef>
#include <iterator>
#include <set>

#include "pool/api/events.hpp"

namespace cmap::sim {

/// What the events of one pool have said so far, as far as it tells pools apart.
struct OwnedConnections {
  bool is_closed = false;
  /// An event could have been about a connection of another one: what follows says nothing of it.
  bool is_unclear = false;
  std::set<ConnectionId> open;    ///< created and not closed
  std::set<ConnectionId> in_use;  ///< until their end, once it is closed

  /// Every event of this pool, in order.
  void note(const Event& event);
  /// Whether the counts of the event are those of this pool.
  [[nodiscard]] bool fits(const Event& event) const;
};

/// Whether a pool that is closed may still have such an event.
bool may_come_after_close(EventType type);

/// The one of `pools` (a list of what is derived from OwnedConnections, oldest first) that the
/// event is of; null if there is none. It is the newest, but for the end of a connection that an
/// older one has in use. Two may have one of that number: then the counts tell them apart, if the
/// event has any (`has_counts`); where they do not, both pools become unclear.
template <typename Pools>
typename Pools::value_type* owner_of(Pools& pools, const Event& event, bool has_counts = true) {
  if (pools.empty()) return nullptr;
  auto* const newest = &pools.back();
  if (!may_come_after_close(event.type())) return newest;
  const ConnectionId id = connection_of(event.body);
  auto* owner = newest->open.contains(id) ? newest : nullptr;
  for (auto older = pools.begin(); &*older != newest; ++older) {
    if (!older->is_closed || !older->in_use.contains(id)) continue;
    const bool fits = has_counts && older->fits(event);
    if (owner && fits == (has_counts && owner->fits(event))) {
      owner->is_unclear = older->is_unclear = true;
    }
    if (!owner || fits) owner = &*older;
  }
  return owner ? owner : newest;
}

}  // namespace cmap::sim
