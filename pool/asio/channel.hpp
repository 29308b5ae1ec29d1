// One connection of the real world: its socket from resolving the name to closing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "pool/api/transport.hpp"
#include "pool/asio/call_gate.hpp"
#include "pool/asio/socket_stream.hpp"

namespace cmap {

/// The listener, until its transport ends.
struct GuardedListener {
  explicit GuardedListener(TransportListener& the_listener) : listener(the_listener) {}
  CallGate gate;
  TransportListener& listener;
};

/// Thread-safe: everything happens on its strand. Once established it always reads, so that a peer
/// that leaves is noticed at once, without anybody asking. Kept alive by what it is doing.
class Channel : public std::enable_shared_from_this<Channel> {
 public:
  Channel(const boost::asio::any_io_executor& executor,
          std::shared_ptr<const ChannelSettings> settings, ConnectionRef connection,
          std::shared_ptr<GuardedListener> listener);

  // As in Transport.
  void establish();
  void time_out();
  void interrupt(ErrorPtr error);
  void close();
  void exchange(Exchange exchange);

  /// The process is the child of a fork and this belongs to its parent: gives up the descriptor,
  /// touches nothing else. At once, on this thread. The object must never be destroyed.
  void abandon_descriptor();

  [[nodiscard]] ConnectionRef connection() const { return connection_; }

 private:
  using ErrorCode = SocketStream::ErrorCode;
  template <typename Result = void>
  using Awaitable = SocketStream::Awaitable<Result>;

  template <typename Work>
  void post(Work&& work);
  template <typename Call>
  void tell(Call&& call);

  // Establishing (channel_establish.cpp).
  Awaitable<> run(std::shared_ptr<Channel> self);
  Awaitable<bool> shake_hands();
  [[nodiscard]] EstablishmentPhase phase() const;
  void fail(ErrorPtr error);
  void fail(const ErrorCode& code);

  // Reading, exchanges (channel.cpp).
  Awaitable<> read_until_the_end();
  Awaitable<> send_request(std::shared_ptr<Channel> self, std::vector<std::uint8_t> request);
  void start_exchange(Exchange exchange);
  void arm_exchange_deadline(TimePoint deadline);
  void finish_exchange(ErrorPtr error, std::vector<std::uint8_t> reply);
  void answer(const Exchange& exchange, ErrorPtr error, std::vector<std::uint8_t> reply);
  void receive(wire::ByteView message);
  void break_off(const ErrorPtr& error);
  Awaitable<> say_goodbye(std::shared_ptr<Channel> self);
  void finish_close();

  const SocketStream::Strand strand_;
  const std::shared_ptr<const ChannelSettings> settings_;
  const ConnectionRef connection_;
  const std::shared_ptr<GuardedListener> listener_;

  // Only touched on the strand:
  SocketStream stream_;
  boost::asio::steady_timer exchange_timer_;
  /// Of the handshake that follows opening the stream; nothing: not yet.
  std::optional<EstablishmentPhase> handshake_;
  bool answered_ = false;  ///< the establishment has succeeded or failed
  bool closed_ = false;    ///< by the pool
  ErrorPtr unusable_;      ///< why no exchange may begin; null: it may
  std::optional<Exchange> exchange_;
  std::uint64_t exchanges_ = 0;  ///< begun so far: tells a late timer from one that counts
};

}  // namespace cmap
