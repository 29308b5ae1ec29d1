// What a session goes through, and how it ends.
#include "sim/real/serve/sockets/session.hpp"

#include <string_view>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace cmap::serve {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Neither a length of a message nor the beginning of anything in TLS.
constexpr std::string_view garbage = "This is nothing that you can read, whoever you are.\n";

/// Peers that do not close after they were told to.
constexpr std::chrono::seconds longest_drain{10};

}  // namespace

Session::Session(SessionHost& host, std::unique_ptr<Stream> stream, Connection connection,
                 std::uint16_t client_port)
    : host_(host),
      stream_(std::move(stream)),
      connection_(std::move(connection)),
      peer_{.connection = connection_.number, .member = connection_.member, .port = client_port},
      timer_(*host.context) {
  if (host.faults) dice_.emplace(*host.faults, connection_.number);
}

void Session::start() {
  if (host_.hooks.observe) host_.hooks.observe({.kind = Activity::Kind::connected, .peer = peer_});
  enter(PeerPhase::connect, {}, &Session::accepted);
}

void Session::enter(PeerPhase phase, std::string command, Next next) {
  peer_.phase = phase;
  peer_.command = std::move(command);
  next_ = next;
  using Kind = Disturbance::Kind;
  const Disturbance disturbance = dice_ ? dice_->draw(phase) : Disturbance{};
  switch (disturbance.kind) {
    case Kind::none:
      return ask_gate();
    case Kind::refuse:
      host_.refuse_for_a_while(member());
      return end(How::reset);
    case Kind::hang:
      return hang();
    case Kind::reset:
      return end(How::reset);
    case Kind::garbage:
      return send_garbage();
    case Kind::slow:
      return after(disturbance.delay, &Session::ask_gate);
  }
}

void Session::ask_gate() {
  if (!host_.hooks.gate) return (this->*next_)();
  // It may be called when the server is gone: it holds what it needs, and no more.
  auto proceed = [context = host_.context, session = weak_from_this(),
                  gate = ++gate_](Verdict verdict) {
    asio::post(*context, [session, gate, verdict = std::move(verdict)] {
      if (const auto self = session.lock()) self->proceed(gate, verdict);
    });
  };
  host_.hooks.gate(peer_, std::move(proceed));
}

void Session::proceed(std::uint64_t gate, const Verdict& verdict) {
  if (gate != gate_ || stage_ != Stage::open) return;
  ++gate_;
  using Kind = Verdict::Kind;
  switch (verdict.kind) {
    case Kind::go_on:
      return (this->*next_)();
    case Kind::close:
      return end(How::orderly);
    case Kind::reset:
      return end(How::reset);
    case Kind::garbage:
      return send_garbage();
    case Kind::error:
    case Kind::refuse_credentials:
      return exchange_ ? answer_error(verdict) : end(How::orderly);
  }
}

void Session::accepted() {
  if (stream_->has_tls()) return enter(PeerPhase::tls, {}, &Session::handshake);
  is_established_ = true;
  read();
}

void Session::handshake() {
  stream_->handshake([self = shared_from_this()](error_code error, std::size_t) {
    if (self->stage_ != Stage::open) return;
    // A client that refuses the certificate says why before it closes.
    if (error) return self->end(How::orderly);
    self->connection_.certificate_subject = self->stream_->certificate_subject();
    self->is_established_ = true;
    self->read();
  });
}

void Session::send_garbage() {
  const auto written = [self = shared_from_this()](error_code error, std::size_t) {
    if (self->is_closed()) return;
    error ? self->finish() : self->drain();
  };
  if (is_established_) return stream_->write(asio::buffer(garbage), written);
  asio::async_write(stream_->socket(), asio::buffer(garbage), written);
}

void Session::hang() {
  stage_ = Stage::draining;
  pending_.reset();
  read();
}

void Session::drain() {
  hang();
  after(longest_drain, &Session::finish);
}

void Session::after(Duration duration, Next next) {
  timer_.expires_after(duration);
  timer_.async_wait([self = shared_from_this(), next, wait = ++wait_](error_code error) {
    if (error || wait != self->wait_ || self->is_closed()) return;
    (self.get()->*next)();
  });
}

void Session::end(How how) {
  if (is_closed()) return;
  error_code ignored;
  Socket& socket = stream_->socket();
  switch (how) {
    case How::orderly:
      // Closing with something unread would reset the connection.
      socket.shutdown(asio::socket_base::shutdown_send, ignored);
      return drain();
    case How::reset:
      socket.set_option(asio::socket_base::linger(true, 0), ignored);
      return finish();
    case How::at_once:
      return finish();
  }
}

void Session::finish() {
  if (is_closed()) return;
  const auto self = shared_from_this();
  stage_ = Stage::closed;
  error_code ignored;
  stream_->socket().close(ignored);
  timer_.cancel();
  exchange_.reset();
  if (host_.hooks.observe) {
    host_.hooks.observe({.kind = Activity::Kind::disconnected, .peer = peer_});
  }
  host_.ended(*this);
}

}  // namespace cmap::serve
