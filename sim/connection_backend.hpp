// Lets another world carry out what the simulated transport decides: the seam to real sockets.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/transport.hpp"
#include "sim/establishment.hpp"
#include "sim/faults.hpp"

namespace cmap::sim {

/// The simulated transport decides when something happens to a connection; a backend makes it
/// happen, waits until it has, and answers what really came of it. Calls come from one thread, in
/// the order of the schedule; virtual time stands still meanwhile. None of them may call the pool.
class ConnectionBackend {
 public:
  virtual ~ConnectionBackend() = default;

  /// An establishment begins; nothing of it may become known before `hello`, `outcome`, `time_out`
  /// or `close`. `plan` and `script` stay until `close`.
  virtual void begin(ConnectionRef connection, const EstablishmentScript& script,
                     const EstablishmentPlan& plan) = 0;
  /// hello is answered now (behind a load balancer only).
  virtual std::optional<ServiceId> hello(ConnectionRef connection) = 0;
  /// The end of the plan has come. Null: the connection is established.
  virtual ErrorPtr outcome(ConnectionRef connection) = 0;
  /// The time for establishing is over, while it is in `phase`. Not null.
  virtual ErrorPtr time_out(ConnectionRef connection, EstablishmentPhase phase) = 0;
  virtual void interrupt(ConnectionRef connection, const ErrorPtr& error) = 0;
  /// Returns when everything is given back.
  virtual void close(ConnectionRef connection, TransportClose how) = 0;
  /// The peer ends the connection, which is in `phase` (done: it is established), and the transport
  /// notices. Not null.
  virtual ErrorPtr peer_closes(ConnectionRef connection, NetworkFault fault,
                               EstablishmentPhase phase) = 0;
};

/// Makes the backend of one run. Null: everything is simulated.
using BackendFactory =
    std::function<std::unique_ptr<ConnectionBackend>(const ServerSetup& setup, bool load_balanced)>;

}  // namespace cmap::sim
