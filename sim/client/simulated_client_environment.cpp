// The seams of pool/client/client_environment.hpp on the simulated loop.
#include "sim/client/simulated_client_environment.hpp"

#include <utility>

#include "sim/client/simulated_monitor_connection.hpp"
#include "sim/client/simulated_pool_transport.hpp"

namespace cmap::sim {

SimulatedClientEnvironment::SimulatedClientEnvironment(Alarms& alarms,
                                                       SimulatedDeployment& deployment,
                                                       ChoiceSource& choices,
                                                       wire::EstablishmentOptions handshake)
    : alarms_(alarms),
      deployment_(deployment),
      choices_(choices),
      handshake_(std::move(handshake)),
      delivery_(alarms.loop(), 0) {}

std::unique_ptr<DeadlineTimer> SimulatedClientEnvironment::make_timer(
    std::function<void()> callback) {
  return alarms_.make_timer(std::move(callback));
}

std::unique_ptr<Transport> SimulatedClientEnvironment::make_transport(const Address& address,
                                                                      TransportListener& listener) {
  wire::EstablishmentOptions handshake = handshake_;
  handshake.address = address;
  return std::make_unique<SimulatedPoolTransport>(alarms_, deployment_, std::move(handshake),
                                                  listener);
}

std::unique_ptr<MonitorConnection> SimulatedClientEnvironment::make_monitor_connection(
    const Address& address, MonitorConnectionListener& listener) {
  return simulated_monitor_connection(deployment_, address, listener);
}

ClientIdentity SimulatedClientEnvironment::identity() const {
  return {.client_metadata = handshake_.client_metadata, .server_api = handshake_.server_api};
}

std::size_t SimulatedClientEnvironment::choose(std::size_t count) {
  std::vector<Option> options;
  for (std::size_t i = 0; i < count; ++i) {
    options.push_back({.action = ActionKind::draw, .subject = static_cast<std::uint32_t>(i)});
  }
  const std::uint32_t chosen = choices_.choose(ChoiceKind::scenario, options);
  return chosen == ChoiceSource::stop ? 0 : chosen;
}

}  // namespace cmap::sim
