// What the file says besides the scenario: the clause, and the model's run.
#include "fuzz/saved.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/world.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::fuzz {
namespace {

spec_tests::Written written(const Failure& failure, std::string_view name, bool portable) {
  spec_tests::ScenarioFile file;
  file.description = name;
  file.scenario = failure.scenario;
  file.scenario.name = name;
  file.catches = failure.finding.clause;
  if (!failure.schedule.empty()) file.schedule = failure.schedule;

  sim::ReplayedChoices choices(failure.schedule);
  const sim::Trace expected =
      sim::run(failure.scenario, sim::reference_model(), choices, {.oracles = false});
  return spec_tests::write_scenario(file, {.expected = &expected, .portable = portable});
}

/// Without two words of x-cmap: a check-out that nobody waits for gets a thread of its own, for
/// whose end the main thread waits last, if it is to; and an error ends its thread.
sim::Scenario in_foreground(sim::Scenario scenario, bool wait) {
  const auto first = static_cast<sim::ActorIndex>(scenario.actors.size());
  std::map<sim::LabelIndex, sim::ActorIndex> threads;
  std::vector<sim::Operation> operations;
  for (sim::Operation operation : std::exchange(scenario.operations, {})) {
    auto* check_out = std::get_if<sim::CheckOut>(&operation.body);
    const auto* await = std::get_if<sim::AwaitCheckOut>(&operation.body);
    if (check_out && check_out->in_background) {
      const auto thread = static_cast<sim::ActorIndex>(scenario.actors.size());
      scenario.actors.push_back("background" + std::to_string(thread));
      operations.push_back({.actor = operation.actor, .body = sim::Start{thread}});
      if (check_out->label) threads[*check_out->label] = thread;
      check_out->in_background = false;
      operation.actor = thread;
    } else if (await && threads.contains(await->label)) {
      operation.body = sim::WaitForThread{threads.at(await->label)};
    }
    operation.error_expected = false;
    operations.push_back(std::move(operation));
  }
  for (sim::ActorIndex thread = first; wait && thread < scenario.actors.size(); ++thread) {
    operations.push_back({.body = sim::WaitForThread{thread}});
  }
  scenario.operations = std::move(operations);
  return scenario;
}

/// By what any runner sees the pool that failed does, and a right one does not.
bool fails_by_its_list(const std::string& text, const sim::PoolFactory& factory) {
  using Outcome = spec_tests::Result::Outcome;
  const auto read = spec_tests::read_scenario_text(text, spec_tests::Syntax::yaml, "portable.yml");
  const auto outcome_with = [&](const sim::PoolFactory& pool) {
    return spec_tests::run_file(read.scenario.value(), pool, {.run = {.oracles = false}}).outcome;
  };
  return outcome_with(factory) != Outcome::pass &&
         outcome_with(sim::reference_model()) == Outcome::pass;
}

}  // namespace

spec_tests::Written save(const Failure& failure, std::string_view name) {
  return written(failure, name, /*portable=*/false);
}

spec_tests::Written save_portably(const Failure& failure, std::string_view name,
                                  const sim::PoolFactory& factory) {
  spec_tests::Written file = written(failure, name, /*portable=*/true);
  if (!file.text.empty() && fails_by_its_list(file.text, factory)) return file;
  for (const bool wait : {false, true}) {
    const Failure other{in_foreground(failure.scenario, wait), {}, failure.finding};
    file = written(other, name, /*portable=*/true);
    if (!file.text.empty() && fails_by_its_list(file.text, factory)) return file;
  }
  if (!file.reason.empty()) return file;
  return {.text = {},
          .reason = "a list of events, on the canonical schedule, does not show that " +
                    failure.finding.clause + " is broken"};
}

}  // namespace cmap::fuzz
