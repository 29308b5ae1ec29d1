// The transport of one pool on the simulated network.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "pool/api/transport.hpp"
#include "pool/wire/establishment.hpp"
#include "sim/client/simulated_deployment.hpp"

namespace cmap::sim {

/// Connects, says hello, authenticates, carries commands. `alarms` and `deployment` must outlive
/// it.
class SimulatedPoolTransport final : public Transport {
 public:
  /// To the address of `handshake`.
  SimulatedPoolTransport(Alarms& alarms, SimulatedDeployment& deployment,
                         wire::EstablishmentOptions handshake, TransportListener& listener);
  ~SimulatedPoolTransport() override;

  void establish(ConnectionRef connection) override;
  void time_out(ConnectionRef connection) override;
  void interrupt(ConnectionRef connection, const ErrorPtr& error) override;
  void close(ConnectionRef connection, TransportClose how) override;
  void exchange(ConnectionRef connection, Exchange exchange) override;

 private:
  class Channel;

  [[nodiscard]] Channel* find(ConnectionRef connection);

  Alarms& alarms_;
  SimulatedDeployment& deployment_;
  const wire::EstablishmentOptions handshake_;
  TransportListener& listener_;
  /// Kept until the end: one may be closed from inside its own call of the listener.
  std::map<ConnectionId, std::shared_ptr<Channel>> channels_;
};

}  // namespace cmap::sim
