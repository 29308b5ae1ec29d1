// How a scenario is run: twice, under other schedules, by one seed, and with pools that misbehave.
#include "spec-tests/runner.hpp"

#include <chrono>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/loopback_peers.hpp"
#include "sim/real/steady_world.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "spec-tests/files_harness.hpp"
#include "spec-tests/report.hpp"

namespace cmap::spec_tests {
namespace {

using ::testing::HasSubstr;
using Outcome = Result::Outcome;
using Schedules = RunnerOptions::Schedules;

/// Two threads check out: which connection is ready first is up to the schedule.
ScenarioFile racing(std::string_view first_ready) {
  return scenario(R"(
operations:
  - name: ready
  - {name: start, target: thread1}
  - {name: checkOut, thread: thread1}
  - {name: start, target: thread2}
  - {name: checkOut, thread: thread2}
  - {name: waitForEvent, event: ConnectionReady, count: 2}
events:
  - {type: ConnectionReady, connectionId: )" +
                  std::string(first_ready) + R"(}
  - {type: ConnectionReady}
ignore: [ConnectionPoolCreated, ConnectionPoolReady, ConnectionCreated, ConnectionCheckOutStarted,
         ConnectionCheckedOut]
)");
}

TEST(Runner, CanonicalAlone) {
  const ScenarioFile file = scenario({});
  const Result result = run_file(file, sim::connection_pool());
  EXPECT_EQ(result.outcome, Outcome::pass) << failure_report(file, result);
  EXPECT_EQ(result.trace.events.size(), 2U);
  EXPECT_FALSE(result.schedules);
}

// ---- a schedule of the file's own

sim::Trace recorded(ScenarioFile& file, std::uint64_t seed) {
  sim::SeededChoices seeded(seed);
  sim::RecordingChoices recording(seeded);
  sim::Trace trace =
      sim::run(file.scenario, sim::connection_pool(), recording, RunnerOptions{}.run);
  file.schedule = recording.recorded();
  return trace;
}

TEST(Runner, TheFilesOwnScheduleIsTheOneThatIsJudged) {
  const sim::PoolFactory pool = sim::connection_pool();
  ScenarioFile file = racing("2");
  ASSERT_EQ(run_file(file, pool).outcome, Outcome::fail) << "on the canonical schedule";
  RunnerOptions options{.only_seed = 1};
  while (run_file(file, pool, options).outcome != Outcome::pass) ++*options.only_seed;

  const sim::Trace trace = recorded(file, *options.only_seed);
  const Result result = run_file(file, pool);
  EXPECT_EQ(result.outcome, Outcome::pass) << failure_report(file, result);
  EXPECT_EQ(result.trace.digest, trace.digest);
  EXPECT_EQ(result.drift, (Drift{.missed = 0, .choices = file.schedule->size()}));
  EXPECT_FALSE(run_file(file, pool, options).drift) << "a seed is another schedule";
}

TEST(Runner, AShortenedScheduleGoesOnCanonicallyAndDoesNotDrift) {
  ScenarioFile file = racing("1");
  recorded(file, 1);
  file.schedule->resize(1);
  EXPECT_EQ(run_file(file, sim::connection_pool()).drift, (Drift{.missed = 0, .choices = 1}));
  file.schedule->clear();
  const Result result = run_file(file, sim::connection_pool());
  EXPECT_EQ(result.outcome, Outcome::pass);
  EXPECT_EQ(result.drift, Drift{});
}

TEST(Runner, WhatIsNotOnOfferIsDrift) {
  ScenarioFile file = racing("1");
  file.schedule = {{{.option = {sim::ActionKind::transport, 99}}}};
  const Result result = run_file(file, sim::connection_pool());
  EXPECT_EQ(result.outcome, Outcome::pass) << "canonical, then";
  ASSERT_TRUE(result.drift);
  EXPECT_GT(result.drift->missed, 0U);
  EXPECT_EQ(result.drift->missed, result.drift->choices);
}

// ---- the steady clock

/// Any world will do: what counts is how its runs are judged.
RunnerOptions steady(int& runs) {
  RunnerOptions options;
  options.is_steady = true;
  options.world = [&runs](const auto& of, const auto& factory, auto& choices, const auto& run) {
    ++runs;
    return sim::run(of, factory, choices, run);
  };
  return options;
}

TEST(SteadyRunner, JudgesByTheFilesOwnListAlone) {
  constexpr std::string_view surplus_and_wrong_time = R"(
operations:
  - name: ready
  - {name: wait, ms: 1}
  - name: clear
events:
  - type: ConnectionPoolCreated
  - type: ConnectionPoolReady
x-cmap: {endMS: 7}
)";
  int runs = 0;
  EXPECT_EQ(run_file(scenario(surplus_and_wrong_time), sim::connection_pool()).outcome,
            Outcome::fail);
  EXPECT_EQ(
      run_file(scenario(surplus_and_wrong_time), sim::connection_pool(), steady(runs)).outcome,
      Outcome::pass);
  EXPECT_EQ(runs, 1) << "nothing to compare a second run with";
  const ScenarioFile missing = scenario("events: [{type: ConnectionPoolClosed}]");
  EXPECT_EQ(run_file(missing, sim::connection_pool(), steady(runs)).outcome, Outcome::fail);
}

TEST(SteadyRunner, JudgesErrorsOfOperationsToo) {
  int runs = 0;
  const ScenarioFile file = scenario(R"(
operations:
  - name: ready
  - {name: checkOut, x-cmap: {error: {type: PoolClearedError}}}
)");
  const Result result = run_file(file, sim::connection_pool(), steady(runs));
  EXPECT_EQ(result.verdict.what, Verdict::What::operation_error);
}

TEST(SteadyRunner, RepeatsUntilItFails) {
  int runs = 0;
  RunnerOptions options = steady(runs);
  options.repeat = 5;
  EXPECT_EQ(run_file(scenario({}), sim::connection_pool(), options).outcome, Outcome::pass);
  EXPECT_EQ(runs, 5);
  const auto world = options.world;
  options.world = [&](const auto& of, const auto& factory, auto& choices, const auto& run) {
    sim::Trace trace = world(of, factory, choices, run);
    if (runs == 7) trace.events.clear();
    return trace;
  };
  EXPECT_EQ(run_file(scenario({}), sim::connection_pool(), options).outcome, Outcome::fail);
  EXPECT_EQ(runs, 7);
}

/// The same on a machine that stands still in the first `stalls` runs.
RunnerOptions stalling(int& runs, int stalls) {
  RunnerOptions options = steady(runs);
  options.world = [&runs, stalls, world = options.world](const auto& of, const auto& factory,
                                                         auto& choices, const auto& run) {
    sim::Trace trace = world(of, factory, choices, run);
    trace.machine_stood_still = runs <= stalls;
    return trace;
  };
  return options;
}

constexpr int always = 1000;

struct Steadily {
  Outcome outcome;
  int runs;
  std::uint64_t made_again;
  bool operator==(const Steadily&) const = default;
};

Steadily run_stalling(std::string_view rest, int stalls) {
  int runs = 0;
  const Result result = run_file(scenario(rest), sim::connection_pool(), stalling(runs, stalls));
  return {result.outcome, runs, result.made_again};
}

constexpr std::string_view event_in_vain =
    "operations: [{name: waitForEvent, event: ConnectionPoolReady, count: 1, timeout: 5}]";

TEST(SteadyRunner, WhatAStallCanCauseIsRunAgain) {
  constexpr Steadily in_the_end{Outcome::fail, 5, 4};
  EXPECT_EQ(run_stalling(event_in_vain, always), in_the_end);
  EXPECT_EQ(run_stalling("events: [{type: ConnectionPoolClosed}]", always), in_the_end);
  EXPECT_EQ(run_stalling(event_in_vain, 2), (Steadily{Outcome::fail, 3, 2}));
  EXPECT_EQ(run_stalling(event_in_vain, 0), (Steadily{Outcome::fail, 1, 0}));
  constexpr std::string_view too_late = R"(
poolOptions: {maxPoolSize: 1, waitQueueTimeoutMS: 20}
operations:
  - name: ready
  - name: checkOut
  - name: checkOut
)";
  EXPECT_EQ(run_stalling(too_late, always), in_the_end);
}

TEST(SteadyRunner, APassIsMadeOnce) {
  EXPECT_EQ(run_stalling({}, always), (Steadily{Outcome::pass, 1, 0}));
}

TEST(SteadyRunner, WhatNoStallCausesIsNeverRunAgain) {
  constexpr Steadily at_once{Outcome::fail, 1, 0};
  EXPECT_EQ(run_stalling("operations: [{name: checkOut}]", always), at_once) << "an error";
  constexpr std::string_view misuse = R"(
operations:
  - name: ready
  - {name: checkOut, label: a}
  - {name: checkIn, connection: a}
  - {name: checkIn, connection: a}
)";
  EXPECT_EQ(run_stalling(misuse, always), at_once);
  EXPECT_EQ(run_stalling("operations: [{x-cmap: {name: expectState, state: ready}}]", always),
            at_once);
  constexpr std::string_view also_another_error = R"(
operations:
  - {name: checkOut, x-cmap: {error: {type: PoolClosedError}}}
events: [{type: ConnectionPoolClosed}]
)";
  EXPECT_EQ(run_stalling(also_another_error, always), at_once) << "beside its list";
}

/// In real time, on a machine that always stands still.
TEST(SteadyRunner, ACheckerIsBelievedAtOnce) {
  int runs = 0;
  sim::LoopbackPeers peers(/*tls=*/false);
  const sim::SteadyWorld world({.peers = [&](const auto& of) { return ++runs, peers.make(of); },
                                .tolerated_stall = -std::chrono::hours(1)});
  RunnerOptions options;
  options.is_steady = true;
  options.world = [&](const auto& of, const auto& factory, auto&, const auto& run) {
    return world.run(of, factory, run);
  };
  const sim::PoolFactory talkative = [](const sim::PoolSetup& setup, Environment& environment) {
    sim::PoolSetup twice = setup;
    twice.listener = [listener = setup.listener](const Event& event) {
      listener(event);
      listener(event);
    };
    return sim::connection_pool()(twice, environment);
  };
  const Result result = run_file(scenario({}), talkative, options);
  EXPECT_EQ(result.outcome, Outcome::fail);
  ASSERT_TRUE(result.trace.failure);
  EXPECT_EQ(result.trace.failure->kind, sim::RunFailure::Kind::checker);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(run_file(scenario({}), sim::connection_pool(), options).outcome, Outcome::pass);
  EXPECT_EQ(runs, 2);
  const Result in_vain = run_file(scenario(event_in_vain), sim::connection_pool(), options);
  EXPECT_EQ(in_vain.made_again, 4U);
  EXPECT_EQ(runs, 7);
}

TEST(SteadyRunner, ServersThatDoNotFitAreNamed) {
  const ScenarioFile file = scenario("runOn: [{minServerVersion: \"4.4\"}]");
  RunnerOptions options;
  options.server.version = {4, 2, 9};
  const Result result = run_file(file, sim::connection_pool(), options);
  EXPECT_EQ(result.outcome, Outcome::skipped);
  EXPECT_THAT(result.message, HasSubstr("version 4.2.9"));
}

TEST(SteadyRunner, AFixedDurationOrAKeyNeedsTheVirtualClock) {
  EXPECT_FALSE(scenario({}).scenario.needs_virtual_clock);
  EXPECT_TRUE(scenario("x-cmap: {clock: virtual}").scenario.needs_virtual_clock);
  constexpr std::string_view with_duration = R"(
operations: [{name: checkOut}]
events: [{type: ConnectionCheckOutFailed, duration: )";
  const auto needs = [&](std::string_view duration) {
    return scenario(std::string(with_duration) + std::string(duration) + "}]")
        .scenario.needs_virtual_clock;
  };
  EXPECT_TRUE(needs("30"));
  EXPECT_FALSE(needs("42")) << "any duration";
}

// ---- small files that ask for very much

std::string failure_of(std::string_view rest, const RunnerOptions& options = {}) {
  const Result result = run_file(scenario(rest), sim::connection_pool(), options);
  EXPECT_EQ(result.outcome, Outcome::fail);
  return result.verdict.message;
}

TEST(Runner, APoolThatIsPopulatedWithoutEndIsGivenUp) {
  RunnerOptions options;
  // Takes less than a second; a fiftieth of it is enough here.
  EXPECT_LE(options.run.instant_work_budget, 50'000'000U);
  options.run.instant_work_budget /= 50;
  for (const char* size : {"2147483647", "20000"}) {
    const std::string text =
        failure_of("poolOptions: {maxPoolSize: 0, minPoolSize: " + std::string(size) + R"(}
operations:
  - name: ready
  - {name: wait, ms: 1000}
)",
                   options);
    EXPECT_THAT(text, HasSubstr("work budget of one instant"));
    EXPECT_THAT(text, HasSubstr("a smaller minPoolSize"));
    EXPECT_THAT(text, HasSubstr("main waits in wait (line "));
  }
}

TEST(Runner, ARunThatTakesAMonthInMillisecondsIsGivenUp) {
  RunnerOptions options;
  // As many steps as that take a few seconds; a hundredth of them is enough here.
  EXPECT_LE(options.run.work_budget / sim::RunOptions::step_work, 25'000'000U);
  options.run.work_budget /= 100;
  const std::string text = failure_of(R"(
poolOptions: {backgroundThreadIntervalMS: 1}
operations:
  - name: ready
  - {name: wait, ms: 2147483647}
)",
                                      options);
  EXPECT_THAT(text, HasSubstr("The work budget, 1000000, was passed"));
  EXPECT_THAT(text, HasSubstr("a larger backgroundThreadIntervalMS"));
}

TEST(Runner, ThousandsOfLongWaitsUseUpTheTime) {
  std::string text = "poolOptions: {backgroundThreadIntervalMS: -1}\noperations:\n";
  for (int i = 0; i < 5000; ++i) text += "  - {name: wait, ms: 2147483647}\n";
  EXPECT_THAT(failure_of(text), HasSubstr("The virtual time is used up"));
}

// ---- schedules

TEST(Runner, AllSchedules) {
  const Result result =
      run_file(scenario({}), sim::connection_pool(), {.schedules = Schedules::all});
  ASSERT_TRUE(result.schedules);
  EXPECT_TRUE(result.schedules->complete);
  EXPECT_EQ(result.schedules->held, result.schedules->tried);
}

TEST(Runner, SeedsWhereEnumerationIsTooLong) {
  const Result result = run_file(racing("42"), sim::connection_pool(),
                                 {.schedules = Schedules::some, .schedule_count = 20});
  EXPECT_EQ(result.schedules, (ScheduleReport{.held = 20, .tried = 20, .seeded = true}));
}

TEST(Runner, AFailingScheduleCanBeRepeatedByItsSeed) {
  const sim::PoolFactory pool = sim::connection_pool();
  const ScenarioFile file = racing("1");
  RunnerOptions options{
      .schedules = Schedules::all, .schedule_count = 200, .max_enumerated = 1, .base_seed = 7};
  const Result result = run_file(file, pool, options);
  ASSERT_EQ(result.outcome, Outcome::fail) << "the canonical schedule alone holds";
  EXPECT_EQ(result.verdict.what, Verdict::What::event);
  EXPECT_LT(result.schedules->held, result.schedules->tried);
  ASSERT_TRUE(result.seed);
  options.only_seed = result.seed;
  const Result again = run_file(file, pool, options);
  EXPECT_EQ(again.outcome, Outcome::fail);
  EXPECT_EQ(again.trace.digest, result.trace.digest);
  EXPECT_EQ(again.verdict.message, result.verdict.message);
  EXPECT_EQ(run_file(file, pool).outcome, Outcome::pass);
}

TEST(Runner, APoolThatIsNotDeterministicIsFoundOut) {
  int runs = 0;
  const sim::PoolFactory pool = sim::connection_pool();
  const sim::PoolFactory fickle = [&](const sim::PoolSetup& setup, Environment& environment) {
    sim::PoolSetup changed = setup;
    changed.address = Address("localhost", static_cast<std::uint16_t>(20000 + ++runs));
    return pool(changed, environment);
  };
  const Result result = run_file(scenario({}), fickle);
  EXPECT_EQ(result.verdict.what, Verdict::What::not_repeatable);
  EXPECT_EQ(runs, 2);
}

TEST(Runner, WhatWasCaughtBesideTheModelIsLookedForThere) {
  ScenarioFile file = scenario(R"(
operations:
  - name: ready
  - name: checkOut
events:
  - {type: ConnectionReady, connectionId: 1}
ignore: [ConnectionPoolCreated, ConnectionPoolReady, ConnectionCreated, ConnectionCheckOutStarted,
         ConnectionCheckedOut]
x-cmap:
  establishments:
    - connect: {delayMS: 5}
)");
  const sim::PoolFactory broken = sim::broken_reference_model(sim::Defect::zero_duration);
  const RunnerOptions by_its_list{.run = {.oracles = false}};
  ASSERT_EQ(run_file(file, broken, by_its_list).outcome, Outcome::pass);

  file.catches = caught_by_model;
  const Result result = run_file(file, broken, by_its_list);
  EXPECT_EQ(result.verdict.what, Verdict::What::model_differs);
  EXPECT_EQ(result.verdict.clause, "MODEL");
  EXPECT_THAT(result.verdict.message, HasSubstr("@5 ConnectionReady connectionId=1 duration=0 "));
  EXPECT_EQ(run_file(file, sim::connection_pool(), by_its_list).outcome, Outcome::pass);

  ScenarioFile listed = racing("3");
  listed.catches = caught_by_model;
  EXPECT_EQ(run_file(listed, sim::connection_pool()).verdict.clause, "A-CON-2, R6")
      << "the model does the same, and fails as well";
}

TEST(Runner, APoolThatThrowsIsAnError) {
  const sim::PoolFactory broken = [](const sim::PoolSetup&,
                                     Environment&) -> std::unique_ptr<sim::PoolUnderTest> {
    throw std::runtime_error("no pool today");
  };
  const Result result = run_file(scenario({}), broken);
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_EQ(result.message, "no pool today");
}

TEST(Runner, SkipsWhatRunOnExcludes) {
  const ScenarioFile file = scenario("runOn: [{maxServerVersion: \"4.0\"}]");
  const Result result = run_file(file, sim::connection_pool());
  EXPECT_EQ(result.outcome, Outcome::skipped);
  EXPECT_THAT(result.message, HasSubstr("8.0.0"));
}

}  // namespace
}  // namespace cmap::spec_tests
