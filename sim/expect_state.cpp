// Field by field; only what is expected is compared.
#include "sim/expect_state.hpp"

#include <string_view>

namespace cmap::sim {
namespace {

std::string_view state_name(PoolState state) {
  switch (state) {
    case PoolState::paused:
      return "paused";
    case PoolState::ready:
      return "ready";
    case PoolState::closed:
      return "closed";
  }
  return "?";
}

void compare(std::string& differences, std::string_view name,
             const std::optional<std::int64_t>& expected, std::int64_t actual) {
  if (!expected || *expected == actual) return;
  if (!differences.empty()) differences += ", ";
  differences += std::string(name) + " is " + std::to_string(actual) + " instead of " +
                 std::to_string(*expected);
}

}  // namespace

std::string state_differences(const ExpectState& expected,
                              const std::optional<PoolSnapshot>& snapshot,
                              const TransportCounts& wires) {
  if (!snapshot) return "the pool under test does not show its state";
  const PoolCounts& counts = snapshot->counts;
  std::string differences;
  if (expected.state && *expected.state != snapshot->state) {
    differences = "state is " + std::string(state_name(snapshot->state)) + " instead of " +
                  std::string(state_name(*expected.state));
  }
  compare(differences, "generation", expected.generation, number(snapshot->generation));
  compare(differences, "pending", expected.pending, counts.pending);
  compare(differences, "available", expected.available, counts.available);
  compare(differences, "inUse", expected.in_use, counts.in_use);
  compare(differences, "waiting", expected.waiting, counts.waiting);
  compare(differences, "armedDeadlines", expected.armed_deadlines, snapshot->armed_deadlines);
  compare(differences, "interrupts", expected.interrupts, wires.interrupts);
  compare(differences, "openTransports", expected.open_transports, wires.opened - wires.closed);
  return differences;
}

}  // namespace cmap::sim
