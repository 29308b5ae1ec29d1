// Stale and idle connections that become ready or are handed out are found.
#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

using std::chrono::milliseconds;
using Closed = ConnectionClosedReason;
using Failed = CheckOutFailedReason;

TEST(HandOut, AStaleAvailableConnectionIsNotHandedOut) {
  const EventStream stream =
      EventStream().begin().check_out_new(1).in(1).pool_cleared().pool_ready().start(2);
  EXPECT_EQ(EventStream(stream).out(1, 2).clause(), "R11");
  EXPECT_EQ(EventStream(stream).close_available(1, Closed::stale).create(2, 2).clause(), "none");
}

TEST(HandOut, AConnectionClearedWhilePendingNeverBecomesReady) {
  const EventStream stream = EventStream().begin().start(1).create(1, 1).pool_cleared();
  EXPECT_EQ(EventStream(stream).ready(1).clause(), "R11");
  EXPECT_EQ(EventStream(stream).pool_ready().ready(1).clause(), "R11");
  EXPECT_EQ(EventStream(stream)
                .pool_ready()
                .close_pending(1, Closed::stale)
                .fail(1, Failed::connection_error)
                .clause(true),
            "none");
}

TEST(HandOut, AnIdleConnectionIsNotHandedOut) {
  const EventStream stream =
      EventStream({.max_idle_time = milliseconds(10)}).begin().check_out_new(1).at(50).in(1);
  EXPECT_EQ(EventStream(stream).at(60).start(2).out(1, 2).clause(), "none");
  EXPECT_EQ(EventStream(stream).at(61).start(2).out(1, 2).clause(), "A-OPT-4");
}

TEST(HandOut, APopulatedConnectionIsIdleFromReadyOn) {
  const EventStream stream = EventStream({.min_pool_size = 1, .max_idle_time = milliseconds(10)})
                                 .begin()
                                 .create(1)
                                 .at(20)
                                 .ready(1);
  EXPECT_EQ(EventStream(stream).at(30).start(1).out(1, 1).clause(), "none");
  EXPECT_EQ(EventStream(stream).at(31).start(1).out(1, 1).clause(), "A-OPT-4");
}

TEST(HandOut, ZeroMeansNeverIdle) {
  EXPECT_EQ(EventStream().begin().check_out_new(1).in(1).at(1'000'000).start(2).out(1, 2).clause(),
            "none");
}

}  // namespace
}  // namespace cmap::sim
