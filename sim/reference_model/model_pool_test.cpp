// In which order the model delivers, whoever calls whom from inside what.
#include <stdexcept>

#include <gtest/gtest.h>

#include "sim/reference_model/model_test_bench.hpp"

namespace cmap::sim::model_test {
namespace {

TEST(ModelDelivery, OperationsOfAListenerTakeEffectAtOnceAndAreHeardLater) {
  ReadyBench bench({.max_pool_size = 1});
  bench.use(1);
  bench.out();
  bench.all();
  bench.on_event = [&](const Event& event) {
    if (event.type() == EventType::pool_cleared) bench.ready();
  };
  bench.clear();
  EXPECT_EQ(bench.all(),
            "PoolCleared ready. OutFailed(connectionError) out!PoolClearedError clear. PoolReady");
}

TEST(ModelDelivery, AListenerThatThrowsIsIgnored) {
  ReadyBench bench;
  bench.on_event = [](const Event&) { throw std::runtime_error("no"); };
  bench.out();
  bench.good(1);
  EXPECT_EQ(bench.all(), "OutStarted Created1 establish1 Ready1 Out1 out.");
}

TEST(ModelDelivery, ATransportMayAnswerInsideEstablish) {
  ReadyBench bench({.max_connecting = 1});
  bench.world.answer = ManualWorld::Answer::inline_failure;
  bench.out();
  EXPECT_EQ(bench.all(),
            "OutStarted Created1 establish1 PoolCleared Closed1(error) close1 "
            "OutFailed(connectionError) out!NetworkError");
  bench.ready();
  bench.world.answer = ManualWorld::Answer::throws;
  bench.out();
  EXPECT_EQ(bench.all(),
            "PoolReady ready. OutStarted Created2 establish2 Closed2(error) close2 "
            "OutFailed(connectionError) out!NetworkError");
}

}  // namespace
}  // namespace cmap::sim::model_test
