// A channel for each connection: its establishment, then one exchange after the other.
#include "sim/client/simulated_pool_transport.hpp"

#include <utility>

#include "pool/api/assert.hpp"
#include "pool/wire/message.hpp"
#include "sim/client/simulated_socket.hpp"

namespace cmap::sim {

class SimulatedPoolTransport::Channel final : public SocketListener,
                                              public std::enable_shared_from_this<Channel> {
 public:
  Channel(SimulatedPoolTransport& transport, ConnectionRef connection)
      : transport_(transport),
        connection_(connection),
        timeout_(transport.alarms_.take([this] { end(fault_error(NetworkFault::timeout)); })),
        socket_(&transport.deployment_.connect(transport.handshake_.address, *this)) {}
  ~Channel() override { CMAP_ASSERT(is_closed_); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void time_out() {
    if (socket_) end(fault_error(NetworkFault::timeout));
  }

  void interrupt(const ErrorPtr& error) {
    if (!unusable_) unusable_ = error;
    if (exchange_) end(error);
  }

  void exchange(Exchange exchange) {
    if (unusable_ || !socket_ || !send(exchange.request)) {
      exchange.done(unusable_ ? unusable_ : fault_error(NetworkFault::eof), {});
      return;
    }
    exchange_ = std::move(exchange);
    if (exchange_->deadline) {
      transport_.alarms_.loop().arm(timeout_, *exchange_->deadline, TimerClass::transport);
    }
  }

  /// False if it was closed before.
  bool close() {
    if (is_closed_) return false;
    is_closed_ = true;
    release_socket();
    transport_.alarms_.give_back(timeout_);
    exchange_.reset();
    return true;
  }

 private:
  void opened() override {
    phase_ = EstablishmentPhase::hello;
    handshake_.emplace(transport_.handshake_);
    go_on_with_handshake();
  }

  void received(wire::Document reply, bool /*more_to_come*/) override {
    if (!handshake_) return finish_exchange(std::move(reply));
    const bool knew_hello = handshake_->hello().has_value();
    handshake_->receive(serve::encode_reply(request_, std::move(reply), 1, false));
    phase_ = handshake_->phase();
    // What the server says may end the pool, and the transport with it.
    const auto self = shared_from_this();
    if (handshake_->hello() && !knew_hello) {
      transport_.listener_.hello_replied(connection_, handshake_->hello()->document.bytes());
      if (is_closed_) return;
      transport_.listener_.hello_completed(connection_, handshake_->hello()->service_id);
    }
    if (!is_closed_) go_on_with_handshake();
  }

  void go_on_with_handshake() {
    if (handshake_->error()) return end(handshake_->error());
    if (handshake_->finished()) {
      handshake_.reset();
      return transport_.listener_.established(connection_);
    }
    transport_.listener_.handshake_command_begins(connection_);
    if (!is_closed_) send(handshake_->take_output());
  }

  /// False: nobody can read it.
  bool send(wire::ByteView message) {
    auto decoded = wire::decode(message);
    auto request = decoded ? serve::Request::from(*std::move(decoded)) : std::nullopt;
    if (!request) return false;
    request_ = *request;
    socket_->send(*std::move(request));
    return true;
  }

  void finish_exchange(wire::Document reply) {
    transport_.alarms_.loop().disarm(timeout_);
    const Exchange ended = *std::exchange(exchange_, std::nullopt);
    ended.done(nullptr, serve::encode_reply(request_, std::move(reply), 1, false));
  }

  void broken(NetworkFault fault) override { end(fault_error(fault)); }

  /// Whoever waits for something gets the error.
  void end(const ErrorPtr& error) {
    if (!unusable_) unusable_ = error;
    release_socket();
    transport_.alarms_.loop().disarm(timeout_);
    if (!exchange_) return transport_.listener_.failed(connection_, error);
    const Exchange ended = *std::exchange(exchange_, std::nullopt);
    ended.done(error, {});
  }

  void release_socket() {
    if (auto* const socket = std::exchange(socket_, nullptr)) {
      transport_.deployment_.give_back(*socket);
    }
  }

  [[nodiscard]] ErrorPtr fault_error(NetworkFault fault) const {
    return establishment_error(transport_.handshake_.address, fault, phase_);
  }

  SimulatedPoolTransport& transport_;
  const ConnectionRef connection_;
  Alarm& timeout_;
  SimulatedSocket* socket_;  ///< null: broken or closed
  EstablishmentPhase phase_ = EstablishmentPhase::connect;
  std::optional<wire::Establishment> handshake_;  ///< while it is under way
  ErrorPtr unusable_;  ///< the first error: whatever comes later has it too
  serve::Request request_;
  std::optional<Exchange> exchange_;
  bool is_closed_ = false;
};

SimulatedPoolTransport::SimulatedPoolTransport(Alarms& alarms, SimulatedDeployment& deployment,
                                               wire::EstablishmentOptions handshake,
                                               TransportListener& listener)
    : alarms_(alarms),
      deployment_(deployment),
      handshake_(std::move(handshake)),
      listener_(listener) {}

SimulatedPoolTransport::~SimulatedPoolTransport() {
  for (const auto& [id, channel] : channels_) channel->close();
}

void SimulatedPoolTransport::establish(ConnectionRef connection) {
  channels_.emplace(connection.id, std::make_shared<Channel>(*this, connection));
}

void SimulatedPoolTransport::time_out(ConnectionRef connection) {
  if (Channel* channel = find(connection)) channel->time_out();
}

void SimulatedPoolTransport::interrupt(ConnectionRef connection, const ErrorPtr& error) {
  if (Channel* channel = find(connection)) channel->interrupt(error);
}

void SimulatedPoolTransport::close(ConnectionRef connection, TransportClose) {
  Channel* const channel = find(connection);
  if (channel && channel->close()) listener_.transport_closed(connection);
}

void SimulatedPoolTransport::exchange(ConnectionRef connection, Exchange exchange) {
  if (Channel* channel = find(connection)) channel->exchange(std::move(exchange));
}

SimulatedPoolTransport::Channel* SimulatedPoolTransport::find(ConnectionRef connection) {
  const auto found = channels_.find(connection.id);
  return found == channels_.end() ? nullptr : found->second.get();
}

}  // namespace cmap::sim
