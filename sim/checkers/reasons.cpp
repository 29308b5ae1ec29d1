// A reason is one of the true causes. Where several are true any of them passes: the precedence of
// R12 is for exact traces, and whether a connection had an error is not in the events.
//
// Left out: that a check-out fails exactly at its deadline. No event tells a deadline of its own,
// and a late timer fails late on a correct pool, too; only too early is always wrong.
#include "sim/checkers/checks.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {
namespace {

void check_stale(const Step& step, Report& report) {
  // Behind a load balancer it depends on the service, which no event names.
  if (step.pool.options().load_balanced) return;
  report.demand(step.pool.is_stale(*step.connection), really_stale, [&] {
    return name_of(step.connection_id) + " is of the current generation (" +
           std::to_string(step.pool.clears()) + " clears so far)";
  });
}

void check_idle(const Step& step, Report& report) {
  const Duration limit = step.pool.options().max_idle_time;
  const Duration unused = step.event.time - step.connection->available_since;
  const bool idle = limit > Duration::zero() && unused > limit &&
                    step.connection->life == ConnectionLife::available;
  report.demand(idle, really_idle, [&] {
    return name_of(step.connection_id) + " is " + std::string(life_name(step.connection->life)) +
           " for " + milliseconds_text(unused) + " ms, maxIdleTimeMS=" + milliseconds_text(limit);
  });
}

// Reason poolClosed is judged by what follows it (check_pool_grammar).
void check_close_reason(const Step& step, Report& report) {
  const auto& closed = step.as<ConnectionClosedEvent>();
  if (closed.reason == ConnectionClosedReason::stale) check_stale(step, report);
  if (closed.reason == ConnectionClosedReason::idle) check_idle(step, report);
  if (!closed.error) return;
  report.demand(closed.reason == ConnectionClosedReason::error, error_of_reason,
                [&] { return "error: " + closed.error->message; });
}

void check_timeout(const Step& step, const Error& error, Report& report) {
  const bool fits = error.type == ErrorType::wait_queue_timeout ||
                    error.type == ErrorType::deadline_exceeded ||
                    error.type == ErrorType::cancelled;
  report.demand(fits, timeout_error, [&] { return std::string(type_name(error.type)); });
  if (error.type != ErrorType::wait_queue_timeout) return;
  const Duration timeout = step.pool.options().wait_queue_timeout;
  const Duration waited = step.event.time - step.check_out->started;
  report.demand(timeout > Duration::zero() && waited >= timeout, not_early, [&] {
    return name_of(step.check_out_id) + " waited for " + milliseconds_text(waited) +
           " ms, waitQueueTimeoutMS=" + milliseconds_text(timeout);
  });
}

void check_connection_error(const Step& step, const Error& error, Report& report) {
  const bool other_reason =
      error.type == ErrorType::pool_closed || error.type == ErrorType::wait_queue_timeout ||
      error.type == ErrorType::deadline_exceeded || error.type == ErrorType::cancelled;
  report.demand(!other_reason, connection_error,
                [&] { return std::string(type_name(error.type)); });
  // A forked pool behind a load balancer fails its waiters while it stays ready (A-FORK-1).
  const LastEvent& last = step.pool.last();
  const bool cause = step.pool.state() == PoolState::paused || step.pool.options().load_balanced ||
                     (last.type == EventType::connection_closed && last.ended_pending);
  report.demand(cause, connection_error, [&] {
    return name_of(step.check_out_id) +
           " failed on a ready pool, and the event before is no Closed of a pending connection";
  });
}

void check_failed(const Step& step, Report& report) {
  const auto& failed = step.as<ConnectionCheckOutFailedEvent>();
  if (!report.demand(failed.error != nullptr, has_error, [] { return "no error"; })) return;
  const Error& error = *failed.error;
  switch (failed.reason) {
    case CheckOutFailedReason::pool_closed:
      report.demand(error.type == ErrorType::pool_closed, closed_error,
                    [&] { return std::string(type_name(error.type)); });
      return;
    case CheckOutFailedReason::timeout:
      return check_timeout(step, error, report);
    case CheckOutFailedReason::connection_error:
      return check_connection_error(step, error, report);
  }
}

}  // namespace

void check_reasons(const Step& step, Report& report) {
  if (step.type == EventType::connection_closed && step.connection)
    check_close_reason(step, report);
  if (step.type == EventType::check_out_failed && step.check_out) check_failed(step, report);
}

}  // namespace cmap::sim
