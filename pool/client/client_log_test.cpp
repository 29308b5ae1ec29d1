// The log messages of a client: their words and values, which of them are made, and what a client
// says of its server selections.
#include "pool/client/client_log.hpp"

#include <mutex>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/client/client_harness.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Fields = std::vector<LogField>;

const Address logged_host("a.example", 27018);

TopologyPtr topology_of(ServerType type, ErrorPtr error = nullptr) {
  auto server = std::make_shared<ServerDescription>(ServerDescription{.address = logged_host});
  server->type = type;
  server->error = std::move(error);
  return std::make_shared<const TopologyDescription>(
      TopologyDescription{.type = TopologyType::single, .servers = {server}});
}

ErrorPtr refused() {
  return std::make_shared<const Error>(Error{.type = ErrorType::network, .message = "refused"});
}

void expect_message(const LogMessage& message, LogComponent component, std::string_view name,
                    const Fields& fields, std::string_view text) {
  EXPECT_EQ(message.level, LogLevel::debug);
  EXPECT_EQ(message.component, component);
  EXPECT_EQ(message.message, name);
  EXPECT_EQ(message.fields, fields) << name;
  EXPECT_EQ(text_of(message), text);
}

void expect_topology_message(TopologyEventBody body, std::string_view name, const Fields& fields,
                             std::string_view text) {
  const auto message =
      log_message(TopologyEvent{.topology_id = TopologyId{7}, .time = {}, .body = std::move(body)});
  ASSERT_TRUE(message);
  expect_message(*message, LogComponent::topology, name, fields, text);
}

void expect_heartbeat_message(HeartbeatEventBody body, std::optional<std::int64_t> of_server,
                              std::string_view name, const Fields& fields, std::string_view text) {
  const HeartbeatEvent event{.address = logged_host,
                             .time = {},
                             .body = std::move(body),
                             .topology_id = TopologyId{7},
                             .connection = MonitorConnectionId{2},
                             .server_connection = of_server};
  expect_message(log_message(event, 40), LogComponent::topology, name, fields, text);
}

std::shared_ptr<const wire::HelloReply> reply_of(const wire::Document& document) {
  return std::make_shared<const wire::HelloReply>(wire::HelloReply::from(document));
}

const Fields of_server{{"topologyId", std::int64_t{7}},
                       {"serverHost", "a.example"},
                       {"serverPort", std::int64_t{27018}}};

TEST(ClientLogMessage, Topologies) {
  const Fields id{{"topologyId", std::int64_t{7}}};
  expect_topology_message(TopologyOpeningEvent{}, "Starting topology monitoring", id,
                          "Starting monitoring for topology with ID 7");
  expect_topology_message(TopologyClosedEvent{}, "Stopped topology monitoring", id,
                          "Stopped monitoring for topology with ID 7");
  expect_topology_message(
      TopologyDescriptionChangedEvent{topology_of(ServerType::unknown, refused()),
                                      topology_of(ServerType::standalone)},
      "Topology description changed",
      {{"topologyId", std::int64_t{7}},
       {"previousDescription", "Single: a.example:27018 Unknown (refused)"},
       {"newDescription", "Single: a.example:27018 Standalone"}},
      "Description changed for topology with ID 7. Previous description: Single: a.example:27018 "
      "Unknown (refused). New description: Single: a.example:27018 Standalone");
}

TEST(ClientLogMessage, Servers) {
  expect_topology_message(ServerOpeningEvent{logged_host}, "Starting server monitoring", of_server,
                          "Starting monitoring for server a.example:27018 in topology with ID 7");
  expect_topology_message(ServerClosedEvent{logged_host}, "Stopped server monitoring", of_server,
                          "Stopped monitoring for server a.example:27018 in topology with ID 7");
  const TopologyEvent changed{.body = ServerDescriptionChangedEvent{logged_host, nullptr, nullptr}};
  EXPECT_FALSE(log_message(changed));
}

TEST(ClientLogMessage, Heartbeats) {
  Fields fields = of_server;
  fields.push_back({"driverConnectionId", std::int64_t{2}});
  fields.push_back({"awaited", true});
  expect_heartbeat_message(
      ServerHeartbeatStartedEvent{.awaited = true}, std::nullopt, "Server heartbeat started",
      fields,
      "Heartbeat started for a.example:27018 on connection with driver-generated ID 2 in topology "
      "with ID 7. Awaited: true");
  fields.insert(fields.begin() + 4, {"serverConnectionId", std::int64_t{31}});
  fields.push_back({"durationMS", 1.5});
  fields.push_back({"failure", "NetworkError: refused"});
  expect_heartbeat_message(
      ServerHeartbeatFailedEvent{
          .awaited = true, .duration = std::chrono::microseconds(1500), .error = refused()},
      31, "Server heartbeat failed", fields,
      "Heartbeat failed in 1.5 ms for a.example:27018 on connection with driver-generated ID 2 and "
      "server-generated ID 31 in topology with ID 7. Awaited: true. Failure: NetworkError: "
      "refused");
  fields.back() = {"reply", R"({ "ok" : 1 })"};
  expect_heartbeat_message(
      ServerHeartbeatSucceededEvent{
          .awaited = true,
          .duration = std::chrono::microseconds(1500),
          .reply = reply_of(wire::DocumentBuilder().int32("ok", 1).build())},
      31, "Server heartbeat succeeded", fields,
      "Heartbeat succeeded in 1.5 ms for a.example:27018 on connection with driver-generated ID 2 "
      "and server-generated ID 31 in topology with ID 7. Awaited: true. Reply: { \"ok\" : 1 }");
}

TEST(ClientLogMessage, LongRepliesAreCutBetweenCharacters) {
  const auto reply = reply_of(wire::DocumentBuilder().string("me", "\u00e4\u00e4\u00e4").build());
  const auto logged = [&](std::size_t length) {
    const HeartbeatEvent event{
        .address = logged_host, .time = {}, .body = ServerHeartbeatSucceededEvent{.reply = reply}};
    return text_of(*log_message(event, length).find("reply"));
  };
  EXPECT_EQ(reply->document.to_json().size(), 19U);
  EXPECT_EQ(logged(19), "{ \"me\" : \"\u00e4\u00e4\u00e4\" }");
  EXPECT_EQ(logged(14), "{ \"me\" : \"\u00e4\u00e4...");
  EXPECT_EQ(logged(13), "{ \"me\" : \"\u00e4...");
  EXPECT_EQ(logged(0), "...");
}

TEST(ClientLogMessage, Selections) {
  SelectionEvent event{
      .time = {},
      .operation = "find",
      .selection = {.read_preference = {.mode = ReadPreferenceMode::secondary,
                                        .tag_sets = {{{"dc", "x"}}},
                                        .max_staleness = std::chrono::seconds(90)}},
      .topology = topology_of(ServerType::standalone),
      .body = SelectionStartedEvent{}};
  const std::string selector =
      R"({ "$readPreference" : { "mode" : "secondary", "tags" : [ { "dc" : "x" } ], )"
      R"("maxStalenessSeconds" : 90 } })";
  Fields fields{{"selector", selector},
                {"operation", "find"},
                {"topologyDescription", "Single: a.example:27018 Standalone"}};
  const std::string rest =
      ". Selector: " + selector + ", topology description: Single: a.example:27018 Standalone";
  expect_message(log_message(event), LogComponent::server_selection, "Server selection started",
                 fields, "Server selection started for operation find" + rest);
  fields.push_back({"failure", "NetworkError: refused"});
  event.body = SelectionFailedEvent{refused()};
  expect_message(
      log_message(event), LogComponent::server_selection, "Server selection failed", fields,
      "Server selection failed for operation find. Failure: NetworkError: refused" + rest);
  fields.back() = {"serverHost", "a.example"};
  fields.push_back({"serverPort", std::int64_t{27018}});
  event.body = SelectionSucceededEvent{logged_host};
  expect_message(
      log_message(event), LogComponent::server_selection, "Server selection succeeded", fields,
      "Server selection succeeded for operation find. Selected server: a.example:27018" + rest);
}

TEST(ClientLogMessage, ASelectionThatWaitsIsWorthMore) {
  const SelectionEvent event{.time = {},
                             .operation = "insert",
                             .selection = {.kind = OperationKind::write},
                             .topology = topology_of(ServerType::unknown),
                             .body = SelectionWaitingEvent{std::chrono::microseconds(1999)}};
  const LogMessage message = log_message(event);
  EXPECT_EQ(message.level, LogLevel::informational);
  EXPECT_EQ(message.message, "Waiting for suitable server to become available");
  EXPECT_EQ(*message.find("remainingTimeMS"), LogValue(std::int64_t{1}));
  EXPECT_EQ(text_of(message),
            "Waiting for server to become available for operation insert. Remaining time: 1 ms. "
            "Selector: a server for writes, topology description: Single: a.example:27018 Unknown");
}

TEST(ClientLogMessage, OnlyWhatIsLoggedIsListenedTo) {
  const LogSink sink = [](const LogMessage&) {};
  const auto listened = [&](const LogSettings& settings, const LogSink& to) {
    const ClientListener listener = make_log_listener(ClientOptions(), settings, to);
    return std::vector<bool>{bool(listener.pool), bool(listener.topology), bool(listener.heartbeat),
                             bool(listener.selection)};
  };
  const LogLevel debug = LogLevel::debug;
  EXPECT_THAT(listened({}, sink), ElementsAre(false, false, false, false));
  EXPECT_THAT(listened({.connection = debug}, sink), ElementsAre(true, false, false, false));
  EXPECT_THAT(listened({.topology = debug}, sink), ElementsAre(false, true, true, false));
  EXPECT_THAT(listened({.server_selection = LogLevel::informational}, sink),
              ElementsAre(false, false, false, true));
  EXPECT_THAT(listened({.connection = debug, .topology = debug, .server_selection = debug}, {}),
              ElementsAre(false, false, false, false));
}

/// Of a real client on loopback, as lines.
class SelectionLines {
 public:
  ClientListener listener() {
    return {.selection = [this](const SelectionEvent& event) {
      const LogMessage message = log_message(event);
      const LogValue* const failure = message.find("failure");
      const std::string line = text_of(*message.find("operation")) + ": " +
                               std::string(message.message) +
                               (failure ? ", " + text_of(*failure) : "");
      const std::lock_guard lock(mutex_);
      lines_.push_back(line);
    }};
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

TEST(ClientSelectionEvents, ComeBeforeTheOutcomeAndOnlyWhileSomebodyListens) {
  test::ClientWorld world;
  SelectionLines lines;
  const auto client = world.make_client();
  client->run_command(test::ping());
  Subscription subscription = client->subscribe(lines.listener());
  client->run_command(test::ping());
  EXPECT_THAT(lines.take(),
              ElementsAre("ping: Server selection started", "ping: Server selection succeeded"));
  static_cast<void>(client->check_out());
  EXPECT_THAT(lines.take(), ElementsAre("checkOut: Server selection started",
                                        "checkOut: Server selection succeeded"));
  subscription = Subscription();
  client->run_command(test::ping());
  EXPECT_THAT(lines.take(), IsEmpty());
}

TEST(ClientSelectionEvents, OneThatFailsSaysOnceThatItWaits) {
  test::ClientWorld world;
  SelectionLines lines;
  Client client({Address("no.such.host.invalid", 1)},
                {.server_selection_timeout = std::chrono::milliseconds(20)}, world.environment,
                {.listeners = {lines.listener()}});
  EXPECT_THROW(client.run_command(test::ping()), PoolError);
  const std::string why = "ServerSelectionError: No server suitable for reads (primary) was found";
  EXPECT_THAT(lines.take(), ElementsAre("ping: Server selection started",
                                        "ping: Waiting for suitable server to become available",
                                        "ping: Server selection failed, " + why + " in time"));
  client.close();
  EXPECT_THROW(client.run_command(test::ping()), PoolError);
  EXPECT_THAT(lines.take(), ElementsAre("ping: Server selection started",
                                        HasSubstr("ping: Server selection failed, PoolClosed")));
}

}  // namespace
}  // namespace cmap
