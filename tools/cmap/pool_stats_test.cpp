// What events add up to, percentiles, and the exact table.
#include "tools/cmap/pool_stats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cmap::tools {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

Event event_of(EventBody body, PoolCounts counts = {}, Address address = Address("h", 1)) {
  return {.address = address, .counts = counts, .body = std::move(body)};
}

TEST(RecentDurations, Percentiles) {
  RecentDurations durations;
  EXPECT_TRUE(durations.empty());
  durations.add(7ms);
  EXPECT_EQ(durations.percentile(50), 7ms);
  EXPECT_EQ(durations.percentile(99), 7ms);
  for (int i = 100; i > 0; --i) durations.add(std::chrono::milliseconds(i));
  EXPECT_EQ(durations.percentile(50), 50ms);
  EXPECT_EQ(durations.percentile(99), 99ms);
  EXPECT_EQ(durations.percentile(100), 100ms);
}

TEST(RecentDurations, OldOnesAreForgotten) {
  RecentDurations durations;
  for (std::size_t i = 0; i < RecentDurations::most; ++i) durations.add(1s);
  for (std::size_t i = 0; i < RecentDurations::most - 1; ++i) durations.add(1ms);
  EXPECT_EQ(durations.percentile(99), 1ms);
  EXPECT_EQ(durations.percentile(100), 1s);
  durations.add(1ms);
  EXPECT_EQ(durations.percentile(100), 1ms);
}

TEST(AllPoolStats, TheTable) {
  AllPoolStats stats;
  stats.set_server_type("h:1", "RSPrimary");
  stats.add(event_of(ConnectionPoolCreatedEvent{}));
  stats.add(event_of(ConnectionPoolReadyEvent{}));
  stats.add(event_of(ConnectionCreatedEvent{ConnectionId{1}}));
  stats.add(event_of(ConnectionReadyEvent{ConnectionId{1}, 2500us}));
  stats.begin_interval();
  for (int i = 0; i < 4; ++i) {
    stats.add(event_of(ConnectionCheckedOutEvent{ConnectionId{1}, 250us, CheckOutId{1}}));
  }
  stats.add(event_of(ConnectionPoolClearedEvent{.interrupt_in_use_connections = false}));
  stats.add(event_of(ConnectionCheckOutFailedEvent{},
                     {.pending = 1, .available = 2, .in_use = 3, .waiting = 4}));
  stats.add(event_of(ConnectionPoolCreatedEvent{}, {}, Address("g", 2)));
  EXPECT_EQ(
      stats.table(2s),
      "server                   type        state  gen avail in use pending queue  check-out     "
      "p50     p99     new     p50     p99  failed\n"
      "                                                                                per s      "
      "ms      ms   per s      ms      ms\n"
      "g:2                      -           paused   0     0      0       0     0        0.0       "
      "-       -     0.0       -       -       0\n"
      "h:1                      RSPrimary   paused   1     2      3       1     4        2.0   "
      "0.250   0.250     0.0   2.500   2.500       1\n");
  stats.widen_interval();
  EXPECT_THAT(stats.table(2s), HasSubstr("        2.0   0.250   0.250     0.5   2.500   2.500 "));
}

TEST(AllPoolStats, WholeColumnsAreLeftOutOfANarrowTable) {
  AllPoolStats stats;
  for (int i = 0; i < 24'690; ++i) {
    stats.add(event_of(ConnectionCheckedOutEvent{ConnectionId{1}, 250us, CheckOutId{1}}));
  }
  EXPECT_EQ(stats.table(1s, {.columns = 80}),
            "server                   state  in use queue  check-out     p50     p99  failed\n"
            "                                                  per s      ms      ms\n"
            "h:1                      paused      0     0    24690.0   0.250   0.250       0\n"
            "left out for want of width: type, gen, avail, pending, new, p50 of new,\n"
            "p99 of new\n");
  EXPECT_THAT(stats.table(1s, {.columns = 132}),
              EndsWith("left out for want of width: p50 of new\n"));
  EXPECT_EQ(stats.table(1s, {.columns = 133}), stats.table(1s));
}

TEST(AllPoolStats, AColumnIsAsWideAsItsWidestCell) {
  AllPoolStats stats;
  stats.add(event_of(ConnectionPoolReadyEvent{}, {}, Address("a-host-with-a-long-name", 27017)));
  EXPECT_EQ(stats.table(1s, {.columns = 36}),
            "server                        state\n"
            "\n"
            "a-host-with-a-long-name:27017 ready\n"
            "left out for want of width: type,\n"
            "gen, avail, in use, pending, queue,\n"
            "check-out, p50, p99, new,\n"
            "p50 of new, p99 of new, failed\n");
}

TEST(AllPoolStats, TheLastServersAreLeftOutOfALowTable) {
  AllPoolStats stats;
  for (const char* host : {"a", "b", "c", "d"}) {
    stats.add(event_of(ConnectionPoolReadyEvent{}, {}, Address(host, 1)));
  }
  const std::string whole = stats.table(1s);
  EXPECT_EQ(stats.table(1s, {.lines = 6}), whole);
  EXPECT_EQ(stats.table(1s, {.lines = 5}),
            whole.substr(0, whole.find("c:1")) + "left out for want of lines: 2 of 4 servers\n");
  EXPECT_EQ(stats.table(1s, {.lines = 1}),
            whole.substr(0, whole.find("a:1")) + "left out for want of lines: 4 of 4 servers\n");
}

TEST(AllPoolStats, AServerThatComesBackBeginsAnew) {
  AllPoolStats stats;
  const Event event = event_of(ConnectionCheckedOutEvent{ConnectionId{1}, 250us, CheckOutId{1}});
  stats.add(event);
  stats.add(event);
  stats.begin_interval();
  stats.forget("h:1");
  stats.add(event);
  EXPECT_THAT(stats.table(1s), HasSubstr("      1.0   0.250 "));
}

TEST(AllPoolStats, StatesFollowTheEvents) {
  AllPoolStats stats;
  const auto state = [&] { return std::string(stats.pools().at("h:1").state); };
  stats.add(event_of(ConnectionPoolCreatedEvent{}));
  EXPECT_EQ(state(), "paused");
  stats.add(event_of(ConnectionPoolReadyEvent{}));
  EXPECT_EQ(state(), "ready");
  // Of one service behind a load balancer: the others are as ready as before.
  stats.add(event_of(ConnectionPoolClearedEvent{.service_id = ServiceId()}));
  EXPECT_EQ(state(), "ready");
  stats.add(event_of(ConnectionPoolClosedEvent{}));
  EXPECT_EQ(state(), "closed");
  EXPECT_EQ(stats.pools().at("h:1").generation, 1U);
}

}  // namespace
}  // namespace cmap::tools
