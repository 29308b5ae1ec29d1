// Gates: where a connection stands, and what happens to it for each verdict.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/serve/client_harness.hpp"
#include "sim/real/serve/server.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;
using End = TestClient::End;

class Gates : public ::testing::Test {
 protected:
  Gates() { server.start(); }

  TestClient connected() {
    TestClient client(server.ports().front());
    keeper.pass(PeerPhase::connect);
    return client;
  }

  GateKeeper keeper;
  Server server{{.users = {{.name = "ada", .password = "x"}}}, keeper.hooks()};
};

TEST_F(Gates, SayWhoStandsThere) {
  TestClient client(server.ports().front());
  const GateKeeper::Standing accepted = keeper.take();
  EXPECT_EQ(accepted.peer.connection, 1U);
  EXPECT_EQ(accepted.peer.member, 0U);
  EXPECT_EQ(accepted.peer.port, client.local_port());
  EXPECT_EQ(accepted.peer.phase, PeerPhase::connect);
  accepted.proceed({});
  client.send(command_document("isMaster"));
  const GateKeeper::Standing hello = keeper.take();
  EXPECT_EQ(hello.peer.phase, PeerPhase::hello);
  EXPECT_EQ(hello.peer.command, "isMaster");
  hello.proceed({});
  EXPECT_TRUE(is_ok(client.receive().body));
}

TEST_F(Gates, EveryCommandHasItsOwn) {
  TestClient client = connected();
  client.send(command_document("hello"));
  keeper.pass(PeerPhase::hello);
  EXPECT_TRUE(is_ok(client.receive().body));
  client.send(command_document("saslStart"));
  keeper.pass(PeerPhase::authenticate);
  EXPECT_EQ(code_of(client.receive().body), 18);
  client.send(command_document("ping"));
  keeper.pass(PeerPhase::command);
  EXPECT_TRUE(is_ok(client.receive().body));
}

TEST_F(Gates, HoldOneConnectionAndNoOther) {
  TestClient first = connected();
  first.send(command_document("ping"));
  const GateKeeper::Standing held = keeper.take();
  TestClient second = connected();
  second.send(command_document("ping"));
  const GateKeeper::Standing other = keeper.take();
  EXPECT_EQ(other.peer.connection, 2U);
  other.proceed({});
  EXPECT_TRUE(is_ok(second.receive().body));
  held.proceed({});
  EXPECT_TRUE(is_ok(first.receive().body));
}

TEST_F(Gates, OnlyTheFirstVerdictCounts) {
  TestClient client = connected();
  client.send(command_document("ping"));
  const GateKeeper::Standing standing = keeper.take();
  std::thread([&] { standing.proceed({}); }).join();
  EXPECT_TRUE(is_ok(client.receive().body));
  standing.proceed({.kind = Verdict::Kind::reset});
  client.send(command_document("ping"));
  const GateKeeper::Standing next = keeper.take();
  standing.proceed({.kind = Verdict::Kind::reset});
  next.proceed({});
  EXPECT_TRUE(is_ok(client.receive().body));
}

TEST_F(Gates, MayOpenAtOnce) {
  Server open({}, {.gate = [](const Peer&, const Proceed& proceed) { proceed({}); }});
  open.start();
  TestClient client(open.ports().front());
  EXPECT_TRUE(is_ok(client.ask(command_document("ping"))));
}

TEST_F(Gates, CloseInEveryPhase) {
  TestClient early(server.ports().front());
  keeper.take().proceed({.kind = Verdict::Kind::close});
  EXPECT_EQ(early.wait_for_end(), End::closed);
  for (const char* name : {"hello", "saslStart", "ping"}) {
    TestClient client = connected();
    client.send(command_document(name));
    keeper.take().proceed({.kind = Verdict::Kind::close});
    EXPECT_EQ(client.wait_for_end(), End::closed) << name;
  }
}

TEST_F(Gates, CloseWithSomethingUnreadIsStillNoReset) {
  TestClient client(server.ports().front());
  client.send(command_document("ping"));
  keeper.take().proceed({.kind = Verdict::Kind::close});
  EXPECT_EQ(client.wait_for_end(), End::closed);
}

TEST_F(Gates, ResetInEveryPhase) {
  TestClient early(server.ports().front());
  keeper.take().proceed({.kind = Verdict::Kind::reset});
  EXPECT_EQ(early.wait_for_end(), End::reset);
  for (const char* name : {"hello", "saslStart", "ping"}) {
    TestClient client = connected();
    client.send(command_document(name));
    keeper.take().proceed({.kind = Verdict::Kind::reset});
    EXPECT_EQ(client.wait_for_end(), End::reset) << name;
  }
}

TEST_F(Gates, GarbageCannotBeRead) {
  for (const bool before_hello : {true, false}) {
    TestClient client(server.ports().front());
    const GateKeeper::Standing accepted = keeper.take();
    client.send(command_document("hello"));
    accepted.proceed({.kind = before_hello ? Verdict::Kind::garbage : Verdict::Kind::go_on});
    if (!before_hello) keeper.take().proceed({.kind = Verdict::Kind::garbage});
    client.end_sending();
    const std::string text = client.receive_until_end();
    ASSERT_GE(text.size(), wire::header_size);
    EXPECT_FALSE(wire::decode_header(wire::bytes_of(text)));
  }
}

TEST_F(Gates, AnErrorIsTheAnswer) {
  TestClient client = connected();
  client.send(command_document("hello"));
  keeper.take().proceed({.kind = Verdict::Kind::error,
                         .code = 91,
                         .message = "going down",
                         .labels = {"RetryableError"}});
  const Document reply = client.receive().body;
  EXPECT_EQ(code_of(reply), 91);
  EXPECT_EQ(reply.view().find_string("errmsg"), "going down");
  EXPECT_EQ(reply.view().find_array("errorLabels")->begin()->as_string(), "RetryableError");
  // It was only this answer.
  client.send(command_document("ping"));
  keeper.pass(PeerPhase::command);
  EXPECT_TRUE(is_ok(client.receive().body));
}

TEST_F(Gates, CredentialsAreRefused) {
  TestClient client = connected();
  client.send(command_document("saslStart"));
  keeper.take().proceed({.kind = Verdict::Kind::refuse_credentials});
  const Document reply = client.receive().body;
  EXPECT_EQ(code_of(reply), 18);
  EXPECT_EQ(reply.view().find_string("codeName"), "AuthenticationFailed");
}

TEST_F(Gates, AnErrorBeforeHelloCloses) {
  TestClient client(server.ports().front());
  keeper.take().proceed({.kind = Verdict::Kind::error, .code = 91});
  EXPECT_EQ(client.wait_for_end(), End::closed);
}

TEST_F(Gates, APeerThatLeavesIsNoticedWhileItIsHeld) {
  Watcher watcher;
  Hooks hooks = keeper.hooks();
  hooks.observe = watcher.hooks().observe;
  Server watched({}, hooks);
  watched.start();
  TestClient client(watched.ports().front());
  keeper.pass(PeerPhase::connect);
  client.send(command_document("ping"));
  const GateKeeper::Standing standing = keeper.take();
  client.close();
  watcher.wait_for_disconnected(1);
  standing.proceed({});
  EXPECT_EQ(watched.connections(), 0U);
}

TEST_F(Gates, APeerIsClosedFromOutside) {
  TestClient closed = connected();
  TestClient reset = connected();
  server.close_peer(1, Server::How::close);
  server.close_peer(2, Server::How::reset);
  EXPECT_EQ(closed.wait_for_end(), End::closed);
  EXPECT_EQ(reset.wait_for_end(), End::reset);
  server.close_peer(2, Server::How::close);
  server.close_peer(99, Server::How::close);
}

TEST_F(Gates, APeerIsClosedWhileItIsHeld) {
  TestClient client = connected();
  client.send(command_document("ping"));
  const GateKeeper::Standing standing = keeper.take();
  server.close_peer(1, Server::How::close);
  EXPECT_EQ(client.wait_for_end(), End::closed);
  standing.proceed({});
  EXPECT_EQ(server.primary(), 0U);
}

TEST_F(Gates, AFailPointStandsBehindTheGate) {
  server.set_fail_point(
      0, {.mode = sim::FailPoint::Mode::always_on, .fail_commands = {"ping"}, .error_code = 91});
  TestClient client = connected();
  client.send(command_document("ping"));
  keeper.pass(PeerPhase::command);
  EXPECT_EQ(code_of(client.receive().body), 91);
}

}  // namespace
}  // namespace cmap::serve
