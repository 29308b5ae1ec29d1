// Checking out and in, and the one loop that serves the WaitQueue (A.3, A.6).
#include <utility>

#include "pool/api/assert.hpp"
#include "pool/core/pool_core.hpp"
#include "pool/core/probe.hpp"

namespace cmap {

CheckOutRef PoolCore::check_out(const CheckOutRequest& request, std::uint64_t user_data,
                                TimePoint now) {
  enter(now);
  CheckOut& check_out = check_outs_.acquire();
  check_out.user_data = user_data;
  check_out.request = request;
  check_out.started = now_;
  const CheckOutRef ref = check_out.ref;
  emit(ConnectionCheckOutStartedEvent{ref.id});  // always, whatever the state (A-OUT-1)

  if (state_ == PoolState::closed) {
    CMAP_PROBE("check-out on a closed pool");
    fail_check_out(check_out, CheckOutFailedReason::pool_closed, pool_closed_error(address_));
    return ref;
  }
  if (state_ == PoolState::paused) {
    CMAP_PROBE("check-out on a paused pool");
    fail_check_out(check_out, CheckOutFailedReason::connection_error,
                   pool_cleared_error(address_, clear_cause_));
    return ref;
  }
  check_out.queued = true;
  wait_queue_.push_back(check_out);
  if (request.deadline && *request.deadline <= now_) {
    serve_at_once_or_fail(check_out);
    return ref;
  }
  service_wait_queue();
  if (CheckOut* unserved = check_outs_.find(ref)) arm_deadline(*unserved);
  return ref;
}

bool PoolCore::check_out_at_once(CheckOutPurpose purpose, TimePoint now, Lease& lease) {
  enter(now);
  const bool at_hand = state_ == PoolState::ready && wait_queue_.empty() && !available_.empty();
  if (!at_hand) return false;
  Connection& newest = available_.back();
  if (perished(newest)) return false;
  const CheckOutId check_out = check_outs_.take_id();
  emit(ConnectionCheckOutStartedEvent{check_out});
  lease = lend(newest, check_out, purpose);
  emit(ConnectionCheckedOutEvent{newest.ref.id, Duration::zero(), check_out});
  return true;
}

/// Out of time: only what is at hand. Whoever waits before it has seen that nothing is.
void PoolCore::serve_at_once_or_fail(CheckOut& check_out) {
  const bool is_head = &wait_queue_.front() == &check_out;
  if (Connection* connection = is_head ? take_available() : nullptr) {
    CMAP_PROBE("out of time, but one is at hand");
    hand_out(*connection, check_out);
  } else {
    CMAP_PROBE("out of time at once");
    fail_by_deadline(check_out);
  }
}

bool PoolCore::cancel(CheckOutRef check_out, TimePoint now) {
  enter(now);
  CheckOut* found = check_outs_.find(check_out);
  CMAP_PROBE_IF(!found, "cancel after the outcome");
  CMAP_PROBE_IF(found && found->queued, "cancel in the queue");
  CMAP_PROBE_IF(found && !found->queued, "cancel while establishing");
  if (!found) return false;
  fail_check_out(*found, CheckOutFailedReason::timeout, cancelled_error(address_));
  return true;
}

bool PoolCore::check_in(const Lease& lease, TimePoint now) {
  enter(now);
  Connection* connection = find_held(lease);
  CMAP_PROBE_IF(!connection, "check-in of what is not held");
  if (!connection) return false;
  emit(ConnectionCheckedInEvent{connection->ref.id});  // first of all (A-IN-2)

  // error > stale > poolClosed (A-IN-3, R12). What an interrupted holder reports is a consequence
  // of the interruption (F-17): such a connection ends as stale.
  if (connection->error) {
    CMAP_PROBE("errored at check-in");
    close_connection(*connection, ConnectionClosedReason::error);
  } else if (is_stale(*connection)) {
    CMAP_PROBE("stale at check-in");
    close_connection(*connection, ConnectionClosedReason::stale);
  } else if (state_ == PoolState::closed) {
    CMAP_PROBE("pool closed at check-in");
    close_connection(*connection, ConnectionClosedReason::pool_closed);
  } else {
    make_available(*connection);
  }
  service_wait_queue();
  return true;
}

bool PoolCore::check_in_at_once(const Lease& lease) {
  CMAP_ASSERT(is_timeless());
  Connection* connection = find_held(lease);
  const bool plain = connection && !connection->error && !is_stale(*connection) &&
                     state_ != PoolState::closed && wait_queue_.empty();
  if (!plain) return false;
  ++inputs_;
  make_available(*connection);
  return true;
}

bool PoolCore::set_purpose(const Lease& lease, CheckOutPurpose purpose) {
  Connection* connection = find_held(lease);
  if (!connection) return false;
  ++inputs_;
  count(*connection, -1);
  connection->purpose = purpose;
  count(*connection, +1);
  return true;
}

/// Limits are tested here, after every pop, and nowhere else; nobody is woken to compete. The head
/// gets what was freed, in the transition that freed it (A-WQ-4, R5).
void PoolCore::service_wait_queue() {
  if (state_ != PoolState::ready) return;
  while (!wait_queue_.empty()) {
    CheckOut& head = wait_queue_.front();
    if (Connection* connection = take_available()) {
      CMAP_PROBE("the head gets an available connection");
      hand_out(*connection, head);
    } else if (may_create()) {
      CMAP_PROBE("the head gets a permit");
      bind_new_connection(head);
    } else {
      CMAP_PROBE("the head waits");
      return;
    }
  }
}

/// The head leaves the queue: from now on only its own deadline bounds it, not the queue's
/// (A-OPT-6).
void PoolCore::bind_new_connection(CheckOut& check_out) {
  wait_queue_.erase(check_out);
  check_out.queued = false;
  if (!check_out.request.deadline) deadlines_.disarm(check_out.deadline);
  Connection& connection = create_connection(/*for_population=*/false);
  connection.bound = check_out.ref;
  check_out.connection = connection.ref;
}

/// The newest available connection that is still good; those that are not are closed on the way
/// (A-OUT-2).
Connection* PoolCore::take_available() {
  while (!available_.empty()) {
    Connection& newest = available_.back();
    const auto reason = perished(newest);
    if (!reason) return &newest;
    CMAP_PROBE("a check-out meets a perished connection");
    close_connection(newest, *reason);
  }
  return nullptr;
}

Lease PoolCore::lend(Connection& connection, CheckOutId check_out, CheckOutPurpose purpose) {
  CMAP_ASSERT(connection.state == ConnectionState::available);
  connection.holder = check_out;
  connection.purpose = purpose;
  move(connection, ConnectionState::in_use);
  return {.pool = id_, .connection = connection.ref, .check_out = check_out};
}

void PoolCore::hand_out(Connection& connection, CheckOut& check_out) {
  const Lease lease = lend(connection, check_out.ref.id, check_out.request.purpose);
  if (check_out.queued) {
    wait_queue_.erase(check_out);
    check_out.queued = false;
  }
  emit(ConnectionCheckedOutEvent{connection.ref.id, now_ - check_out.started, lease.check_out});
  finish(check_out, lease, nullptr);
}

void PoolCore::fail_check_out(CheckOut& check_out, CheckOutFailedReason reason, ErrorPtr error) {
  if (check_out.queued) {
    wait_queue_.erase(check_out);
    check_out.queued = false;
  } else if (Connection* connection = connections_.find(check_out.connection)) {
    connection->bound = {};  // goes on unbound (principle 5)
    CMAP_PROBE("an establishment goes on unbound");
  }
  emit(ConnectionCheckOutFailedEvent{reason, now_ - check_out.started, check_out.ref.id, error});
  finish(check_out, Lease{}, std::move(error));
}

void PoolCore::fail_by_deadline(CheckOut& check_out) {
  ErrorPtr error = queue_timeout_error();
  if (check_out.request.deadline) error = deadline_exceeded_error(address_, std::move(error));
  fail_check_out(check_out, CheckOutFailedReason::timeout, std::move(error));
}

void PoolCore::fail_waiting(CheckOutFailedReason reason, const ErrorPtr& error) {
  while (!wait_queue_.empty()) fail_check_out(wait_queue_.front(), reason, error);
}

void PoolCore::fail_bound(CheckOutRef bound, CheckOutFailedReason reason, const ErrorPtr& error) {
  CMAP_PROBE_IF(check_outs_.find(bound), "a check-out fails with its establishment");
  if (CheckOut* check_out = check_outs_.find(bound)) fail_check_out(*check_out, reason, error);
}

/// The one place where a check-out ends, with exactly one completion.
void PoolCore::finish(CheckOut& check_out, const Lease& lease, ErrorPtr error) {
  deadlines_.disarm(check_out.deadline);
  outbox_.emplace_back(
      CheckOutCompleted{check_out.ref, check_out.user_data, lease, std::move(error)});
  check_outs_.release(check_out);
}

void PoolCore::arm_deadline(CheckOut& check_out) {
  std::optional<TimePoint> when = check_out.request.deadline;
  const bool bounded_by_queue = options_.wait_queue_timeout > Duration::zero();
  if (!when && check_out.queued && bounded_by_queue) {
    when = saturating_sum(check_out.started, options_.wait_queue_timeout);
  }
  if (!when) return;
  check_out.deadline = deadlines_.arm({.when = *when,
                                       .owner = Deadlines::Owner::check_out,
                                       .id = number(check_out.ref.id),
                                       .slot = check_out.ref.slot});
}

ErrorPtr PoolCore::queue_timeout_error() const {
  if (!options_.load_balanced) return wait_queue_timeout_error(address_);
  return wait_queue_timeout_error(address_, options_.max_pool_size, purposes_);
}

}  // namespace cmap
