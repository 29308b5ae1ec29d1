// Every scenario on real sockets, event for event as in simulation, and on other schedules too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/socket_world.hpp"
#include "spec-tests/files_harness.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::spec_tests {
namespace {

RunnerOptions parity_with(sim::SocketWorld& world) {
  RunnerOptions options;
  options.world = [&world](const auto& scenario, const auto& factory, auto& choices,
                           const auto& run) { return world.run(scenario, factory, choices, run); };
  options.compared_world = sim::run;
  options.is_real = true;
  options.impossible = [](const ScenarioFile& file) {
    return sim::SocketWorld::only_simulated(file.scenario);
  };
  options.schedules = RunnerOptions::Schedules::some;
  options.schedule_count = 3;
  return options;
}

void expect_parity(const sim::SocketWorld::Options& world_options) {
  sim::SocketWorld world(world_options);
  RunnerOptions options = parity_with(world);
  // TLS makes each connection dearer and no schedule different.
  if (world_options.tls) options.schedules = RunnerOptions::Schedules::none;
  std::size_t passed = 0;
  std::size_t impossible = 0;
  for (const ScenarioFile& file : all_scenarios()) {
    const Result result = run_file(file, sim::connection_pool(), options);
    EXPECT_EQ(failure_report(file, result), "");
    passed += result.outcome == Result::Outcome::pass ? 1 : 0;
    impossible += result.outcome == Result::Outcome::skipped ? 1 : 0;
  }
  EXPECT_GE(passed, 150U);
  EXPECT_LE(impossible, 12U) << "what only the simulation can make is the exception";
}

TEST(Parity, Tcp) { expect_parity({}); }

TEST(Parity, Tls) { expect_parity({.tls = true}); }

/// Both worlds make the choices that the file records.
TEST(Parity, OnAScheduleOfTheFilesOwn) {
  sim::SocketWorld world({});
  RunnerOptions options = parity_with(world);
  options.schedules = RunnerOptions::Schedules::none;
  std::size_t scheduled = 0;
  auto scenarios = collect_embedded().scenarios;
  scenarios.resize(20);
  for (ScenarioFile& file : scenarios) {
    sim::SeededChoices seeded(1);
    sim::RecordingChoices recording(seeded);
    sim::run(file.scenario, sim::connection_pool(), recording, options.run);
    file.schedule = recording.recorded();
    if (!file.schedule->empty()) ++scheduled;
    // What only the canonical schedule promises.
    file.exact.reset();
    file.operation_errors.clear();
    file.thread_ends.clear();
    const Result result = run_file(file, sim::connection_pool(), options);
    EXPECT_EQ(failure_report(file, result), "");
    if (result.outcome == Result::Outcome::pass) {
      EXPECT_EQ(result.drift->missed, 0U);
    }
  }
  EXPECT_GT(scheduled, 0U);
}

/// A world that makes something else of a scenario is found out.
TEST(Parity, ADifferenceFails) {
  sim::SocketWorld world({});
  RunnerOptions options = parity_with(world);
  options.compared_world = [](const sim::Scenario& scenario, const auto& factory, auto& choices,
                              const auto& run) {
    sim::Scenario slower = scenario;
    slower.server.establishments = {
        {.phases = {{.phase = EstablishmentPhase::hello, .delay = std::chrono::milliseconds(1)}}}};
    return sim::run(slower, factory, choices, run);
  };
  const auto scenarios = collect_embedded().scenarios;
  const auto plain = std::ranges::find_if(scenarios, [](const ScenarioFile& file) {
    return file.scenario.server.establishments.empty() &&
           file.scenario.name == "hand-off-to-the-head-of-the-queue";
  });
  const ScenarioFile& file = plain == scenarios.end() ? scenarios.front() : *plain;
  const Result result = run_file(file, sim::connection_pool(), options);
  EXPECT_EQ(result.outcome, Result::Outcome::fail);
  EXPECT_EQ(result.verdict.what, Verdict::What::worlds_differ);
}

}  // namespace
}  // namespace cmap::spec_tests
