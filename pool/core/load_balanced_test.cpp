// Behind a load balancer: generations, counts and clears by service (A.7).
#include <chrono>

#include <gtest/gtest.h>

#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t a = 0xAA;
constexpr std::uint8_t b = 0xBB;

struct LoadBalancedPool : ReadyPool {
  explicit LoadBalancedPool(PoolOptions options = {}) : ReadyPool(load_balanced(options)) {}

  static PoolOptions load_balanced(PoolOptions options) {
    options.load_balanced = true;
    return options;
  }
  /// A check-out that gets a new connection to a service.
  void hold_of(std::uint8_t service_number) {
    out();
    const int connection = created();
    hello(connection, service(service_number));
    established(connection);
    take();
  }
  int created() const {
    int count = 0;
    for (const Event& event : events()) {
      if (event.type() == EventType::connection_created) ++count;
    }
    return count;
  }
};

TEST(LoadBalanced, GenerationIsReadAtHello) {  // A-LB-2, A-CON-4
  LoadBalancedPool pool;
  pool.out();
  EXPECT_EQ(pool.core().generation_of(pool.connection_ref(1)), std::nullopt);
  EXPECT_EQ(pool.core().services().size(), 0U);
  pool.hello(1, CoreHarness::service(a));
  EXPECT_EQ(pool.core().generation_of(pool.connection_ref(1)), Generation{0});
  EXPECT_EQ(pool.core().services().connections(CoreHarness::service(a)), 1);
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Started 1", "Created 1", "Establish 1", "Ready 1 +0ms",
                                "CheckedOut 1 by 1 +0ms", "Out 1: connection 1"}));
}

TEST(LoadBalanced, AStalePendingConnectionHasTheCauseOfItsOwnService) {  // A-ERR-2, A-LB-3
  LoadBalancedPool pool({.max_connecting = 2});
  pool.out();
  pool.out();
  pool.hello(1, CoreHarness::service(a));
  pool.hello(2, CoreHarness::service(b));
  pool.clear_service(CoreHarness::service(a));
  pool.failed(2, ErrorVerdict::clear, CoreHarness::network_error());
  pool.established(1);
  EXPECT_EQ(*pool.outcome(1).error, *pool_cleared_error(CoreHarness::address(), nullptr));
}

TEST(LoadBalanced, AServiceIsKnownWhileItHasConnections) {  // A-LB-1
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.hold_of(a);
  pool.hold_of(b);
  const Services& services = pool.core().services();
  EXPECT_EQ(services.size(), 2U);
  EXPECT_EQ(services.connections(CoreHarness::service(a)), 2);
  EXPECT_EQ(services.connections(CoreHarness::service(b)), 1);
  pool.clear_service(CoreHarness::service(b));
  EXPECT_EQ(services.generation(CoreHarness::service(b)), Generation{1});
  pool.in(3);
  EXPECT_EQ(services.size(), 1U);
  EXPECT_EQ(services.generation(CoreHarness::service(b)), Generation{0}) << "forgotten";
  pool.in(1);
  pool.in(2);
  EXPECT_EQ(services.connections(CoreHarness::service(a)), 2) << "available ones count";
}

TEST(LoadBalanced, ClearNeitherPausesNorEvicts) {  // A-LB-3
  LoadBalancedPool pool({.max_pool_size = 2});
  pool.hold_of(a);
  pool.hold_of(b);
  pool.out();
  pool.take();
  pool.clear_service(CoreHarness::service(a));
  EXPECT_EQ(pool.take(), Lines{"PoolCleared service aa"});
  EXPECT_EQ(pool.core().state(), PoolState::ready);
  EXPECT_EQ(pool.core().generation(), Generation::initial);
  EXPECT_EQ(pool.core().counts().waiting, 1U);
  const auto& event = std::get<ConnectionPoolClearedEvent>(pool.events().back().body);
  EXPECT_EQ(event.interrupt_in_use_connections, std::nullopt);
  pool.in(2);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 2", "CheckedOut 2 by 3 +0ms", "Out 3: connection 2"}));
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 stale", "Teardown 1"}));
}

TEST(LoadBalanced, ClearAlwaysAnnouncesItself) {
  LoadBalancedPool pool;
  pool.clear_service(CoreHarness::service(a));
  pool.clear_service(CoreHarness::service(a));
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared service aa", "PoolCleared service aa"}));
}

TEST(LoadBalanced, ClearOfAnUnknownServiceMakesNobodyStale) {
  LoadBalancedPool pool;
  pool.clear_service(CoreHarness::service(a));
  pool.hold_of(a);
  pool.in(1);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 1"});
}

TEST(LoadBalanced, OtherServicesStayGood) {
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.hold_of(b);
  pool.in(2);
  pool.in(1);
  pool.clear_service(CoreHarness::service(a));
  pool.take();
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 3", "Closed 1 stale", "Teardown 1",
                                "CheckedOut 2 by 3 +0ms", "Out 3: connection 2"}));
}

TEST(LoadBalanced, ClearedBetweenHelloAndTheEnd) {
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.out();
  pool.hello(2, CoreHarness::service(a));
  pool.clear_service(CoreHarness::service(a));
  pool.take();
  pool.established(2);
  EXPECT_EQ(pool.take(), (Lines{"Closed 2 stale", "Teardown 2", "Failed by 2 connectionError +0ms",
                                "Out 2: PoolClearedError"}));
  EXPECT_EQ(pool.core().services().connections(CoreHarness::service(a)), 1);
}

TEST(LoadBalanced, WhoseConnectionIsStaleIsToldTheCause) {  // A-ERR-2
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.out();
  pool.hello(2, CoreHarness::service(a));
  pool.report_error(1, ErrorVerdict::clear);
  pool.established(2);
  ASSERT_EQ(pool.outcome(2).error->type, ErrorType::pool_cleared);
  ASSERT_TRUE(pool.outcome(2).error->cause);
  EXPECT_EQ(*pool.outcome(2).error->cause, *CoreHarness::network_error());
}

TEST(LoadBalanced, ClearedBeforeHelloDoesNotConcernIt) {
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.out();
  pool.clear_service(CoreHarness::service(a));
  pool.hello(2, CoreHarness::service(a));
  EXPECT_EQ(pool.core().generation_of(pool.connection_ref(2)), Generation{1});
  pool.take();
  pool.established(2);
  EXPECT_EQ(pool.take(), (Lines{"Ready 2 +0ms", "CheckedOut 2 by 2 +0ms", "Out 2: connection 2"}));
}

TEST(LoadBalanced, HelloWithoutService) {  // A-LB-4
  LoadBalancedPool pool;
  pool.out();
  pool.take();
  pool.hello(1, std::nullopt);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +0ms",
                                "Out 1: ProtocolError"}));
  EXPECT_EQ(pool.outcome(1).error->message,
            "Driver attempted to initialize in load balancing mode, but the server does not "
            "support this mode.");
}

TEST(LoadBalanced, EstablishedWithoutHello) {
  LoadBalancedPool pool;
  pool.out();
  pool.take();
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +0ms",
                                "Out 1: ProtocolError"}));
}

TEST(LoadBalanced, ASecondHelloIsIgnored) {
  LoadBalancedPool pool;
  pool.out();
  pool.hello(1, CoreHarness::service(a));
  pool.hello(1, CoreHarness::service(b));
  pool.hello(1, std::nullopt);
  EXPECT_EQ(pool.core().services().size(), 1U);
  EXPECT_EQ(pool.core().counts().pending, 1U);
}

/// The answer comes in the instant of the deadline: what the transport fails with is later.
TEST(LoadBalanced, ALateHelloTellsWhoseTheFailureIs) {  // A-LB-8
  LoadBalancedPool pool({.establishment_timeout = 5ms});
  pool.out();
  pool.at(5ms);
  ASSERT_EQ(pool.take().back(), "TimeOut 1");
  pool.hello(1, std::nullopt);
  EXPECT_EQ(pool.take(), Lines());
  pool.hello(1, CoreHarness::service(a));
  pool.failed(1, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared service aa", "Closed 1 error", "Teardown 1",
                                "Failed by 1 connectionError +5ms", "Out 1: NetworkError"}));
}

TEST(LoadBalanced, ErrorsBeforeHelloClearNothing) {  // A-LB-8
  LoadBalancedPool pool;
  pool.out();
  pool.take();
  pool.failed(1, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +0ms",
                                "Out 1: NetworkError"}));
}

TEST(LoadBalanced, LaterErrorsClearTheService) {  // A-LB-8
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.hold_of(b);
  pool.out();
  pool.hello(3, CoreHarness::service(a));
  pool.take();
  pool.failed(3, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared service aa", "Closed 3 error", "Teardown 3",
                                "Failed by 3 connectionError +0ms", "Out 3: NetworkError"}));
  EXPECT_EQ(pool.core().services().connections(CoreHarness::service(a)), 1);
  pool.in(1);
  pool.in(2);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 stale", "Teardown 1", "CheckedIn 2"}));
}

TEST(LoadBalanced, ErroredBeatsStale) {  // A-IN-3: the case of cursors.yml
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.report_error(1, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), Lines{"PoolCleared service aa"});
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1"}));
}

TEST(LoadBalanced, Bug51AnErrorOfAnOlderGenerationClearsNothing) {
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.hold_of(a);
  pool.report_error(1, ErrorVerdict::clear);
  pool.take();
  pool.report_error(2, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), Lines{});
}

TEST(LoadBalanced, TimeoutTellsWhoUsesTheConnections) {  // A-LB-6
  LoadBalancedPool pool({.max_pool_size = 3, .wait_queue_timeout = 5ms});
  pool.hold_of(a);
  pool.hold_of(a);
  pool.hold_of(a);
  pool.core().set_purpose(pool.lease(1), CheckOutPurpose::cursor);
  pool.core().set_purpose(pool.lease(2), CheckOutPurpose::transaction);
  pool.out({.purpose = CheckOutPurpose::cursor});
  pool.take();
  pool.at(5ms);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 4 timeout +5ms", "Out 4: WaitQueueTimeoutError"}));
  EXPECT_EQ(pool.outcome(4).error->message,
            "Timeout waiting for connection from the connection pool. maxPoolSize: 3, connections "
            "in use by cursors: 1, connections in use by transactions: 1, connections in use by "
            "other operations: 1");
}

TEST(LoadBalanced, ARunClosesTheStaleOnes) {
  LoadBalancedPool pool({.background_interval = 10ms});
  pool.hold_of(a);
  pool.in(1);
  pool.take();
  pool.clear_service(CoreHarness::service(a));
  pool.advance();
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared service aa", "Closed 1 stale", "Teardown 1"}));
}

TEST(LoadBalanced, AClosedPoolIgnoresClears) {
  LoadBalancedPool pool;
  pool.hold_of(a);
  pool.close();
  pool.take();
  pool.clear_service(CoreHarness::service(a));
  EXPECT_EQ(pool.take(), Lines{});
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 poolClosed", "Teardown 1", "Drained"}));
}

TEST(Services, CountsAndGenerations) {
  Services services;
  const ServiceId one = CoreHarness::service(1);
  EXPECT_EQ(services.connections(one), 0);
  EXPECT_EQ(services.generation(one), Generation::initial);
  services.clear(one, nullptr);
  EXPECT_EQ(services.size(), 0U);
  EXPECT_EQ(services.add_connection(one), Generation::initial);
  services.clear(one, nullptr);
  EXPECT_EQ(services.add_connection(one), Generation{1});
  EXPECT_EQ(services.connections(one), 2);
  services.remove_connection(one);
  EXPECT_EQ(services.generation(one), Generation{1});
  services.remove_connection(one);
  EXPECT_EQ(services.size(), 0U);
}

}  // namespace
}  // namespace cmap::test
