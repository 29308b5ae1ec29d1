// What people read of a client's run: every kind of entry, and a run that ends with a violation.
#include "sim/client/client_trace.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "sim/client/repeated_client_run.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;

const Address m1("m1", 27017);

ErrorPtr refused() {
  return std::make_shared<const Error>(Error{.type = ErrorType::network, .message = "refused"});
}

std::string heartbeat(HeartbeatEventBody body) {
  return describe(HeartbeatEvent{.address = m1, .time = {}, .body = std::move(body)});
}

TEST(ClientTrace, Heartbeats) {
  EXPECT_EQ(heartbeat(ServerHeartbeatStartedEvent{}), "ServerHeartbeatStarted");
  EXPECT_EQ(heartbeat(ServerHeartbeatStartedEvent{.awaited = true}),
            "ServerHeartbeatStarted awaited");
  EXPECT_EQ(heartbeat(ServerHeartbeatSucceededEvent{.awaited = true, .duration = 10s, .reply = {}}),
            "ServerHeartbeatSucceeded awaited duration=10000");
  EXPECT_EQ(heartbeat(ServerHeartbeatFailedEvent{.duration = 250us, .error = refused()}),
            "ServerHeartbeatFailed duration=0.25 (NetworkError: refused)");
}

ServerPtr server(ServerType type, ErrorPtr error = nullptr) {
  return std::make_shared<const ServerDescription>(
      ServerDescription{.address = m1, .type = type, .error = std::move(error)});
}

TopologyPtr topology(TopologyType type) {
  return std::make_shared<const TopologyDescription>(TopologyDescription{.type = type});
}

std::string line(TopologyEventBody body) {
  return line_of(
      traced(TopologyEvent{.time = TimePoint(3500us), .body = std::move(body)}, TimePoint(1ms)));
}

TEST(ClientTrace, Topologies) {
  EXPECT_EQ(line(TopologyOpeningEvent{}), "         2.5 ms  TopologyOpening");
  EXPECT_EQ(line(ServerOpeningEvent{m1}), "         2.5 ms  m1:27017  ServerOpening");
  EXPECT_EQ(
      line(ServerDescriptionChangedEvent{m1, server(ServerType::rs_primary),
                                         server(ServerType::unknown, refused())}),
      "         2.5 ms  m1:27017  ServerDescriptionChanged RSPrimary -> Unknown (NetworkError: "
      "refused)");
  EXPECT_EQ(line(TopologyDescriptionChangedEvent{topology(TopologyType::unknown),
                                                 topology(TopologyType::sharded)}),
            "         2.5 ms  TopologyDescriptionChanged Unknown -> Sharded");
  EXPECT_EQ(line(ServerClosedEvent{m1}), "         2.5 ms  m1:27017  ServerClosed");
  EXPECT_EQ(line(TopologyClosedEvent{}), "         2.5 ms  TopologyClosed");
}

TEST(ClientTrace, LinesNameClientAndServer) {
  const Event ready{
      .address = m1, .time = TimePoint(12345678901us), .body = ConnectionPoolReadyEvent{}};
  EXPECT_EQ(line_of(traced(ready, TimePoint{})), "12345678.901 ms  m1:27017  ConnectionPoolReady");
  EXPECT_EQ(line_of(traced(ready, TimePoint(ready.time), "client0")),
            "           0 ms  client0  m1:27017  ConnectionPoolReady");
  EXPECT_EQ(line_of({.time = 7ms, .client = {}, .what = TracedHappening{"m1 is killed"}}),
            "           7 ms  -- m1 is killed");
}

/// One server, killed once; the client looks at it every hour.
ClientPlan plan_of_one(Duration latency) {
  ClientPlan plan;
  plan.deployment.servers.members = 1;
  plan.deployment.latency = latency;
  plan.seeds = {SimulatedDeployment::address(0)};
  plan.client.direct_connection = true;
  plan.client.server_monitoring_mode = ServerMonitoringMode::poll;
  plan.client.heartbeat_frequency = 1h;
  plan.happenings = {{.kind = Happening::Kind::kill, .at = 600ms}};
  plan.calls = {{.kind = ClientCall::Kind::ping, .at = 500ms}};
  plan.trouble_ends = 1s;
  return plan;
}

std::string text_of(const ClientTrace& trace) {
  std::string text;
  for (const TracedClientEntry& entry : trace) text += line_of(entry) + '\n';
  return text;
}

TEST(ClientTrace, ARunTellsWhatIsDoneToTheClientAndWhatItDoes) {
  const ClientPlan plan = plan_of_one(1ms);
  ClientTrace trace;
  const ClientRunResult result = run_client_twice(plan, 1, &trace);
  ASSERT_FALSE(result.violation) << result.violation->message;
  EXPECT_EQ(text_of(trace), R"(           0 ms  TopologyOpening
           0 ms  TopologyDescriptionChanged Unknown -> Single
           0 ms  m0:27017  ServerOpening
           0 ms  m0:27017  ServerHeartbeatStarted
           3 ms  m0:27017  ServerHeartbeatSucceeded duration=2
           3 ms  m0:27017  ServerDescriptionChanged Unknown -> Standalone
           3 ms  TopologyDescriptionChanged Single -> Single
           3 ms  m0:27017  ConnectionPoolCreated options={}
           3 ms  m0:27017  ConnectionPoolReady
         500 ms  -- call 1: ping (primary)
         500 ms  m0:27017  ConnectionCheckOutStarted
         500 ms  m0:27017  ConnectionCreated connectionId=1
         503 ms  m0:27017  ConnectionReady connectionId=1 duration=3
         503 ms  m0:27017  ConnectionCheckedOut connectionId=1 duration=3
         505 ms  -- call 1: done
         505 ms  m0:27017  ConnectionCheckedIn connectionId=1
         600 ms  -- m0 is killed
         603 ms  m0:27017  ConnectionClosed connectionId=1 reason=error
        1000 ms  -- all is well again
       31000 ms  -- call 2: the last check-out (write)
       31000 ms  m0:27017  ConnectionCheckOutStarted
       31000 ms  m0:27017  ConnectionCreated connectionId=2
       31003 ms  m0:27017  ServerDescriptionChanged Standalone -> Standalone
       31003 ms  TopologyDescriptionChanged Single -> Single
       31003 ms  m0:27017  ConnectionReady connectionId=2 duration=3
       31003 ms  m0:27017  ConnectionCheckedOut connectionId=2 duration=3
       31003 ms  -- call 2: done
       31003 ms  m0:27017  ConnectionCheckedIn connectionId=2
       37000 ms  -- the client is closed
       37000 ms  m0:27017  ServerClosed
       37000 ms  TopologyDescriptionChanged Single -> Unknown
       37000 ms  TopologyClosed
       37000 ms  m0:27017  ConnectionClosed connectionId=2 reason=poolClosed
       37000 ms  m0:27017  ConnectionPoolClosed
)");
  // To be watched changes nothing.
  EXPECT_EQ(run_client_twice(plan, 1), result);
}

TEST(ClientTrace, ARunTellsNothingAfterAViolation) {
  ClientTrace trace;
  const ClientRunResult result = run_client_twice(plan_of_one(90s), 1, &trace);
  ASSERT_TRUE(result.violation);
  EXPECT_EQ(text_of(trace), R"(           0 ms  TopologyOpening
           0 ms  TopologyDescriptionChanged Unknown -> Single
           0 ms  m0:27017  ServerOpening
           0 ms  m0:27017  ServerHeartbeatStarted
         500 ms  -- call 1: ping (primary)
         600 ms  -- m0 is killed
        1000 ms  -- all is well again
       10000 ms  m0:27017  ServerHeartbeatFailed duration=10000 (NetworkError: timed out (connect))
       10000 ms  m0:27017  ServerDescriptionChanged Unknown -> Unknown (NetworkError: timed out (connect))
       10000 ms  TopologyDescriptionChanged Single -> Single
       10500 ms  m0:27017  ServerHeartbeatStarted
       20500 ms  m0:27017  ServerHeartbeatFailed duration=10000 (NetworkError: timed out (connect))
       21000 ms  m0:27017  ServerHeartbeatStarted
       30500 ms  -- call 1: No server suitable for reads (primary) was found in time; seen was Single: m0:27017 Unknown (timed out (connect))
       31000 ms  -- call 2: the last check-out (write)
)");
}

}  // namespace
}  // namespace cmap::sim
