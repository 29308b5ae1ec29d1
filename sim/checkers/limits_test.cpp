// One connection too many, a count that is off, a connection that nobody needs.
#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

TEST(Limits, MaxPoolSizeCountsPendingToo) {
  const EventStream stream =
      EventStream({.max_pool_size = 2, .max_connecting = 9}).begin().check_out_new(1);
  EXPECT_EQ(EventStream(stream).start(2).create(2, 2).clause(), "none");
  EXPECT_EQ(EventStream(stream).start(2).create(2, 2).start(3).create(3, 3).clause(), "A-POOL-4");
}

TEST(Limits, ZeroMeansUnlimited) {
  EventStream stream = EventStream({.max_pool_size = 0}).begin();
  for (int i = 1; i <= 150; ++i) stream.check_out_new(i);
  EXPECT_EQ(stream.clause(), "none");
}

TEST(Limits, HundredByDefault) {
  EventStream stream = EventStream().begin();
  for (int i = 1; i <= 100; ++i) stream.check_out_new(i);
  EXPECT_EQ(stream.clause(), "none");
  EXPECT_EQ(stream.check_out_new(101).clause(), "A-POOL-4");
}

TEST(Limits, MaxConnecting) {
  EventStream stream = EventStream().begin().start(1).create(1, 1).start(2).create(2, 2);
  EXPECT_EQ(stream.clause(), "none");
  EXPECT_EQ(stream.start(3).create(3, 3).clause(), "A-POOL-5");
}

TEST(Limits, MaxConnectingHoldsForPopulationToo) {
  const EventStream stream = EventStream({.min_pool_size = 2, .max_connecting = 1}).begin();
  EXPECT_EQ(EventStream(stream).create(1).clause(), "none");
  EXPECT_EQ(EventStream(stream).create(1).create(2).clause(), "A-POOL-5");
}

TEST(Limits, CountsAgreeWithTheEvents) {
  EventStream stream = EventStream().begin().check_out_new(1);
  EXPECT_EQ(stream.clause(), "none");
  ++stream.last().counts.available;
  EXPECT_EQ(stream.clause(), "A-CON-6");

  EventStream lost = EventStream().begin().check_out_new(1).pool_cleared();
  --lost.last().counts.in_use;
  EXPECT_EQ(lost.clause(), "A-CON-6");
}

TEST(Limits, WhereAConnectionCountsAtReadyIsOpen) {
  EventStream stream = EventStream().begin().start(1).create(1, 1).ready(1);
  PoolCounts& counts = stream.last().counts;
  counts = {.pending = 1};
  EXPECT_EQ(EventStream(stream).out(1, 1).clause(), "none");
  counts = {.in_use = 1};
  EXPECT_EQ(EventStream(stream).out(1, 1).clause(), "none");
  counts = {.pending = 1, .available = 1};
  EXPECT_EQ(stream.clause(), "A-CON-6");
}

TEST(Limits, WhereAConnectionCountsAtCheckedInIsOpen) {
  EventStream stream = EventStream().begin().check_out_new(1).in(1);
  PoolCounts& counts = stream.last().counts;
  counts = {.in_use = 1};
  EXPECT_EQ(stream.clause(), "none");
  counts = {.pending = 1};
  EXPECT_EQ(stream.clause(), "A-CON-6");
}

TEST(Limits, NoConnectionIsCreatedInVain) {
  EXPECT_EQ(EventStream().begin().create(1).clause(), "A-OUT-3");
  // One is available: the check-out takes it.
  EXPECT_EQ(EventStream().begin().check_out_new(1).in(1).start(2).create(2, 2).clause(), "A-OUT-3");
}

TEST(Limits, PopulationStopsAtMinPoolSize) {
  const EventStream stream = EventStream({.min_pool_size = 2}).begin().create(1).ready(1).create(2);
  EXPECT_EQ(EventStream(stream).ready(2).clause(true), "none");
  EXPECT_EQ(EventStream(stream).ready(2).create(3).clause(), "A-OUT-3");
}

}  // namespace
}  // namespace cmap::sim
