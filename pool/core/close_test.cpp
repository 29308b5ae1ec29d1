// close: the order of its consequences, what comes after it, and when the pool is drained (R13).
#include <chrono>

#include <gtest/gtest.h>

#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

TEST(Close, Bug59IsNotAReset) {
  ReadyPool pool;
  pool.close();
  EXPECT_EQ(pool.take(), (Lines{"PoolClosed", "Drained"}));
  EXPECT_EQ(pool.core().state(), PoolState::closed);
  EXPECT_EQ(pool.core().generation(), Generation::initial);
  pool.ready();
  pool.clear();
  pool.clear_interrupting();
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().generation(), Generation::initial);
  pool.out();
  EXPECT_EQ(pool.take(),
            (Lines{"Started 1", "Failed by 1 poolClosed +0ms", "Out 1: PoolClosedError"}));
}

TEST(Close, Bug67SecondCloseDoesNothing) {
  ReadyPool pool;
  pool.close();
  pool.take();
  pool.close();
  EXPECT_EQ(pool.take(), Lines{});
}

TEST(Close, EverythingInItsOrder) {  // R13
  ReadyPool pool({.max_pool_size = 4});
  pool.hold();
  pool.hold();
  pool.out();  // 3 pending for nobody
  pool.cancel(3);
  pool.out();  // 4 pending
  pool.out();  // waits
  pool.take();
  pool.at(4ms);
  pool.close();
  EXPECT_EQ(pool.take(),
            (Lines{"Failed by 5 poolClosed +4ms", "Out 5: PoolClosedError",             //
                   "Closed 3 poolClosed", "Teardown 3",                                 //
                   "Closed 4 poolClosed", "Teardown 4", "Failed by 4 poolClosed +4ms",  //
                   "Out 4: PoolClosedError", "PoolClosed"}));
}

TEST(Close, AvailableOnesBeforePendingOnes) {  // R13
  ReadyPool pool;
  pool.hold();
  pool.hold();
  pool.hold();
  pool.out();
  pool.in(3);
  pool.in(1);
  pool.take();
  pool.close();
  EXPECT_EQ(pool.take(),
            (Lines{"Closed 3 poolClosed", "Teardown 3", "Closed 1 poolClosed", "Teardown 1",
                   "Closed 4 poolClosed", "Teardown 4", "Failed by 4 poolClosed +0ms",
                   "Out 4: PoolClosedError", "PoolClosed"}));
}

TEST(Close, AvailableOnesInTheOrderTheyBecameAvailable) {
  ReadyPool pool;
  for (int i = 0; i < 3; ++i) pool.hold();
  pool.in(2);
  pool.in(3);
  pool.in(1);
  pool.take();
  pool.close();
  EXPECT_EQ(pool.take(),
            (Lines{"Closed 2 poolClosed", "Teardown 2", "Closed 3 poolClosed", "Teardown 3",
                   "Closed 1 poolClosed", "Teardown 1", "PoolClosed", "Drained"}));
}

TEST(Close, AvailableOnesArePoolClosedEvenIfPerished) {  // R13
  ReadyPool pool({.max_idle_time = 1ms});
  pool.hold();
  pool.hold();
  pool.in(1);
  pool.in(2);
  pool.failed(1);
  pool.clear();
  pool.at(5ms);
  pool.take();
  pool.close();
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 poolClosed", "Teardown 1", "Closed 2 poolClosed",
                                "Teardown 2", "PoolClosed", "Drained"}));
}

TEST(Close, FailsThoseWhoWaitAndThoseWhoseConnectionIsPending) {
  ReadyPool pool({.max_pool_size = 2});
  pool.hold();
  pool.out();
  pool.out();
  pool.take();
  pool.at(2ms);
  pool.close();
  EXPECT_EQ(pool.take(), (Lines{"Failed by 3 poolClosed +2ms", "Out 3: PoolClosedError",
                                "Closed 2 poolClosed", "Teardown 2", "Failed by 2 poolClosed +2ms",
                                "Out 2: PoolClosedError", "PoolClosed"}));
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 1}));
}

TEST(Close, Bug61WaitersGetAnErrorAndNoConnection) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.close();
  ASSERT_TRUE(pool.outcome(2).error);
  EXPECT_EQ(*pool.outcome(2).error, *pool_closed_error(CoreHarness::address()));
  EXPECT_EQ(pool.outcome(2).lease, Lease{});
}

TEST(Close, InUseConnectionsEndAtCheckIn) {  // A-CLS-2
  ReadyPool pool;
  pool.hold();
  pool.close();
  EXPECT_EQ(pool.take(), Lines{"PoolClosed"});
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 poolClosed", "Teardown 1", "Drained"}));
}

TEST(Close, Bug63BetweenCheckOutAndCheckIn) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.close();
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.core().counts(), PoolCounts{});
  EXPECT_EQ(pool.open_transports(), 0);
  EXPECT_FALSE(pool.in(1));
}

TEST(Close, Bug65IsOverWhenTheLastTransportIs) {
  ReadyPool pool;
  pool.slow_teardown = true;
  pool.hold();
  pool.out();
  pool.out();
  pool.report_error(1);
  pool.in(1);
  pool.take();
  pool.close();
  EXPECT_EQ(pool.take(),
            (Lines{"Closed 2 poolClosed", "Teardown 2", "Failed by 2 poolClosed +0ms",
                   "Out 2: PoolClosedError", "Closed 3 poolClosed", "Teardown 3",
                   "Failed by 3 poolClosed +0ms", "Out 3: PoolClosedError", "PoolClosed"}));
  pool.transport_closed(3);
  pool.transport_closed(1);
  EXPECT_EQ(pool.take(), Lines{});
  pool.transport_closed(2);
  EXPECT_EQ(pool.take(), Lines{"Drained"});
}

TEST(Close, Bug65IsNotOverWhileAConnectionIsInUse) {
  ReadyPool pool;
  pool.slow_teardown = true;
  pool.hold();
  pool.hold();
  pool.in(1);
  pool.close();
  pool.transport_closed(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 poolClosed", "Teardown 1", "PoolClosed"}));
  pool.in(2);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 2", "Closed 2 poolClosed", "Teardown 2"}));
  pool.transport_closed(2);
  EXPECT_EQ(pool.take(), Lines{"Drained"});
}

TEST(Close, Bug69OneClosedEventForAPendingConnection) {
  ReadyPool pool;
  pool.out();
  pool.close();
  EXPECT_EQ(pool.take(), (Lines{"Started 1", "Created 1", "Establish 1", "Closed 1 poolClosed",
                                "Teardown 1", "Failed by 1 poolClosed +0ms",
                                "Out 1: PoolClosedError", "PoolClosed", "Drained"}));
  pool.failed(1);
  pool.established(1);
  EXPECT_EQ(pool.take(), Lines{});
}

TEST(Close, Bug69OneClosedEventForABrokenConnection) {
  ReadyPool pool;
  pool.hold();
  pool.failed(1);
  pool.report_error(1);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1"}));
  pool.failed(1);
  EXPECT_FALSE(pool.in(1));
  pool.close();
  EXPECT_EQ(pool.take(), (Lines{"PoolClosed", "Drained"}));
}

TEST(Close, LeavesNoTimer) {
  ReadyPool pool({.max_pool_size = 1,
                  .min_pool_size = 1,
                  .wait_queue_timeout = 70ms,
                  .background_interval = 10ms,
                  .establishment_timeout = 60ms});
  pool.out();
  pool.out_within(50ms);
  pool.out();
  pool.close();
  EXPECT_EQ(pool.core().next_deadline(), std::nullopt);
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
}

TEST(Close, OfAPausedPool) {
  CoreHarness pool;
  pool.close();
  EXPECT_EQ(pool.take(), (Lines{"PoolCreated", "PoolClosed", "Drained"}));
}

TEST(Close, AfterAnInterruption) {
  ReadyPool pool;
  pool.hold();
  pool.clear_interrupting();
  pool.close();
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 stale", "Teardown 1", "Drained"}));
}

}  // namespace
}  // namespace cmap::test
