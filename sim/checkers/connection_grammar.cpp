// A connection's life: Created (Ready (CheckedOut CheckedIn)*)? Closed, and ids in order.
#include "sim/checkers/checks.hpp"

namespace cmap::sim {
namespace {

void check_life(const Step& step, Report& report) {
  const ConnectionLife life = step.connection->life;
  const auto detail = [&] {
    return name_of(step.connection_id) + " is " + std::string(life_name(life));
  };
  if (step.type == EventType::connection_ready) {
    report.demand(life == ConnectionLife::pending, connection_ready_once, detail);
  } else if (step.type == EventType::checked_out) {
    report.demand(life != ConnectionLife::pending, established_first, detail);
    report.demand(life != ConnectionLife::in_use, one_holder, detail);
  } else if (step.type == EventType::checked_in) {
    report.demand(life == ConnectionLife::in_use, checked_out_first, detail);
  } else {
    const Rule& rule = step.pool.closed() ? closed_at_check_in : stays_with_holder;
    report.demand(life != ConnectionLife::in_use, rule, detail);
  }
}

}  // namespace

void check_connection_grammar(const Step& step, Report& report) {
  const LastEvent& last = step.pool.last();
  if (last.type == EventType::checked_in && last.on_perished_connection) {
    const bool closes =
        step.type == EventType::connection_closed && step.connection_id == last.connection;
    report.demand(closes, perished_at_check_in,
                  [&] { return name_of(last.connection) + " was checked in just before"; });
  }

  if (step.type == EventType::connection_created) {
    const ConnectionId expected = next(step.pool.last_connection());
    report.demand(step.connection_id == expected, dense_ids,
                  [&] { return "expected " + name_of(expected); });
  } else if (step.type == EventType::connection_ready || step.type == EventType::checked_out ||
             step.type == EventType::checked_in || step.type == EventType::connection_closed) {
    const bool known = report.demand(step.connection != nullptr, only_while_alive, [&] {
      const bool was = step.connection_id <= step.pool.last_connection();
      return name_of(step.connection_id) + (was ? " is closed" : " was never created");
    });
    if (known) check_life(step, report);
  }
}

}  // namespace cmap::sim
