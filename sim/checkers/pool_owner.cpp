// What a pool's events say of its connections.
#include "sim/checkers/pool_owner.hpp"

namespace cmap::sim {

void OwnedConnections::note(const Event& event) {
  const EventType type = event.type();
  is_closed |= type == EventType::pool_closed;
  if (type == EventType::connection_created) open.insert(connection_of(event.body));
  if (type == EventType::connection_closed) open.erase(connection_of(event.body));
  if (type == EventType::checked_out) in_use.insert(connection_of(event.body));
  const bool is_over =
      type == EventType::connection_closed || (type == EventType::checked_in && !is_closed);
  if (is_over) in_use.erase(connection_of(event.body));
}

bool OwnedConnections::fits(const Event& event) const {
  const bool closes = event.type() == EventType::connection_closed;
  return open.contains(connection_of(event.body)) &&
         open.size() == event.counts.total() + (closes ? 1U : 0U);
}

bool may_come_after_close(EventType type) {
  return type == EventType::connection_closed || type == EventType::checked_in;
}

}  // namespace cmap::sim
