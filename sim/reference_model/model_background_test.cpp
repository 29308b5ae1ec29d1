// Background Runs of the model (A.8).
#include <gtest/gtest.h>

#include "sim/reference_model/model_test_bench.hpp"

namespace cmap::sim::model_test {
namespace {

TEST(ModelBackground, PopulatesOneAfterTheOther) {
  Bench bench({.min_pool_size = 2});
  bench.ready();
  EXPECT_EQ(bench.events(), "PoolCreated PoolReady");
  EXPECT_EQ(bench.world.armed, at(0));
  bench.go_to(50);
  EXPECT_EQ(bench.events(), "Created1");
  bench.good(1);
  EXPECT_EQ(bench.events(), "Ready1");
  EXPECT_EQ(bench.world.armed, at(50));
  bench.settle();
  bench.good(2);
  EXPECT_EQ(bench.events(), "Created2 Ready2");
  EXPECT_EQ(bench.world.armed, at(150));
}

TEST(ModelBackground, AfterAFailurePopulationWaitsForTheNextRun) {
  Bench bench({.min_pool_size = 1});
  bench.ready();
  bench.settle();
  bench.bad(1, Bench::refused());
  EXPECT_EQ(bench.events(), "PoolCreated PoolReady Created1 Closed1(error)");
  bench.go_to(99);
  EXPECT_EQ(bench.events(), "");
  bench.go_to(100);
  EXPECT_EQ(bench.events(), "Created2");
}

TEST(ModelBackground, APopulatedConnectionServesTheQueueFirst) {
  Bench bench({.max_pool_size = 2, .min_pool_size = 1, .max_connecting = 1});
  bench.ready();
  bench.settle();
  bench.out();
  bench.good(1);
  EXPECT_EQ(bench.events(), "PoolCreated PoolReady Created1 OutStarted Ready1 Out1");
}

TEST(ModelBackground, ANegativeIntervalMeansNoRunEver) {
  Bench bench({.min_pool_size = 1, .background_interval = milliseconds(-1)});
  bench.ready();
  bench.clear();
  bench.ready();
  EXPECT_FALSE(bench.world.armed);
}

TEST(ModelBackground, WithoutAPermitARunStillPrunes) {
  ReadyBench bench({.min_pool_size = 1, .max_idle_time = milliseconds(10), .max_connecting = 1});
  bench.good(1);
  bench.out();
  bench.out();
  bench.in(1);
  EXPECT_EQ(bench.events(), "Ready1 OutStarted Out1 OutStarted Created2 In1");
  bench.go_to(100);
  EXPECT_EQ(bench.events(), "Closed1(idle)");
}

}  // namespace
}  // namespace cmap::sim::model_test
