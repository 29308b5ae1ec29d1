// What the file says besides the scenario: the clause, and the model's run.
#include "fuzz/saved.hpp"

#include "sim/world.hpp"

namespace cmap::fuzz {

spec_tests::Written save(const Failure& failure, std::string_view name) {
  spec_tests::ScenarioFile file;
  file.description = name;
  file.scenario = failure.scenario;
  file.scenario.name = name;
  file.catches = failure.finding.clause;
  if (!failure.schedule.empty()) file.schedule = failure.schedule;

  sim::ReplayedChoices choices(failure.schedule);
  const sim::Trace expected =
      sim::run(failure.scenario, sim::reference_model(), choices, {.oracles = false});
  return spec_tests::write_scenario(file, {.expected = &expected});
}

}  // namespace cmap::fuzz
