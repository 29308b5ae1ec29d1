// A socket as a stream of messages: resolving the name, TCP or a Unix socket, TLS, reading,
// writing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>

#include "pool/api/errors.hpp"
#include "pool/asio/happy_eyeballs.hpp"
#include "pool/asio/resolver.hpp"
#include "pool/asio/running_callbacks.hpp"
#include "pool/wire/establishment.hpp"
#include "pool/wire/frame.hpp"

namespace cmap {

/// What all sockets to one server have in common.
struct ChannelSettings {
  Address address;
  std::shared_ptr<boost::asio::ssl::context> tls;  ///< null: plain
  bool verify_host = true;
  wire::EstablishmentOptions establishment;
  std::shared_ptr<Resolver> resolver;
  std::shared_ptr<RunningCallbacks> running = std::make_shared<RunningCallbacks>();
};

/// Only used on its strand. Its owner lives while one of its coroutines is running.
class SocketStream {
 public:
  using Strand = boost::asio::strand<boost::asio::any_io_executor>;
  using ErrorCode = boost::system::error_code;
  template <typename Result = void>
  using Awaitable = boost::asio::awaitable<Result>;
  struct Reading {
    ErrorCode code;
    std::size_t count = 0;
  };

  SocketStream(Strand strand, std::shared_ptr<const ChannelSettings> settings);

  /// Null: it is open, TLS included. After `give_up` an error that says nothing.
  Awaitable<ErrorPtr> open();
  /// Feeds what comes to `frames`.
  Awaitable<Reading> read_some();
  Awaitable<ErrorCode> write(const std::vector<std::uint8_t>& bytes);
  /// Closes; whatever waits for it ends.
  void give_up();
  /// The end that TLS wants, for a moment; reading must not go on beside it. `owner` lives
  /// meanwhile.
  Awaitable<> say_goodbye(std::shared_ptr<const void> owner);
  /// In the child of a fork: gives up the descriptor and touches nothing else.
  void abandon_descriptor();

  [[nodiscard]] bool has_tls() const { return tls_.has_value(); }
  /// How far `open` has come: resolve, connect, tls.
  [[nodiscard]] EstablishmentPhase phase() const { return phase_; }

  wire::FrameSplitter frames;

 private:
  using Socket = HappyEyeballs::Socket;
  using Endpoint = HappyEyeballs::Endpoint;

  Awaitable<ErrorPtr> resolve(std::vector<Endpoint>& endpoints);
  Awaitable<HostAddresses> look_up();
  Awaitable<ErrorPtr> connect(std::vector<Endpoint> endpoints);
  Awaitable<ErrorPtr> secure();
  [[nodiscard]] ErrorPtr error(const ErrorCode& code) const;
  [[nodiscard]] ErrorPtr handshake_error(const ErrorCode& code);

  const Strand strand_;
  const std::shared_ptr<const ChannelSettings> settings_;
  std::shared_ptr<HostQuery> query_;           ///< while a name is being resolved
  std::shared_ptr<HappyEyeballs> connecting_;  ///< while it connects
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
  std::array<std::uint8_t, 16384> buffer_;
  EstablishmentPhase phase_ = EstablishmentPhase::resolve;
  bool given_up_ = false;
};

}  // namespace cmap
