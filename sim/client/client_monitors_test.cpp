// What the monitors of a client do end to end, to the millisecond, and what they say to servers.
#include <chrono>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/client/client_bench_harness.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// --- D-SD-4, D-MON-2: not too often --------------------------------------------------------------

TEST(ClientMonitors, ManySelectionsRequestOneCheck) {  // D-SD-4
  ClientBench bench({});
  bench.deployment.kill(0);
  bench.client.open();
  std::vector<const ClientOutcome*> commands;
  bench.at(100ms, [&] {
    for (int i = 0; i < 20; ++i) commands.push_back(&bench.run());
  });
  bench.at(700ms, [&] { bench.deployment.restart(0); });
  bench.run_until(2s);
  EXPECT_THAT(
      bench.lines("Heartbeat"),
      ElementsAre("0 m0 HeartbeatStarted", "1 m0 HeartbeatFailed connection refused (connect)",
                  "501 m0 HeartbeatStarted", "502 m0 HeartbeatFailed connection refused (connect)",
                  "1002 m0 HeartbeatStarted", "1005 m0 HeartbeatSucceeded"));
  for (const ClientOutcome* command : commands) EXPECT_FALSE(command->error);
}

TEST(ClientMonitors, HeartbeatsAreOfTheirTopology) {
  ClientBench bench({});
  std::vector<TopologyId> opened;
  std::vector<TopologyId> checked;
  const Subscription subscription = bench.client.subscribe(
      {.heartbeat = [&](const HeartbeatEvent& event) { checked.push_back(event.topology_id); },
       .topology =
           [&](const TopologyEvent& event) {
             if (std::holds_alternative<TopologyOpeningEvent>(event.body)) {
               opened.push_back(event.topology_id);
             }
           }});
  bench.client.open();
  bench.run_until(100ms);
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_NE(opened[0], TopologyId::none);
  EXPECT_THAT(checked, ElementsAre(opened[0], opened[0]));  // started, succeeded
}

TEST(ClientMonitors, WithNobodyWaitingTheyKeepTheirFrequency) {  // D-SD-4
  ClientBench bench({});
  bench.deployment.kill(0);
  bench.client.open();
  bench.run_until(20s);
  EXPECT_THAT(bench.lines("HeartbeatStarted"),
              ElementsAre("0 m0 HeartbeatStarted", "10001 m0 HeartbeatStarted"));
}

TEST(ClientMonitors, ALateRequestIsServedAtOnce) {  // D-SD-4
  ClientBench bench({});
  bench.deployment.kill(0);
  bench.client.open();
  bench.at(3s, [&] { bench.run(); });
  bench.run_until(3400ms);
  EXPECT_THAT(bench.lines("HeartbeatStarted"),
              ElementsAre("0 m0 HeartbeatStarted", "3000 m0 HeartbeatStarted"));
}

/// The specification's own test: five failures take from 2 to 3.5 seconds.
TEST(ClientMonitors, FiveFailuresTakeFiveTimesTheMinimum) {  // D-SD-4, D-SD-3
  ClientBench bench({});
  bench.deployment.set_fail_point(0, {.mode = FailPoint::Mode::times,
                                      .count = 5,
                                      .fail_commands = {"hello", "isMaster"},
                                      .error_code = 1234});
  const ClientOutcome& command = bench.run();
  bench.run_until(10s);
  EXPECT_THAT(bench.lines("HeartbeatStarted"),
              ElementsAre("0 m0 HeartbeatStarted", "503 m0 HeartbeatStarted",
                          "1006 m0 HeartbeatStarted", "1509 m0 HeartbeatStarted",
                          "2012 m0 HeartbeatStarted", "2515 m0 HeartbeatStarted"));
  EXPECT_EQ(text_of(command), "2523 ok");
}

// --- D-MON-1: what they say ----------------------------------------------------------------------

/// The fields of a command that only an application, or somebody with a name, would send.
std::vector<std::string> private_fields(wire::DocumentView command) {
  std::vector<std::string> found;
  for (const char* name : {"saslSupportedMechs", "speculativeAuthenticate", "lsid", "txnNumber",
                           "$clusterTime", "$readPreference", "maxTimeMS"}) {
    if (command.find(name)) found.emplace_back(name);
  }
  return found;
}

struct Sockets {
  using Names = std::vector<std::string>;
  std::map<std::uint64_t, Names> commands;
  std::map<std::uint64_t, Names> fields;  ///< those that monitors do not send

  DeploymentOptions listen(DeploymentOptions options) {
    options.on_request = [this](std::uint64_t socket, const serve::Request& request) {
      commands[socket].push_back(request.name);
      auto& its_fields = fields[socket];
      for (auto& field : private_fields(request.body)) its_fields.push_back(std::move(field));
    };
    return options;
  }
};

TEST(ClientMonitors, NeverSayWhoTheyAre) {  // D-MON-1
  Sockets sockets;
  ClientOptions options;
  options.timeout = 1s;
  options.server_monitoring_mode = ServerMonitoringMode::stream;
  ClientBench bench(options, sockets.listen(ClientBench::with_users()));
  const ClientOutcome& command = bench.run();
  bench.run_until(15s);
  ASSERT_FALSE(command.error);
  // The monitor, the probe of round-trip times, the pool.
  EXPECT_THAT(sockets.commands.at(1), ElementsAre("isMaster", "hello"));
  EXPECT_THAT(sockets.commands.at(2), ElementsAre("isMaster", "hello"));
  EXPECT_THAT(sockets.commands.at(3), ElementsAre("isMaster", "saslContinue", "ping"));
  EXPECT_EQ(sockets.commands.size(), 3U);
  EXPECT_THAT(sockets.fields.at(1), IsEmpty());
  EXPECT_THAT(sockets.fields.at(2), IsEmpty());
  EXPECT_THAT(sockets.fields.at(3), ElementsAre("saslSupportedMechs", "speculativeAuthenticate"));
}

}  // namespace
}  // namespace cmap::sim
