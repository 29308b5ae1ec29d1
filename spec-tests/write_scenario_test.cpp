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
#include "spec-tests/read_back_harness.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::spec_tests {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(WriteScenario, EveryFileIsReadBack) {
  for (const ScenarioFile& file : all_scenarios()) {
    const Written written = write_scenario(file);
    ASSERT_EQ(written.reason, "") << file.path;
    const ScenarioFile again = read_back(written, file.path);
    EXPECT_EQ(differing_part(again, file), "") << file.path << "\n" << written.text;
    EXPECT_EQ(write_scenario(again).text, written.text);
  }
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
