// The simulated world as a pool sees it: virtual clock, timers, transports, stepped delivery.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "pool/environment.hpp"
#include "sim/faults.hpp"
#include "sim/loop.hpp"
#include "sim/server.hpp"
#include "sim/state_digest.hpp"
#include "sim/stepped_delivery.hpp"
#include "sim/transport.hpp"

namespace cmap::sim {

/// Everything that is made by it runs on the loop. One delivery queue serves all of its pools, one
/// effect per step of the loop, so that whatever else can happen may happen between two effects.
class SimulatedEnvironment final : public Environment {
 public:
  /// `loop` and `setup` must outlive it. `number`: what its pool is called in choices. `backend`
  /// may be empty.
  SimulatedEnvironment(Loop& loop, const ServerSetup& setup, Handshake handshake,
                       std::uint32_t number, const BackendFactory& backend);
  ~SimulatedEnvironment() override;

  [[nodiscard]] TimePoint now() const override { return loop_.now(); }
  std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback) override;
  std::unique_ptr<Transport> make_transport(const Address& address,
                                            TransportListener& listener) override;
  std::shared_ptr<DeliveryQueue> make_delivery_queue() override { return delivery_.queue(); }
  [[nodiscard]] std::uint64_t process_generation() const override { return 0; }

  /// Tells which effects commute with all that can happen besides; none at first.
  void set_commuting(std::function<bool(const Effect&)> commutes);
  void visit_state(StateDigest& digest) const;

  [[nodiscard]] Server& server() { return server_; }
  /// The last transport that was made; null if none was.
  [[nodiscard]] SimulatedTransport* transport() const { return transport_; }

 private:
  class Timer;

  Loop& loop_;
  const ServerSetup& setup_;
  const Handshake handshake_;
  const std::uint32_t number_;
  Server server_;
  std::unique_ptr<ConnectionBackend> backend_;  ///< null: none
  SimulatedTransport* transport_ = nullptr;
  SteppedDelivery delivery_;
};

}  // namespace cmap::sim
