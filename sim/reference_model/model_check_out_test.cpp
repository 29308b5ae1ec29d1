// Check-outs of the model: limits, the WaitQueue, leases, deadlines.
#include <gtest/gtest.h>

#include "sim/reference_model/model_test_bench.hpp"

namespace cmap::sim::model_test {
namespace {

TEST(ModelCheckOut, MaxPoolSizeCountsPendingConnections) {
  ReadyBench bench({.max_pool_size = 2});
  bench.use(1);
  bench.out();
  bench.out();
  EXPECT_EQ(bench.events(), "OutStarted Created2 OutStarted");
  EXPECT_EQ(bench.counts(), (PoolCounts{.pending = 1, .in_use = 1, .waiting = 1}));
}

TEST(ModelCheckOut, MaxPoolSizeZeroIsNoLimit) {
  ReadyBench bench({.max_pool_size = 0});
  bench.use(150);
  EXPECT_EQ(bench.counts().in_use, 150U);
}

TEST(ModelCheckOut, MaxConnectingIsEnforcedAndItsPermitGoesToTheHead) {
  ReadyBench bench({.max_connecting = 1});
  bench.out();
  bench.out();
  bench.out();
  bench.good(1);
  EXPECT_EQ(bench.all(),
            "OutStarted Created1 establish1 OutStarted OutStarted Ready1 Out1 out. Created2 "
            "establish2");
  bench.in(1);
  EXPECT_EQ(bench.all(), "In1 Out1 out. in.") << "who creates has left the queue";
}

TEST(ModelCheckOut, TheQueueIsServedInOrder) {
  ReadyBench bench({.max_pool_size = 1});
  bench.use(1);
  const std::uint64_t second = bench.out();
  const std::uint64_t third = bench.out();
  bench.in(1);
  bench.in(second);
  EXPECT_EQ(bench.events(), "OutStarted OutStarted In1 Out1 In1 Out1");
  EXPECT_FALSE(bench.outcomes.at(third).error);
}

TEST(ModelCheckOut, TheMostRecentlyUsedConnectionComesFirst) {
  ReadyBench bench;
  bench.use(3);
  bench.in(1);
  bench.in(3);
  bench.in(2);
  bench.out();
  bench.out();
  bench.out();
  EXPECT_EQ(bench.events(), "In1 In3 In2 OutStarted Out2 OutStarted Out3 OutStarted Out1");
}

TEST(ModelCheckOut, OnlyItsLeaseChecksAConnectionIn) {
  ReadyBench bench;
  bench.use(1);
  const CheckedOut lease = bench.outcomes.at(1).checked_out;
  CheckedOut foreign = lease;
  foreign.tag = 8;
  bench.pool->check_in(foreign, bench.done("foreign"));
  bench.in(1);
  bench.out();
  bench.in(1);
  EXPECT_EQ(bench.all(), "foreign!UsageError In1 in. OutStarted Out1 out. in!UsageError");
}

TEST(ModelCheckOut, AWaiterFailsAtExactlyItsTimeout) {
  ReadyBench bench({.max_pool_size = 1, .wait_queue_timeout = milliseconds(50)});
  bench.use(1);
  bench.go_to(10);
  bench.out();
  EXPECT_EQ(bench.deadlines(), 1);
  bench.go_to(59);
  EXPECT_EQ(bench.events(), "OutStarted");
  bench.go_to(60);
  bench.in(1);
  EXPECT_EQ(bench.all(), "OutFailed(timeout) out!WaitQueueTimeoutError In1 in.");
  const Event& failed = bench.heard[bench.heard.size() - 2];
  EXPECT_EQ(failed.time, at(60));
  EXPECT_EQ(std::get<ConnectionCheckOutFailedEvent>(failed.body).duration, milliseconds(50));
  EXPECT_EQ(bench.deadlines(), 0);
}

TEST(ModelCheckOut, ACheckInAtTheInstantOfTheTimeoutStillServes) {
  ReadyBench bench({.max_pool_size = 1, .wait_queue_timeout = milliseconds(50)});
  bench.use(1);
  bench.out();
  bench.world.time = at(50);  // the timer has not fired yet
  bench.in(1);
  EXPECT_EQ(bench.events(), "OutStarted In1 Out1");
}

TEST(ModelCheckOut, AnInputAfterTheTimeoutExpiresFirst) {
  ReadyBench bench({.max_pool_size = 1, .wait_queue_timeout = milliseconds(50)});
  bench.use(1);
  bench.out();
  bench.world.time = at(51);
  bench.in(1);
  EXPECT_EQ(bench.events(), "OutStarted OutFailed(timeout) In1");
}

TEST(ModelCheckOut, TheQueueTimeoutDoesNotBoundEstablishing) {
  ReadyBench bench({.wait_queue_timeout = milliseconds(50)});
  bench.out();
  bench.go_to(80);
  bench.good(1);
  EXPECT_EQ(bench.events(), "OutStarted Created1 Ready1 Out1");
}

TEST(ModelCheckOut, AnOwnDeadlineBoundsEstablishingWhichGoesOnForOthers) {
  ReadyBench bench({.max_pool_size = 1});
  bench.out_until(30);
  bench.out();
  bench.go_to(30);
  bench.go_to(40);
  bench.good(1);
  EXPECT_EQ(bench.all(),
            "OutStarted Created1 establish1 OutStarted OutFailed(timeout) "
            "out!DeadlineExceededError Ready1 Out1 out.");
  EXPECT_EQ(*bench.outcomes.at(1).error,
            *deadline_exceeded_error({}, wait_queue_timeout_error({})));
}

TEST(ModelCheckOut, AReachedDeadlineGetsWhatIsAtHandOnly) {
  ReadyBench bench({.max_idle_time = milliseconds(10), .background_interval = milliseconds(-1)});
  bench.use(2);
  bench.go_to(5);
  bench.in(1);
  bench.out_until(5);
  EXPECT_EQ(bench.events(), "In1 OutStarted Out1");
  bench.in(2);
  bench.go_to(16);
  bench.events();
  bench.out_until(16);
  EXPECT_EQ(bench.events(), "OutStarted Closed2(idle) OutFailed(timeout)");
}

TEST(ModelCheckOut, CancelFailsTheCheckOutAtOnceAndOnlyOnce) {
  ReadyBench bench({.max_pool_size = 1});
  const std::uint64_t first = bench.out();
  const std::uint64_t second = bench.out();
  bench.all();
  bench.pool->cancel(first, bench.done("cancel"));
  bench.pool->cancel(second, bench.done("cancel"));
  bench.pool->cancel(first, bench.done("cancel"));
  bench.good(1);
  EXPECT_EQ(bench.all(),
            "OutFailed(timeout) out!CancelledError cancel. OutFailed(timeout) out!CancelledError "
            "cancel. cancel. Ready1");
  EXPECT_EQ(bench.counts(), (PoolCounts{.available = 1}));
}

TEST(ModelCheckOut, AnEstablishmentThatIsTooSlowIsTimedOut) {
  ReadyBench bench({.establishment_timeout = milliseconds(20)});
  bench.out();
  EXPECT_EQ(bench.deadlines(), 1);
  bench.go_to(20);
  EXPECT_EQ(bench.deadlines(), 0);
  bench.good(1);  // too late
  bench.bad(1, establishment_error({}, NetworkFault::timeout, EstablishmentPhase::hello));
  bench.good(1);
  EXPECT_EQ(bench.all(),
            "OutStarted Created1 establish1 time_out1 Closed1(error) close1 "
            "OutFailed(connectionError) out!NetworkError");
}

TEST(ModelCheckOut, SeveralDeadlinesOfOneInstantGoCheckOutsFirst) {
  ReadyBench bench({.establishment_timeout = milliseconds(20)});
  bench.out_until(20);
  bench.out_until(10);
  bench.events();
  bench.world.time = at(30);
  bench.world.fire();
  EXPECT_EQ(bench.all(),
            "OutFailed(timeout) out!DeadlineExceededError OutFailed(timeout) "
            "out!DeadlineExceededError time_out1 time_out2");
}

}  // namespace
}  // namespace cmap::sim::model_test
