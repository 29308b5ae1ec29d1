// One socket, whose documents are the hellos.
#include "sim/client/simulated_monitor_connection.hpp"

#include <utility>

#include "pool/wire/message.hpp"
#include "sim/client/simulated_socket.hpp"

namespace cmap::sim {
namespace {

class SimulatedMonitorConnection final : public MonitorConnection, private SocketListener {
 public:
  SimulatedMonitorConnection(SimulatedDeployment& deployment, Address address,
                             MonitorConnectionListener& listener)
      : deployment_(deployment), address_(std::move(address)), listener_(listener) {}
  ~SimulatedMonitorConnection() override {
    if (socket_) deployment_.give_back(*socket_);
  }

  void open() override { socket_ = &deployment_.connect(address_, *this); }
  void send(wire::Document command, bool exhaust_allowed) override {
    auto request = serve::Request::from(
        wire::OpMsg{.exhaust_allowed = exhaust_allowed, .body = std::move(command)});
    if (request) socket_->send(*std::move(request));
  }

 private:
  void opened() override {
    is_open_ = true;
    listener_.opened();
  }
  void received(wire::Document reply, bool more_to_come) override {
    listener_.replied(std::move(reply), more_to_come);
  }
  void broken(NetworkFault fault) override {
    listener_.failed(establishment_error(
        address_, fault, is_open_ ? EstablishmentPhase::hello : EstablishmentPhase::connect));
  }

  SimulatedDeployment& deployment_;
  const Address address_;
  MonitorConnectionListener& listener_;
  SimulatedSocket* socket_ = nullptr;
  bool is_open_ = false;
};

}  // namespace

std::unique_ptr<MonitorConnection> simulated_monitor_connection(
    SimulatedDeployment& deployment, const Address& address, MonitorConnectionListener& listener) {
  return std::make_unique<SimulatedMonitorConnection>(deployment, address, listener);
}

}  // namespace cmap::sim
