// First come, first served, as far as events show it.
//
// A check-out without outcome either waits or has left the queue for a connection that is being
// established for it. No event tells which; but the latter are at most as many as pending
// connections, `counts.waiting` tells the former, and both together are all.
//
// Left out: that a check-out past waitQueueTimeoutMS does not wait on (A-WQ-3), because one with a
// deadline of its own may, and no event tells which has one.
#include "sim/checkers/checks.hpp"

namespace cmap::sim {
namespace {

/// Between these events and the outcome that follows in the same transition, a check-out neither
/// waits nor has a pending connection any more.
bool outcome_may_follow(EventType type) {
  return type == EventType::connection_ready || type == EventType::connection_closed;
}

void check_waiting(const Event& event, const ObservedPool& pool, Report& report) {
  // A check-out that starts is not in the queue yet.
  const bool starts = event.type() == EventType::check_out_started;
  const std::size_t unfinished = pool.check_outs().size() - (starts ? 1 : 0);
  const std::size_t waiting = event.counts.waiting;
  const std::size_t elsewhere =
      pool.counts().pending + (outcome_may_follow(event.type()) ? 1U : 0U);
  // While clear() or close() ends them all, a pool may empty its queue in one go.
  const bool ending = pool.state() != PoolState::ready || pool.closing();
  const bool all_found = ending || waiting + elsewhere >= unfinished;
  report.demand(waiting <= unfinished && all_found, waiting_known, [&] {
    return text_of(event.counts) + ", but " + std::to_string(unfinished) +
           " check-outs without outcome";
  });
}

/// Those older than the one served, or evicted, must all have left the queue.
void check_order(const Event& event, const ObservedPool& pool, const Rule& rule, Report& report) {
  if (event.counts.waiting == 0) return;
  const CheckOutId ended = check_out_of(event);
  const std::size_t unfinished = pool.check_outs().size();
  const std::size_t not_waiting = unfinished - event.counts.waiting;
  const std::size_t older = pool.check_outs().count_before(ended, not_waiting + 1);
  report.demand(older <= not_waiting, rule, [&] {
    return name_of(ended) + " ends; " + name_of(pool.check_outs().front().id) +
           " is older and without outcome, and " + std::to_string(event.counts.waiting) + " of " +
           std::to_string(unfinished) + " wait";
  });
}

/// Until the queue is empty nothing happens on a paused pool but failures.
void check_evicted(const Event& event, Report& report) {
  const bool of_the_clear =
      event.type() == EventType::pool_cleared || event.type() == EventType::check_out_failed;
  if (of_the_clear) return;
  report.demand(event.counts.waiting == 0, evicted, [&] { return text_of(event.counts); });
}

}  // namespace

void check_wait_queue(const Event& event, const ObservedPool& pool, Report& report) {
  check_waiting(event, pool, report);
  if (report.failed()) return;
  if (event.type() == EventType::checked_out) check_order(event, pool, first_come, report);
  const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&event.body);
  if (failed && failed->reason != CheckOutFailedReason::timeout) {
    check_order(event, pool, evicted_in_order, report);
  }
  // Behind a load balancer a clear evicts nobody (A-LB-3).
  const bool paused = pool.state() == PoolState::paused || event.type() == EventType::pool_ready;
  if (paused && !pool.options().load_balanced) check_evicted(event, report);
}

}  // namespace cmap::sim
