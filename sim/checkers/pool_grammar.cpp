// A pool's life: Created (Ready Cleared)* Ready? Closed?, and what it may do in each state.
#include "sim/checkers/checks.hpp"

namespace cmap::sim {
namespace {

void check_created(const Step& step, Report& report) {
  const auto& shown = step.as<ConnectionPoolCreatedEvent>().options;
  const PoolOptions& expected = step.pool.shown_options();
  const bool same = shown && shown->max_pool_size == expected.max_pool_size &&
                    shown->min_pool_size == expected.min_pool_size &&
                    shown->max_idle_time == expected.max_idle_time &&
                    shown->max_connecting == expected.max_connecting &&
                    shown->wait_queue_timeout == expected.wait_queue_timeout;
  report.demand(same, shows_options, [] { return "the options shown are others"; });
}

void check_cleared(const Step& step, Report& report) {
  const auto& cleared = step.as<ConnectionPoolClearedEvent>();
  if (step.pool.options().load_balanced) {
    report.demand(cleared.service_id.has_value(), names_service, [] { return "no serviceId"; });
    return;
  }
  report.demand(step.pool.state() == PoolState::ready, cleared_once,
                [] { return "the pool was paused"; });
  report.demand(cleared.interrupt_in_use_connections && !cleared.service_id, flag_always, [&] {
    return cleared.service_id ? "has a serviceId" : "has no interruptInUseConnections";
  });
}

void check_pool_closed(const Step& step, Report& report) {
  const PoolCounts& counts = step.pool.counts();
  // Where nothing was to end, nothing is shown.
  const bool nothing_there =
      counts.available + counts.pending == 0 && step.pool.check_outs().empty();
  if (nothing_there && !step.pool.closing()) return;
  report.demand(counts.available == 0, closes_available, [&] { return text_of(counts); });
  report.demand(counts.pending == 0, ends_all, [&] { return text_of(counts); });
  report.demand(step.pool.check_outs().empty(), ends_all,
                [&] { return name_of(step.pool.check_outs().front().id) + " has no outcome"; });
}

void check_on_closed_pool(const Step& step, Report& report) {
  const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&step.event.body);
  const bool allowed = step.type == EventType::checked_in ||
                       step.type == EventType::connection_closed ||
                       step.type == EventType::check_out_started ||
                       (failed && failed->reason == CheckOutFailedReason::pool_closed);
  report.demand(allowed, closed_is_terminal, [] { return "the pool is closed"; });
}

/// close() is one transition: between its first event and PoolClosed nothing else has a place.
void check_closing(const Step& step, Report& report) {
  const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&step.event.body);
  const bool allowed = step.type == EventType::pool_closed ||
                       step.type == EventType::connection_closed ||
                       (failed && failed->reason == CheckOutFailedReason::pool_closed);
  report.demand(allowed, close_is_one_step,
                [] { return "reason poolClosed was seen, but no PoolClosed"; });
}

void check_state(const Step& step, Report& report) {
  // Whether a pool behind a load balancer says PoolReady is open (A-LB-9).
  if (step.pool.options().load_balanced) return;
  const bool ready = step.pool.state() == PoolState::ready;
  const auto detail = [] { return "the pool is paused"; };
  if (step.type == EventType::connection_created) {
    report.demand(ready, creates_when_ready, detail);
  } else if (step.type == EventType::checked_out) {
    report.demand(ready, serves_when_ready, detail);
  }
}

/// R9: in the transition of the clear, after the evicted check-outs.
void check_interrupted(const Step& step, Report& report) {
  const bool of_the_clear =
      step.type == EventType::check_out_failed || step.type == EventType::connection_closed;
  if (of_the_clear) return;
  report.demand(step.pool.counts().pending == 0, interrupts_pending,
                [&] { return text_of(step.pool.counts()); });
}

}  // namespace

void check_pool_grammar(const Step& step, Report& report) {
  const ObservedPool& pool = step.pool;
  const bool creates = step.type == EventType::pool_created;
  const bool in_place = report.demand(creates != pool.created(), created_first, [&] {
    return creates ? "this is the second one" : "the pool was not created yet";
  });
  if (!in_place) return;
  if (creates) return check_created(step, report);

  report.demand(step.event.address == pool.address(), one_endpoint,
                [&] { return step.event.address.text() + " instead of " + pool.address().text(); });
  if (pool.closed()) return check_on_closed_pool(step, report);
  if (pool.closing()) check_closing(step, report);
  if (pool.cleared_with_interrupt()) check_interrupted(step, report);
  check_state(step, report);
  if (step.type == EventType::pool_ready) {
    report.demand(pool.state() == PoolState::paused, pool_ready_once,
                  [] { return "the pool is ready already"; });
  } else if (step.type == EventType::pool_cleared) {
    check_cleared(step, report);
  } else if (step.type == EventType::pool_closed) {
    check_pool_closed(step, report);
  }
}

}  // namespace cmap::sim
