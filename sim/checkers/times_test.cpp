// Durations that differ by a nanosecond from the times of the events are found.
#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

EventStream slow_check_out() {
  return EventStream().begin().at(5).start(1).create(1, 1).at(12).ready(1);
}

TEST(Times, DurationsAreDifferencesOfEventTimes) {
  EventStream stream = slow_check_out();
  EXPECT_EQ(stream.last_body<ConnectionReadyEvent>().duration, std::chrono::milliseconds(7));
  EXPECT_EQ(stream.out(1, 1).clause(), "none");
}

TEST(Times, ReadyCountsFromCreated) {
  EventStream stream = slow_check_out();
  stream.last_body<ConnectionReadyEvent>().duration += Duration(1);
  EXPECT_EQ(stream.clause(), "A-EV-2");
}

TEST(Times, CheckedOutCountsFromStarted) {
  EventStream stream = slow_check_out().out(1, 1);
  stream.last_body<ConnectionCheckedOutEvent>().duration = Duration::zero();
  EXPECT_EQ(stream.clause(), "A-EV-2");
}

TEST(Times, FailedCountsFromStarted) {
  EventStream stream = EventStream().pool_created().start(1);
  stream.fail(1, CheckOutFailedReason::connection_error);
  EXPECT_EQ(stream.clause(), "none");
  stream.last_body<ConnectionCheckOutFailedEvent>().duration = Duration(-1);
  EXPECT_EQ(stream.clause(), "A-EV-2");
}

TEST(Times, NeverGoBack) {
  EXPECT_EQ(EventStream().at(5).pool_created().at(4).pool_ready().clause(), "A-EV-2");
}

}  // namespace
}  // namespace cmap::sim
