// The background Run: when it is due, what it closes, and how it populates (A.8, R8, R15).
#include <chrono>

#include <gtest/gtest.h>

#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

PoolOptions every(Duration interval, PoolOptions options = {}) {
  options.background_interval = interval;
  return options;
}

/// Goes on to `time`; only what happened on the way.
Lines lines_until(CoreHarness& pool, Duration time) {
  pool.take();
  pool.at(time);
  return pool.take();
}

std::optional<Duration> next_run(const CoreHarness& pool) {
  const auto next = pool.core().next_deadline();
  return next ? std::optional(*next - CoreHarness::start) : std::nullopt;
}

TEST(BackgroundRun, IsNotBegunBeforeReady) {
  CoreHarness pool(every(10ms, {.min_pool_size = 1}));
  EXPECT_EQ(next_run(pool), std::nullopt);
  EXPECT_EQ(lines_until(pool, 100ms), Lines{});
}

TEST(BackgroundRun, IsDueAtReadyAndThenAtTheInterval) {
  CoreHarness pool(every(10ms));
  pool.at(3ms);
  pool.ready();
  EXPECT_EQ(next_run(pool), 3ms);
  pool.advance();
  EXPECT_EQ(next_run(pool), 13ms);
  pool.at(13ms);
  EXPECT_EQ(next_run(pool), 23ms);
}

TEST(BackgroundRun, AndAllElseThatLiesBehindTheEndOfTimeIsDueAtItsEnd) {
  const auto next_deadline_of = [](const PoolOptions& options) {
    CoreHarness pool(options);
    pool.late_at(TimePoint::max() - CoreHarness::start - 1ms);
    pool.ready();
    if (options.background_interval) pool.advance();
    pool.out();
    pool.out();
    return pool.core().next_deadline();
  };
  EXPECT_EQ(next_deadline_of(every(10ms)), TimePoint::max());
  EXPECT_EQ(next_deadline_of({.establishment_timeout = 10ms}), TimePoint::max());
  EXPECT_EQ(next_deadline_of({.max_pool_size = 1, .wait_queue_timeout = 10ms}), TimePoint::max());
}

TEST(BackgroundRun, DefaultIntervalIsATenthOfASecond) {
  CoreHarness pool(every(100ms));
  Outbox outbox;
  PoolCore core(PoolId{1}, CoreHarness::address(), {}, CoreHarness::start, outbox);
  core.ready(CoreHarness::start);
  core.advance(CoreHarness::start);
  EXPECT_EQ(core.next_deadline(), CoreHarness::start + 100ms);
}

TEST(BackgroundRun, IsDueAtOnceAfterEveryClear) {  // A-BG-3
  CoreHarness pool(every(10ms));
  pool.ready();
  pool.at(2ms);
  EXPECT_EQ(next_run(pool), 10ms);
  pool.clear();
  EXPECT_EQ(next_run(pool), 2ms);
  pool.at(3ms);
  EXPECT_EQ(next_run(pool), 12ms) << "an early Run replaces the timer";
  pool.clear();  // of a paused pool
  EXPECT_EQ(next_run(pool), 3ms);
  pool.advance();
  EXPECT_EQ(next_run(pool), 13ms);
}

TEST(BackgroundRun, OneServesAllRequestsOfAnInstant) {
  CoreHarness pool(every(10ms));
  pool.ready();
  pool.clear();
  pool.ready();
  pool.clear();
  pool.advance();
  EXPECT_EQ(next_run(pool), 10ms);
}

TEST(BackgroundRun, NeverMeansNeverEvenAfterReadyAndClear) {  // R15
  CoreHarness pool(every(-1ms, {.min_pool_size = 3}));
  pool.ready();
  EXPECT_EQ(next_run(pool), std::nullopt);
  pool.clear();
  EXPECT_EQ(next_run(pool), std::nullopt);
  pool.ready();
  EXPECT_EQ(lines_until(pool, 100'000ms), Lines{});
}

TEST(BackgroundRun, ALateTimerShiftsTheNextRun) {
  ReadyPool pool(every(10ms));
  pool.late_at(14ms);
  pool.advance();
  EXPECT_EQ(next_run(pool), 24ms);
}

TEST(BackgroundRun, Bug3ClosesIdleConnections) {
  ReadyPool pool(every(10ms, {.max_pool_size = 1, .max_idle_time = 10ms}));
  pool.at(5ms);
  pool.hold();
  pool.in(1);
  EXPECT_EQ(lines_until(pool, 15ms), Lines{}) << "the Run at 10 ms came too early";
  EXPECT_EQ(lines_until(pool, 20ms), (Lines{"Closed 1 idle", "Teardown 1"}));
  EXPECT_EQ(pool.core().counts(), PoolCounts{});
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "Created 2", "Establish 2"}));
}

TEST(BackgroundRun, IdleIsStrictlyLonger) {
  ReadyPool pool(every(10ms, {.max_idle_time = 10ms}));
  pool.hold();
  pool.in(1);
  EXPECT_EQ(lines_until(pool, 10ms), Lines{}) << "for exactly the maximum: not idle";
  EXPECT_EQ(lines_until(pool, 20ms), (Lines{"Closed 1 idle", "Teardown 1"}));
}

TEST(BackgroundRun, ClosesInTheOrderTheyBecameAvailableAndNoOthers) {
  ReadyPool pool(every(10ms, {.max_idle_time = 8ms}));
  for (int i = 0; i < 5; ++i) pool.hold();
  pool.in(4);
  pool.in(2);
  pool.in(5);
  pool.failed(5);
  pool.at(5ms);
  pool.in(1);
  pool.in(3);
  pool.failed(3);
  EXPECT_EQ(lines_until(pool, 10ms),
            (Lines{"Closed 4 idle", "Teardown 4", "Closed 2 idle", "Teardown 2", "Closed 5 error",
                   "Teardown 5", "Closed 3 error", "Teardown 3"}));
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.available = 1}));
}

TEST(BackgroundRun, PrunesWhilePausedAndPopulatesOnlyWhileReady) {
  ReadyPool pool(every(10ms, {.min_pool_size = 1}));
  pool.established(1);
  pool.at(3ms);
  pool.take();
  pool.clear();
  EXPECT_EQ(pool.take(), Lines{"PoolCleared"});
  pool.advance();
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 stale", "Teardown 1"}));
  EXPECT_EQ(lines_until(pool, 100ms), Lines{});
  pool.ready();
  pool.advance();
  EXPECT_EQ(pool.take(), (Lines{"PoolReady", "Created 2", "Establish 2"}));
}

TEST(BackgroundRun, PrunesBeforeItPopulates) {
  ReadyPool pool(every(10ms, {.min_pool_size = 1}));
  pool.established(1);
  pool.failed(1);
  EXPECT_EQ(lines_until(pool, 10ms),
            (Lines{"Closed 1 error", "Teardown 1", "Created 2", "Establish 2"}));
}

TEST(BackgroundRun, LeavesConnectionsInUseAlone) {
  ReadyPool pool(every(10ms, {.max_idle_time = 1ms}));
  pool.hold();
  pool.report_error(1);
  EXPECT_EQ(lines_until(pool, 100ms), Lines{});
}

TEST(BackgroundRun, Bug5NothingToPruneTakesNothingAway) {
  ReadyPool pool(every(10ms, {.max_pool_size = 1}));
  pool.at(30ms);
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().counts(), PoolCounts{});
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 1", "Created 1", "Establish 1"}));
}

TEST(Populate, Bug73CreatedAtItsBeginningAndReadyAtItsEnd) {  // A-RDY-2
  CoreHarness pool(every(10ms, {.min_pool_size = 1}));
  pool.take();
  pool.ready();
  EXPECT_EQ(pool.take(), Lines{"PoolReady"});
  pool.advance();
  EXPECT_EQ(pool.take(), (Lines{"Created 1", "Establish 1"}));
  pool.at(5ms);
  pool.established(1);
  EXPECT_EQ(pool.take(), Lines{"Ready 1 +5ms"});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.available = 1}));
}

TEST(Populate, OneAfterTheOtherUntilTheMinimum) {  // R8
  ReadyPool pool(every(50ms, {.min_pool_size = 3}));
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 1}));
  pool.at(5ms);
  pool.established(1);
  EXPECT_EQ(next_run(pool), 5ms) << "the next one at once";
  pool.advance();
  EXPECT_EQ(pool.take(), (Lines{"Ready 1 +5ms", "Created 2", "Establish 2"}));
  EXPECT_EQ(next_run(pool), 55ms);
  pool.at(9ms);
  pool.established(2);
  pool.advance();
  EXPECT_EQ(pool.take(), (Lines{"Ready 2 +4ms", "Created 3", "Establish 3"}));
  pool.established(3);
  EXPECT_EQ(next_run(pool), 59ms) << "the minimum is reached";
  EXPECT_EQ(lines_until(pool, 200ms), Lines{});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.available = 3}));
}

TEST(Populate, Bug9NeverBeyondTheMaximum) {
  ReadyPool pool(every(50ms, {.max_pool_size = 2, .min_pool_size = 2, .max_connecting = 1}));
  pool.established(1);
  pool.take();
  pool.out();
  pool.out();  // before the Run that is due
  pool.established(2);
  EXPECT_EQ(pool.take(), (Lines{"Started 1", "CheckedOut 1 by 1 +0ms", "Out 1: connection 1",
                                "Started 2", "Created 2", "Establish 2", "Ready 2 +0ms",
                                "CheckedOut 2 by 2 +0ms", "Out 2: connection 2"}));
  pool.advance();
  EXPECT_EQ(pool.take(), Lines{});
}

TEST(Populate, Bug9TheMinimumCountsWhatCheckOutsMade) {
  ReadyPool pool(every(50ms, {.min_pool_size = 2}));
  pool.out();  // connection 2 is made for it
  pool.established(1);
  EXPECT_EQ(next_run(pool), 50ms) << "total is 2 already";
}

TEST(Populate, Bug11CountsWhatIsPending) {
  ReadyPool pool(every(10ms, {.max_pool_size = 4, .min_pool_size = 1, .max_connecting = 4}));
  EXPECT_EQ(lines_until(pool, 30ms), Lines{});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 1}));
}

TEST(Populate, OneEstablishmentAtATimeHoweverManyPermits) {  // requirements 0.4
  ReadyPool pool(every(10ms, {.min_pool_size = 5, .max_connecting = 4}));
  EXPECT_EQ(lines_until(pool, 50ms), Lines{});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 1}));
}

TEST(Populate, WaitsForNoPermit) {  // A-BG-2
  ReadyPool pool(every(10ms, {.min_pool_size = 3, .max_idle_time = 5ms, .max_connecting = 1}));
  pool.established(1);
  pool.out();
  pool.out();  // holds the only permit
  pool.in(1);
  pool.take();
  pool.advance();
  EXPECT_EQ(pool.take(), Lines{}) << "no permit is free";
  EXPECT_EQ(lines_until(pool, 10ms), (Lines{"Closed 1 idle", "Teardown 1"})) << "it prunes anyway";
}

TEST(Populate, Bug19TheConnectionIsAvailableBeforeThePermitIs) {  // A-POP-4
  ReadyPool pool(every(50ms, {.max_pool_size = 2, .min_pool_size = 1, .max_connecting = 1}));
  pool.out();
  EXPECT_EQ(pool.take(), Lines{"Started 1"});
  pool.at(5ms);
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Ready 1 +5ms", "CheckedOut 1 by 1 +5ms", "Out 1: connection 1"}));
}

TEST(Populate, Bug41WhatIsPendingIsNotHandedOut) {
  ReadyPool pool(every(50ms, {.min_pool_size = 1}));
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 1", "Created 2", "Establish 2"}));
}

TEST(Populate, Bug47MakesDifferentConnections) {
  ReadyPool pool(every(50ms, {.min_pool_size = 2}));
  pool.established(1);
  pool.advance();
  pool.established(2);
  pool.out();
  pool.out();
  EXPECT_NE(pool.lease(1).connection, pool.lease(2).connection);
  EXPECT_EQ(pool.open_transports(), 2);
}

TEST(Populate, Bug57FailureIsHandled) {  // A-POP-2, R10
  ReadyPool pool(every(50ms, {.min_pool_size = 1}));
  pool.take();
  pool.failed(1, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared", "Closed 1 error", "Teardown 1"}));
  EXPECT_EQ(pool.core().state(), PoolState::paused);
}

TEST(Populate, Bug85FailureIsTriedAgainAfterTheInterval) {  // R8, F-13
  ReadyPool pool(every(10ms, {.min_pool_size = 3}));
  pool.at(4ms);
  pool.failed(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1"}));
  EXPECT_EQ(next_run(pool), 10ms) << "a failure asks for no Run";
  pool.at(10ms);
  EXPECT_EQ(pool.take(), (Lines{"Created 2", "Establish 2"}));
}

TEST(Populate, AStaleOneAsksForNoRun) {
  ReadyPool pool(every(10ms, {.min_pool_size = 1}));
  pool.clear();
  pool.ready();
  pool.at(2ms);
  pool.take();
  EXPECT_EQ(next_run(pool), 10ms);
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 stale", "Teardown 1"}));
  EXPECT_EQ(next_run(pool), 10ms);
}

TEST(Populate, AFreedPermitOrAClosedConnectionMovesNoTimer) {
  ReadyPool pool(every(10ms, {.min_pool_size = 1}));
  pool.established(1);
  pool.out();
  pool.report_error(1);
  pool.at(2ms);
  pool.in(1);
  EXPECT_EQ(next_run(pool), 10ms);
}

TEST(Populate, Bug83RefillsWhatClosedOutsideOfARun) {  // A-POP-3
  ReadyPool pool(every(10ms, {.min_pool_size = 1}));
  pool.established(1);
  pool.at(10ms);
  pool.out();
  pool.report_error(1);
  pool.in(1);
  EXPECT_EQ(lines_until(pool, 20ms), (Lines{"Created 2", "Establish 2"}));
}

TEST(Populate, WhatItMadeServesWhoWaits) {
  ReadyPool pool(every(50ms, {.max_pool_size = 1, .min_pool_size = 1}));
  pool.out();
  pool.take();
  pool.failed(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Created 2", "Establish 2"}));
}

TEST(Populate, ASecondOneBeginsOnlyAfterTheFirstEnded) {
  ReadyPool pool(every(10ms, {.min_pool_size = 2, .max_connecting = 3}));
  pool.out();  // its connection is no population
  pool.take();
  pool.established(2);
  EXPECT_EQ(pool.take(), (Lines{"Ready 2 +0ms", "CheckedOut 2 by 1 +0ms", "Out 1: connection 2"}));
  pool.report_error(1);
  pool.in(1);
  EXPECT_EQ(lines_until(pool, 30ms), Lines{}) << "connection 1 is still being established";
}

TEST(Populate, InterruptionEndsIt) {
  ReadyPool pool(every(10ms, {.min_pool_size = 1}));
  pool.clear_interrupting();
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared interrupting", "Closed 1 stale", "Teardown 1"}));
  pool.ready();
  pool.advance();
  EXPECT_EQ(pool.take(), (Lines{"PoolReady", "Created 2", "Establish 2"}));
}

TEST(Populate, AWaiterWhoLeftIsNoPopulation) {
  ReadyPool pool(every(10ms, {.min_pool_size = 2}));
  pool.out_within(1ms);
  pool.at(1ms);
  pool.take();
  pool.established(2);  // given up by check-out 1
  EXPECT_EQ(next_run(pool), 10ms);
}

}  // namespace
}  // namespace cmap::test
