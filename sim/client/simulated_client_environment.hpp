// The simulated world as a client sees it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "pool/client/client_environment.hpp"
#include "pool/wire/establishment.hpp"
#include "sim/choice.hpp"
#include "sim/client/alarms.hpp"
#include "sim/client/simulated_deployment.hpp"
#include "sim/stepped_delivery.hpp"

namespace cmap::sim {

/// Everything that is made by it runs on the loop. One delivery queue serves all pools, one effect
/// per step of the loop. For one client.
class SimulatedClientEnvironment final : public ClientEnvironment {
 public:
  /// The first three must outlive it. `handshake`: what its sockets say and who they are; its
  /// address does not matter.
  SimulatedClientEnvironment(Alarms& alarms, SimulatedDeployment& deployment, ChoiceSource& choices,
                             wire::EstablishmentOptions handshake = {});

  [[nodiscard]] TimePoint now() const override { return alarms_.loop().now(); }
  std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback) override;
  std::unique_ptr<Transport> make_transport(const Address& address,
                                            TransportListener& listener) override;
  std::shared_ptr<DeliveryQueue> make_delivery_queue() override { return delivery_.queue(); }
  std::unique_ptr<MonitorConnection> make_monitor_connection(
      const Address& address, MonitorConnectionListener& listener) override;
  [[nodiscard]] ClientIdentity identity() const override;
  [[nodiscard]] std::size_t choose(std::size_t count) override;

 private:
  Alarms& alarms_;
  SimulatedDeployment& deployment_;
  ChoiceSource& choices_;
  const wire::EstablishmentOptions handshake_;
  SteppedDelivery delivery_;
};

}  // namespace cmap::sim
