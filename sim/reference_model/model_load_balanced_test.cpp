// The model behind a load balancer (A.7).
#include <gtest/gtest.h>

#include "sim/reference_model/model_test_bench.hpp"

namespace cmap::sim::model_test {
namespace {

const ServiceId service_a(ServiceId::Bytes{1});
const ServiceId service_b(ServiceId::Bytes{2});

TEST(ModelLoadBalanced, ServicesHaveGenerationsOfTheirOwn) {
  ReadyBench bench({.load_balanced = true});
  bench.out();
  bench.hello(1, service_a);
  bench.good(1);
  bench.out();
  bench.hello(2, service_b);
  bench.good(2);
  bench.events();
  bench.clear_service(service_a);
  bench.in(1);
  bench.in(2);
  EXPECT_EQ(bench.all(),
            "PoolCleared(service) clear_service. In1 Closed1(stale) close1 in. In2 in.");
  EXPECT_EQ(bench.generation(), 0);
  bench.clear_service(service_a);  // its entry is gone: only the event
  bench.clear();
  EXPECT_EQ(bench.all(), "PoolCleared(service) clear_service. clear!UsageError");
}

TEST(ModelLoadBalanced, BeforeHelloAConnectionIsNeverStale) {
  ReadyBench bench({.load_balanced = true});
  bench.out();
  bench.clear_service(service_a);
  bench.hello(1, service_a);
  bench.good(1);
  EXPECT_EQ(bench.events(), "OutStarted Created1 PoolCleared(service) Ready1 Out1");
}

TEST(ModelLoadBalanced, ErrorsClearTheServiceOnlyAfterHello) {
  ReadyBench bench({.load_balanced = true});
  bench.out();
  bench.bad(1, Bench::no_such_host());
  EXPECT_EQ(bench.events(), "OutStarted Created1 Closed1(error) OutFailed(connectionError)");
  bench.out();
  bench.hello(2, service_a);
  bench.bad(2, establishment_error({}, NetworkFault::eof, EstablishmentPhase::authenticate));
  EXPECT_EQ(bench.events(),
            "OutStarted Created2 PoolCleared(service) Closed2(error) OutFailed(connectionError)");
}

TEST(ModelLoadBalanced, HelloWithoutServiceFails) {
  ReadyBench bench({.load_balanced = true});
  bench.out();
  bench.hello(1, std::nullopt);
  EXPECT_EQ(bench.events(), "OutStarted Created1 Closed1(error) OutFailed(connectionError)");
  EXPECT_EQ(*bench.outcomes.at(1).error, *not_load_balanced_error({}));
}

TEST(ModelLoadBalanced, TheTimeoutBehindALoadBalancerCountsPurposes) {
  ReadyBench bench({.max_pool_size = 2, .load_balanced = true});
  for (std::int64_t i = 1; i <= 2; ++i) {
    bench.out({.purpose = CheckOutPurpose::cursor});
    bench.hello(i, service_a);
    bench.good(i);
  }
  bench.pool->set_purpose(bench.outcomes.at(2).checked_out, CheckOutPurpose::transaction,
                          bench.done("purpose"));
  bench.out_until(10);
  bench.go_to(10);
  const ErrorPtr timeout = wait_queue_timeout_error({}, 2, {.cursor = 1, .transaction = 1});
  EXPECT_EQ(*bench.outcomes.at(3).error, *deadline_exceeded_error({}, timeout));
}

TEST(ModelLoadBalanced, AForkClearsEveryServiceAndPausesNothing) {
  ReadyBench bench({.max_connecting = 1, .load_balanced = true});
  bench.out();
  bench.hello(1, service_a);
  bench.good(1);
  bench.out();  // establishes 2
  bench.out();  // waits
  bench.events();
  bench.pool->reset_after_fork(bench.done("reset"));
  EXPECT_EQ(bench.all(),
            "PoolCleared(service) OutFailed(connectionError) out!PoolClearedError Closed2(stale) "
            "abandon2 OutFailed(connectionError) out!PoolClearedError interrupt1 reset.");
  bench.in(1);
  bench.out();
  EXPECT_EQ(bench.all(), "In1 Closed1(stale) abandon1 in. OutStarted Created3 establish3");
}

TEST(ModelLoadBalanced, OutsideAServiceCannotBeCleared) {
  ReadyBench bench;
  bench.clear_service(service_a);
  EXPECT_EQ(bench.all(), "clear_service!UsageError");
}

}  // namespace
}  // namespace cmap::sim::model_test
