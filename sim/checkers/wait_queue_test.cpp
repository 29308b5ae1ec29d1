// Check-outs that are passed by a younger one, forgotten, or left in the queue of a paused pool.
#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

using Closed = ConnectionClosedReason;
using Failed = CheckOutFailedReason;

EventStream two_wait() {
  return EventStream({.max_pool_size = 1}).begin().check_out_new(1).start(2).start(3);
}

TEST(WaitQueueChecker, FirstComeFirstServed) {
  EXPECT_EQ(two_wait().in(1).out(1, 2).in(1).out(1, 3).in(1).clause(true), "none");
  EXPECT_EQ(two_wait().in(1).out(1, 3).clause(), "A-WQ-2");
}

TEST(WaitQueueChecker, ThoseWithPendingConnectionsMayEndInAnyOrder) {
  EventStream stream = EventStream().begin().start(1).create(1, 1).start(2).create(2, 2);
  stream.ready(2).out(2, 2).ready(1).out(1, 1);
  EXPECT_EQ(stream.clause(), "none");
}

TEST(WaitQueueChecker, AYoungerOneMayPassOneThatLeftTheQueue) {
  EventStream stream = EventStream({.max_pool_size = 2, .max_connecting = 1}).begin();
  stream.check_out_new(1).start(2).create(2, 2).start(3).start(4).in(1);
  EXPECT_EQ(EventStream(stream).out(1, 3).clause(), "none");
  EXPECT_EQ(EventStream(stream).out(1, 4).clause(), "A-WQ-2");
}

TEST(WaitQueueChecker, ATimedOutOneIsNotInTheWay) {
  EventStream stream = two_wait().fail(2, Failed::timeout, ErrorType::cancelled);
  EXPECT_EQ(stream.in(1).out(1, 3).clause(), "none");
}

TEST(WaitQueueChecker, NobodyIsForgotten) {
  EventStream stream = two_wait().in(1).out(1, 2);
  EXPECT_EQ(stream.clause(), "none");
  stream.last().counts.waiting = 0;
  EXPECT_EQ(stream.clause(), "A-WQ-1");
  stream.last().counts.waiting = 2;
  EXPECT_EQ(stream.clause(), "A-WQ-1");
}

TEST(WaitQueueChecker, AnUnboundConnectionDoesNotHideAForgottenOne) {
  // Connection 2 was created for check-out 2 and fails, but check-out 2 does not.
  EventStream stream = EventStream({.max_pool_size = 2}).begin().check_out_new(1);
  stream.start(2).create(2, 2).close_pending(2, Closed::error).in(1);
  EXPECT_EQ(stream.clause(), "A-WQ-1");
}

TEST(WaitQueueChecker, ClearEvictsAllInOrder) {
  const EventStream stream = two_wait().pool_cleared();
  const auto failed = Failed::connection_error;
  EXPECT_EQ(EventStream(stream).fail(2, failed).fail(3, failed).pool_ready().clause(), "none");
  EXPECT_EQ(EventStream(stream).fail(3, failed).clause(), "R7");
  EXPECT_EQ(EventStream(stream).fail(2, failed).pool_ready().clause(), "A-CLR-3");
  EXPECT_EQ(EventStream(stream).fail(2, failed).in(1).clause(), "A-CLR-3");
}

TEST(WaitQueueChecker, AnEmptyQueueIsNotTheSameAsAnEvictedOne) {
  EventStream stream = two_wait().pool_cleared();
  stream.last().counts.waiting = 0;
  EXPECT_EQ(stream.clause(), "none");
  stream.pool_ready();
  stream.last().counts.waiting = 0;
  EXPECT_EQ(stream.clause(), "A-WQ-1");
}

TEST(WaitQueueChecker, CloseEvictsAllInOrder) {
  const EventStream stream = two_wait();
  const auto failed = Failed::pool_closed;
  EXPECT_EQ(EventStream(stream).fail(2, failed).fail(3, failed).pool_closed().clause(), "none");
  EXPECT_EQ(EventStream(stream).fail(3, failed).clause(), "R7");
}

TEST(WaitQueueChecker, NobodyQueuesOnAPausedPool) {
  const EventStream stream = EventStream().pool_created().start(1);
  EXPECT_EQ(stream.clause(true), "A-OUT-3");
  EXPECT_EQ(EventStream(stream).start(2).clause(), "A-CLR-3");
}

TEST(WaitQueueChecker, BehindALoadBalancerAClearEvictsNobody) {
  EventStream stream =
      EventStream({.max_pool_size = 1, .load_balanced = true}).begin().check_out_new(1).start(2);
  EXPECT_EQ(stream.service_cleared().in(1).out(1, 2).clause(), "none");
}

}  // namespace
}  // namespace cmap::sim
