// What time brings about: deadlines, and the background Run (A.8, R8).
#include <algorithm>

#include "pool/core/pool_core.hpp"
#include "pool/core/probe.hpp"

namespace cmap {

void PoolCore::advance(TimePoint now) {
  enter(now);
  expire_before(saturating_sum(now_, Duration(1)));
  if (next_run_ && *next_run_ <= now_) run();
}

/// A Run that is asked for comes at once and replaces the timer; several that are asked for in one
/// instant are one. A negative interval means no Run at all, not even this one (R15).
void PoolCore::request_run() {
  const bool never = options_.background_interval < Duration::zero();
  if (never || state_ == PoolState::closed) return;
  CMAP_PROBE_IF(next_run_ == now_, "several Runs asked for are one");
  next_run_ = next_run_ ? std::min(*next_run_, now_) : now_;
}

/// Does what can be done now and waits for nothing (A-BG-2).
void PoolCore::run() {
  next_run_ = saturating_sum(now_, options_.background_interval);
  close_perished();
  populate();
}

/// While the pool is paused, too (A-BG-3).
void PoolCore::close_perished() {
  Connection* following = nullptr;
  for (Connection* connection = available_.first(); connection; connection = following) {
    following = available_.next(*connection);
    CMAP_PROBE_IF(perished(*connection), "a Run meets a perished connection");
    if (const auto reason = perished(*connection)) close_connection(*connection, *reason);
  }
}

/// One establishment at a time: a second one would let the permit that the first frees create a
/// connection too many (requirements 0.4).
void PoolCore::populate() {
  const bool wanted =
      state_ == PoolState::ready && !populating_ && counts().total() < options_.min_pool_size;
  CMAP_PROBE_IF(wanted && may_create(), "a Run populates");
  CMAP_PROBE_IF(wanted && !may_create(), "a Run finds no permit");
  if (wanted && may_create()) create_connection(/*for_population=*/true);
}

void PoolCore::expire_before(TimePoint time) {
  while (!deadlines_.empty() && deadlines_.earliest().when < time) expire(deadlines_.earliest());
}

void PoolCore::expire(const Deadlines::Deadline& deadline) {
  switch (deadline.owner) {
    case Deadlines::Owner::check_out:
      fail_by_deadline(check_outs_[deadline.slot]);
      return;
    case Deadlines::Owner::establishment: {
      Connection& connection = connections_[deadline.slot];
      deadlines_.disarm(connection.deadline);
      CMAP_PROBE("an establishment times out");
      connection.timed_out = true;
      outbox_.emplace_back(TimeOutEstablishing{connection.ref});
      return;
    }
  }
}

}  // namespace cmap
