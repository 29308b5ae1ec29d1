// Digests are compared, and what the runs end with.
#include "sim/client/repeated_client_run.hpp"

#include <utility>

#include "sim/choice.hpp"

namespace cmap::sim {

ClientRunResult run_twice(const std::function<ClientRunResult()>& run) {
  ClientRunResult result = run();
  if (!result.violation && result != run()) {
    result.violation = Violation{"principle 12", "the same input gives the same run",
                                 "two runs of one seed differ"};
  }
  return result;
}

ClientRunResult run_client_twice(const ClientPlan& plan, std::uint64_t schedule,
                                 ClientTrace* trace) {
  return run_twice([&] {
    SeededChoices choices(schedule);
    return run_client(plan, choices, std::exchange(trace, nullptr));
  });
}

bool is_same_breach(const Violation& one, const Violation& other) {
  if (one.clause != other.clause || one.sentence != other.sentence) return false;
  return one.clause != assertions_clause || one.message == other.message;
}

}  // namespace cmap::sim
