// Only good connections become ready or reach a caller.
//
// Left out: the newest available connection first (R6), which the specification leaves open; and
// connections that had an error while available, which no event tells.
#include "sim/checkers/checks.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {
namespace {

constexpr Rule current_when_ready{
    "R11", "a connection that was cleared while pending never becomes ready: Closed(stale)"};
constexpr Rule current_when_handed_out{
    "R11", "every connection checked out has the pool's generation at that instant"};
constexpr Rule not_idle{
    "A-OPT-4", "a connection that was available for longer than maxIdleTimeMS is not handed out"};

void check_current(const Step& step, const Rule& rule, Report& report) {
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
    const Duration unused = step.event.time - step.connection->available_since;
    report.demand(limit == Duration::zero() || unused <= limit, not_idle, [&] {
      return name_of(step.connection_id) + " was unused for " + milliseconds_text(unused) +
             " ms, maxIdleTimeMS=" + milliseconds_text(limit);
    });
  }
}

}  // namespace cmap::sim
