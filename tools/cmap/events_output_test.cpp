// `--events`: every type of event with exactly the keys that it has.
#include "tools/cmap/events_output.hpp"

#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using namespace std::chrono_literals;

std::string json_of(EventBody body) {
  sim::TracedEvent event;
  event.time = 1500us;
  event.event.counts = {1, 2, 3, 4};
  event.event.body = std::move(body);
  return event_json("s", event);
}

std::string line(std::string_view type, std::string_view rest) {
  return R"({"scenario":"s","type":")" + std::string(type) +
         R"(","timeMS":1.5,"address":"localhost:27017")" + std::string(rest) +
         R"(,"counts":{"pending":1,"available":2,"inUse":3,"waiting":4}})";
}

constexpr ConnectionId seven{7};

TEST(EventsOutput, PoolEvents) {
  PoolOptions options;
  options.max_pool_size = 3;
  options.max_idle_time = 250us;
  EXPECT_EQ(json_of(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>(options)}),
            line("ConnectionPoolCreated", R"(,"options":{"maxPoolSize":3,"maxIdleTimeMS":0.25})"));
  EXPECT_EQ(json_of(ConnectionPoolCreatedEvent{}),
            line("ConnectionPoolCreated", R"(,"options":{})"));
  EXPECT_EQ(json_of(ConnectionPoolReadyEvent{}), line("ConnectionPoolReady", ""));
  EXPECT_EQ(
      json_of(ConnectionPoolClearedEvent{.service_id = {}, .interrupt_in_use_connections = false}),
      line("ConnectionPoolCleared", R"(,"interruptInUseConnections":false)"));
  EXPECT_EQ(json_of(ConnectionPoolClearedEvent{
                .service_id = ServiceId::from_hex("0123456789abcdef01234567"),
                .interrupt_in_use_connections = {}}),
            line("ConnectionPoolCleared", R"(,"serviceId":"0123456789abcdef01234567")"));
  EXPECT_EQ(json_of(ConnectionPoolClosedEvent{}), line("ConnectionPoolClosed", ""));
}

TEST(EventsOutput, ConnectionEvents) {
  EXPECT_EQ(json_of(ConnectionCreatedEvent{seven}),
            line("ConnectionCreated", R"(,"connectionId":7)"));
  EXPECT_EQ(json_of(ConnectionReadyEvent{seven, 2ms}),
            line("ConnectionReady", R"(,"connectionId":7,"durationMS":2)"));
  EXPECT_EQ(json_of(ConnectionClosedEvent{seven, ConnectionClosedReason::pool_closed, nullptr}),
            line("ConnectionClosed", R"(,"connectionId":7,"reason":"poolClosed")"));
}

TEST(EventsOutput, CheckOutEvents) {
  constexpr CheckOutId nine{9};
  EXPECT_EQ(json_of(ConnectionCheckOutStartedEvent{nine}),
            line("ConnectionCheckOutStarted", R"(,"checkOutId":9)"));
  EXPECT_EQ(json_of(ConnectionCheckOutFailedEvent{.reason = CheckOutFailedReason::connection_error,
                                                  .duration = 1ns,
                                                  .check_out = nine,
                                                  .error = pool_cleared_error(Address(), nullptr)}),
            line("ConnectionCheckOutFailed",
                 R"(,"reason":"connectionError","durationMS":0.000001,"checkOutId":9,)"
                 R"("error":"PoolClearedError")"));
  EXPECT_EQ(json_of(ConnectionCheckedOutEvent{
                .connection_id = seven, .duration = 0ms, .check_out = nine}),
            line("ConnectionCheckedOut", R"(,"connectionId":7,"durationMS":0,"checkOutId":9)"));
  EXPECT_EQ(json_of(ConnectionCheckedInEvent{seven}),
            line("ConnectionCheckedIn", R"(,"connectionId":7)"));
}

template <typename AnyEvent>
std::string entry_json(AnyEvent event, std::string client = {}) {
  event.time = TimePoint(1500us);
  return event_json("t", sim::traced(event, TimePoint{}, std::move(client)));
}

const Address somewhere("h", 1);
const ErrorPtr broken =
    std::make_shared<const Error>(Error{.type = ErrorType::network, .message = "it broke"});

std::string of_heartbeat(HeartbeatEventBody body) {
  return entry_json(HeartbeatEvent{.address = somewhere, .time = {}, .body = std::move(body)});
}

TEST(EventsOutput, HeartbeatsOfACase) {
  const std::string common = R"(,"timeMS":1.5,"address":"h:1","awaited":)";
  const std::string begin = R"({"case":"t","type":"ServerHeartbeat)";
  EXPECT_EQ(of_heartbeat(ServerHeartbeatStartedEvent{.awaited = true}),
            begin + "Started\"" + common + "true}");
  EXPECT_EQ(of_heartbeat(ServerHeartbeatSucceededEvent{.duration = 2ms, .reply = {}}),
            begin + "Succeeded\"" + common + R"(false,"durationMS":2})");
  EXPECT_EQ(of_heartbeat(ServerHeartbeatFailedEvent{.duration = 2ms, .error = broken}),
            begin + "Failed\"" + common +
                R"(false,"durationMS":2,"error":"NetworkError","message":"it broke"})");
}

std::string of_topology(TopologyEventBody body) {
  return entry_json(TopologyEvent{.time = {}, .body = std::move(body)});
}

TEST(EventsOutput, TopologiesOfACase) {
  const auto server = [](ServerType type, ErrorPtr error) {
    return std::make_shared<const ServerDescription>(
        ServerDescription{.address = somewhere, .type = type, .error = std::move(error)});
  };
  const auto topology = [](TopologyType type) {
    return std::make_shared<const TopologyDescription>(TopologyDescription{.type = type});
  };
  const std::string begin = R"({"case":"t","type":")";
  EXPECT_EQ(of_topology(TopologyOpeningEvent{}), begin + R"(TopologyOpening","timeMS":1.5})");
  EXPECT_EQ(of_topology(TopologyClosedEvent{}), begin + R"(TopologyClosed","timeMS":1.5})");
  EXPECT_EQ(of_topology(ServerOpeningEvent{somewhere}),
            begin + R"(ServerOpening","timeMS":1.5,"address":"h:1"})");
  EXPECT_EQ(of_topology(ServerClosedEvent{somewhere}),
            begin + R"(ServerClosed","timeMS":1.5,"address":"h:1"})");
  EXPECT_EQ(
      of_topology(ServerDescriptionChangedEvent{somewhere, server(ServerType::mongos, nullptr),
                                                server(ServerType::unknown, broken)}),
      begin + R"(ServerDescriptionChanged","timeMS":1.5,"address":"h:1","previous":"Mongos",)"
              R"("new":"Unknown","error":"NetworkError","message":"it broke"})");
  EXPECT_EQ(of_topology(TopologyDescriptionChangedEvent{topology(TopologyType::unknown),
                                                        topology(TopologyType::sharded)}),
            begin + R"(TopologyDescriptionChanged","timeMS":1.5,"previous":"Unknown",)"
                    R"("new":"Sharded"})");
}

TEST(EventsOutput, PoolEventsAndHappeningsOfACase) {
  EXPECT_EQ(entry_json(Event{.address = somewhere, .body = ConnectionPoolReadyEvent{}}, "c"),
            R"({"case":"t","client":"c","type":"ConnectionPoolReady","timeMS":1.5,)"
            R"("address":"h:1","counts":{"pending":0,"available":0,"inUse":0,"waiting":0}})");
  EXPECT_EQ(event_json("t", {.time = 2ms, .client = {}, .what = sim::TracedHappening{"killed"}}),
            R"({"case":"t","timeMS":2,"happening":"killed"})");
}

TEST(EventsOutput, WritesALineForEveryEventIgnoredOnesToo) {
  const PlayedText run(passing_scenario);
  const TemporaryFolder folder;
  const auto output = Output::create_file(folder.path() / "events");
  EventsOutput(*output).add(run.played());
  output->close();
  const auto lines = lines_of(folder.read("events"));
  ASSERT_EQ(lines.size(), run.result().trace.events.size());
  EXPECT_EQ(text_member(parsed(lines[0]), "type"), "ConnectionPoolCreated");
  EXPECT_EQ(text_member(parsed(lines[1]), "type"), "ConnectionPoolReady");
  EXPECT_EQ(text_member(parsed(lines[1]), "scenario"), "example");
}

}  // namespace
}  // namespace cmap::tools
