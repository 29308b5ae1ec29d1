// One connection as the core knows it, and the table that keeps them.
#pragma once

#include <cstdint>
#include <optional>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/requests.hpp"
#include "pool/api/time.hpp"
#include "pool/core/deadlines.hpp"
#include "pool/core/slots.hpp"

namespace cmap {

/// Closed connections are not kept (A-CON-6): `closed` is the state of a slot without one.
enum class ConnectionState : std::uint8_t { closed, pending, available, in_use };

struct Connection {
  ConnectionRef ref;
  ConnectionState state = ConnectionState::closed;
  TimePoint created;
  /// Behind a load balancer nothing before hello completed (A-LB-2).
  std::optional<Generation> generation;
  std::optional<ServiceId> service;

  // While pending.
  CheckOutRef bound;            ///< the check-out that gets it; none: population, or given up
  bool for_population = false;  ///< begun by a background Run
  bool timed_out = false;       ///< only `failed` counts from now on
  Deadlines::Handle deadline = Deadlines::none;

  // While available.
  TimePoint available_since;

  // While in use.
  CheckOutId holder = CheckOutId::none;
  CheckOutPurpose purpose = CheckOutPurpose::other;
  bool interrupted = false;

  ErrorPtr error;          ///< not null: perished by an error (A-CON-5)
  bool abandoned = false;  ///< inherited by a forked child: the wire belongs to the parent

  SlotLinks<Connection> live_links;
  SlotLinks<Connection> available_links;
};

using ConnectionTable = SlotTable<Connection>;
/// All that are not closed, in order of creation.
using LiveConnections = SlotList<Connection, &Connection::live_links>;
/// In the order they became available: the newest, at the back, is taken first (R6).
using AvailableConnections = SlotList<Connection, &Connection::available_links>;

}  // namespace cmap
