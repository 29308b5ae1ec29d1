// The socket, then hello and authentication: the phases of A-EST-2.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "pool/asio/channel.hpp"
#include "pool/asio/channel_strand.hpp"
#include "pool/asio/network_error.hpp"

// g++ 12 takes Asio's allocation of coroutine frames for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace cmap {

namespace asio = boost::asio;

void Channel::establish() { asio::co_spawn(strand_, run(shared_from_this()), asio::detached); }

Channel::Awaitable<> Channel::run(std::shared_ptr<Channel> self) {
  static_cast<void>(self);
  if (const ErrorPtr error = co_await stream_.open()) {
    if (!answered_ && !closed_) fail(error);
    co_return;
  }
  if (!co_await shake_hands()) co_return;
  answered_ = true;
  tell([&](TransportListener& listener) { listener.established(connection_); });
  co_await read_until_the_end();
}

EstablishmentPhase Channel::phase() const { return handshake_.value_or(stream_.phase()); }

Channel::Awaitable<bool> Channel::shake_hands() {
  handshake_ = EstablishmentPhase::hello;
  wire::Establishment conversation(settings_->establishment);
  bool hello_told = false;
  while (!conversation.finished()) {
    tell([&](TransportListener& listener) { listener.handshake_command_begins(connection_); });
    if (const ErrorCode code = co_await stream_.write(conversation.take_output()); code) {
      if (!answered_ && !closed_) fail(code);
      co_return false;
    }
    std::optional<wire::ByteView> message;
    while (!(message = stream_.frames.next()) && !stream_.frames.failure()) {
      const SocketStream::Reading reading = co_await stream_.read_some();
      if (answered_ || closed_) co_return false;
      if (reading.code) {
        fail(reading.code);
        co_return false;
      }
    }
    if (!message) {
      fail(wire::protocol_error(settings_->address, *stream_.frames.failure()));
      co_return false;
    }
    conversation.receive(*message);
    handshake_ = conversation.phase();
    if (conversation.hello() && !std::exchange(hello_told, true)) {
      const wire::HelloReply& hello = *conversation.hello();
      tell([&](TransportListener& listener) {
        listener.hello_replied(connection_, hello.document.bytes());
      });
      tell([&](TransportListener& listener) {
        listener.hello_completed(connection_, hello.service_id);
      });
      if (answered_ || closed_) co_return false;
    }
  }
  if (conversation.error()) fail(conversation.error());
  co_return !conversation.error();
}

void Channel::fail(const ErrorCode& code) {
  fail(connection_error(settings_->address, code, phase()));
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
    stream_.give_up();  // whatever waits for it sees that it was answered
    fail(connection_error(settings_->address, NetworkFault::timeout, phase(), {}));
  });
}

}  // namespace cmap
