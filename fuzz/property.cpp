// The run, then the same run by others.
#include "fuzz/property.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

#include "sim/compare_traces.hpp"

namespace cmap::fuzz {
namespace {

/// Enough to tell one kind of misuse from another.
constexpr std::size_t misuse_prefix = 20;

std::string_view clause_of(sim::RunFailure::Kind kind) {
  using Kind = sim::RunFailure::Kind;
  switch (kind) {
    case Kind::livelock:
      return "NO-LIVELOCK";
    case Kind::deadlock:
    case Kind::event_timeout:
    case Kind::end_of_time:
      return "PROGRESS";
    case Kind::checker:
    case Kind::misuse:
    case Kind::wrong_state:
    case Kind::peer:
      break;
  }
  return "RUN";
}

Finding finding_of(const sim::RunFailure& failure) {
  Finding finding{.clause = failure.clause, .message = failure.message, .signature = {}};
  if (finding.clause.empty()) {
    finding.clause = clause_of(failure.kind);
    finding.message.insert(0, finding.clause + ": ");
  }
  finding.signature = finding.clause;
  if (failure.kind == sim::RunFailure::Kind::misuse) {
    finding.signature += failure.message.substr(0, misuse_prefix);
  }
  return finding;
}

sim::Trace run_again(const sim::Scenario& scenario,
                     const std::vector<sim::RecordedChoice>& schedule,
                     const sim::PoolFactory& factory, bool oracles) {
  sim::ReplayedChoices choices(schedule);
  sim::RunOptions options = run_options();
  options.oracles = oracles;
  return sim::run(scenario, factory, choices, options);
}

/// How the first event that differs is called; what two runs of one bug have in common.
std::string kind_of_difference(const sim::Trace& expected, const sim::Trace& actual) {
  std::size_t at = 0;
  const auto same = [&](std::size_t i) {
    return sim::describe(expected.events[i].event) == sim::describe(actual.events[i].event);
  };
  while (at < expected.events.size() && at < actual.events.size() && same(at)) ++at;
  const auto name = [&](const sim::Trace& trace) {
    return at < trace.events.size() ? std::string(event_name(trace.events[at].event.type()))
                                    : std::string("end");
  };
  return name(expected) + " " + name(actual);
}

std::optional<Finding> compare(std::string_view clause, std::string_view sentence,
                               const sim::Trace& expected, const sim::Trace& actual) {
  if (expected.digest == actual.digest) return std::nullopt;
  // Steps that nobody sees, such as a timer's that finds nothing to do, are a pool's own business.
  const auto difference = sim::first_difference(expected, actual);
  if (!difference) return std::nullopt;
  Finding finding;
  finding.clause = clause;
  finding.message = finding.clause + ": ";
  finding.message += sentence;
  finding.message += ' ';
  finding.message += *difference;
  finding.signature = finding.clause + " " + kind_of_difference(expected, actual);
  return finding;
}

std::optional<Finding> compare_with_itself(const sim::Trace& first, const sim::Trace& again) {
  auto finding = compare("DETERMINISM", "the same choices give the same run.", first, again);
  if (finding || again.digest == first.digest) return finding;
  return Finding{
      .clause = "DETERMINISM",
      .message = "DETERMINISM: the same choices give the same run. They take different steps.",
      .signature = "DETERMINISM"};
}

/// Both without oracles: the first run had them.
std::optional<Finding> compare_worlds(const sim::Scenario& scenario, const Tested& tested,
                                      const sim::PoolFactory& factory,
                                      const PropertyOptions& options) {
  sim::ReplayedChoices choices(tested.schedule);
  sim::RunOptions quiet = run_options();
  quiet.oracles = false;
  try {
    const sim::Trace other = options.world(scenario, factory, choices, quiet);
    return compare("PARITY", "every world makes the same of a scenario.", tested.trace, other);
  } catch (const std::runtime_error& error) {
    return Finding{
        .clause = "PARITY",
        .message = std::string("PARITY: every world makes the same of a scenario. ") + error.what(),
        .signature = "PARITY no answer"};
  }
}

/// With the model and with itself.
std::optional<Finding> compare_with_others(const sim::Scenario& scenario, const Tested& tested,
                                           const sim::PoolFactory& factory,
                                           const PropertyOptions& options) {
  std::optional<sim::Trace> model;
  if (options.compare_with_model) {
    model = run_again(scenario, tested.schedule, sim::reference_model(), /*oracles=*/false);
    // The same choices gave the same run, and to somebody else: a third would say nothing new.
    if (model->digest == tested.trace.digest) return std::nullopt;
  }
  std::optional<Finding> finding;
  if (options.run_twice) {
    const sim::Trace again = run_again(scenario, tested.schedule, factory, /*oracles=*/false);
    finding = compare_with_itself(tested.trace, again);
  }
  if (model && !finding) {
    finding =
        compare("MODEL", "the pool does what the reference model does.", *model, tested.trace);
  }
  return finding;
}

}  // namespace

sim::RunOptions run_options(std::uint64_t work_budget) {
  return {.work_budget = work_budget, .instant_work_budget = work_budget / 2, .drain = true};
}

Tested test(const sim::Scenario& scenario, sim::ChoiceSource& choices,
            const sim::PoolFactory& factory, const PropertyOptions& options) {
  sim::RecordingChoices recording(choices);
  Tested tested;
  sim::RunOptions run = run_options(options.work_budget);
  run.record_entries = run.note_exercised = options.note_coverage;
  tested.trace = sim::run(scenario, factory, recording, run);
  tested.schedule = recording.recorded();
  if (tested.trace.failure) {
    tested.finding = finding_of(*tested.trace.failure);
    return tested;
  }
  tested.finding = compare_with_others(scenario, tested, factory, options);
  if (options.world && !tested.finding) {
    tested.impossible = options.impossible(scenario);
    if (!tested.impossible) tested.finding = compare_worlds(scenario, tested, factory, options);
  }
  return tested;
}

}  // namespace cmap::fuzz
