// What a transition of the topology wants done, in order.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/topology/topology_events.hpp"

namespace cmap {

/// The server has no pool yet; the new one is paused (A-POOL-2).
struct MakePool {
  Address address;
};
/// The server was found to be data-bearing: its pool is to be ready, if it is not (D-SD-1).
struct ReadyPool {
  Address address;
};
/// Stands behind the event that says that the server is unknown (D-SD-2).
struct ClearPool {
  Address address;
  bool interrupt_in_use_connections = false;
  std::optional<ServiceId> service{};  ///< behind a load balancer: only the connections to it
  ErrorPtr cause{};                    ///< never null
};
/// The server was removed, or the topology is closed.
struct ClosePool {
  Address address;
};
struct StartMonitor {
  Address address;
};
/// Its connections are closed; nothing it still says counts.
struct StopMonitor {
  Address address;
};
/// The monitor checks as soon as it may (D-MON-3).
struct RequestCheck {
  Address address;
};
/// An operation found the server out of reach: a check that is under way is given up together with
/// its connection, and the next one waits as after a failed check (D-MON-6).
struct CancelCheck {
  Address address;
};

using TopologyEffect = std::variant<TopologyEvent, MakePool, ReadyPool, ClearPool, ClosePool,
                                    StartMonitor, StopMonitor, RequestCheck, CancelCheck>;

/// Appended to by the topology, applied in order by its owner. Effects on pools are applied under
/// the owner's lock, before anyone else sees the new description; events are delivered after it.
using TopologyOutbox = std::vector<TopologyEffect>;

}  // namespace cmap
