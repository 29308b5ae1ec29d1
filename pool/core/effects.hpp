// What a transition of the core wants done, in order: the one ordered outbox (design principle 1).
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "pool/api/events.hpp"
#include "pool/api/requests.hpp"
#include "pool/api/transport.hpp"

namespace cmap {

/// The one outcome of a check-out: a lease, or an error (then the lease is empty). Stands behind
/// the event that announces it.
struct CheckOutCompleted {
  CheckOutRef check_out;
  std::uint64_t user_data = 0;  ///< as given to PoolCore::check_out
  Lease lease;
  ErrorPtr error;
};
struct StartEstablishing {
  ConnectionRef connection;
};
/// establishment_timeout was reached: Transport::time_out, whose answer is `failed`.
struct TimeOutEstablishing {
  ConnectionRef connection;
};
struct InterruptConnection {
  ConnectionRef connection;
  ErrorPtr error;
};
struct CloseTransport {
  ConnectionRef connection;
  TransportClose how = TransportClose::graceful;
};
/// Once, after close(): no connection and no transport of this pool is left.
struct PoolDrained {};

using Effect = std::variant<Event, CheckOutCompleted, StartEstablishing, TimeOutEstablishing,
                            InterruptConnection, CloseTransport, PoolDrained>;

/// Appended to by the core, carried out in order by its owner after the transition.
using Outbox = std::vector<Effect>;

}  // namespace cmap
