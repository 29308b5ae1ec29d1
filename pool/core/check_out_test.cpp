// Checking out and in: what a check-out gets, from whom, when, and what it leaves behind (A.6).
#include <chrono>

#include <gtest/gtest.h>

#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

TEST(CheckOut, FailsOnAPausedPool) {
  CoreHarness pool;
  EXPECT_EQ(pool.take(), Lines{"PoolCreated"});
  pool.out();
  EXPECT_EQ(pool.take(),
            (Lines{"Started 1", "Failed by 1 connectionError +0ms", "Out 1: PoolClearedError"}));
}

TEST(CheckOut, FailsOnAClosedPool) {
  ReadyPool pool;
  pool.close();
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(),
            (Lines{"Started 1", "Failed by 1 poolClosed +0ms", "Out 1: PoolClosedError"}));
}

TEST(CheckOut, FailsOnAClosedPoolEvenOutOfTime) {
  ReadyPool pool;
  pool.close();
  pool.take();
  pool.out_within(0ms);
  EXPECT_EQ(pool.take(),
            (Lines{"Started 1", "Failed by 1 poolClosed +0ms", "Out 1: PoolClosedError"}));
}

TEST(CheckOut, GetsAConnectionMadeForIt) {
  ReadyPool pool;
  pool.at(3ms);
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 1", "Created 1", "Establish 1"}));
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 1}));
  pool.at(8ms);
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Ready 1 +5ms", "CheckedOut 1 by 1 +5ms", "Out 1: connection 1"}));
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 1}));
}

TEST(CheckOut, GetsWhatIsAvailable) {
  ReadyPool pool;
  pool.hold();
  pool.in(1);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 1"});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.available = 1}));
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1"}));
}

TEST(CheckOut, CountsInEventsAreThoseOfTheMoment) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.in(1);
  std::vector<PoolCounts> counts;
  for (const Event& event : pool.events()) {
    if (event.type() == EventType::checked_out || event.type() == EventType::check_out_started) {
      counts.push_back(event.counts);
    }
  }
  // A check-out that just started is not counted yet; one that was handed out is in use (A-OUT-8).
  const std::vector<PoolCounts> expected{{}, {.in_use = 1}, {.in_use = 1}, {.in_use = 1}};
  EXPECT_EQ(counts, expected);
}

TEST(CheckOut, TakesTheMostRecentlyUsed) {  // R6
  ReadyPool pool;
  for (int i = 0; i < 3; ++i) pool.hold();
  pool.in(2);
  pool.in(3);
  pool.in(1);
  pool.take();
  pool.out();
  pool.out();
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 4", "CheckedOut 1 by 4 +0ms", "Out 4: connection 1",
                                "Started 5", "CheckedOut 3 by 5 +0ms", "Out 5: connection 3",
                                "Started 6", "CheckedOut 2 by 6 +0ms", "Out 6: connection 2"}));
}

TEST(CheckOut, ClosesStaleConnectionsOnTheWay) {
  ReadyPool pool;
  pool.hold();
  pool.hold();
  pool.in(1);
  pool.in(2);
  pool.clear();
  pool.ready();
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 3", "Closed 2 stale", "Teardown 2", "Closed 1 stale",
                                "Teardown 1", "Created 3", "Establish 3"}));
}

TEST(CheckOut, IdleIsLongerThanTheMaximum) {  // A-OPT-4: strictly
  ReadyPool pool({.max_idle_time = 10ms});
  pool.hold();
  pool.in(1);
  pool.at(10ms);
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1"}));
  pool.in(2);
  pool.at(20ms + 1ns);
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(),
            (Lines{"Started 3", "Closed 1 idle", "Teardown 1", "Created 2", "Establish 2"}));
}

TEST(CheckOut, EstablishedConnectionsBecomeIdleToo) {
  ReadyPool pool({.max_idle_time = 10ms});
  pool.out_within(1ms);
  pool.at(5ms);
  pool.established(1);  // nobody's: available since now
  pool.at(15ms);
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1"}));
}

TEST(CheckOut, Bug79IdleTimeBeginsAtCheckIn) {
  ReadyPool pool({.max_idle_time = 50ms});
  pool.hold();
  pool.at(100ms);
  pool.in(1);
  pool.at(120ms);
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1"}));
}

TEST(CheckOut, Bug81NoMaxIdleTimeIsNoLimit) {
  ReadyPool pool({.max_idle_time = 0ms});
  pool.hold();
  pool.in(1);
  pool.at(1'000'000'000ms);
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1"}));
}

TEST(CheckOut, Bug81NoMaxPoolSizeIsNoLimit) {  // A-OPT-1
  ReadyPool pool({.max_pool_size = 0});
  for (int i = 0; i < 150; ++i) pool.hold();
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 150}));
}

TEST(CheckOut, DefaultLimitsAreHundredConnectionsAndTwoPermits) {
  ReadyPool pool;
  for (int i = 0; i < 3; ++i) pool.out();
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 2, .waiting = 1}));
  for (int i = 1; i <= 3; ++i) pool.established(i);
  for (int i = 3; i < 100; ++i) pool.hold();
  pool.out();
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 100, .waiting = 1}));
}

TEST(CheckOut, Bug37BrokenWhileAvailable) {
  ReadyPool pool({.max_pool_size = 2});
  pool.hold();
  pool.in(1);
  pool.failed(1);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 1"}) << "it is closed when it is met";
  pool.out();
  EXPECT_EQ(pool.take(),
            (Lines{"Started 2", "Closed 1 error", "Teardown 1", "Created 2", "Establish 2"}));
}

TEST(CheckOut, Bug37BrokenWhileInUse) {
  ReadyPool pool({.max_pool_size = 2});
  pool.hold();
  pool.failed(1);
  EXPECT_EQ(pool.take(), Lines{});
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1"}));
}

TEST(CheckOut, Bug37ErrorReportedByTheHolder) {
  ReadyPool pool;
  pool.hold();
  EXPECT_TRUE(pool.report_error(1));
  EXPECT_EQ(pool.take(), Lines{});
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1"}));
}

TEST(CheckOut, APeerThatGoesDoesNotClearThePool) {
  ReadyPool pool;
  pool.hold();
  pool.in(1);
  pool.failed(1, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 1"});
  EXPECT_EQ(pool.core().state(), PoolState::ready);
}

TEST(CheckOut, Bug43ADeadConnectionIsMetOnce) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.in(1);
  pool.failed(1);
  pool.take();
  pool.out();
  pool.established(2);
  EXPECT_EQ(pool.take(),
            (Lines{"Started 2", "Closed 1 error", "Teardown 1", "Created 2", "Establish 2",
                   "Ready 2 +0ms", "CheckedOut 2 by 2 +0ms", "Out 2: connection 2"}));
}

TEST(CheckOut, Bug39StaleAtCheckIn) {
  ReadyPool pool;
  pool.hold();
  pool.clear();
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 stale", "Teardown 1"}));
}

TEST(CheckOut, Bug39StaleAtCheckInAfterReady) {
  ReadyPool pool;
  pool.hold();
  pool.clear();
  pool.ready();
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 stale", "Teardown 1"}));
}

TEST(CheckOut, Bug71ReasonOfCloseAtCheckIn) {  // R12: error > stale > poolClosed
  const auto closed_as = [](bool error, bool stale, bool closed) {
    ReadyPool pool;
    pool.hold();
    if (error) pool.report_error(1);
    if (stale) pool.clear();
    if (closed) pool.close();
    pool.take();
    pool.in(1);
    return pool.take().at(1);
  };
  EXPECT_EQ(closed_as(true, true, true), "Closed 1 error");
  EXPECT_EQ(closed_as(true, true, false), "Closed 1 error");
  EXPECT_EQ(closed_as(true, false, true), "Closed 1 error");
  EXPECT_EQ(closed_as(true, false, false), "Closed 1 error");
  EXPECT_EQ(closed_as(false, true, true), "Closed 1 stale");
  EXPECT_EQ(closed_as(false, true, false), "Closed 1 stale");
  EXPECT_EQ(closed_as(false, false, true), "Closed 1 poolClosed");
}

TEST(CheckOut, Bug71ReasonOfCloseWhileAvailable) {  // R12: error > stale > idle
  const auto closed_as = [](bool error, bool stale, bool idle) {
    ReadyPool pool({.max_idle_time = 10ms});
    pool.hold();
    pool.in(1);
    if (error) pool.failed(1);
    if (stale) pool.clear();
    if (stale) pool.ready();
    if (idle) pool.at(11ms);
    pool.take();
    pool.out();
    return pool.take().at(1);
  };
  EXPECT_EQ(closed_as(true, true, true), "Closed 1 error");
  EXPECT_EQ(closed_as(true, true, false), "Closed 1 error");
  EXPECT_EQ(closed_as(true, false, true), "Closed 1 error");
  EXPECT_EQ(closed_as(true, false, false), "Closed 1 error");
  EXPECT_EQ(closed_as(false, true, true), "Closed 1 stale");
  EXPECT_EQ(closed_as(false, true, false), "Closed 1 stale");
  EXPECT_EQ(closed_as(false, false, true), "Closed 1 idle");
}

TEST(CheckOut, Bug45SecondCheckInIsRefused) {
  ReadyPool pool({.max_pool_size = 2});
  pool.hold();
  EXPECT_TRUE(pool.in(1));
  pool.take();
  EXPECT_FALSE(pool.in(1));
  EXPECT_EQ(pool.take(), Lines{});
  pool.hold();
  pool.hold();
  EXPECT_NE(pool.lease(2).connection, pool.lease(3).connection);
}

TEST(CheckOut, Bug45SecondCheckInWhileTheNextHolderHasIt) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.in(1);
  pool.hold();
  EXPECT_EQ(pool.lease(1).connection, pool.lease(2).connection);
  EXPECT_FALSE(pool.in(1));
  EXPECT_FALSE(pool.report_error(1, ErrorVerdict::clear));
  EXPECT_FALSE(pool.core().set_purpose(pool.lease(1), CheckOutPurpose::cursor));
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 1}));
  EXPECT_TRUE(pool.in(2));
}

TEST(CheckOut, CheckInOfAClosedConnectionIsRefused) {
  ReadyPool pool;
  pool.hold();
  pool.clear();
  pool.in(1);
  pool.ready();
  pool.hold();  // in the same slot, with another id
  EXPECT_FALSE(pool.in(1));
  EXPECT_FALSE(pool.in(Lease{}));
  EXPECT_TRUE(pool.in(2));
}

TEST(CheckOut, ForeignCheckInIsRefused) {  // A-IN-1
  CoreHarness mine({}, PoolId{1});
  CoreHarness other({}, PoolId{2});
  mine.ready();
  other.ready();
  mine.hold();
  other.hold();
  EXPECT_EQ(mine.lease(1).connection, other.lease(1).connection) << "they look alike";
  EXPECT_FALSE(mine.in(other.lease(1)));
  EXPECT_EQ(mine.take(), Lines{});
  EXPECT_TRUE(mine.in(1));
}

TEST(CheckOut, Bug49ConnectionsHandedOverAreInUse) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.in(1);
  pool.take();
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 1}));
  pool.clear_interrupting();
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared interrupting", "Interrupt 1"}));
  EXPECT_TRUE(pool.in(2));
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 stale", "Teardown 1"}));
}

TEST(CheckOut, Bug21IdleConnectionOfAnEarlierWaiterDoesNotCount) {
  ReadyPool pool({.max_pool_size = 2});
  pool.hold();
  pool.in(1);
  pool.take();
  pool.out();
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1",
                                "Started 3", "Created 2", "Establish 2"}));
}

TEST(CheckOut, Bug77DurationsCountFromTheStart) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.at(5ms);
  pool.out();
  pool.at(6ms);
  pool.out();
  pool.take();
  pool.at(25ms);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 2 +20ms", "Out 2: connection 1"}));
  pool.at(26ms);
  pool.in(2);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 3 +20ms", "Out 3: connection 1"}));
}

TEST(CheckOut, TimeThatGoesBackStandsStill) {
  ReadyPool pool;
  pool.at(10ms);
  pool.out();
  pool.late_at(10ms);
  EXPECT_EQ(pool.take(), (Lines{"Started 1", "Created 1", "Establish 1"}));
  Outbox outbox;
  PoolCore core(PoolId{7}, CoreHarness::address(), {}, CoreHarness::start, outbox);
  core.ready(CoreHarness::start + 10ms);
  outbox.clear();
  core.check_out({}, 0, CoreHarness::start + 9ms);
  EXPECT_EQ(std::get<Event>(outbox.at(0)).time, CoreHarness::start + 10ms);
}

TEST(CheckOut, OutOfTimeGetsOnlyWhatIsAtHand) {
  ReadyPool pool({.max_pool_size = 2});
  pool.out_within(0ms);
  EXPECT_EQ(pool.take(),
            (Lines{"Started 1", "Failed by 1 timeout +0ms", "Out 1: DeadlineExceededError"}));
  pool.hold();
  pool.in(2);
  pool.take();
  pool.out_within(0ms);
  EXPECT_EQ(pool.take(), (Lines{"Started 3", "CheckedOut 1 by 3 +0ms", "Out 3: connection 1"}));
}

TEST(CheckOut, OutOfTimeDoesNotPassWhoWaits) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.take();
  pool.out_within(-5ms);
  EXPECT_EQ(pool.take(),
            (Lines{"Started 3", "Failed by 3 timeout +0ms", "Out 3: DeadlineExceededError"}));
}

TEST(CheckOut, OutOfTimeClosesThePerishedOnes) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.in(1);
  pool.failed(1);
  pool.take();
  pool.out_within(0ms);
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "Closed 1 error", "Teardown 1",
                                "Failed by 2 timeout +0ms", "Out 2: DeadlineExceededError"}));
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 3", "Created 2", "Establish 2"}));
}

TEST(CheckOut, NobodyListens) {
  ReadyPool pool({.max_pool_size = 1});
  pool.set_unobserved();
  pool.out();
  pool.established(1);
  pool.in(1);
  pool.out();
  pool.clear();
  pool.in(2);
  EXPECT_EQ(pool.take(),
            (Lines{"Establish 1", "Out 1: connection 1", "Out 2: connection 1", "Teardown 1"}));
}

TEST(CheckOut, PurposesAreCounted) {
  ReadyPool pool;
  pool.hold({.purpose = CheckOutPurpose::cursor});
  pool.hold({.purpose = CheckOutPurpose::transaction});
  pool.hold();
  pool.hold();
  EXPECT_EQ(pool.core().in_use_by_purpose(),
            (PurposeCounts{.cursor = 1, .transaction = 1, .other = 2}));
  EXPECT_TRUE(pool.core().set_purpose(pool.lease(3), CheckOutPurpose::cursor));
  pool.core().check_invariants();
  EXPECT_EQ(pool.core().in_use_by_purpose(),
            (PurposeCounts{.cursor = 2, .transaction = 1, .other = 1}));
  for (int n = 1; n <= 4; ++n) pool.in(n);
  EXPECT_EQ(pool.core().in_use_by_purpose(), PurposeCounts{});
}

}  // namespace
}  // namespace cmap::test
