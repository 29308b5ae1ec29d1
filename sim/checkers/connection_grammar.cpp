// A connection's life: Created (Ready (CheckedOut CheckedIn)*)? Closed, and ids in order.
#include "sim/checkers/checks.hpp"

namespace cmap::sim {
namespace {

constexpr Rule dense_ids{"A-CON-2", "connection ids start at 1 and grow by 1 with every creation"};
constexpr Rule alive{"A-EV-3",
                     "nothing happens to a connection before its Created or after its Closed"};
constexpr Rule connection_ready_once{"A-EV-3", "a connection becomes ready at most once"};
constexpr Rule established_first{"A-CON-3",
                                 "a connection is never checked out before it is established"};
constexpr Rule one_holder{"A-CON-1", "a connection in use is not given to anybody else"};
constexpr Rule checked_out_first{"A-EV-3", "only a connection in use can be checked in"};
constexpr Rule stays_with_holder{
    "A-CLR-9", "a connection in use is not closed under its holder: CheckedIn comes first"};
constexpr Rule closed_at_check_in{
    "A-CLS-2", "a closed pool closes a connection in use when it is checked in, not before"};

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
    const bool known = report.demand(step.connection != nullptr, alive, [&] {
      const bool was = step.connection_id <= step.pool.last_connection();
      return name_of(step.connection_id) + (was ? " is closed" : " was never created");
    });
    if (known) check_life(step, report);
  }
}

}  // namespace cmap::sim
