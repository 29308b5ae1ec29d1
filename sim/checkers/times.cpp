// Durations are differences of event times, exactly, because both come from the virtual clock.
//
// Left out: Ready.duration <= CheckedOut.duration of the same check-out (A-EV-2). No event says for
// whom a connection was created: after a deadline or for the head of the queue it may be another's.
#include "sim/checkers/checks.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {
namespace {

void check(Duration duration, Duration expected, const Rule& rule, Report& report) {
  report.demand(duration == expected, rule, [&] {
    return "duration " + milliseconds_text(duration) + " ms instead of " +
           milliseconds_text(expected) + " ms";
  });
}

}  // namespace

void check_times(const Step& step, Report& report) {
  const TimePoint now = step.event.time;
  if (step.pool.created()) {
    report.demand(now >= step.pool.time(), monotonic, [&] {
      return "the event before was at " + milliseconds_text(step.pool.time().time_since_epoch()) +
             " ms";
    });
  }
  if (step.type == EventType::connection_ready && step.connection) {
    check(step.as<ConnectionReadyEvent>().duration, now - step.connection->created, since_created,
          report);
  } else if (step.type == EventType::checked_out && step.check_out) {
    check(step.as<ConnectionCheckedOutEvent>().duration, now - step.check_out->started,
          since_started, report);
  } else if (step.type == EventType::check_out_failed && step.check_out) {
    check(step.as<ConnectionCheckOutFailedEvent>().duration, now - step.check_out->started,
          since_started, report);
  }
}

}  // namespace cmap::sim
