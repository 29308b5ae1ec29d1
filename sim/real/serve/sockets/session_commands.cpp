// From bytes to commands, and from replies to bytes.
#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/buffer.hpp>

#include "pool/wire/message.hpp"
#include "sim/real/serve/model/replies.hpp"
#include "sim/real/serve/sockets/session.hpp"

namespace cmap::serve {
namespace {

using boost::system::error_code;

constexpr std::size_t small_read = 1024;
constexpr std::size_t large_read = 256 * 1024;

wire::Date time_of_day() {
  return std::chrono::duration_cast<wire::Date>(
      std::chrono::system_clock::now().time_since_epoch());
}

/// Whoever begins so wants TLS. No first message of this protocol is that long.
bool is_tls(wire::ByteView begin) {
  constexpr std::uint8_t handshake = 0x16;
  return begin.size() > 3 && begin[0] == handshake && begin[1] == 3 && begin[2] > 0 && begin[2] < 5;
}

}  // namespace

void Session::read() {
  // A command that waits behind another one is enough: more stays in the system's buffers.
  if (is_reading_ || is_closed() || pending_) return;
  is_reading_ = true;
  // Small for the thousands of connections that do nothing; a large message deserves better.
  input_.resize(std::clamp(splitter_.needed(), small_read, large_read));
  const auto done = [self = shared_from_this()](error_code error, std::size_t size) {
    self->is_reading_ = false;
    if (!self->is_closed()) self->take_bytes(error, size);
  };
  const auto buffer = boost::asio::buffer(input_);
  if (is_established_) return stream_->read_some(buffer, done);
  stream_->socket().async_read_some(buffer, done);
}

void Session::take_bytes(error_code error, std::size_t size) {
  if (error) return finish();
  if (stage_ == Stage::draining) return read();
  const bool is_first = last_reply_id_ == 0 && !exchange_;
  if (is_first && is_tls(wire::ByteView(input_).first(size))) return end(How::orderly);
  splitter_.feed(wire::ByteView(input_).first(size));
  take_commands();
}

void Session::take_commands() {
  if (is_taking_) return;
  is_taking_ = true;
  while (stage_ == Stage::open) {
    if (!pending_) fetch();
    if (exchange_ || !pending_) break;
    exchange_.emplace(*host_.model, connection_, *std::move(pending_));
    pending_.reset();
    enter(exchange_->request().phase(), exchange_->request().name, &Session::advance);
  }
  is_taking_ = false;
  read();
}

void Session::fetch() {
  const auto bytes = splitter_.next();
  if (!bytes) {
    // Nobody knows any more where a message begins.
    if (splitter_.failure()) end(How::orderly);
    return;
  }
  auto message = wire::decode(*bytes);
  if (message) pending_ = Request::from(*std::move(message));
  if (!pending_) end(How::orderly);
}

void Session::advance() {
  awaits_news_ = false;
  Step step = exchange_->next(time_of_day());
  host_.look_at_model();
  switch (step.kind) {
    case Step::Kind::sleep:
      return after(step.duration, &Session::advance);
    case Step::Kind::await_news:
      awaits_news_ = true;
      return after(step.duration, &Session::advance);
    case Step::Kind::reply:
      return send(step.reply, false);
    case Step::Kind::stream:
      return send(step.reply, true);
    case Step::Kind::silence:
      return command_done("no reply");
    case Step::Kind::close:
      return end(How::orderly);
  }
}

void Session::news() {
  if (!awaits_news_ || stage_ != Stage::open) return;
  ++wait_;
  advance();
}

void Session::answer_error(const Verdict& verdict) {
  if (!exchange_->request().expects_reply) return command_done("no reply");
  if (verdict.kind == Verdict::Kind::refuse_credentials) {
    return send(error_reply(Code::authentication_failed, "Authentication failed."), false);
  }
  send(error_reply(verdict.code, verdict.message, verdict.labels), false);
}

void Session::send(const wire::Document& reply, bool more_to_come) {
  ++last_reply_id_;
  output_ = encode_reply(exchange_->request(), reply, last_reply_id_, more_to_come);
  streamed_.reset();
  if (more_to_come) streamed_ = reply;
  stream_->write(
      boost::asio::buffer(output_),
      [self = shared_from_this(), outcome = outcome_of(reply)](error_code error, std::size_t) {
        if (self->stage_ != Stage::open) return;
        if (error) return self->finish();
        self->command_done(outcome);
      });
}

void Session::command_done(std::string_view outcome) {
  if (host_.hooks.observe) {
    host_.hooks.observe(
        {.kind = Activity::Kind::answered, .peer = peer_, .outcome = std::string(outcome)});
  }
  // What a large reply took is not kept for a connection that may do nothing from here on.
  output_ = {};
  if (streamed_) {
    exchange_->go_on_streaming(*streamed_, last_reply_id_);
    streamed_.reset();
    return enter(PeerPhase::hello, exchange_->request().name, &Session::advance);
  }
  exchange_.reset();
  take_commands();
}

}  // namespace cmap::serve
