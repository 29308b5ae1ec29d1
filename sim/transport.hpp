// The simulated transport: establishments that go as planned, on the virtual clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "pool/api/transport.hpp"
#include "pool/core/state_visitor.hpp"
#include "sim/connection_backend.hpp"
#include "sim/establishment.hpp"
#include "sim/faults.hpp"
#include "sim/loop.hpp"
#include "sim/server.hpp"

namespace cmap::sim {

/// What a transport saw, for assertions.
struct TransportCounts {
  std::int64_t opened = 0;
  std::int64_t closed = 0;
  std::int64_t interrupts = 0;
  std::int64_t abandoned = 0;  ///< of those whose close was asked for
};

/// What the pool's options make of its handshakes.
struct Handshake {
  bool load_balanced = false;  ///< it says hello, and the reply names a service
  bool is_timed = false;       ///< the pool is told of each command
};

class SimulatedTransport final : public Transport {
 public:
  /// All must outlive it. `backend` may be null. `number`: of the pool.
  SimulatedTransport(Loop& loop, Server& server, const ServerSetup& setup, Address address,
                     std::uint32_t number, Handshake handshake, TransportListener& listener,
                     ConnectionBackend* backend);
  ~SimulatedTransport() override;

  void establish(ConnectionRef connection) override;
  void time_out(ConnectionRef connection) override;
  void interrupt(ConnectionRef connection, const ErrorPtr& error) override;
  void close(ConnectionRef connection, TransportClose how) override;

  /// The peer ends a connection; false if there is no such connection.
  bool peer_closes(ConnectionId id, NetworkFault fault);
  /// From now on faults are over: whatever hangs is ended by its peer, whatever begins succeeds.
  void heal(const std::function<void()>& after_each_end);
  [[nodiscard]] const TransportCounts& counts() const { return counts_; }
  void visit_state(StateVisitor& visitor) const;

 private:
  class Wire;

  Wire& new_wire(ConnectionId id);
  void release(Wire& wire, ConnectionRef connection);
  [[nodiscard]] Wire* find(ConnectionId id);
  [[nodiscard]] EstablishmentPlan plan(const EstablishmentScript& script);

  Loop& loop_;
  Server& server_;
  const ServerSetup& setup_;
  const Address address_;
  const std::uint32_t number_;
  const Handshake handshake_;
  TransportListener& listener_;
  ConnectionBackend* const backend_;
  TransportCounts counts_;
  bool healed_ = false;
  /// Used again after they were closed, so that a long run needs no more than it has connections.
  std::vector<std::unique_ptr<Wire>> wires_;
  std::vector<Wire*> free_;
  std::vector<Wire*> by_id_;  ///< null: not open
};

}  // namespace cmap::sim
