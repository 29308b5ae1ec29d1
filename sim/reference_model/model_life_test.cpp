// The model's life: ready, clear, interruption, close, fork.
#include <gtest/gtest.h>

#include "sim/reference_model/model_test_bench.hpp"

namespace cmap::sim::model_test {
namespace {

TEST(ModelLife, StartsPausedAndShowsTheOptionsThatWereSet) {
  Bench bench({.max_pool_size = 5, .max_connecting = 2});
  EXPECT_EQ(bench.events(), "PoolCreated");
  const auto shown = std::get<ConnectionPoolCreatedEvent>(bench.heard[0].body).options;
  EXPECT_EQ(shown->max_pool_size, 5);
  EXPECT_EQ(shown->max_connecting, std::nullopt);
  bench.out();
  EXPECT_EQ(bench.all(), "OutStarted OutFailed(connectionError) out!PoolClearedError");
  EXPECT_FALSE(bench.world.armed);
}

TEST(ModelLife, RefusesWrongOptions) { EXPECT_THROW(Bench({.max_connecting = 0}), InvalidOptions); }

TEST(ModelLife, ReadyTwiceIsReadyOnce) {
  Bench bench;
  bench.ready();
  bench.ready();
  EXPECT_EQ(bench.all(), "PoolCreated PoolReady ready. ready.");
}

TEST(ModelLife, ClearOfAPausedPoolOnlyCounts) {
  ReadyBench bench;
  bench.clear();
  bench.clear();
  EXPECT_EQ(bench.all(), "PoolCleared clear. clear.");
  EXPECT_EQ(bench.generation(), 2);
}

TEST(ModelLife, ClearEvictsWaitersInTheirOrder) {
  ReadyBench bench({.max_pool_size = 1});
  bench.use(1);
  bench.out();
  bench.out();
  const ErrorPtr cause = Bench::reset_by_peer();
  bench.clear(false, cause);
  EXPECT_EQ(bench.all(),
            "OutStarted OutStarted PoolCleared OutFailed(connectionError) out!PoolClearedError "
            "OutFailed(connectionError) out!PoolClearedError clear.");
  EXPECT_EQ(*bench.outcomes.at(2).error, *pool_cleared_error({}, cause));
  bench.in(1);
  EXPECT_EQ(bench.all(), "In1 Closed1(stale) close1 in.");
}

TEST(ModelLife, CloseEndsWaitersThenPending) {
  ReadyBench bench({.max_connecting = 1});
  bench.use(3);
  bench.out();  // establishes 4
  bench.out();  // waits
  bench.events();
  bench.close();
  EXPECT_EQ(bench.all(),
            "OutFailed(poolClosed) out!PoolClosedError Closed4(poolClosed) close4 "
            "OutFailed(poolClosed) out!PoolClosedError PoolClosed close.");
  bench.close();
  bench.ready();
  bench.clear();
  bench.out();
  EXPECT_EQ(bench.all(),
            "close. ready. clear. OutStarted OutFailed(poolClosed) out!PoolClosedError");
  bench.in(1);
  EXPECT_EQ(bench.all(), "In1 Closed1(poolClosed) close1 in.");
  EXPECT_EQ(bench.counts().total(), 2U);
  EXPECT_FALSE(bench.world.armed);
}

TEST(ModelLife, CloseEndsAvailableOldestFirstThenPending) {
  ReadyBench bench;
  bench.use(3);
  bench.out();
  bench.in(3);
  bench.in(1);
  bench.pool->cancel(4, bench.done("cancel"));
  bench.events();
  bench.close();
  EXPECT_EQ(bench.events(),
            "Closed3(poolClosed) Closed1(poolClosed) Closed4(poolClosed) PoolClosed");
}

TEST(ModelLife, CloseNamesPoolClosedForAvailableOnesThatAreStaleToo) {
  ReadyBench bench({.background_interval = milliseconds(-1)});
  bench.use(3);
  bench.in(2);
  bench.in(3);
  bench.in(1);
  bench.clear();
  bench.events();
  bench.close();
  EXPECT_EQ(bench.events(),
            "Closed2(poolClosed) Closed3(poolClosed) Closed1(poolClosed) PoolClosed");
}

TEST(ModelLife, InterruptEndsPendingAtOnceAndInUseAtCheckIn) {
  ReadyBench bench({.max_pool_size = 4});
  bench.use(2);
  bench.out();
  bench.out();
  bench.out();
  bench.events();
  bench.clear(true, Bench::reset_by_peer());
  EXPECT_EQ(bench.all(),
            "PoolCleared(interrupt) OutFailed(connectionError) out!PoolClearedError "
            "Closed3(stale) close3 OutFailed(connectionError) out!PoolClearedError "
            "Closed4(stale) close4 OutFailed(connectionError) out!PoolClearedError "
            "interrupt1 interrupt2 clear.");
  EXPECT_EQ(*bench.outcomes.at(3).error, *interrupted_error({}, Bench::reset_by_peer()));
  EXPECT_EQ(*bench.outcomes.at(5).error, *pool_cleared_error({}, Bench::reset_by_peer()));
  bench.clear(true);
  bench.fail_in_use(1, ErrorVerdict::clear);
  bench.in(1);
  EXPECT_EQ(bench.all(), "clear. failed. In1 Closed1(stale) close1 in.");
}

TEST(ModelLife, InterruptOnAPausedPoolEndsPendingSilently) {
  ReadyBench bench;
  bench.out();
  bench.clear();
  bench.clear(true);
  EXPECT_EQ(bench.events(),
            "OutStarted Created1 PoolCleared Closed1(stale) OutFailed(connectionError)");
}

TEST(ModelLife, AnErrorBeforeTheInterruptionStaysTheReason) {
  ReadyBench bench;
  bench.use(1);
  bench.fail_in_use(1, ErrorVerdict::keep);
  bench.clear(true);
  bench.in(1);
  EXPECT_EQ(bench.events(), "PoolCleared(interrupt) In1 Closed1(error)");
}

TEST(ModelLife, AForkLeavesNothingOfTheParent) {
  ReadyBench bench;
  bench.use(2);
  bench.out();
  bench.in(2);
  bench.events();
  bench.pool->reset_after_fork(bench.done("reset"));
  EXPECT_EQ(bench.all(),
            "PoolCleared Closed2(stale) abandon2 Closed3(stale) abandon3 "
            "OutFailed(connectionError) out!PoolClearedError interrupt1 reset.");
  bench.in(1);
  EXPECT_EQ(bench.all(), "In1 Closed1(stale) abandon1 in.");
  EXPECT_EQ(bench.generation(), 1);
}

TEST(ModelLife, AForkIsNoticedAtTheNextInput) {
  ReadyBench bench;
  bench.use(1);
  bench.in(1);
  bench.world.process = 1;
  bench.out();
  EXPECT_EQ(bench.all(),
            "In1 in. PoolCleared Closed1(stale) abandon1 OutStarted OutFailed(connectionError) "
            "out!PoolClearedError");
}

}  // namespace
}  // namespace cmap::sim::model_test
