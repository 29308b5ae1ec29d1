// Which of the pools that a server had, one after the other, an event is of.
//
// An event names an address and the number of a connection. What was under way when a pool was
// closed (a connection in use, an establishment, a check-out) may end after that; when the server
// has come back by then, the pool that follows has numbers of its own, from 1.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <vector>

#include "pool/api/events.hpp"

namespace cmap::sim {

/// What the events of a pool, or of several that cannot be told apart, leave to come.
class Outstanding {
 public:
  /// Whether the event ends or goes on with anything that is left. Events of the pool itself, and
  /// what begins something, do not.
  [[nodiscard]] bool can_have(const Event& event) const;
  /// Whether the event's counts are those of one pool with these connections.
  [[nodiscard]] bool fits(const Event& event) const;
  [[nodiscard]] bool has_in_use(ConnectionId id) const { return in_use_.contains(id); }

  void note(const Event& event);
  /// What is left to come of the other, too.
  void add(const Outstanding& other);

 private:
  using Ids = std::multiset<ConnectionId>;
  Ids pending_;
  Ids available_;
  Ids in_use_;
  Ids closed_in_use_;  ///< under their holders, who will check them in
  std::size_t check_outs_ = 0;
};

/// What tells a pool from the others of its address. To be derived from.
struct OwnedEvents {
  bool is_closed = false;
  /// An event could have been of another pool as well: what follows says nothing of this one.
  bool is_unclear = false;
  /// Never null. Of an unclear pool it is that of all that it cannot be told from.
  std::shared_ptr<Outstanding> outstanding = std::make_shared<Outstanding>();

  /// Every event of this pool, in order.
  void note(const Event& event) {
    is_closed |= event.type() == EventType::pool_closed;
    outstanding->note(event);
  }
};

/// The one of `pools`, oldest first, at least two, that the event is of: the newest, but for the
/// end of what a former one has outstanding. Where that is so of several, the counts tell them
/// apart, if the event has any (`has_counts`); where they do not, these pools become unclear. What
/// a former pool begins after the newest was created (a check-out, a connection) is taken for the
/// newest's.
OwnedEvents& owner_of(const std::vector<OwnedEvents*>& pools, const Event& event, bool has_counts);

/// The same for a list of what is derived from OwnedEvents; null if it is empty.
template <typename Pools>
typename Pools::value_type* owner_in(Pools& pools, const Event& event, bool has_counts = true) {
  if (pools.empty()) return nullptr;
  if (pools.size() == 1) return &pools.back();  // as nearly always: no list is made
  std::vector<OwnedEvents*> all;
  for (auto& pool : pools) all.push_back(&pool);
  return static_cast<typename Pools::value_type*>(&owner_of(all, event, has_counts));
}

}  // namespace cmap::sim
