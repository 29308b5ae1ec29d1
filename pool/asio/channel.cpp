// An established connection: it reads all the time, carries one exchange at a time, and closes.
#include "pool/asio/channel.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "pool/asio/channel_strand.hpp"
#include "pool/asio/network_error.hpp"
#include "pool/asio/steady_time.hpp"
#include "pool/wire/command.hpp"

// g++ 12 takes Asio's allocation of coroutine frames for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace cmap {

namespace asio = boost::asio;

Channel::Channel(const asio::any_io_executor& executor,
                 std::shared_ptr<const ChannelSettings> settings, ConnectionRef connection,
                 std::shared_ptr<GuardedListener> listener)
    : strand_(executor),
      settings_(std::move(settings)),
      connection_(connection),
      listener_(std::move(listener)),
      stream_(strand_, settings_),
      exchange_timer_(strand_) {}

Channel::Awaitable<> Channel::read_until_the_end() {
  while (!closed_ && !unusable_) {
    const SocketStream::Reading reading = co_await stream_.read_some();
    if (closed_) co_return;
    if (reading.code) {
      break_off(connection_error(settings_->address, reading.code, EstablishmentPhase::done));
      co_return;
    }
    while (const auto message = stream_.frames.next()) receive(*message);
    if (stream_.frames.failure()) {
      break_off(wire::protocol_error(settings_->address, *stream_.frames.failure()));
    }
  }
}

void Channel::receive(wire::ByteView message) {
  if (exchange_) {
    finish_exchange(nullptr, {message.begin(), message.end()});
  } else if (!unusable_) {
    break_off(wire::protocol_error(settings_->address, {"A message that nobody asked for"}));
  }
}

/// The connection is of no use any more, whoever has it.
void Channel::break_off(const ErrorPtr& error) {
  if (!unusable_) unusable_ = error;
  finish_exchange(error, {});
  tell([&](TransportListener& listener) { listener.failed(connection_, error); });
}

void Channel::exchange(Exchange exchange) {
  post([this, exchange = std::move(exchange)]() mutable { start_exchange(std::move(exchange)); });
}

void Channel::start_exchange(Exchange exchange) {
  ErrorPtr refusal = unusable_;
  if (!refusal && (closed_ || !answered_)) {
    refusal = usage_error(settings_->address, "The connection is not established");
  }
  if (!refusal && exchange_) {
    refusal = usage_error(settings_->address, "A command is running on this connection already");
  }
  if (refusal) {
    answer(exchange, std::move(refusal), {});
    return;
  }
  ++exchanges_;
  exchange_ = std::move(exchange);
  if (exchange_->deadline) arm_exchange_deadline(*exchange_->deadline);
  asio::co_spawn(strand_, send_request(shared_from_this(), std::move(exchange_->request)),
                 asio::detached);
}

Channel::Awaitable<> Channel::send_request(std::shared_ptr<Channel> self,
                                           std::vector<std::uint8_t> request) {
  static_cast<void>(self);
  const ErrorCode code = co_await stream_.write(request);
  if (!code || closed_ || unusable_) co_return;
  break_off(connection_error(settings_->address, code, EstablishmentPhase::done));
}

void Channel::arm_exchange_deadline(TimePoint deadline) {
  exchange_timer_.expires_at(to_steady(deadline));
  exchange_timer_.async_wait([this, self = shared_from_this(),
                              number = exchanges_](const ErrorCode& code) {
    if (code || !exchange_ || number != exchanges_) return;
    // The reply may still come: nobody may take it for the reply to another request.
    unusable_ =
        connection_error(settings_->address, NetworkFault::timeout, EstablishmentPhase::done, {});
    finish_exchange(unusable_, {});
  });
}

void Channel::finish_exchange(ErrorPtr error, std::vector<std::uint8_t> reply) {
  if (!exchange_) return;
  const Exchange finished = *std::exchange(exchange_, std::nullopt);
  if (finished.deadline) exchange_timer_.cancel();
  answer(finished, std::move(error), std::move(reply));
}

void Channel::answer(const Exchange& exchange, ErrorPtr error, std::vector<std::uint8_t> reply) {
  const RunningCallbacks::Scope scope(*settings_->running);
  exchange.done(std::move(error), std::move(reply));
}

void Channel::interrupt(ErrorPtr error) {
  post([this, error = std::move(error)] {
    if (!unusable_) unusable_ = error;
    finish_exchange(error, {});
  });
}

void Channel::close() {
  post([this] {
    const bool established = answered_ && !unusable_;
    closed_ = true;
    finish_exchange(usage_error(settings_->address, "The connection was closed"), {});
    if (stream_.has_tls() && established) {
      asio::co_spawn(strand_, say_goodbye(shared_from_this()), asio::detached);
    } else {
      finish_close();
    }
  });
}

Channel::Awaitable<> Channel::say_goodbye(std::shared_ptr<Channel> self) {
  co_await stream_.say_goodbye(self);  // a copy: this is needed once more
  finish_close();
}

void Channel::finish_close() {
  stream_.give_up();
  tell([&](TransportListener& listener) { listener.transport_closed(connection_); });
}

void Channel::abandon_descriptor() { stream_.abandon_descriptor(); }

}  // namespace cmap
