// Resolve, connect, TLS, hello, authentication: the phases of A-EST-2 on a real socket.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/ssl.h>

#include "pool/asio/channel.hpp"
#include "pool/asio/channel_strand.hpp"
#include "pool/asio/network_error.hpp"

// g++ 12 takes Asio's allocation of coroutine frames for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace cmap {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Names are resolved; this is one already.
std::optional<tcp::endpoint> literal_endpoint(const Address& address) {
  boost::system::error_code code;
  const auto ip = asio::ip::make_address(address.host(), code);
  if (code) return std::nullopt;
  return tcp::endpoint(ip, *address.port());
}

/// SSL_set_tlsext_host_name without the cast in that macro.
void name_the_server(SSL& connection, const std::string& host) {
  SSL_ctrl(&connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(host.c_str()));
}

void prepare(asio::generic::stream_protocol::socket& socket, bool is_tcp) {
  if (!is_tcp) return;
  boost::system::error_code ignored;  // a connection without them works
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

}  // namespace

void Channel::establish() { asio::co_spawn(strand_, run(shared_from_this()), asio::detached); }

Channel::Awaitable<> Channel::run(std::shared_ptr<Channel> self) {
  static_cast<void>(self);
  if (!co_await make_connection()) co_return;
  if (settings_->tls && !co_await secure()) co_return;
  if (!co_await shake_hands()) co_return;
  answered_ = true;
  tell([&](TransportListener& listener) { listener.established(connection_); });
  co_await read_until_the_end();
}

/// Tries one address after the other; the last one's error counts.
Channel::Awaitable<bool> Channel::make_connection() {
  const std::vector<Endpoint> endpoints = co_await resolve();
  if (answered_ || closed_) co_return false;
  phase_ = EstablishmentPhase::connect;
  ErrorCode code = asio::error::host_not_found;
  for (const Endpoint& endpoint : endpoints) {
    ErrorCode ignored;
    socket_.close(ignored);
    co_await socket_.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
    if (answered_ || closed_) co_return false;
    if (!code) break;
  }
  if (code) {
    fail(code);
    co_return false;
  }
  prepare(socket_, settings_->address.port().has_value());
  co_return true;
}

/// Empty if it failed, which was then told.
Channel::Awaitable<std::vector<Channel::Endpoint>> Channel::resolve() {
  const Address& address = settings_->address;
  if (!address.port()) {
    co_return std::vector<Endpoint>{asio::local::stream_protocol::endpoint(address.host())};
  }
  if (const auto endpoint = literal_endpoint(address)) {
    co_return std::vector<Endpoint>{*endpoint};
  }
  ErrorCode code;
  const auto found =
      co_await resolver_.async_resolve(address.host(), std::to_string(*address.port()),
                                       asio::redirect_error(asio::use_awaitable, code));
  std::vector<Endpoint> endpoints;
  if (answered_ || closed_) co_return endpoints;
  if (code) {
    fail(connection_error(address, NetworkFault::dns, phase_, code.message()));
    co_return endpoints;
  }
  for (const auto& entry : found) endpoints.emplace_back(entry.endpoint());
  co_return endpoints;
}

Channel::Awaitable<bool> Channel::secure() {
  phase_ = EstablishmentPhase::tls;
  tls_.emplace(socket_, *settings_->tls);
  const std::string& host = settings_->address.host();
  const bool is_name = settings_->address.port() && !literal_endpoint(settings_->address);
  if (is_name) name_the_server(*tls_->native_handle(), host);
  if (settings_->verify_host) {
    tls_->set_verify_callback(asio::ssl::host_name_verification(host));
  }
  ErrorCode code;
  co_await tls_->async_handshake(asio::ssl::stream_base::client,
                                 asio::redirect_error(asio::use_awaitable, code));
  if (answered_ || closed_) co_return false;
  if (code) fail(code);
  co_return !code;
}

Channel::Awaitable<bool> Channel::shake_hands() {
  phase_ = EstablishmentPhase::hello;
  wire::Establishment conversation(settings_->establishment);
  bool hello_told = false;
  while (!conversation.finished()) {
    tell([&](TransportListener& listener) { listener.handshake_command_begins(connection_); });
    if (const ErrorCode code = co_await write(conversation.take_output()); code) {
      if (!answered_ && !closed_) fail(code);
      co_return false;
    }
    std::optional<wire::ByteView> message;
    while (!(message = splitter_.next()) && !splitter_.failure()) {
      const Reading reading = co_await read_some();
      if (answered_ || closed_) co_return false;
      if (reading.code) {
        fail(reading.code);
        co_return false;
      }
    }
    if (!message) {
      fail(wire::protocol_error(settings_->address, *splitter_.failure()));
      co_return false;
    }
    conversation.receive(*message);
    phase_ = conversation.phase();
    if (conversation.hello() && !std::exchange(hello_told, true)) {
      const std::optional<ServiceId> service = conversation.hello()->service_id;
      tell([&](TransportListener& listener) { listener.hello_completed(connection_, service); });
      if (answered_ || closed_) co_return false;
    }
  }
  if (conversation.error()) fail(conversation.error());
  co_return !conversation.error();
}

void Channel::fail(const ErrorCode& code) {
  fail(connection_error(settings_->address, code, phase_));
}

void Channel::fail(ErrorPtr error) {
  answered_ = true;
  unusable_ = error;
  tell([&](TransportListener& listener) { listener.failed(connection_, error); });
}

void Channel::time_out() {
  post([this] {
    // Success that was told before came too late: the pool waits for this failure.
    if (unusable_ || closed_) return;
    ErrorCode ignored;
    resolver_.cancel();
    socket_.close(ignored);  // whatever waits for it sees that it was answered
    fail(connection_error(settings_->address, NetworkFault::timeout, phase_, {}));
  });
}

}  // namespace cmap
