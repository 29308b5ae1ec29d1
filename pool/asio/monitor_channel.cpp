// Opens, sends hellos, passes on answers: one for each, or a stream of them.
#include "pool/asio/monitor_channel.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "pool/asio/network_error.hpp"
#include "pool/wire/command.hpp"
#include "pool/wire/message.hpp"

// g++ 12 takes Asio's allocation of coroutine frames for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace cmap {

namespace asio = boost::asio;

MonitorChannel::MonitorChannel(const asio::any_io_executor& executor,
                               std::shared_ptr<const ChannelSettings> settings,
                               MonitorConnectionListener& listener)
    : strand_(executor),
      settings_(std::move(settings)),
      listener_(listener),
      stream_(strand_, settings_) {}

template <typename Work>
void MonitorChannel::post(Work&& work) {
  asio::post(strand_,
             [self = shared_from_this(), work = std::forward<Work>(work)]() mutable { work(); });
}

template <typename Call>
void MonitorChannel::tell(Call&& call) {
  const RunningCallbacks::Scope scope(*settings_->running);
  gate_.pass([&] { call(listener_); });
}

void MonitorChannel::open() { asio::co_spawn(strand_, run(shared_from_this()), asio::detached); }

MonitorChannel::Awaitable<> MonitorChannel::run(Self self) {
  static_cast<void>(self);
  if (const ErrorPtr error = co_await stream_.open()) {
    fail(error);
    co_return;
  }
  tell([](MonitorConnectionListener& listener) { listener.opened(); });
  while (!over_) {
    const SocketStream::Reading reading = co_await stream_.read_some();
    if (reading.code) {
      fail(connection_error(settings_->address, reading.code, EstablishmentPhase::done));
      co_return;
    }
    while (!over_) {
      const auto message = stream_.frames.next();
      if (!message) break;
      receive(*message);
    }
    if (const auto& failure = stream_.frames.failure()) {
      fail(wire::protocol_error(settings_->address, *failure));
    }
  }
}

void MonitorChannel::receive(wire::ByteView message) {
  wire::Result<wire::OpMsg> reply = wire::decode_op_msg(message);
  if (!reply) {
    fail(wire::protocol_error(settings_->address, reply.failure()));
  } else if (reply->response_to != awaited_) {
    fail(wire::protocol_error(settings_->address, {"A message that nobody asked for"}));
  } else {
    // Each reply of a stream answers the one before it.
    awaited_ = reply->more_to_come ? std::optional(reply->request_id) : std::nullopt;
    tell([&](MonitorConnectionListener& listener) {
      listener.replied(std::move(reply->body), reply->more_to_come);
    });
  }
}

void MonitorChannel::send(wire::Document command, bool exhaust_allowed) {
  post([this, command = std::move(command), exhaust_allowed]() mutable {
    if (over_) return;
    awaited_ = ++last_request_;
    wire::Bytes message = wire::encode(wire::OpMsg{.request_id = last_request_,
                                                   .exhaust_allowed = exhaust_allowed,
                                                   .body = std::move(command)});
    asio::co_spawn(strand_, write(shared_from_this(), std::move(message)), asio::detached);
  });
}

MonitorChannel::Awaitable<> MonitorChannel::write(Self self, wire::Bytes message) {
  static_cast<void>(self);
  const SocketStream::ErrorCode code = co_await stream_.write(message);
  if (code) fail(connection_error(settings_->address, code, EstablishmentPhase::done));
}

void MonitorChannel::fail(const ErrorPtr& error) {
  if (std::exchange(over_, true)) return;
  stream_.give_up();
  tell([&](MonitorConnectionListener& listener) { listener.failed(error); });
}

void MonitorChannel::end() {
  gate_.close();
  post([this] {
    over_ = true;
    stream_.give_up();
  });
}

}  // namespace cmap
