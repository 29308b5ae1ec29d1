// What a server survives: nonsense, silence, crowds, faults of its own, and its end at any moment.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/prng.hpp"
#include "sim/real/serve/model/fault_dice.hpp"
#include "sim/real/serve/running_harness.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;
using End = TestClient::End;

int connect_error(std::uint16_t port) {
  try {
    const TestClient client(port);
    return 0;
  } catch (const std::system_error& error) {
    return error.code().value();
  }
}

TEST(Robustness, GarbageEndsOneConnectionAndNoOther) {
  Running server;
  TestClient good(server.port());
  const std::vector<wire::Bytes> nonsense{
      {0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
      {0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
      {0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
      {20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xDD, 0x07, 0, 0, 9, 9, 9, 9},
      {16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xDC, 0x07, 0, 0}};
  for (const wire::Bytes& bytes : nonsense) {
    TestClient bad(server.port());
    bad.send_bytes(bytes);
    EXPECT_EQ(bad.wait_for_end(), End::closed);
  }
  EXPECT_TRUE(is_ok(good.ask(command_document("ping"))));
}

TEST(Robustness, MutatedMessagesHurtNobody) {
  Running server;
  const std::vector<Document> documents{number_document("_id", 1)};
  const std::vector<wire::Bytes> messages{
      wire::encode(wire::OpQuery{
          .request_id = 1, .collection = "admin.$cmd", .query = number_document("isMaster", 1)}),
      wire::encode(wire::OpMsg{.request_id = 1, .body = command_document("saslStart")}),
      wire::encode(wire::OpMsg{
          .request_id = 1,
          .body = collection_command("insert", "things",
                                     DocumentBuilder().array("documents", documents).build())}),
      wire::encode(wire::OpMsg{.request_id = 1, .body = collection_command("find", "things")})};
  sim::Prng random(1);
  for (int i = 0; i < 400; ++i) {
    wire::Bytes message = messages[random.below(messages.size())];
    for (std::uint64_t changes = random.below(4) + 1; changes > 0; --changes) {
      message[random.below(message.size())] = static_cast<std::uint8_t>(random.below(256));
    }
    TestClient client(server.port());
    client.send_bytes(message);
    client.end_sending();
    EXPECT_NO_THROW(client.wait_for_end()) << "message " << i;
  }
  EXPECT_TRUE(is_alive(server.port()));
}

TEST(Robustness, TextThatIsNoMessageEndsTheConnection) {
  Running server;
  TestClient browser(server.port());
  browser.send_bytes(wire::bytes_of("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(browser.wait_for_end(), End::closed);
}

TEST(Robustness, HalfOpenPeersHurtNobody) {
  Watcher watcher;
  Running server({}, watcher.hooks());
  const wire::Bytes half{200, 0, 0, 0, 1, 0};
  std::vector<TestClient> peers;
  for (int i = 0; i < 200; ++i) {
    peers.emplace_back(server.port());
    if (i % 2 == 0) peers.back().send_bytes(half);
  }
  EXPECT_TRUE(is_alive(server.port()));
  peers.clear();
  watcher.wait_for_disconnected(201);
  EXPECT_EQ(server.connections(), 0U);
}

TEST(Robustness, TooManyConnectionsAreReset) {
  Running server({.max_connections = 2});
  TestClient first(server.port());
  EXPECT_TRUE(is_ok(first.ask(command_document("ping"))));
  TestClient second(server.port());
  EXPECT_TRUE(is_ok(second.ask(command_document("ping"))));
  TestClient third(server.port());
  EXPECT_EQ(third.wait_for_end(), End::reset);
}

TEST(Robustness, StopsWithConnectionsInEveryState) {
  GateKeeper keeper;
  Running gated({}, keeper.hooks());
  TestClient at_gate(gated.port());
  const GateKeeper::Standing standing = keeper.take();
  Running server;
  TestClient idle(server.port());
  EXPECT_TRUE(is_ok(idle.ask(command_document("ping"))));
  server.set_fail_point(0, {.mode = sim::FailPoint::Mode::always_on,
                            .fail_commands = {"hello"},
                            .block_connection = true,
                            .block_time = std::chrono::hours(1)});
  TestClient blocked(server.port());
  blocked.send(command_document("hello"));
  TestClient half(server.port());
  half.send_bytes(wire::Bytes{200, 0});
  server.stop();
  gated.stop();
  EXPECT_EQ(idle.wait_for_end(), End::closed);
  EXPECT_EQ(connect_error(server.port()), ECONNREFUSED);
  // Long after the end, from another thread: harmless.
  std::thread([&] { standing.proceed({}); }).join();
  server.stop();
}

/// Until it is accepted: what is refused is nobody's connection.
TestClient accepted_client(std::uint16_t port) {
  for (;;) {
    try {
      return TestClient(port);
    } catch (const std::system_error& error) {
      if (error.code().value() != ECONNREFUSED) throw;
    }
  }
}

/// Whether a client that connects and sends one command gets its answer.
bool is_answered(std::uint16_t port) {
  try {
    return is_ok(accepted_client(port).ask(command_document("ping")));
  } catch (const std::runtime_error&) {
    return false;
  }
}

TEST(Robustness, FaultsAtRandomAreThoseOfTheSeed) {
  const FaultRates some{.refuse = 100, .reset = 200, .garbage = 200, .slow = 100};
  const FaultOptions faults{.seed = 5,
                            .connect = some,
                            .command = some,
                            .max_delay = std::chrono::microseconds(100),
                            .refusal = std::chrono::microseconds(100)};
  const auto goes_on = [](const Disturbance& disturbance) {
    return disturbance.kind == Disturbance::Kind::none ||
           disturbance.kind == Disturbance::Kind::slow;
  };
  Running server({.faults = faults});
  for (std::uint64_t connection = 1; connection <= 200; ++connection) {
    FaultDice dice(faults, connection);
    const bool expected =
        goes_on(dice.draw(PeerPhase::connect)) && goes_on(dice.draw(PeerPhase::command));
    EXPECT_EQ(is_answered(server.port()), expected) << "connection " << connection;
  }
}

}  // namespace
}  // namespace cmap::serve
