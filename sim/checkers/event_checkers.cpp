// Runs every checker on every event, and says where the first violation happened.
#include "sim/checkers/event_checkers.hpp"

#include "sim/checkers/checks.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {

void EventCheckers::observe(const Event& event) {
  if (report_.failed()) return;
  ++events_;
  const EventType type = event.type();
  const ConnectionId connection_id = connection_of(event.body);
  const CheckOutId check_out_id = check_out_of(event);
  ObservedConnection* const connection = pool_.find(connection_id);
  ObservedCheckOut* const check_out = pool_.find(check_out_id);

  const Step step{event, type, pool_, connection_id, check_out_id, connection, check_out};
  check_pool_grammar(step, report_);
  check_connection_grammar(step, report_);
  check_check_out_grammar(step, report_);
  check_times(step, report_);
  check_reasons(step, report_);
  check_hand_out(step, report_);
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

void EventCheckers::finish_quiescent() {
  if (report_.failed() || !pool_.created()) return;
  check_rest(pool_, report_);
  if (report_.failed()) report_.locate("at rest, after " + std::to_string(events_) + " events: ");
}

}  // namespace cmap::sim
