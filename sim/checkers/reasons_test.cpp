// Every reason with a true cause, and without one.
#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

using std::chrono::milliseconds;
using Closed = ConnectionClosedReason;
using Failed = CheckOutFailedReason;

TEST(Reasons, StaleOnlyAfterAClear) {
  const EventStream stream = EventStream().begin().check_out_new(1).in(1);
  EXPECT_EQ(EventStream(stream).close_available(1, Closed::stale).clause(), "A-CLR-4");
  EXPECT_EQ(EventStream(stream).pool_cleared().close_available(1, Closed::stale).clause(), "none");
  const EventStream later = EventStream(stream).pool_cleared().pool_ready().start(2);
  EXPECT_EQ(EventStream(later).close_available(1, Closed::stale).create(2, 2).clause(), "none");
  EXPECT_EQ(EventStream(later)
                .close_available(1, Closed::stale)
                .create(2, 2)
                .ready(2)
                .out(2, 2)
                .in(2)
                .close_available(2, Closed::stale)
                .clause(),
            "A-CLR-4");
}

TEST(Reasons, BehindALoadBalancerStaleCannotBeJudged) {
  EventStream stream = EventStream({.load_balanced = true}).begin().check_out_new(1).in(1);
  EXPECT_EQ(stream.close_available(1, Closed::stale).clause(), "none");
}

TEST(Reasons, IdleOnlyForLongerThanTheLimit) {
  const EventStream stream =
      EventStream({.max_idle_time = milliseconds(10)}).begin().check_out_new(1).at(100).in(1);
  EXPECT_EQ(EventStream(stream).at(110).close_available(1, Closed::idle).clause(), "A-OPT-4");
  EXPECT_EQ(EventStream(stream).at(111).close_available(1, Closed::idle).clause(), "none");
}

TEST(Reasons, IdleNeverWithoutALimitOrWhilePending) {
  EXPECT_EQ(EventStream()
                .begin()
                .check_out_new(1)
                .in(1)
                .at(9999)
                .close_available(1, Closed::idle)
                .clause(),
            "A-OPT-4");
  EXPECT_EQ(EventStream({.max_idle_time = milliseconds(1)})
                .begin()
                .start(1)
                .create(1, 1)
                .at(10)
                .close_pending(1, Closed::idle)
                .clause(),
            "A-OPT-4");
}

TEST(Reasons, OnlyReasonErrorCarriesAnError) {
  EventStream stream = EventStream().begin().check_out_new(1).in(1);
  stream.close_available(1, Closed::error);
  stream.last_body<ConnectionClosedEvent>().error = std::make_shared<const Error>();
  EXPECT_EQ(stream.clause(), "none");
  stream.last_body<ConnectionClosedEvent>().reason = Closed::pool_closed;
  EXPECT_EQ(stream.pool_closed().clause(), "A-CON-5");
}

TEST(Reasons, AFailedCheckOutHasAnError) {
  EventStream stream = EventStream().pool_created().start(1).fail(1, Failed::connection_error);
  stream.last_body<ConnectionCheckOutFailedEvent>().error = nullptr;
  EXPECT_EQ(stream.clause(), "A-OUT-7");
}

TEST(Reasons, PoolClosedGoesWithItsError) {
  const EventStream stream = EventStream().begin().pool_closed().start(1);
  EXPECT_EQ(EventStream(stream).fail(1, Failed::pool_closed).clause(), "none");
  EXPECT_EQ(EventStream(stream).fail(1, Failed::pool_closed, ErrorType::pool_cleared).clause(),
            "A-ERR-1");
}

TEST(Reasons, TimeoutAfterAllOfTheQueueTimeout) {
  const EventStream stream =
      EventStream({.max_pool_size = 1, .wait_queue_timeout = milliseconds(50)})
          .begin()
          .check_out_new(1)
          .at(7)
          .start(2);
  EXPECT_EQ(EventStream(stream).at(57).fail(2, Failed::timeout).clause(), "none");
  EXPECT_EQ(EventStream(stream).at(56).fail(2, Failed::timeout).clause(), "A-WQ-3");
  EXPECT_EQ(EventStream({.max_pool_size = 1})
                .begin()
                .check_out_new(1)
                .start(2)
                .at(50)
                .fail(2, Failed::timeout)
                .clause(),
            "A-WQ-3");
}

TEST(Reasons, TimeoutAlsoForDeadlinesAndCancellation) {
  const EventStream stream = EventStream({.max_pool_size = 1}).begin().check_out_new(1).start(2);
  const auto with = [&stream](ErrorType type) {
    return EventStream(stream).fail(2, Failed::timeout, type).clause();
  };
  EXPECT_EQ(with(ErrorType::deadline_exceeded), "none");
  EXPECT_EQ(with(ErrorType::cancelled), "none");
  EXPECT_EQ(with(ErrorType::network), "A-OUT-7");
  EXPECT_EQ(with(ErrorType::pool_cleared), "A-OUT-7");
}

TEST(Reasons, ConnectionErrorOnAPausedPool) {
  const EventStream stream = EventStream().pool_created().start(1);
  EXPECT_EQ(EventStream(stream).fail(1, Failed::connection_error).clause(), "none");
  EXPECT_EQ(EventStream(stream).fail(1, Failed::connection_error, ErrorType::pool_closed).clause(),
            "A-OUT-7");
}

TEST(Reasons, ConnectionErrorOnAReadyPoolFollowsAFailedEstablishment) {
  EventStream stream = EventStream().begin().start(1).create(1, 1);
  EXPECT_EQ(EventStream(stream)
                .close_pending(1, Closed::error)
                .fail(1, Failed::connection_error, ErrorType::network)
                .clause(),
            "none");
  EXPECT_EQ(EventStream(stream).fail(1, Failed::connection_error, ErrorType::network).clause(),
            "A-OUT-7");
  // The Closed before is of a connection that had been ready.
  EventStream other = EventStream({.max_pool_size = 2}).begin().check_out_new(1).in(1).start(2);
  other.close_available(1, Closed::error).fail(2, Failed::connection_error, ErrorType::network);
  EXPECT_EQ(other.clause(), "A-OUT-7");
}

}  // namespace
}  // namespace cmap::sim
