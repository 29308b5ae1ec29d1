// What is written is read back as what it was, runs as it did, and looks as if somebody had typed
// it.
#include "spec-tests/write_scenario.hpp"

#include <chrono>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "spec-tests/files_harness.hpp"
#include "spec-tests/normal_form.hpp"
#include "spec-tests/random_scenario_harness.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::spec_tests {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// A run on the schedule of a seed, which becomes that of the file.
sim::Trace run_and_record(ScenarioFile& file, std::uint64_t seed) {
  sim::SeededChoices seeded(seed);
  sim::RecordingChoices recording(seeded);
  sim::Trace trace =
      sim::run(file.scenario, sim::connection_pool(), recording, RunnerOptions{}.run);
  file.schedule = recording.recorded();
  return trace;
}

ScenarioFile read_back(const Written& written, const std::string& path) {
  ScenarioResult result = read_scenario_text(written.text, Syntax::yaml, path);
  if (!result.scenario) {
    throw std::invalid_argument(written.reason + problems_text(result.problems));
  }
  return std::move(*result.scenario);
}

// ---- nothing is lost

bool same_error(const std::optional<Value>& a, const std::optional<Value>& b) {
  return a.has_value() == b.has_value() && (!a || same_value(*a, *b));
}

bool same_exact(const std::optional<ExactExpectation>& a,
                const std::optional<ExactExpectation>& b) {
  if (a.has_value() != b.has_value()) return false;
  if (!a) return true;
  const auto same_line = [](const TraceLine& x, const TraceLine& y) { return x.text == y.text; };
  if (a->file != b->file || a->end != b->end || a->trace.has_value() != b->trace.has_value()) {
    return false;
  }
  return !a->trace || std::ranges::equal(*a->trace, *b->trace, same_line);
}

/// The first part in which two files differ; empty: they are equal, their marks aside.
std::string differing_part(const ScenarioFile& a, const ScenarioFile& b) {
  const auto same_operation = [](const OperationExpectation& x, const OperationExpectation& y) {
    return x.operation == y.operation && same_value(x.error, y.error);
  };
  const auto same_thread = [](const ThreadExpectation& x, const ThreadExpectation& y) {
    return x.actor == y.actor && same_error(x.error, y.error);
  };
  if (a.scenario != b.scenario) return "scenario";
  if (a.description != b.description || a.style != b.style || a.version != b.version) return "head";
  if (a.run_on != b.run_on) return "runOn";
  const auto same_event = [](const Value& x, const Value& y) { return same_value(x, y); };
  if (!std::ranges::equal(a.events, b.events, same_event)) return "events";
  if (a.ignored != b.ignored) return "ignore";
  if (!same_error(a.error, b.error)) return "error";
  if (a.requirements != b.requirements || a.catches != b.catches) return "what it is about";
  if (!std::ranges::equal(a.operation_errors, b.operation_errors, same_operation)) return "errors";
  if (!std::ranges::equal(a.thread_ends, b.thread_ends, same_thread)) return "threads";
  if (a.schedule != b.schedule) return "schedule";
  if (!same_exact(a.exact, b.exact)) return "exact";
  return {};
}

TEST(WriteScenario, EveryFileIsReadBack) {
  for (const ScenarioFile& file : all_scenarios()) {
    const Written written = write_scenario(file);
    ASSERT_EQ(written.reason, "") << file.path;
    const ScenarioFile again = read_back(written, file.path);
    EXPECT_EQ(differing_part(again, file), "") << file.path << "\n" << written.text;
    EXPECT_EQ(write_scenario(again).text, written.text);
  }
}

TEST(WriteScenario, RandomScenariosAreReadBack) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    ScenarioFile file;
    file.path = "random.yml";
    file.description = "seed " + std::to_string(seed);
    file.scenario = RandomScenario(seed).make();
    file.schedule = {{{.option = {sim::ActionKind::wake, 1}}}};
    const Written written = write_scenario(file);
    ASSERT_EQ(written.reason, "") << "seed " << seed;
    ASSERT_EQ(differing_part(read_back(written, file.path), normal_form(file)), "") << written.text;
  }
}

TEST(WriteScenario, RandomRunsComeBack) {
  std::size_t passed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    ScenarioFile file;
    file.path = "random.yml";
    file.description = "seed " + std::to_string(seed);
    file.scenario = RandomScenario(seed).make();
    const sim::Trace trace = run_and_record(file, seed);
    const Written written = write_scenario(file, {.expected = &trace});
    ASSERT_EQ(written.reason, "") << "seed " << seed;
    const ScenarioFile again = read_back(written, file.path);
    const Result result = run_file(again, sim::connection_pool());
    if (trace.failure) {
      ASSERT_EQ(result.verdict.what, Verdict::What::run_failure) << written.text;
    } else {
      ASSERT_EQ(failure_report(again, result), "") << written.text;
      ++passed;
    }
    ASSERT_EQ(result.trace.digest, trace.digest) << written.text;
    ASSERT_EQ(result.drift->missed, 0U);
  }
  EXPECT_GT(passed, 100U);
}

TEST(WriteScenario, AScheduleOnSomethingElseDrifts) {
  ScenarioFile file = scenario({});
  file.schedule = {{{.option = {sim::ActionKind::transport, 7}}}};
  const Result result = run_file(file, sim::connection_pool());
  ASSERT_TRUE(result.drift);
  EXPECT_GT(result.drift->missed, 0U);
  EXPECT_EQ(result.drift->missed, result.drift->choices);
}

// ---- what it looks like

constexpr std::string_view failing_file = R"(version: 1
style: unit
description: FIFO - a check-out is served before an older one
poolOptions:
  maxPoolSize: 1
operations:
  - {name: start, target: thread1}
  - name: ready
  - {name: checkOut, label: label0, x-cmap: {background: true, timeoutMS: 10}}
  - {thread: thread1, x-cmap: {name: awaitCheckOut, connection: label0, error: any}}
  - {name: wait, x-cmap: {ms: 0.5}}
  - x-cmap: {name: cancel, connection: label0}
events:
  - type: ConnectionPoolCreated
  - type: ConnectionPoolReady
  - type: ConnectionCheckOutStarted
  - {type: ConnectionCreated, connectionId: 1}
  - {type: ConnectionCheckOutFailed, reason: timeout}
ignore: [ConnectionCheckedIn]
x-cmap:
  requirement: [A-WQ-3]
  pool: {loadBalanced: true, connectTimeoutMS: 100}
  server: {tls: true}
  establishments:
    - {}
    - hello: {delayMS: 5, fault: reset}
  listener:
    - {on: ConnectionReady, occurrence: 2, spendMS: 3}
    - {on: ConnectionClosed, do: {name: close}}
  schedule: [deliver 0, operate 1, deliver 0, transport 1, operate 0, operate 0, deliver 0,
    operate 1, operate 0]
  trace:
    - "@0 ConnectionPoolCreated options={maxPoolSize=1}"
  endMS: 0.5
)";

TEST(WriteScenario, LooksAsIfSomebodyHadTypedIt) {
  ScenarioResult read = read_yaml(failing_file);
  ASSERT_TRUE(read.scenario) << problems_text(read.problems);
  EXPECT_EQ(write_scenario(*read.scenario).text, failing_file);
}

// ---- what is expected

TEST(WriteScenario, TheRunThatIsGivenReplacesWhatTheFileExpects) {
  const ScenarioFile file = scenario(R"(
operations:
  - {name: checkOut, x-cmap: {error: any}}
  - name: ready
  - name: close
  - name: checkOut
events: [{type: ConnectionPoolClosed}]
x-cmap: {endMS: 7}
)");
  sim::CanonicalChoices choices;
  const sim::Trace trace = sim::run(file.scenario, sim::reference_model(), choices);
  const Written written = write_scenario(file, {.expected = &trace});
  const ScenarioFile again = read_back(written, file.path);
  EXPECT_EQ(failure_report(again, run_file(again, sim::connection_pool())), "");
  EXPECT_THAT(written.text, HasSubstr("error:\n  type: PoolClosedError\n"));
  EXPECT_EQ(again.events.size(), trace.events.size());
  EXPECT_EQ(again.exact->end, Duration::zero());
}

// ---- what cannot be written

std::string refusal(const ScenarioFile& file) {
  const Written written = write_scenario(file);
  EXPECT_EQ(written.text.empty(), !written.reason.empty());
  return written.reason;
}

TEST(WriteScenario, WhatNoFileCanHoldIsRefused) {
  ScenarioFile file = scenario({});
  file.scenario.operations.push_back({.body = sim::Wait{std::chrono::hours(24 * 365)}});
  EXPECT_THAT(refusal(file), HasSubstr("ms must be an integer of milliseconds"));
  file = scenario({});
  file.scenario.actors.emplace_back("late");
  file.scenario.operations.push_back({.actor = 1, .body = sim::Ready{}});
  EXPECT_THAT(refusal(file), HasSubstr("the thread \"late\" was not started before"));
  file = scenario({});
  file.scenario.listener_actions = {{.operation = sim::Wait{}}};
  EXPECT_THAT(refusal(file), HasSubstr("the operation of a listener \"wait\" is unknown"));
}

// ---- for other drivers

constexpr WriteOptions for_others{.portable = true};

TEST(WriteScenario, PortableLeavesTheExtensionOut) {
  const ScenarioFile file = scenario(R"(
operations:
  - name: ready
  - {name: checkOut, label: a, x-cmap: {error: any}}
  - {name: checkIn, connection: a}
x-cmap:
  requirement: [A-WQ-1]
  catches: a bug
  establishments: [{}]
  endMS: 0
)");
  EXPECT_THAT(write_scenario(file, for_others).reason,
              HasSubstr("can say what operation 2 does, checkOut"));
  sim::CanonicalChoices choices;
  const sim::Trace trace = sim::run(file.scenario, sim::reference_model(), choices);
  const Written written = write_scenario(file, {.expected = &trace, .portable = true});
  EXPECT_EQ(written.reason, "");
  EXPECT_THAT(written.text, Not(HasSubstr("x-cmap")));
  const ScenarioFile again = read_back(written, file.path);
  EXPECT_EQ(again.events.size(), 7U);
  EXPECT_EQ(failure_report(again, run_file(again, sim::connection_pool())), "");
}

TEST(WriteScenario, PortableSaysWhatOnlyTheExtensionCanSay) {
  const auto reason = [](std::string_view rest) {
    return write_scenario(scenario(rest), for_others).reason;
  };
  constexpr const char* start = "only the extension x-cmap can say ";
  EXPECT_EQ(reason("operations: [{name: ready}, {x-cmap: {name: resetAfterFork}}]"),
            start + std::string("what operation 2 does, resetAfterFork"));
  EXPECT_EQ(reason("x-cmap: {pool: {connectTimeoutMS: 5}}"), start + std::string("its pool"));
  EXPECT_EQ(reason("x-cmap: {establishments: [{}, {teardownMS: 5}]}"),
            start + std::string("its establishments"));
  EXPECT_EQ(reason("x-cmap: {schedule: []}"), start + std::string("its schedule"));
  EXPECT_EQ(reason("x-cmap: {clock: virtual}"), "");
}

TEST(WriteScenario, OfficialFilesArePortable) {
  for (const ScenarioFile& file : all_scenarios()) {
    const bool is_official = file.exact && file.exact->file != file.path;
    if (!is_official) continue;
    const Written written = write_scenario(file, for_others);
    ASSERT_EQ(written.reason, "") << file.path;
    EXPECT_EQ(differing_part(read_back(written, file.path), file), "");
  }
}

}  // namespace
}  // namespace cmap::spec_tests
