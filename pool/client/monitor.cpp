// Checks, one after the other.
#include "pool/client/monitor.hpp"

#include <algorithm>
#include <utility>

#include "pool/api/assert.hpp"
#include "pool/wire/command.hpp"

namespace cmap {
namespace {

ErrorPtr check_cancelled(const Address& address) {
  return std::make_shared<const Error>(Error{.type = ErrorType::cancelled,
                                             .message = "The check of the server was cancelled",
                                             .address = address});
}

}  // namespace

Monitor::Monitor(Address address, MonitorOptions options, MonitorOutbox& outbox)
    : address_(std::move(address)),
      options_(std::move(options)),
      outbox_(outbox),
      socket_(options_, last_connection_, outbox_),
      probe_(options_, last_connection_, times_, outbox_) {
  CMAP_ASSERT(options_.heartbeat_frequency >= min_heartbeat_frequency);
}

void Monitor::emit(HeartbeatEventBody body, TimePoint now) {
  outbox_.emplace_back(HeartbeatEvent{.address = address_,
                                      .time = now,
                                      .body = std::move(body),
                                      .connection = socket_.id_or_next(),
                                      .server_connection = socket_.server_id()});
}

void Monitor::start(TimePoint now) {
  CMAP_ASSERT(state_ == State::fresh);
  check(now);
}

void Monitor::begin_heartbeat(bool awaited, TimePoint now) {
  state_ = State::checking;
  awaited_ = awaited;
  began_ = now;
  deadline_.reset();
  if (options_.connect_timeout > Duration::zero()) {
    deadline_ = saturating_sum(now, options_.connect_timeout);
    if (awaited) deadline_ = saturating_sum(*deadline_, options_.heartbeat_frequency);
  }
  emit(ServerHeartbeatStartedEvent{.awaited = awaited}, now);
}

void Monitor::check(TimePoint now) {
  begin_heartbeat(false, now);
  if (ErrorPtr error = std::exchange(broken_, nullptr)) {
    fail(std::move(error), now);
  } else if (socket_.is_open()) {
    socket_.ask(now);
  } else {
    socket_.open();  // the handshake is the check
  }
}

void Monitor::go_on_streaming(bool ask, TimePoint now) {
  probe_.start(now);
  begin_heartbeat(true, now);
  if (ErrorPtr error = std::exchange(broken_, nullptr)) {
    fail(std::move(error), now);
  } else if (ask) {
    socket_.ask_for_news(*last_reply_, now);
  } else {
    socket_.expect_more(now);
  }
}

void Monitor::opened(MonitorConnectionId connection, TimePoint now) {
  if (probe_.is(connection)) {
    probe_.opened(now);
  } else if (socket_.is(connection)) {
    socket_.say_hello(now);
  }
}

void Monitor::replied(MonitorConnectionId connection, wire::Document reply, bool more_to_come,
                      TimePoint now) {
  if (probe_.is(connection)) {
    probe_.replied(wire::HelloReply::from(std::move(reply)), now);
    return;
  }
  if (!socket_.is(connection) || !socket_.asked()) return;
  wire::CommandReply answer{.document = std::move(reply)};
  if (answer.ok()) {
    succeed(wire::HelloReply::from(std::move(answer.document)), more_to_come, now);
  } else {
    fail(wire::command_error(address_, answer), now);
  }
}

void Monitor::succeed(wire::HelloReply reply, bool more_to_come, TimePoint now) {
  const Duration duration = now - *socket_.asked();
  if (!awaited_) times_.add(duration);
  socket_.answered(reply);
  last_reply_ = std::make_shared<const wire::HelloReply>(std::move(reply));
  emit(
      ServerHeartbeatSucceededEvent{
          .awaited = awaited_, .duration = duration, .reply = last_reply_},
      now);
  outbox_.emplace_back(CheckSucceeded{.reply = last_reply_,
                                      .round_trip_time = times_.average(),
                                      .min_round_trip_time = times_.minimum()});
  known_ = true;
  ended_ = now;
  deadline_.reset();
  state_ = State::reported;
  then_ = Then::wait;
  if (more_to_come) {
    then_ = Then::read_on;
  } else if (options_.streaming && last_reply_->topology_version) {
    then_ = Then::ask_for_news;
  }
}

void Monitor::failed(MonitorConnectionId connection, ErrorPtr error, TimePoint now) {
  CMAP_ASSERT(error);
  if (probe_.is(connection)) {
    probe_.failed(now);
  } else if (!socket_.is(connection)) {
    return;
  } else if (state_ == State::checking) {
    fail(std::move(error), now);
  } else {
    broken_ = std::move(error);
  }
}

void Monitor::fail(ErrorPtr error, TimePoint now) {
  const bool once_more = known_ && error->type == ErrorType::network;
  end_with_failure(error, now);
  outbox_.emplace_back(CheckFailed{.error = std::move(error)});
  state_ = State::reported;
  then_ = once_more ? Then::check : Then::wait;
}

void Monitor::end_with_failure(ErrorPtr error, TimePoint now) {
  emit(ServerHeartbeatFailedEvent{.awaited = awaited_,
                                  .duration = now - socket_.asked().value_or(began_),
                                  .error = std::move(error)},
       now);
  ended_ = now;
  disconnect();
}

/// From here on nothing is known of the server.
void Monitor::disconnect() {
  socket_.close();
  probe_.stop();
  times_.reset();
  broken_ = nullptr;
  known_ = false;
  deadline_.reset();
}

void Monitor::resume(TimePoint now) {
  if (state_ != State::reported) return;
  switch (then_) {
    case Then::wait:
      wait(now);
      break;
    case Then::check:
      check(now);
      break;
    case Then::ask_for_news:
      go_on_streaming(true, now);
      break;
    case Then::read_on:
      go_on_streaming(false, now);
      break;
  }
}

void Monitor::wait(TimePoint now) {
  probe_.stop();  // not beside polling
  state_ = State::waiting;
  deadline_ = saturating_sum(now, options_.heartbeat_frequency);
}

void Monitor::request_check(TimePoint now) {
  if (state_ != State::waiting) return;
  deadline_ = std::min(*deadline_, std::max(now, saturating_sum(ended_, min_heartbeat_frequency)));
  advance(now);
}

void Monitor::cancel_check(TimePoint now) {
  if (state_ == State::checking) {
    end_with_failure(check_cancelled(address_), now);
    wait(now);
  } else if (state_ == State::waiting) {
    const auto next_check = deadline_;
    disconnect();
    deadline_ = next_check;
  }
}

void Monitor::close(TimePoint now) {
  if (state_ == State::checking) end_with_failure(check_cancelled(address_), now);
  disconnect();
  state_ = State::closed;
}

void Monitor::advance(TimePoint now) {
  probe_.advance(now);
  if (!deadline_ || now < *deadline_) return;
  if (state_ == State::checking) {
    time_out(now);
  } else if (state_ == State::waiting) {
    check(now);
  }
}

void Monitor::time_out(TimePoint now) {
  auto phase = EstablishmentPhase::done;
  if (socket_.is_fresh()) {
    phase = socket_.asked() ? EstablishmentPhase::hello : EstablishmentPhase::connect;
  }
  fail(establishment_error(address_, NetworkFault::timeout, phase), now);
}

std::optional<TimePoint> Monitor::next_deadline() const {
  const std::optional<TimePoint> beside = probe_.next_deadline();
  if (!deadline_ || !beside) return deadline_ ? deadline_ : beside;
  return std::min(*deadline_, *beside);
}

}  // namespace cmap
