// A replica set on real sockets: elections, deaths, and clients that wait for news.
#include <future>

#include <gtest/gtest.h>

#include "sim/real/serve/client_harness.hpp"
#include "sim/real/serve/server.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;
using End = TestClient::End;

class ReplicaSet : public ::testing::Test {
 protected:
  ReplicaSet() { server.start(); }

  TestClient client_of(std::size_t member) { return TestClient(server.ports().at(member)); }
  /// Waits for news after those of `hello`, as a stream if the answer may be one.
  static Document awaiting(wire::DocumentView hello) {
    return command_document(
        "hello", DocumentBuilder()
                     .document("topologyVersion", *hello.find_document("topologyVersion"))
                     .int32("maxAwaitTimeMS", 60'000)
                     .build());
  }
  std::string host(std::size_t member) {
    return "127.0.0.1:" + std::to_string(server.ports().at(member));
  }
  int connect_error(std::size_t member) {
    try {
      client_of(member);
      return 0;
    } catch (const std::system_error& error) {
      return error.code().value();
    }
  }

  Server server{{.ports = {0, 0, 0}, .replica_set = "rs"}};
};

TEST_F(ReplicaSet, HasOneUri) {
  EXPECT_EQ(server.uri(),
            "mongodb://" + host(0) + "," + host(1) + "," + host(2) + "/?replicaSet=rs");
}

TEST_F(ReplicaSet, AStepDownIsNewsForWhoWaits) {
  TestClient client = client_of(2);
  const Document first = client.ask(command_document("hello"));
  EXPECT_EQ(first.view().find_string("primary"), host(0));
  client.send(awaiting(first));
  server.step_down();
  // One change after the other, as fast as the client asks.
  Document reply = client.receive().body;
  while (!reply.view().find_string("primary")) reply = client.ask(awaiting(reply));
  EXPECT_EQ(reply.view().find_string("primary"), host(1));
  EXPECT_EQ(server.primary(), 1U);
}

TEST_F(ReplicaSet, AStreamOfHellos) {
  TestClient client = client_of(1);
  const Document first = client.ask(command_document("hello"));
  client.send(awaiting(first), true);
  std::int32_t previous_id = client.last_id();
  std::int64_t counter = 0;
  for (const std::size_t victim : {2U, 0U}) {
    server.kill(victim);
    const wire::OpMsg reply = client.receive();
    EXPECT_TRUE(reply.more_to_come);
    EXPECT_EQ(reply.response_to, previous_id);
    previous_id = reply.request_id;
    const auto version = reply.body.view().find_document("topologyVersion");
    EXPECT_EQ(version->find_whole_number("counter"), ++counter);
  }
  EXPECT_EQ(server.primary(), std::nullopt);
}

TEST_F(ReplicaSet, AKilledMemberRefusesAndComesBack) {
  TestClient client = client_of(1);
  EXPECT_TRUE(is_ok(client.ask(command_document("ping"))));
  server.kill(1);
  EXPECT_EQ(client.wait_for_end(), End::closed);
  EXPECT_EQ(connect_error(1), ECONNREFUSED);
  EXPECT_EQ(server.primary(), 0U);
  server.kill(1);
  server.restart(1);
  server.restart(1);
  TestClient again = client_of(1);
  EXPECT_EQ(again.ask(command_document("hello")).view().find_flag("secondary"), true);
}

TEST_F(ReplicaSet, DocumentsOutliveThePrimary) {
  TestClient writer = client_of(0);
  const std::vector<Document> documents{number_document("_id", 1)};
  EXPECT_TRUE(is_ok(writer.ask(collection_command(
      "insert", "things", DocumentBuilder().array("documents", documents).build()))));
  server.kill(0);
  EXPECT_EQ(server.primary(), 1U);
  TestClient reader = client_of(1);
  EXPECT_EQ(reader.ask(collection_command("count", "things")).view().find_whole_number("n"), 1);
}

TEST_F(ReplicaSet, IsKilledAndRestartedByCommands) {
  TestClient victim = client_of(2);
  victim.send(command_document("shutdown"));
  EXPECT_EQ(victim.wait_for_end(), End::closed);
  EXPECT_EQ(connect_error(2), ECONNREFUSED);
  TestClient other = client_of(0);
  const Document restart =
      DocumentBuilder().string("cmapRestart", host(2)).string("$db", "admin").build();
  EXPECT_TRUE(is_ok(other.ask(restart)));
  // What the first command asked for is done before the second one is answered.
  EXPECT_TRUE(is_ok(other.ask(command_document("ping"))));
  EXPECT_EQ(connect_error(2), 0);
}

TEST_F(ReplicaSet, StepsDownByCommand) {
  TestClient client = client_of(0);
  EXPECT_TRUE(is_ok(client.ask(command_document("replSetStepDown"))));
  EXPECT_TRUE(is_ok(client.ask(command_document("ping"))));
  EXPECT_EQ(server.primary(), 1U);
  EXPECT_EQ(code_of(client.ask(collection_command("insert", "things"))), 10107);
}

TEST(ScriptedStepDown, ComesByItself) {
  Server server({.ports = {0, 0, 0},
                 .replica_set = "rs",
                 .election_time = std::chrono::milliseconds(1),
                 .step_down_after = std::chrono::milliseconds(1)});
  server.start();
  TestClient client(server.ports().at(2));
  Document reply = client.ask(command_document("hello"));
  while (reply.view().find_string("primary") !=
         "127.0.0.1:" + std::to_string(server.ports().at(1))) {
    reply = client.ask(command_document("hello"));
  }
  EXPECT_EQ(server.primary(), 1U);
}

TEST(SingleServer, IsKilledAndRestarted) {
  Server server({});
  server.start();
  TestClient client(server.ports().front());
  EXPECT_TRUE(is_ok(client.ask(command_document("ping"))));
  server.kill(0);
  EXPECT_EQ(client.wait_for_end(), End::closed);
  server.restart(0);
  TestClient again(server.ports().front());
  EXPECT_TRUE(is_ok(again.ask(command_document("ping"))));
  EXPECT_EQ(server.primary(), 0U);
}

TEST(SingleServer, TellsWhenItIsShutDown) {
  std::promise<std::size_t> shut_down;
  Server server({}, {.shut_down = [&](std::size_t member) { shut_down.set_value(member); }});
  server.start();
  TestClient client(server.ports().front());
  client.send(command_document("shutdown"));
  EXPECT_EQ(shut_down.get_future().get(), 0U);
}

}  // namespace
}  // namespace cmap::serve
