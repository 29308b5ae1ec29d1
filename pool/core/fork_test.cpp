// reset_after_fork: the child gives up what belongs to its parent (A-FORK-1, A-FORK-2).
#include <chrono>

#include <gtest/gtest.h>

#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

TEST(Fork, GivesUpEverythingWithoutAWordOnTheWire) {
  ReadyPool pool({.max_pool_size = 3});
  pool.hold();
  pool.hold();
  pool.in(2);
  pool.hold();
  pool.hold();
  pool.in(4);  // 3 is available
  pool.out();
  pool.in(5);
  pool.take();
  pool.at(2ms);
  pool.fork();
  EXPECT_EQ(pool.take(),
            (Lines{"PoolCleared", "Closed 3 stale", "Abandon 3", "Interrupt 1", "Interrupt 2"}));
  EXPECT_EQ(pool.core().state(), PoolState::paused);
  EXPECT_EQ(pool.core().generation(), Generation{1});
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 stale", "Abandon 1"}));
}

TEST(Fork, FailsThoseWhoWaitAndThoseWhoseConnectionIsPending) {
  ReadyPool pool({.max_pool_size = 2});
  pool.hold();
  pool.out();
  pool.out();
  pool.take();
  pool.at(3ms);
  pool.fork();
  EXPECT_EQ(pool.take(),
            (Lines{"PoolCleared", "Failed by 3 connectionError +3ms", "Out 3: PoolClearedError",
                   "Closed 2 stale", "Abandon 2", "Failed by 2 connectionError +3ms",
                   "Out 2: PoolClearedError", "Interrupt 1"}));
  EXPECT_EQ(*pool.outcome(2).error, *pool_cleared_error(CoreHarness::address(), nullptr));
}

TEST(Fork, AfterwardsNewConnectionsAreMade) {
  ReadyPool pool;
  pool.hold();
  pool.in(1);
  pool.fork();
  pool.ready();
  pool.take();
  pool.out();
  pool.established(2);
  pool.in(2);
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "Created 2", "Establish 2", "Ready 2 +0ms",
                                "CheckedOut 2 by 2 +0ms", "Out 2: connection 2", "CheckedIn 2"}));
  pool.close();
  EXPECT_EQ(pool.take(), (Lines{"Closed 2 poolClosed", "Teardown 2", "PoolClosed", "Drained"}));
}

TEST(Fork, OfAPausedPool) {
  ReadyPool pool;
  pool.hold();
  pool.hold();
  pool.in(1);
  pool.clear();
  pool.take();
  pool.fork();
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 stale", "Abandon 1", "Interrupt 2"}));
  EXPECT_EQ(pool.core().generation(), Generation{2});
}

TEST(Fork, OfAClosedPool) {
  ReadyPool pool;
  pool.hold();
  pool.close();
  pool.take();
  pool.fork();
  EXPECT_EQ(pool.take(), Lines{"Interrupt 1"}) << "its socket is the parent's";
  EXPECT_EQ(pool.core().generation(), Generation::initial);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 poolClosed", "Abandon 1", "Drained"}));
}

TEST(Fork, BrokenConnectionsAreAbandonedToo) {
  ReadyPool pool;
  pool.hold();
  pool.report_error(1);
  pool.fork();
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 error", "Abandon 1"}));
}

TEST(Fork, BehindALoadBalancerEveryServiceIsCleared) {
  CoreHarness pool({.max_pool_size = 3, .load_balanced = true});
  pool.ready();
  for (int connection = 1; connection <= 2; ++connection) {
    pool.out();
    pool.hello(connection, CoreHarness::service(static_cast<std::uint8_t>(0x10 * connection)));
    pool.established(connection);
  }
  pool.in(1);
  pool.out();
  pool.out();  // before hello
  pool.out();
  pool.in(3);
  pool.take();
  pool.fork();
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared service 10", "PoolCleared service 20",
                                "Closed 3 stale", "Abandon 3", "Failed by 4 connectionError +0ms",
                                "Out 4: PoolClearedError", "Interrupt 1", "Interrupt 2"}));
  EXPECT_EQ(pool.core().state(), PoolState::ready);
  pool.in(2);
  pool.in(5);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 2", "Closed 2 stale", "Abandon 2",  //
                                "CheckedIn 1", "Closed 1 stale", "Abandon 1"}));
}

TEST(Fork, ARunIsDueAtOnce) {
  ReadyPool pool({.background_interval = 10ms});
  pool.at(3ms);
  pool.fork();
  EXPECT_EQ(pool.core().next_deadline(), CoreHarness::start + 3ms);
}

TEST(Fork, NoTimerIsLeft) {
  ReadyPool pool({.max_pool_size = 1, .wait_queue_timeout = 5ms, .establishment_timeout = 5ms});
  pool.out_within(3ms);
  pool.out();
  pool.fork();
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
  EXPECT_EQ(pool.core().next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace cmap::test
