// Only good connections become ready or reach a caller.
//
// Left out: the newest available connection first (R6), which the specification leaves open; and
// connections that had an error while available, which no event tells.
#include "sim/checkers/checks.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {
namespace {

/// Before the first clear nothing can be stale; behind a load balancer no event tells.
void check_current(const Step& step, const Rule& rule, Report& report) {
  if (step.pool.clears() == 0 || step.pool.options().load_balanced) return;
  report.demand(!step.pool.is_stale(*step.connection), rule, [&] {
    return name_of(step.connection_id) + " was created after " +
           std::to_string(step.connection->clears_before) + " clears, and there were " +
           std::to_string(step.pool.clears());
  });
}

}  // namespace

void check_hand_out(const Step& step, Report& report) {
  if (!step.connection) return;
  if (step.type == EventType::connection_ready) {
    check_current(step, current_when_ready, report);
  } else if (step.type == EventType::checked_out) {
    check_current(step, current_when_handed_out, report);
    const Duration limit = step.pool.options().max_idle_time;
    if (limit == Duration::zero()) return;
    const Duration unused = step.event.time - step.connection->available_since;
    report.demand(unused <= limit, not_idle, [&] {
      return name_of(step.connection_id) + " was unused for " + milliseconds_text(unused) +
             " ms, maxIdleTimeMS=" + milliseconds_text(limit);
    });
  }
}

}  // namespace cmap::sim
