// Runs every checker on every event, and says where the first violation happened.
#include "sim/checkers/event_checkers.hpp"

#include "sim/checkers/checks.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {

void EventCheckers::observe(const Event& event) {
  if (report_.failed()) return;
  ++events_;
  const EventType type = event.type();
  const Subjects subjects = subjects_of(event);
  const bool names_connection = subjects.connection != ConnectionId::none;
  const bool names_check_out = subjects.check_out != CheckOutId::none;
  auto* const connection = names_connection ? pool_.find(subjects.connection) : nullptr;
  auto* const check_out = names_check_out ? pool_.find(subjects.check_out) : nullptr;

  check_before(
      {event, type, pool_, subjects.connection, subjects.check_out, connection, check_out});
  if (!report_.failed()) {
    pool_.apply(event, connection, check_out);
    check_limits(event, pool_, report_);
    check_wait_queue(event, pool_, report_);
  }
  if (report_.failed()) {
    report_.locate("event " + std::to_string(events_) + " at " +
                   milliseconds_text(event.time.time_since_epoch()) + " ms, " + describe(event) +
                   ": ");
  }
}

void EventCheckers::check_before(const Step& step) {
  check_pool_grammar(step, report_);
  check_connection_grammar(step, report_);
  check_check_out_grammar(step, report_);
  check_times(step, report_);
  check_reasons(step, report_);
  check_hand_out(step, report_);
}

void EventCheckers::finish_quiescent() {
  if (report_.failed() || !pool_.created()) return;
  check_rest(pool_, report_);
  if (report_.failed()) report_.locate("at rest, after " + std::to_string(events_) + " events: ");
}

}  // namespace cmap::sim
