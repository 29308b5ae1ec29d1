// The WaitQueue: who is served, in which order, and what happens to those who leave it (A.3).
#include <chrono>

#include <gtest/gtest.h>

#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

TEST(WaitQueue, Bug17CheckInServesTheHead) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  EXPECT_EQ(pool.take(), Lines{"Started 2"});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 1, .waiting = 1}));
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1"}));
}

TEST(WaitQueue, Bug87FirstInFirstOut) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  for (int i = 0; i < 3; ++i) pool.out();
  pool.take();
  for (int n = 1; n <= 3; ++n) pool.in(n);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1",  //
                                "CheckedIn 1", "CheckedOut 1 by 3 +0ms", "Out 3: connection 1",  //
                                "CheckedIn 1", "CheckedOut 1 by 4 +0ms", "Out 4: connection 1"}));
}

TEST(WaitQueue, Bug7HandOverFreesNothing) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.in(1);
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(), Lines{"Started 3"});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 1, .waiting = 1}));
}

TEST(WaitQueue, PerishedAtCheckInFreesThePlace) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.report_error(1);
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(),
            (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1", "Created 2", "Establish 2"}));
}

TEST(WaitQueue, ANewcomerDoesNotPassAtTheGateOfEstablishing) {  // A-WQ-4
  ReadyPool pool({.max_pool_size = 3, .max_connecting = 1});
  pool.out();
  pool.out();
  pool.out();
  pool.take();
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Ready 1 +0ms", "CheckedOut 1 by 1 +0ms", "Out 1: connection 1",
                                "Created 2", "Establish 2"}));
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 3 +0ms", "Out 3: connection 1"}));
  pool.established(2);
  EXPECT_EQ(pool.take(), (Lines{"Ready 2 +0ms", "CheckedOut 2 by 2 +0ms", "Out 2: connection 2"}));
}

TEST(WaitQueue, WhoStartedCreatingIsNotServedByACheckIn) {  // R5
  ReadyPool pool({.max_pool_size = 2});
  pool.hold();
  pool.out();
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 1"});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 1, .available = 1}));
}

TEST(WaitQueue, TimesOutAtItsTime) {  // A-WQ-3
  ReadyPool pool({.max_pool_size = 1, .wait_queue_timeout = 50ms});
  pool.hold();
  pool.at(7ms);
  pool.out();
  pool.take();
  pool.at(57ms - 1ns);
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().next_deadline(), CoreHarness::start + 57ms);
  pool.at(57ms);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 2 timeout +50ms", "Out 2: WaitQueueTimeoutError"}));
  pool.in(1);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 1"});
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
}

TEST(WaitQueue, AtOneInstantTheFirstInputWins) {
  ReadyPool pool({.max_pool_size = 1, .wait_queue_timeout = 50ms});
  pool.hold();
  pool.out();
  pool.take();
  pool.late_at(50ms);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 2 +50ms", "Out 2: connection 1"}));
  pool.advance();
  EXPECT_EQ(pool.take(), Lines{});
}

TEST(WaitQueue, ALateTimerServesNobodyAfterItsTime) {
  ReadyPool pool({.max_pool_size = 1, .wait_queue_timeout = 50ms});
  pool.hold();
  pool.out();
  pool.at(20ms);
  pool.out();
  pool.take();
  pool.late_at(60ms);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 2 timeout +60ms", "Out 2: WaitQueueTimeoutError",
                                "CheckedIn 1", "CheckedOut 1 by 3 +40ms", "Out 3: connection 1"}));
}

TEST(WaitQueue, QueueTimeoutDoesNotBoundEstablishing) {  // A-OPT-6
  ReadyPool pool({.wait_queue_timeout = 50ms});
  pool.out();
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
  pool.at(500ms);
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Started 1", "Created 1", "Establish 1", "Ready 1 +500ms",
                                "CheckedOut 1 by 1 +500ms", "Out 1: connection 1"}));
}

TEST(WaitQueue, QueueTimeoutEndsWhenThePermitComes) {
  ReadyPool pool({.max_connecting = 1, .wait_queue_timeout = 50ms});
  pool.out();
  pool.out();
  EXPECT_EQ(pool.core().armed_deadlines(), 1U);
  pool.at(49ms);
  pool.established(1);
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
  pool.take();
  pool.at(500ms);
  EXPECT_EQ(pool.take(), Lines{});
  pool.established(2);
  EXPECT_EQ(pool.take(),
            (Lines{"Ready 2 +451ms", "CheckedOut 2 by 2 +500ms", "Out 2: connection 2"}));
}

TEST(WaitQueue, OwnDeadlineReplacesTheQueueTimeout) {  // D-CSOT-1
  ReadyPool pool({.max_pool_size = 1, .wait_queue_timeout = 50ms});
  pool.hold();
  pool.out_within(80ms);
  pool.out_within(20ms);
  pool.take();
  pool.at(20ms);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 3 timeout +20ms", "Out 3: DeadlineExceededError"}));
  pool.at(79ms);
  EXPECT_EQ(pool.take(), Lines{});
  pool.at(80ms);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 2 timeout +80ms", "Out 2: DeadlineExceededError"}));
  ASSERT_TRUE(pool.outcome(2).error->cause);
  EXPECT_EQ(pool.outcome(2).error->cause->type, ErrorType::wait_queue_timeout);
}

TEST(WaitQueue, Bug81NoTimeoutIsNoLimit) {
  ReadyPool pool({.max_pool_size = 1, .wait_queue_timeout = 0ms});
  pool.hold();
  pool.out();
  EXPECT_EQ(pool.core().next_deadline(), std::nullopt);
  pool.at(1'000'000'000ms);
  EXPECT_EQ(pool.take(), Lines{"Started 2"});
  EXPECT_EQ(pool.core().counts().waiting, 1U);
}

TEST(WaitQueue, Bug13DeadlineAndFreedPlaceInOneInstantTimerFirst) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out_within(10ms);
  pool.report_error(1);
  pool.take();
  pool.at(10ms);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 2 timeout +10ms", "Out 2: DeadlineExceededError",
                                "CheckedIn 1", "Closed 1 error", "Teardown 1"}));
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 3", "Created 2", "Establish 2"}));
}

TEST(WaitQueue, Bug13DeadlineAndFreedPlaceInOneInstantCheckInFirst) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out_within(10ms);
  pool.report_error(1);
  pool.take();
  pool.late_at(10ms);
  pool.in(1);
  pool.advance();
  EXPECT_EQ(pool.take(),
            (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1", "Created 2", "Establish 2",
                   "Failed by 2 timeout +10ms", "Out 2: DeadlineExceededError"}));
  pool.out();
  EXPECT_EQ(pool.take(), Lines{"Started 3"});
  pool.established(2);
  EXPECT_EQ(pool.take(), (Lines{"Ready 2 +0ms", "CheckedOut 2 by 3 +0ms", "Out 3: connection 2"}));
}

TEST(WaitQueue, Bug23ADeadHeadDoesNotAbsorbTheConnection) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out_within(10ms);
  pool.out();
  pool.at(10ms);
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 3 +10ms", "Out 3: connection 1"}));
}

TEST(WaitQueue, Bug23ACancelledHeadDoesNotAbsorbTheConnection) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.out();
  pool.take();
  EXPECT_TRUE(pool.cancel(2));
  EXPECT_EQ(pool.take(), (Lines{"Failed by 2 timeout +0ms", "Out 2: CancelledError"}));
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 3 +0ms", "Out 3: connection 1"}));
}

TEST(WaitQueue, Bug25WhoTimesOutLeavesAndNobodyElse) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out_within(100ms);
  pool.out_within(10ms);
  pool.take();
  pool.at(10ms);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 3 timeout +10ms", "Out 3: DeadlineExceededError"}));
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 2 +10ms", "Out 2: connection 1"}));
}

TEST(WaitQueue, LeavingFromTheMiddleAndTheEnd) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  for (int i = 0; i < 4; ++i) pool.out();
  pool.cancel(3);
  pool.cancel(5);
  pool.out();
  pool.take();
  pool.in(1);
  pool.in(2);
  pool.in(4);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1",  //
                                "CheckedIn 1", "CheckedOut 1 by 4 +0ms", "Out 4: connection 1",  //
                                "CheckedIn 1", "CheckedOut 1 by 6 +0ms", "Out 6: connection 1"}));
}

TEST(WaitQueue, CancelAfterTheOutcomeDoesNothing) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.cancel(2);
  pool.take();
  EXPECT_FALSE(pool.cancel(1));
  EXPECT_FALSE(pool.cancel(2));
  pool.out();  // in the slot that 2 had
  EXPECT_FALSE(pool.cancel(2));
  EXPECT_EQ(pool.take(), Lines{"Started 3"});
}

TEST(WaitQueue, Bug35NoTimerIsLeftBehind) {
  ReadyPool pool({.max_pool_size = 1});
  pool.out_within(50ms);
  EXPECT_EQ(pool.core().armed_deadlines(), 1U);
  pool.at(5ms);
  pool.established(1);
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
  pool.out_within(50ms);
  pool.cancel(2);
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
  pool.out_within(50ms);
  pool.in(1);
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
  pool.out_within(50ms);
  pool.clear();
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
  EXPECT_EQ(pool.core().next_deadline(), std::nullopt);
  pool.take();
  pool.at(500ms);
  EXPECT_EQ(pool.take(), Lines{});
}

TEST(WaitQueue, Bug55ATimeoutDoesNotClearThePool) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out_within(10ms);
  pool.at(10ms);
  EXPECT_EQ(pool.take(),
            (Lines{"Started 2", "Failed by 2 timeout +10ms", "Out 2: DeadlineExceededError"}));
  EXPECT_EQ(pool.core().state(), PoolState::ready);
  EXPECT_EQ(pool.core().generation(), Generation::initial);
  pool.in(1);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 1"});
}

TEST(WaitQueue, DeadlinesOfOneInstantComeInTheOrderOfStarting) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out({.deadline = CoreHarness::start + 10ms});
  pool.at(5ms);
  pool.out({.deadline = CoreHarness::start + 9ms});
  pool.out({.deadline = CoreHarness::start + 10ms});
  pool.take();
  pool.late_at(30ms);
  pool.advance();
  EXPECT_EQ(pool.take(), (Lines{"Failed by 3 timeout +25ms", "Out 3: DeadlineExceededError",
                                "Failed by 2 timeout +30ms", "Out 2: DeadlineExceededError",
                                "Failed by 4 timeout +25ms", "Out 4: DeadlineExceededError"}));
}

TEST(WaitQueue, ManyWaitAndAreServedInOrder) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  constexpr int waiters = 200;
  for (int i = 0; i < waiters; ++i) pool.out();
  for (int n = 1; n <= waiters; ++n) {
    ASSERT_TRUE(pool.has_outcome(n));
    ASSERT_FALSE(pool.has_outcome(n + 1));
    pool.in(n);
  }
  EXPECT_TRUE(pool.has_outcome(waiters + 1));
}

}  // namespace
}  // namespace cmap::test
