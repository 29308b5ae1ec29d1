// What a user's first program does with the installed headers and libraries: one check-out on the
// virtual clock. Fails if they are not usable from outside the repository.
#include <cstddef>
#include <iostream>

#include "pool/connection_pool.hpp"
#include "sim/world.hpp"

int main() {
  cmap::sim::Scenario scenario;
  scenario.name = "consumer";
  scenario.labels = {"connection"};
  scenario.operations = {
      {.body = cmap::sim::Ready{}},
      {.body = cmap::sim::CheckOut{.label = 0}},
      {.body = cmap::sim::CheckIn{.connection = 0}},
      {.body = cmap::sim::Close{}},
  };
  cmap::sim::CanonicalChoices choices;
  const cmap::sim::Trace trace = cmap::sim::run(scenario, cmap::sim::connection_pool(), choices);
  for (const cmap::sim::TracedEvent& event : trace.events) {
    std::cout << cmap::sim::describe(event.event) << '\n';
  }
  if (trace.failure) std::cout << trace.failure->message << '\n';
  // Created, ready; check-out started, connection created, ready, checked out; checked in; closed
  // twice.
  constexpr std::size_t expected_events = 9;
  return !trace.failure && trace.events.size() == expected_events ? 0 : 1;
}
