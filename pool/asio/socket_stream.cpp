// Resolve, connect, TLS; then bytes.
#include "pool/asio/socket_stream.hpp"

#include <chrono>
#include <string>
#include <unistd.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "pool/asio/network_error.hpp"

// g++ 12 takes Asio's allocation of coroutine frames for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace cmap {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// For the peer's goodbye under TLS; nobody waits for it.
constexpr std::chrono::milliseconds goodbye_time{200};

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

/// As Asio's, which does not leave behind why it refuses.
struct HostVerification {
  asio::ssl::host_name_verification is_right;

  bool operator()(bool preverified, asio::ssl::verify_context& context) const {
    if (is_right(preverified, context)) return true;
    if (preverified) {
      X509_STORE_CTX_set_error(context.native_handle(), X509_V_ERR_HOSTNAME_MISMATCH);
    }
    return false;
  }
};

void prepare(asio::generic::stream_protocol::socket& socket, bool is_tcp) {
  if (!is_tcp) return;
  boost::system::error_code ignored;  // a connection without them works
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

}  // namespace

SocketStream::SocketStream(Strand strand, std::shared_ptr<const ChannelSettings> settings)
    : strand_(std::move(strand)), settings_(std::move(settings)), socket_(strand_) {}

ErrorPtr SocketStream::error(const ErrorCode& code) const {
  return connection_error(settings_->address, code, phase_);
}

SocketStream::Awaitable<ErrorPtr> SocketStream::open() {
  std::vector<Endpoint> endpoints;
  if (ErrorPtr failure = co_await resolve(endpoints)) co_return failure;
  if (ErrorPtr failure = co_await connect(std::move(endpoints))) co_return failure;
  prepare(socket_, settings_->address.port().has_value());
  if (settings_->tls) co_return co_await secure();
  co_return nullptr;
}

SocketStream::Awaitable<ErrorPtr> SocketStream::resolve(std::vector<Endpoint>& endpoints) {
  const Address& address = settings_->address;
  if (!address.port()) {
    endpoints.emplace_back(asio::local::stream_protocol::endpoint(address.host()));
    co_return nullptr;
  }
  if (const auto endpoint = literal_endpoint(address)) {
    endpoints.emplace_back(*endpoint);
    co_return nullptr;
  }
  const HostAddresses found = co_await look_up();
  if (found.code) {
    co_return connection_error(address, NetworkFault::dns, phase_, found.code.message());
  }
  for (const auto& ip : found.addresses) endpoints.emplace_back(tcp::endpoint(ip, *address.port()));
  co_return nullptr;
}

SocketStream::Awaitable<HostAddresses> SocketStream::look_up() {
  query_ = std::make_shared<HostQuery>(strand_);
  settings_->resolver->ask(settings_->address.host(), query_);
  ErrorCode ignored;
  if (!given_up_) {
    co_await query_->ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  HostAddresses answer = std::move(std::exchange(query_, nullptr)->answer);
  if (given_up_) answer.code = asio::error::operation_aborted;
  co_return answer;
}

SocketStream::Awaitable<ErrorPtr> SocketStream::connect(std::vector<Endpoint> endpoints) {
  phase_ = EstablishmentPhase::connect;
  connecting_ = std::make_shared<HappyEyeballs>(strand_, std::move(endpoints));
  if (given_up_) connecting_->give_up();
  const ErrorCode code = co_await connecting_->connect(socket_);
  connecting_.reset();
  co_return code ? error(code) : nullptr;
}

SocketStream::Awaitable<ErrorPtr> SocketStream::secure() {
  phase_ = EstablishmentPhase::tls;
  tls_.emplace(socket_, *settings_->tls);
  const std::string& host = settings_->address.host();
  const bool is_name = settings_->address.port() && !literal_endpoint(settings_->address);
  if (is_name) name_the_server(*tls_->native_handle(), host);
  if (settings_->verify_host) {
    tls_->set_verify_callback(HostVerification{asio::ssl::host_name_verification(host)});
  }
  ErrorCode code;
  co_await tls_->async_handshake(asio::ssl::stream_base::client,
                                 asio::redirect_error(asio::use_awaitable, code));
  if (given_up_) code = asio::error::operation_aborted;
  co_return code ? handshake_error(code) : nullptr;
}

/// The code alone says no more than that the certificate was refused.
ErrorPtr SocketStream::handshake_error(const ErrorCode& code) {
  const long verdict = SSL_get_verify_result(tls_->native_handle());
  if (!is_refused_certificate(code) || verdict == X509_V_OK) return error(code);
  return connection_error(
      settings_->address, NetworkFault::certificate, phase_,
      std::string("certificate verify failed: ") + X509_verify_cert_error_string(verdict));
}

SocketStream::Awaitable<SocketStream::Reading> SocketStream::read_some() {
  Reading reading;
  auto token = asio::redirect_error(asio::use_awaitable, reading.code);
  if (tls_) {
    reading.count = co_await tls_->async_read_some(asio::buffer(buffer_), token);
  } else {
    reading.count = co_await socket_.async_read_some(asio::buffer(buffer_), token);
  }
  frames.feed(wire::ByteView(buffer_).first(reading.count));
  co_return reading;
}

SocketStream::Awaitable<SocketStream::ErrorCode> SocketStream::write(
    const std::vector<std::uint8_t>& bytes) {
  ErrorCode code;
  auto token = asio::redirect_error(asio::use_awaitable, code);
  if (tls_) {
    co_await asio::async_write(*tls_, asio::buffer(bytes), token);
  } else {
    co_await asio::async_write(socket_, asio::buffer(bytes), token);
  }
  co_return code;
}

void SocketStream::give_up() {
  given_up_ = true;
  ErrorCode ignored;
  if (query_) query_->ended.cancel();
  if (connecting_) connecting_->give_up();
  socket_.close(ignored);
}

/// TLS wants an end that nobody else can fake.
SocketStream::Awaitable<> SocketStream::say_goodbye(std::shared_ptr<const void> owner) {
  ErrorCode ignored;
  socket_.cancel(ignored);  // the reading
  asio::steady_timer limit(strand_, goodbye_time);
  limit.async_wait([this, owner](const ErrorCode& code) {
    ErrorCode unheard;
    if (!code) socket_.close(unheard);
  });
  co_await tls_->async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
  limit.cancel();
}

void SocketStream::abandon_descriptor() {
  if (connecting_) connecting_->abandon_descriptors();
  if (socket_.is_open()) ::close(socket_.native_handle());
}

}  // namespace cmap
