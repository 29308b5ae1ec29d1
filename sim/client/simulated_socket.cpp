// Runs the server's side of one command after the other, with the delays of the network.
#include "sim/client/simulated_socket.hpp"

#include <utility>

#include "pool/api/assert.hpp"

namespace cmap::sim {
namespace {

Option socket_option(std::uint64_t number) {
  return {.action = ActionKind::transport, .subject = static_cast<std::uint32_t>(number)};
}

}  // namespace

SimulatedSocket::SimulatedSocket(SimulatedDeployment& deployment)
    : Runnable(socket_option(0)), deployment_(deployment) {}

void SimulatedSocket::open(std::optional<std::size_t> member, SocketListener& listener) {
  const std::uint64_t number = ++deployment_.connections_;
  rename(socket_option(number));
  member_ = member;
  listener_ = &listener;
  connection_ = {.number = number, .member = member.value_or(0)};
  after(latency(), Stage::opening);
}

void SimulatedSocket::close() {
  deployment_.loop_.disarm(*this);
  stage_ = Stage::free;
  is_held_up_ = false;
  listener_ = nullptr;
  exchange_.reset();
}

void SimulatedSocket::send(serve::Request request) {
  CMAP_ASSERT(stage_ == Stage::idle || stage_ == Stage::breaking);
  if (stage_ == Stage::breaking) return;
  const auto& on_request = deployment_.options_.on_request;
  if (on_request) on_request(connection_.number, request);
  exchange_.emplace(deployment_.model_, connection_, std::move(request));
  after(latency(), Stage::arriving);
}

void SimulatedSocket::run() {
  if (is_cut_off()) {
    is_held_up_ = true;
    return;
  }
  switch (stage_) {
    case Stage::opening:
      return finish_opening();
    case Stage::arriving:
    case Stage::sleeping:
    case Stage::awaiting:
      return let_server_go_on();
    case Stage::answering:
      return finish_answer();
    case Stage::breaking:
      stage_ = Stage::idle;
      return listener_->broken(fault_);
    case Stage::idle:
    case Stage::free:
      return;
  }
}

// The listener may give this back and use it again: nothing may come behind a call of it.

void SimulatedSocket::finish_opening() {
  stage_ = Stage::idle;
  if (!member_) return listener_->broken(NetworkFault::dns);
  if (is_refused()) return listener_->broken(NetworkFault::refused);
  listener_->opened();
}

void SimulatedSocket::let_server_go_on() {
  step_ = exchange_->next(deployment_.date());
  deployment_.tell_news();  // an error may be some
  switch (step_.kind) {
    case serve::Step::Kind::sleep:
      return after(step_.duration, Stage::sleeping);
    case serve::Step::Kind::await_news:
      return after(step_.duration, Stage::awaiting);
    case serve::Step::Kind::reply:
    case serve::Step::Kind::stream:
      return after(latency(), Stage::answering);
    case serve::Step::Kind::silence:
      stage_ = Stage::idle;
      return;
    case serve::Step::Kind::close:
      return break_off(NetworkFault::eof);
  }
}

void SimulatedSocket::finish_answer() {
  const wire::Document reply = std::exchange(step_.reply, {});
  const bool more_to_come = step_.kind == serve::Step::Kind::stream;
  if (more_to_come) {
    exchange_->go_on_streaming(reply, 0);
    after(Duration::zero(), Stage::arriving);
  } else {
    stage_ = Stage::idle;
  }
  listener_->received(reply, more_to_come);
}

void SimulatedSocket::news() {
  if (stage_ == Stage::awaiting && !is_cut_off()) after(Duration::zero(), Stage::awaiting);
}

void SimulatedSocket::break_off(NetworkFault fault) {
  fault_ = fault;
  if (stage_ != Stage::opening) after(latency(), Stage::breaking);
}

void SimulatedSocket::go_on() {
  if (std::exchange(is_held_up_, false)) return after(latency(), stage_);
  news();  // there may have been some
}

void SimulatedSocket::after(Duration time, Stage next) {
  stage_ = next;
  is_held_up_ = false;
  deployment_.loop_.arm(*this, saturating_sum(deployment_.loop_.now(), time),
                        TimerClass::transport);
}

bool SimulatedSocket::is_cut_off() const {
  return member_ && deployment_.network_[*member_].cut_off;
}

bool SimulatedSocket::is_refused() const { return !deployment_.servers().alive(*member_); }

Duration SimulatedSocket::latency() const {
  return member_ ? deployment_.network_[*member_].latency : deployment_.options_.latency;
}

}  // namespace cmap::sim
