// Lanes of runs: connections by state, actors that wait and hold, nothing that crosses.
#include "tools/cmap/timeline.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Lane> lanes_of_run(std::string_view scenario) {
  const PlayedText run(scenario);
  EXPECT_EQ(run.result().verdict.message, "");
  return timeline(run.file().scenario, run.result().trace);
}

/// "waiting 0-100 connection 1"
std::vector<std::string> slices(const std::vector<Lane>& lanes, std::string_view name) {
  const auto lane = std::ranges::find(lanes, name, &Lane::name);
  if (lane == lanes.end()) return {"there is no such lane"};
  std::vector<std::string> texts;
  for (const Slice& slice : lane->slices) {
    texts.push_back(slice.name + ' ' + sim::milliseconds_text(slice.begin) + '-' +
                    sim::milliseconds_text(slice.end) +
                    (slice.detail.empty() ? "" : ' ' + slice.detail));
  }
  return texts;
}

std::vector<std::string> moments(const std::vector<Lane>& lanes, std::string_view name) {
  const auto lane = std::ranges::find(lanes, name, &Lane::name);
  std::vector<std::string> texts;
  for (const Moment& moment : lane->moments) {
    texts.push_back(moment.name + " @" + sim::milliseconds_text(moment.time));
  }
  return texts;
}

constexpr std::string_view head = R"(version: 1
style: unit
description: for lanes
poolOptions:
  maxPoolSize: 1
)";
constexpr std::string_view ignore_all = R"(events: []
ignore: [ConnectionPoolCreated, ConnectionPoolReady, ConnectionPoolCleared, ConnectionPoolClosed,
         ConnectionCreated, ConnectionReady, ConnectionClosed, ConnectionCheckOutStarted,
         ConnectionCheckOutFailed, ConnectionCheckedOut, ConnectionCheckedIn]
)";

std::string scenario(std::string_view operations) {
  return std::string(head) + std::string(operations) + std::string(ignore_all);
}

TEST(Timeline, WaitsAndHoldsOfAnActorWhoQueues) {
  const auto lanes = lanes_of_run(scenario(R"(operations:
  - {name: ready}
  - {name: checkOut, label: mine}
  - {name: start, target: thread1}
  - {name: checkOut, thread: thread1}
  - {name: wait, ms: 30}
  - {name: checkIn, connection: mine}
  - {name: waitForThread, target: thread1}
  - {name: wait, ms: 10}
)"));
  EXPECT_THAT(slices(lanes, "pool"), ElementsAre("paused 0-0", "ready 0-40"));
  EXPECT_THAT(slices(lanes, "main"),
              ElementsAre("holding 0-30 connection 1", "waiting 0-0 connection 1"));
  EXPECT_THAT(slices(lanes, "thread1"),
              ElementsAre("waiting 0-30 connection 1", "holding 30-40 connection 1"));
  EXPECT_THAT(slices(lanes, "connection 1"),
              ElementsAre("pending 0-0", "in use 0-30", "in use 30-40"));
}

TEST(Timeline, AConnectionLiesAvailableUntilItIsClosed) {
  const auto lanes = lanes_of_run(scenario(R"(operations:
  - {name: ready}
  - {name: checkOut, label: mine}
  - {name: checkIn, connection: mine}
  - {name: wait, ms: 25}
  - {name: clear}
  - {name: wait, ms: 5}
  - {name: close}
)"));
  EXPECT_THAT(slices(lanes, "connection 1"),
              ElementsAre("pending 0-0", "in use 0-0", "available 0-25"));
  EXPECT_THAT(moments(lanes, "connection 1"), ElementsAre("closed: stale @25"));
  EXPECT_THAT(slices(lanes, "pool"),
              ElementsAre("paused 0-0", "ready 0-25", "paused 25-30", "closed 30-30"));
  EXPECT_THAT(moments(lanes, "pool"), ElementsAre("cleared @25"));
}

TEST(Timeline, AFailedWaitNamesItsError) {
  const auto lanes = lanes_of_run(R"(version: 1
style: unit
description: for lanes
poolOptions: {maxPoolSize: 1, waitQueueTimeoutMS: 15}
operations:
  - {name: ready}
  - {name: checkOut}
  - {name: start, target: thread1}
  - {name: checkOut, thread: thread1}
  - {name: wait, ms: 20}
)" + std::string(ignore_all));
  EXPECT_THAT(slices(lanes, "thread1"), ElementsAre("waiting 0-15 WaitQueueTimeoutError"));
  EXPECT_THAT(moments(lanes, "pool"), ElementsAre("check-out failed: timeout @15"));
}

TEST(Timeline, WhatIsNotOverAtTheEndLastsUntilThen) {
  const auto lanes = lanes_of_run(scenario(R"(operations:
  - {name: ready}
  - {name: checkOut}
  - {name: start, target: thread1}
  - {name: checkOut, thread: thread1}
  - {name: wait, ms: 12}
)"));
  EXPECT_THAT(slices(lanes, "thread1"), ElementsAre("waiting 0-12 until the end"));
}

TEST(Timeline, WhatCrossesGoesOnInAnotherLane) {
  const auto lanes = lanes_of_run(R"(version: 1
style: unit
description: for lanes
operations:
  - {name: ready}
  - {name: checkOut, label: first}
  - {name: wait, ms: 10}
  - {name: checkOut, label: second}
  - {name: wait, ms: 10}
  - {name: checkIn, connection: first}
  - {name: wait, ms: 10}
  - {name: checkIn, connection: second}
)" + std::string(ignore_all));
  EXPECT_THAT(slices(lanes, "main"),
              ElementsAre("holding 0-20 connection 1", "waiting 0-0 connection 1",
                          "waiting 10-10 connection 2"));
  EXPECT_THAT(slices(lanes, "main (2)"), ElementsAre("holding 10-30 connection 2"));
}

TEST(Timeline, WithoutEntriesThereAreTheLanesOfThePool) {
  const PlayedText run(
      scenario("operations: [{name: ready}, {name: checkOut}, {name: wait, ms: 3}]\n"));
  sim::Trace trace = run.result().trace;
  trace.entries.clear();
  const auto lanes = timeline(run.file().scenario, trace);
  EXPECT_THAT(slices(lanes, "main"), IsEmpty());
  EXPECT_THAT(slices(lanes, "connection 1"), ElementsAre("pending 0-0", "in use 0-3"));
}

}  // namespace
}  // namespace cmap::tools
