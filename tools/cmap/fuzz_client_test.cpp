// What a search for bugs of clients says and saves when it finds one. No bug is needed: a client
// cannot know a server whose answers take minutes.
#include "tools/cmap/fuzz_client.hpp"

#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

sim::ClientPlan distant_server(std::uint64_t) {
  using sim::ClientCall;
  sim::ClientPlan plan;
  plan.deployment.servers.members = 1;
  plan.deployment.latency = std::chrono::seconds(90);
  plan.seeds = {sim::SimulatedDeployment::address(0)};
  plan.client.direct_connection = true;
  plan.client.server_monitoring_mode = ServerMonitoringMode::poll;
  plan.calls = {{.kind = ClientCall::Kind::ping, .at = std::chrono::milliseconds(5)}};
  plan.trouble_ends = std::chrono::seconds(1);
  return plan;
}

class FuzzClient : public ::testing::Test {
 protected:
  FuzzClient() {
    command_.fuzz.seed = 5;
    command_.runs = 2;
    command_.save = program_.folder().path();
  }

  /// Standard output.
  std::string search(const MakeClientPlan& plan) const {
    ::testing::internal::CaptureStdout();
    Console console("cmap");
    EXPECT_EQ(fuzz_client(command_, console, plan), ExitStatus::failed);
    console.finish();
    return ::testing::internal::GetCapturedStdout();
  }
  /// Standard output is not looked at.
  void end_in_second_plan(void (*end)()) const {
    Console console("cmap");
    fuzz_client(command_, console, [end, made = std::make_shared<int>(0)](std::uint64_t seed) {
      if (++*made == 2) end();
      return sim::make_client_plan(seed, 5);
    });
  }
  [[nodiscard]] std::string file() const {
    return (program_.folder().path() / "fuzz-client-5.yml").string();
  }

  ProgramInFolder program_{CMAP_PROGRAM};
  FuzzCommand command_;
};

constexpr const char* not_found =
    "D-RS-4, D-SEL-3: after the trouble the client finds what there is: m0:27017 is Unknown, not "
    "Standalone";

TEST_F(FuzzClient, AFailureIsShownAndSaved) {
  const std::string out = search(distant_server);
  EXPECT_EQ(out.substr(0, out.find("seed 5: 1 runs, each made twice, in ")),
            "FAIL seed 5: m0:27017 is Unknown, not Standalone\n"
            "  clause: D-RS-4, D-SEL-3: after the trouble the client finds what there is\n"
            "  what happens, made short:\n"
            "    a standalone server, messages take 90000 ms\n"
            "    a client that polls, heartbeatFrequencyMS 10000 ms, connectTimeoutMS 10000 ms, "
            "serverSelectionTimeoutMS 30000 ms, localThresholdMS 15 ms, connected directly to "
            "m0:27017\n"
            "    1000 ms: all is well again\n"
            "  what happened:\n"
            "               0 ms  TopologyOpening\n"
            "               0 ms  TopologyDescriptionChanged Unknown -> Single\n"
            "               0 ms  m0:27017  ServerOpening\n"
            "               0 ms  m0:27017  ServerHeartbeatStarted\n"
            "            1000 ms  -- all is well again\n"
            "           10000 ms  m0:27017  ServerHeartbeatFailed duration=10000 (NetworkError: "
            "timed out (connect))\n"
            "           10000 ms  m0:27017  ServerDescriptionChanged Unknown -> Unknown "
            "(NetworkError: timed out (connect))\n"
            "           10000 ms  TopologyDescriptionChanged Single -> Single\n"
            "           20000 ms  m0:27017  ServerHeartbeatStarted\n"
            "           30000 ms  m0:27017  ServerHeartbeatFailed duration=10000 (NetworkError: "
            "timed out (connect))\n"
            "           31000 ms  -- call 1: the last check-out (write)\n"
            "  repeat: cmap replay " +
                file() +
                "\n"
                "  repeat: cmap fuzz --client --seed 5 --runs 1\n");
  EXPECT_THAT(out, ::testing::EndsWith("\na clause was broken\n"));
  const Ended replayed = program_.run({"replay", file()});
  EXPECT_EQ(replayed.status, 1);
  EXPECT_THAT(replayed.out, ::testing::HasSubstr(not_found));
}

TEST_F(FuzzClient, AFailureForPrograms) {
  command_.json = true;
  EXPECT_THAT(search(distant_server),
              ::testing::EndsWith(
                  ",\"failure\":{\"seed\":5,\"clause\":\"D-RS-4, D-SEL-3\",\"message\":\"after the "
                  "trouble the client finds what there is: m0:27017 is Unknown, not Standalone\","
                  "\"operations\":0,\"file\":\"" +
                  file() + "\",\"repeat\":\"cmap fuzz --client --seed 5 --runs 1\"}}\n"));
}

/// The client of seed 6 ends its process with its first ping.
sim::ClientPlan ends_with_ping(std::uint64_t seed) {
  sim::ClientPlan plan = distant_server(seed);
  plan.deployment.latency = std::chrono::milliseconds(1);
  plan.client.socket_timeout = std::chrono::seconds(1);
  plan.calls.push_back({.kind = sim::ClientCall::Kind::insert, .at = std::chrono::milliseconds(9)});
  if (seed != 6) return plan;
  plan.deployment.on_request = [](std::uint64_t, const serve::Request& request) {
    if (request.name == "ping") std::abort();
  };
  return plan;
}

TEST_F(FuzzClient, WhatEndedTheProcessIsMadeSmallInOthers) {
  command_.after_crash = 0;
  EXPECT_THAT(search(ends_with_ping),
              ::testing::StartsWith(
                  "FAIL seed 6: Aborted\n"
                  "  clause: CRASH: the client does not end the process\n"
                  "  what happens, made short:\n"
                  "    a standalone server, messages take 1 ms\n"
                  "    a client that polls, heartbeatFrequencyMS 10000 ms, connectTimeoutMS 10000 "
                  "ms, serverSelectionTimeoutMS 30000 ms, localThresholdMS 15 ms, connected "
                  "directly to m0:27017\n"
                  "    5 ms: ping (primary)\n"
                  "    1000 ms: all is well again\n"
                  "  repeat: cmap replay "));
  EXPECT_EQ(program_.run({"replay", "fuzz-client-6.yml"}).status, 0);  // there it does not end
}

TEST_F(FuzzClient, AfterACrashAnotherFailureIsFound) {
  command_.after_crash = 0;
  EXPECT_THAT(search(distant_server), ::testing::StartsWith("FAIL seed 5: m0:27017 is Unknown"));
}

TEST_F(FuzzClient, ACrashThatDoesNotComeAgainIsNoSuccess) {
  command_.after_crash = 0;
  command_.runs = 1;
  EXPECT_THAT(search(ends_with_ping), ::testing::EndsWith(" servers removed\n"));
}

using FuzzClientDeathTest = FuzzClient;

TEST_F(FuzzClientDeathTest, ACrashIsSaved) {
  EXPECT_EXIT(end_in_second_plan([] { std::abort(); }), ::testing::KilledBySignal(SIGABRT),
              "the client crashed in one of 2 runs from seed 5\n"
              "  the run of seed 6 is saved: cmap replay .*fuzz-client-6.yml\n");
  EXPECT_EQ(program_.run({"replay", "fuzz-client-6.yml"}).status, 0);
}

TEST_F(FuzzClientDeathTest, WhatHangsIsSaved) {
  command_.longest_run = std::chrono::milliseconds(500);
  EXPECT_EXIT(end_in_second_plan([] {
                for (;;) pause();
              }),
              ::testing::ExitedWithCode(1),
              "the client does not come back from one of 2 runs from seed 5\n"
              "  the run of seed 6 is saved: cmap replay .*fuzz-client-6.yml\n");
  EXPECT_EQ(program_.run({"replay", "fuzz-client-6.yml"}).status, 0);
}

}  // namespace
}  // namespace cmap::tools
