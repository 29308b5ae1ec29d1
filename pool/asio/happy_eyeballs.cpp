// A loop that begins attempts, and handlers that tell it how they ended.
#include "pool/asio/happy_eyeballs.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "pool/asio/close_on_exec.hpp"

// g++ 12 takes Asio's allocation of coroutine frames for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace cmap {

namespace asio = boost::asio;

namespace {

void close_socket(HappyEyeballs::Socket& socket) {
  HappyEyeballs::ErrorCode ignored;
  socket.close(ignored);
}

}  // namespace

HappyEyeballs::HappyEyeballs(const asio::any_io_executor& strand, std::vector<Endpoint> endpoints)
    : strand_(strand),
      endpoints_(std::move(endpoints)),
      news_(strand),
      code_(asio::error::host_not_found) {
  attempts_.reserve(endpoints_.size());  // sockets that are connecting do not move
}

asio::awaitable<HappyEyeballs::ErrorCode> HappyEyeballs::connect(Socket& winner) {
  while (!over_ && (running_ > 0 || attempts_.size() < endpoints_.size())) {
    if (attempts_.size() < endpoints_.size()) attempt(endpoints_[attempts_.size()]);
    if (running_ == 0) continue;
    if (attempts_.size() < endpoints_.size()) {
      news_.expires_after(attempt_delay);
    } else {
      news_.expires_at(asio::steady_timer::time_point::max());
    }
    ErrorCode ignored;
    co_await news_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  const auto connected = std::find_if(attempts_.begin(), attempts_.end(),
                                      [](const Socket& socket) { return socket.is_open(); });
  if (connected != attempts_.end()) winner = std::move(*connected);
  co_return code_;
}

void HappyEyeballs::attempt(const Endpoint& endpoint) {
  Socket& socket = attempts_.emplace_back(strand_);
  socket.open(endpoint.protocol(), code_);
  if (code_) return;
  close_on_exec(socket);
  ++running_;
  socket.async_connect(endpoint, [self = shared_from_this(), index = attempts_.size() - 1](
                                     const ErrorCode& code) { self->attempted(index, code); });
}

void HappyEyeballs::attempted(std::size_t index, const ErrorCode& code) {
  --running_;
  if (over_) return;
  code_ = code;
  over_ = !code;
  for (std::size_t i = 0; i < attempts_.size(); ++i) {
    if (code ? i == index : i != index) close_socket(attempts_[i]);
  }
  news_.cancel();
}

void HappyEyeballs::give_up() {
  over_ = true;
  code_ = asio::error::operation_aborted;
  for (Socket& socket : attempts_) close_socket(socket);
  news_.cancel();
}

void HappyEyeballs::abandon_descriptors() {
  for (Socket& socket : attempts_) {
    if (socket.is_open()) ::close(socket.native_handle());
  }
}

}  // namespace cmap
