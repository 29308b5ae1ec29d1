// Connections of the model: how they are established, fail and perish.
#include <gtest/gtest.h>

#include "sim/reference_model/model_test_bench.hpp"

namespace cmap::sim::model_test {
namespace {

TEST(ModelConnection, IdleIsStrictlyLonger) {
  ReadyBench bench({.max_idle_time = milliseconds(10), .background_interval = milliseconds(-1)});
  bench.use(1);
  bench.in(1);
  bench.go_to(10);
  bench.out();
  bench.in(2);
  bench.go_to(20);
  bench.world.time += Duration(1);
  bench.out();
  EXPECT_EQ(bench.events(), "In1 OutStarted Out1 In1 OutStarted Closed1(idle) Created2");
}

TEST(ModelConnection, ARunPrunesOldestFirstEvenWhilePaused) {
  ReadyBench bench({.background_interval = milliseconds(10'000)});
  bench.use(2);
  bench.in(2);
  bench.in(1);
  bench.clear();
  EXPECT_EQ(bench.events(), "In2 In1 PoolCleared");
  bench.settle();
  EXPECT_EQ(bench.events(), "Closed2(stale) Closed1(stale)");
}

TEST(ModelConnection, ErrorBeatsStaleBeatsIdle) {
  ReadyBench bench({.max_idle_time = milliseconds(1), .background_interval = milliseconds(-1)});
  bench.use(3);
  bench.in(1);
  bench.in(2);
  bench.bad(1, Bench::reset_by_peer());
  bench.fail_in_use(3, ErrorVerdict::clear);
  bench.ready();
  bench.go_to(5);
  EXPECT_EQ(bench.events(), "In1 In2 PoolCleared PoolReady");
  bench.in(3);
  bench.out();
  EXPECT_EQ(bench.events(), "In3 Closed3(error) OutStarted Closed2(stale) Closed1(error) Created4");
}

TEST(ModelConnection, EachCommandOfTheHandshakeHasItsOwnTime) {
  ReadyBench bench(
      {.establishment_timeout = milliseconds(10), .handshake_timeout = milliseconds(20)});
  bench.out();
  bench.go_to(9);
  bench.command_begins(1);
  bench.go_to(28);
  bench.command_begins(1);
  bench.go_to(47);
  EXPECT_EQ(bench.all(), "OutStarted Created1 establish1");
  bench.go_to(48);
  bench.command_begins(1);  // too late
  bench.go_to(1000);
  EXPECT_EQ(bench.all(), "time_out1");
}

TEST(ModelConnection, ACommandOfTheHandshakeCanHaveAllTheTime) {
  ReadyBench unbounded({.establishment_timeout = milliseconds(10), .handshake_timeout = {{}}});
  unbounded.out();
  unbounded.command_begins(1);
  unbounded.go_to(1000);
  EXPECT_EQ(unbounded.all(), "OutStarted Created1 establish1");
  ReadyBench not_set({.establishment_timeout = milliseconds(10)});
  not_set.out();
  not_set.go_to(9);
  not_set.command_begins(1);
  not_set.go_to(10);
  EXPECT_EQ(not_set.all(), "OutStarted Created1 establish1 time_out1");
}

TEST(ModelConnection, AFailedEstablishmentClearsFirst) {
  ReadyBench bench({.max_connecting = 1});
  bench.out();
  bench.out();
  bench.bad(1, Bench::no_such_host());
  EXPECT_EQ(bench.all(),
            "OutStarted Created1 establish1 OutStarted PoolCleared OutFailed(connectionError) "
            "out!PoolClearedError Closed1(error) close1 OutFailed(connectionError) "
            "out!NetworkError");
  EXPECT_EQ(*bench.outcomes.at(2).error, *pool_cleared_error({}, Bench::no_such_host()));
}

TEST(ModelConnection, AnOverloadedServerClearsNothingAndThePermitGoesOn) {
  ReadyBench bench({.max_connecting = 1});
  bench.out();
  bench.out();
  bench.bad(1, Bench::refused());
  EXPECT_EQ(bench.events(),
            "OutStarted Created1 OutStarted Closed1(error) OutFailed(connectionError) Created2");
}

TEST(ModelConnection, AnOldFailureClearsNothing) {
  ReadyBench bench;
  bench.out();
  bench.clear();
  bench.ready();
  bench.bad(1, Bench::no_such_host());
  EXPECT_EQ(bench.events(),
            "OutStarted Created1 PoolCleared PoolReady Closed1(error) OutFailed(connectionError)");
  EXPECT_EQ(bench.generation(), 1);
}

TEST(ModelConnection, AStaleEstablishmentIsNeverHandedOut) {
  ReadyBench bench({.max_connecting = 1});
  bench.out();
  bench.clear(false, Bench::reset_by_peer());
  bench.ready();
  bench.out();
  bench.events();
  bench.good(1);
  EXPECT_EQ(bench.events(), "Closed1(stale) OutFailed(connectionError) Created2");
  EXPECT_EQ(*bench.outcomes.at(1).error, *pool_cleared_error({}, Bench::reset_by_peer()));
}

TEST(ModelConnection, DurationsAndCountsAreThoseOfTheTransition) {
  ReadyBench bench;
  bench.go_to(10);
  bench.out();
  bench.go_to(35);
  bench.good(1);
  const auto& events = bench.heard;
  const std::size_t last = events.size() - 1;
  EXPECT_EQ(std::get<ConnectionReadyEvent>(events[last - 1].body).duration, milliseconds(25));
  EXPECT_EQ(std::get<ConnectionCheckedOutEvent>(events[last].body).duration, milliseconds(25));
  EXPECT_EQ(events[last - 3].counts, PoolCounts{});
  EXPECT_EQ(events[last - 2].counts, PoolCounts{.pending = 1});
  EXPECT_EQ(events[last - 1].counts, PoolCounts{.pending = 1});
  EXPECT_EQ(events[last].counts, PoolCounts{.in_use = 1});
}

TEST(ModelConnection, AnswersForClosedConnectionsAreIgnored) {
  ReadyBench bench;
  bench.out();
  bench.clear(true);
  bench.events();
  bench.good(1);
  bench.bad(1, Bench::no_such_host());
  bench.good(99);
  EXPECT_EQ(bench.events(), "");
}

}  // namespace
}  // namespace cmap::sim::model_test
