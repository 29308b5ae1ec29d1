// Whoever cancels may come at any moment: each step looks whether somebody has.
#include "pool/client/client_check_out.hpp"

#include <utility>

namespace cmap {

ClientConnection connection_to(SelectedServer& server, ConnectionHandle handle) {
  return {std::move(handle), std::move(server.operation), std::move(server.to_say),
          server.min_round_trip_time};
}

ClientCheckOutRun::ClientCheckOutRun(std::shared_ptr<ClientShell> shell,
                                     const ClientCheckOut& request, Done done)
    : shell_(std::move(shell)),
      wanted_(shell_->selection_for(request, &is_cancelled_)),
      purpose_(request.purpose),
      done_(std::move(done)) {}

void ClientCheckOutRun::start() {
  if (auto at_once = shell_->select_at_once(wanted_)) return check_out(*std::move(at_once));
  shell_->select(wanted_, [self = shared_from_this()](SelectionResult result) {
    self->check_out(std::move(result));
  });
}

void ClientCheckOutRun::check_out(SelectionResult result) {
  if (result.error) return fail(std::move(result.error));
  server_ = std::move(result.server);
  if (is_cancelled_) return fail(cancelled_error(server_->pool->address()));
  const auto pool = server_->pool;
  self_ = shared_from_this();
  const auto self = self_;  // it may all be over before the check-out has returned
  std::uint64_t attempt = 0;
  {
    const std::lock_guard lock(mutex_);
    attempt = ++attempts_;
  }
  const CheckOutRef ref =
      pool->start_check_out({.deadline = server_->deadline, .purpose = purpose_}, *this);
  {
    const std::lock_guard lock(mutex_);
    if (attempt != attempts_) return;
    place_ = Place{.pool = pool, .check_out = ref};
  }
  if (is_cancelled_) cancel();
}

void ClientCheckOutRun::receive(CheckOutResult result) {
  const auto self = std::exchange(self_, nullptr);
  if (!result.error) {
    return done_({.connection = connection_to(*server_, std::move(result.connection))});
  }
  const bool has_left = result.error->type == ErrorType::pool_closed && !shell_->is_closed();
  if (!has_left) return fail(std::move(result.error));
  server_.reset();
  {
    const std::lock_guard lock(mutex_);
    ++attempts_;
    place_.reset();
  }
  shell_->begin_again(wanted_);
  start();
}

void ClientCheckOutRun::fail(ErrorPtr error) {
  server_.reset();
  done_({.connection = {}, .error = std::move(error)});
}

void ClientCheckOutRun::cancel() {
  is_cancelled_ = true;
  std::optional<Place> place;
  {
    const std::lock_guard lock(mutex_);
    place = place_;
  }
  if (!place) return shell_->serve_cancelled();
  if (const auto pool = place->pool.lock()) {
    pool->apply([&](PoolCore& core, TimePoint now) { core.cancel(place->check_out, now); });
  }
}

}  // namespace cmap
