// A bad stream for every rule about a pool's life and states, and good ones beside them.
#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

using Closed = ConnectionClosedReason;
using Failed = CheckOutFailedReason;

TEST(PoolGrammar, CreatedFirstAndOnce) {
  EXPECT_EQ(EventStream().pool_created().clause(true), "none");
  EXPECT_EQ(EventStream().pool_ready().clause(), "A-POOL-2");
  EXPECT_EQ(EventStream().pool_created().pool_created().clause(), "A-POOL-2");
}

TEST(PoolGrammar, CreatedShowsTheNonDefaultOptions) {
  const PoolOptions options{.max_pool_size = 100, .min_pool_size = 3};
  EventStream stream(options);
  EXPECT_EQ(stream.pool_created().clause(), "none");
  stream.last_body<ConnectionPoolCreatedEvent>().options =
      std::make_shared<const PoolOptions>(options);
  EXPECT_EQ(stream.clause(), "A-EV-1");
  stream.last_body<ConnectionPoolCreatedEvent>().options = nullptr;
  EXPECT_EQ(stream.clause(), "A-EV-1");
}

TEST(PoolGrammar, OneAddress) {
  EventStream stream = EventStream().begin();
  stream.last().address = Address("elsewhere", 27017);
  EXPECT_EQ(stream.clause(), "A-POOL-1");
}

TEST(PoolGrammar, ReadyAndClearedAlternate) {
  EXPECT_EQ(EventStream().begin().pool_cleared().pool_ready().pool_cleared().clause(), "none");
  EXPECT_EQ(EventStream().begin().pool_ready().clause(), "A-RDY-1");
  EXPECT_EQ(EventStream().pool_created().pool_cleared().clause(), "A-CLR-2");
  EXPECT_EQ(EventStream().begin().pool_cleared().pool_cleared().clause(), "A-CLR-2");
}

TEST(PoolGrammar, ClearedCarriesItsFlag) {
  EventStream stream = EventStream().begin().pool_cleared();
  stream.last_body<ConnectionPoolClearedEvent>().interrupt_in_use_connections.reset();
  EXPECT_EQ(stream.clause(), "R7");
  EXPECT_EQ(EventStream().begin().service_cleared().clause(), "R7");
}

TEST(PoolGrammar, BehindALoadBalancerClearsNameTheService) {
  const PoolOptions options{.load_balanced = true};
  EXPECT_EQ(EventStream(options).begin().service_cleared().service_cleared().clause(), "none");
  EXPECT_EQ(EventStream(options).begin().pool_cleared().clause(), "A-LB-3");
  EXPECT_EQ(EventStream(options).begin().service_cleared().pool_ready().clause(), "A-RDY-1");
  // The pool goes on serving.
  EXPECT_EQ(EventStream(options).begin().service_cleared().check_out_new(1).clause(), "none");
}

TEST(PoolGrammar, ClosedIsTerminal) {
  const EventStream stream = EventStream().begin().check_out_new(1).pool_closed();
  EXPECT_EQ(EventStream(stream).start(2).fail(2, Failed::pool_closed).clause(), "none");
  EXPECT_EQ(EventStream(stream).in(1).close_available(1, Closed::pool_closed).clause(true), "none");
  EXPECT_EQ(EventStream(stream).pool_closed().clause(), "A-POOL-3");
  EXPECT_EQ(EventStream(stream).pool_ready().clause(), "A-POOL-3");
  EXPECT_EQ(EventStream(stream).pool_cleared().clause(), "A-POOL-3");
  EXPECT_EQ(EventStream(stream).start(2).create(2, 2).clause(), "A-POOL-3");
  EXPECT_EQ(EventStream(stream).start(2).fail(2, Failed::connection_error).clause(), "A-POOL-3");
}

TEST(PoolGrammar, CloseEndsWhatWaitsIsAvailableOrPending) {
  EventStream stream = EventStream({.max_pool_size = 2, .max_connecting = 1}).begin();
  stream.check_out_new(1).start(2).create(2, 2).start(3).in(1);
  // The available connection would have served check-out 3: give it to it.
  stream.out(1, 3).in(1).start(4).out(1, 4).in(1);
  EXPECT_EQ(stream.clause(), "none");
  EventStream good(stream);
  good.close_available(1, Closed::pool_closed)
      .close_pending(2, Closed::pool_closed)
      .fail(2, Failed::pool_closed)
      .pool_closed();
  EXPECT_EQ(good.clause(true), "none");
  EXPECT_EQ(EventStream(stream)
                .close_pending(2, Closed::pool_closed)
                .fail(2, Failed::pool_closed)
                .pool_closed()
                .clause(),
            "A-CLS-1");
  EXPECT_EQ(EventStream(stream).close_available(1, Closed::pool_closed).pool_closed().clause(),
            "R13");
}

TEST(PoolGrammar, CloseFailsAllWaiters) {
  const EventStream stream = EventStream({.max_pool_size = 1}).begin().check_out_new(1).start(2);
  EXPECT_EQ(EventStream(stream).fail(2, Failed::pool_closed).pool_closed().clause(), "none");
  EXPECT_EQ(EventStream(stream).pool_closed().clause(), "R13");
}

TEST(PoolGrammar, ReasonPoolClosedOnlyInsideClose) {
  const EventStream stream = EventStream().begin().check_out_new(1).in(1);
  EXPECT_EQ(EventStream(stream).close_available(1, Closed::pool_closed).pool_cleared().clause(),
            "A-CLS-1");
  EXPECT_EQ(EventStream(stream).close_available(1, Closed::pool_closed).clause(true), "A-CLS-1");
  EXPECT_EQ(EventStream(stream).start(2).fail(2, Failed::pool_closed).start(3).clause(), "A-CLS-1");
}

TEST(PoolGrammar, CreatesOnlyWhileReady) {
  const PoolOptions populated{.min_pool_size = 1};
  EXPECT_EQ(EventStream(populated).begin().create(1).clause(), "none");
  EXPECT_EQ(EventStream(populated).pool_created().create(1).clause(), "A-POP-1");
  EXPECT_EQ(EventStream(populated).begin().pool_cleared().create(1).clause(), "A-POP-1");
}

TEST(PoolGrammar, ServesOnlyWhileReady) {
  EXPECT_EQ(EventStream().begin().check_out_new(1).in(1).pool_cleared().start(2).out(1, 2).clause(),
            "A-OUT-5");
}

TEST(PoolGrammar, InterruptingClearEndsPendingConnections) {
  const EventStream stream = EventStream().begin().start(1).create(1, 1);
  EXPECT_EQ(EventStream(stream)
                .pool_cleared(true)
                .close_pending(1, Closed::stale)
                .fail(1, Failed::connection_error)
                .pool_ready()
                .clause(true),
            "none");
  EXPECT_EQ(EventStream(stream).pool_cleared(true).pool_ready().clause(), "A-CLR-8");
  EXPECT_EQ(EventStream(stream).pool_cleared(false).pool_ready().clause(), "none");
}

TEST(PoolGrammar, AClosedPoolRestsWithoutConnections) {
  EXPECT_EQ(EventStream().begin().check_out_new(1).pool_closed().clause(true), "A-EV-3");
}

}  // namespace
}  // namespace cmap::sim
