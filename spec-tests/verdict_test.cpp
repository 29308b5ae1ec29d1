// One wrong run for each kind of difference.
#include "spec-tests/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"

namespace cmap::spec_tests {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using What = Verdict::What;

constexpr std::string_view text = R"(version: 1
style: unit
description: a test
operations:
  - name: ready
  - {name: start, target: thread1}
  - {name: checkOut, thread: thread1}
  - {name: checkOut, label: c, x-cmap: {error: {type: PoolClearedError}}}
error:
  type: PoolClosedError
  message: Attempted to check out a connection from closed connection pool
events:
  - {type: ConnectionPoolReady, address: 42}
  - {type: ConnectionClosed, connectionId: 1, reason: idle}
ignore: [ConnectionPoolCreated]
x-cmap:
  threads: {thread1: null}
  endMS: 5
  trace:
    - "@0 ConnectionPoolCreated options={}"
    - "@0 ConnectionPoolReady"
    - "@5 ConnectionClosed connectionId=1 reason=idle"
)";

class VerdictTest : public ::testing::Test {
 protected:
  VerdictTest() {
    ScenarioResult result = read_scenario_text(text, Syntax::yaml, "t.yml");
    EXPECT_TRUE(result.scenario) << problems_text(result.problems);
    file = std::move(*result.scenario);
    add(0, ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>()});
    add(0, ConnectionPoolReadyEvent{});
    add(5, closed(ConnectionClosedReason::idle));
    trace.end = milliseconds(5);
    trace.actor_errors = {pool_closed_error(Address()), nullptr};
    trace.operation_errors = {nullptr, nullptr, nullptr, pool_cleared_error(Address(), nullptr)};
  }

  static EventBody closed(ConnectionClosedReason reason) {
    return ConnectionClosedEvent{ConnectionId{1}, reason, nullptr};
  }

  void add(int time, EventBody body) {
    trace.events.push_back(
        {milliseconds(time), Event{Address(), TimePoint{}, PoolCounts{}, std::move(body)}});
  }

  Verdict expect(What what, const JudgeOptions& options = {}) {
    const Verdict verdict = judge(file, trace, options);
    EXPECT_EQ(verdict.what, what) << verdict.message;
    EXPECT_FALSE(!verdict.passed() && verdict.message.empty());
    EXPECT_EQ(verdict.passed(), verdict.clause.empty());
    return verdict;
  }

  ScenarioFile file;
  sim::Trace trace;
};

TEST_F(VerdictTest, Pass) { expect(What::pass); }

TEST_F(VerdictTest, WrongReason) {
  trace.events.back().event.body = closed(ConnectionClosedReason::stale);
  const Verdict verdict = expect(What::event);
  EXPECT_EQ(verdict.message,
            "event 2 of 2, ConnectionClosed: its reason is \"stale\", expected \"idle\"");
  EXPECT_EQ(verdict.file, "t.yml");
  EXPECT_EQ(verdict.mark.line, 14U);
  EXPECT_EQ(verdict.clause, "A-IN-3, R12");
  EXPECT_EQ(verdict.difference, 1U);
  EXPECT_EQ(verdict.expected_lines[1], "ConnectionClosed connectionId=1 reason=idle");
  EXPECT_EQ(verdict.actual_lines[1], "@5 ConnectionClosed connectionId=1 reason=stale");
}

TEST_F(VerdictTest, WrongOrder) {
  std::swap(trace.events[1], trace.events[2]);
  const Verdict verdict = expect(What::event);
  EXPECT_EQ(verdict.message, "event 1 of 2 is ConnectionClosed, expected ConnectionPoolReady");
  EXPECT_EQ(verdict.mark.line, 13U);
}

TEST_F(VerdictTest, MissingEvent) {
  trace.events.pop_back();
  const Verdict verdict = expect(What::missing_event);
  EXPECT_EQ(verdict.mark.line, 14U);
  EXPECT_EQ(verdict.actual_lines.size(), 1U);
}

TEST_F(VerdictTest, SurplusEvents) {
  add(5, ConnectionPoolClosedEvent{});
  EXPECT_EQ(expect(What::surplus_event).clause, "R2");
  expect(What::pass, {.require_no_surplus = false, .exact = false});
  add(5, ConnectionPoolCreatedEvent{});  // ignored
  trace.events.erase(trace.events.begin() + 3);
  expect(What::pass, {.exact = false});
}

TEST_F(VerdictTest, NoListMeansNoListToCompare) {
  file.events.clear();
  expect(What::pass);
}

TEST_F(VerdictTest, ErrorOfTheMainThread) {
  trace.actor_errors[0] = nullptr;
  EXPECT_THAT(expect(What::main_error).message, HasSubstr("ended without an error"));
  trace.actor_errors[0] = wait_queue_timeout_error(Address());
  const Verdict verdict = expect(What::main_error);
  EXPECT_THAT(verdict.message, HasSubstr("its type is \"WaitQueueTimeoutError\""));
  EXPECT_EQ(verdict.mark.line, 10U);
  EXPECT_EQ(verdict.clause, "A-ERR-1");
}

TEST_F(VerdictTest, ErrorThatNobodyExpects) {
  file.error.reset();
  trace.operation_errors[0] = trace.actor_errors[0];
  const Verdict verdict = expect(What::main_error);
  EXPECT_THAT(verdict.message, HasSubstr("an error that is not expected: PoolClosedError"));
  EXPECT_EQ(verdict.mark.line, 5U) << "of the operation";
}

TEST_F(VerdictTest, FaultOfTheRunNeverSatisfiesAnError) {
  trace.failure = sim::RunFailure{.kind = sim::RunFailure::Kind::event_timeout,
                                  .message = "waited 10000 ms in vain",
                                  .line = 6};
  const Verdict verdict = expect(What::run_failure);
  EXPECT_EQ(verdict.mark.line, 6U);
  EXPECT_EQ(verdict.clause, "R14");
}

TEST_F(VerdictTest, ErrorOfAThread) {
  trace.actor_errors[1] = pool_cleared_error(Address(), nullptr);
  EXPECT_EQ(expect(What::thread_error).mark.line, 17U);
  expect(What::pass, {.extensions = false});
  file.thread_ends[0].error = file.error;
  EXPECT_THAT(expect(What::thread_error).message, HasSubstr("the thread thread1 ended with"));
  trace.actor_errors[1] = nullptr;
  EXPECT_THAT(expect(What::thread_error).message, HasSubstr("without an error"));
}

TEST_F(VerdictTest, ErrorOfAnOperation) {
  trace.operation_errors[3] = nullptr;
  EXPECT_THAT(expect(What::operation_error).message, HasSubstr("the operation checkOut in line 8"));
  trace.operation_errors[3] = pool_closed_error(Address());
  expect(What::operation_error);
  expect(What::pass, {.extensions = false});
}

TEST_F(VerdictTest, ExactTrace) {
  trace.events[1].time = milliseconds(1);
  const Verdict verdict = expect(What::exact_line);
  EXPECT_EQ(verdict.mark.line, 21U);
  EXPECT_EQ(verdict.expected, "@0 ConnectionPoolReady");
  EXPECT_EQ(verdict.actual, "@1 ConnectionPoolReady");
  EXPECT_EQ(verdict.difference, 1U);
  expect(What::pass, {.exact = false});
}

TEST_F(VerdictTest, ExactTraceTooLongOrTooShort) {
  file.exact->trace->push_back({"@5 ConnectionPoolClosed", {23, 7}});
  EXPECT_EQ(expect(What::exact_line).mark.line, 23U);
  file.exact->trace->resize(2);
  EXPECT_EQ(expect(What::exact_line).expected, "no further event");
}

TEST_F(VerdictTest, EndTime) {
  trace.end = milliseconds(6);
  const Verdict verdict = expect(What::end_time);
  EXPECT_EQ(verdict.mark.line, 18U);
  EXPECT_EQ(verdict.message, "the main thread ended at 6 ms, expected 5 ms");
}

TEST_F(VerdictTest, OwnScenariosNameTheirRequirement) {
  file.requirements = {"A-OUT-2", "R12"};
  trace.events.pop_back();
  EXPECT_EQ(expect(What::missing_event).clause, "A-OUT-2, R12");
}

}  // namespace
}  // namespace cmap::spec_tests
