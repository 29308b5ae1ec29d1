// A check-out's life: Started, then exactly one of CheckedOut and Failed.
#include "sim/checkers/checks.hpp"

namespace cmap::sim {

void check_check_out_grammar(const Step& step, Report& report) {
  if (step.type == EventType::check_out_started) {
    report.demand(step.check_out_id > step.pool.last_check_out(), started_in_order, [&] {
      return name_of(step.check_out_id) + " after " + name_of(step.pool.last_check_out());
    });
  } else if (step.type == EventType::checked_out || step.type == EventType::check_out_failed) {
    report.demand(step.check_out != nullptr, one_outcome, [&] {
      const bool was = step.check_out_id <= step.pool.last_check_out();
      return name_of(step.check_out_id) + (was ? " is over already" : " never started");
    });
  }
}

}  // namespace cmap::sim
