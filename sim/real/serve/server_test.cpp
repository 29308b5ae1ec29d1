// A server on real sockets: round trips, and what it cannot be asked to be.
#include "sim/real/serve/server.hpp"

#include <cstring>
#include <filesystem>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/wire/establishment.hpp"
#include "sim/real/serve/running_harness.hpp"
#include "sim/real/temporary_folder.hpp"

namespace cmap::serve {
namespace {

using ::testing::Each;
using ::testing::MatchesRegex;
using ::testing::Ne;
using ::testing::SizeIs;
using wire::Document;
using wire::DocumentBuilder;
using End = TestClient::End;

TEST(Serve, AnswersOnAnyPort) {
  Running server;
  EXPECT_NE(server.port(), 0);
  EXPECT_EQ(server.uri(), "mongodb://127.0.0.1:" + std::to_string(server.port()) + "/");
  TestClient client(server.port());
  client.send(command_document("ping"));
  const wire::OpMsg reply = client.receive();
  EXPECT_EQ(reply.response_to, client.last_id());
  EXPECT_TRUE(is_ok(reply.body));
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Serve, KeepsDocumentsForEveryConnection) {
  Running server;
  TestClient writer(server.port());
  wire::OpMsg insert{.request_id = 1, .body = collection_command("insert", "things")};
  insert.sequences.push_back(
      {.name = "documents", .documents = {number_document("_id", 1), number_document("_id", 2)}});
  writer.send_bytes(wire::encode(insert));
  EXPECT_EQ(writer.receive().body.view().find_whole_number("n"), 2);
  TestClient reader(server.port());
  EXPECT_EQ(reader.ask(collection_command("count", "things")).view().find_whole_number("n"), 2);
}

TEST(Serve, UnacknowledgedCommandsAreNotAnswered) {
  Running server;
  TestClient client(server.port());
  for (std::int32_t id = 0; id < 50; ++id) {
    client.send_bytes(wire::encode(
        wire::OpMsg{.request_id = id,
                    .more_to_come = true,
                    .body = collection_command(
                        "insert", "things",
                        DocumentBuilder()
                            .array("documents", std::vector<Document>{number_document("_id", id)})
                            .build())}));
  }
  EXPECT_EQ(client.ask(collection_command("count", "things")).view().find_whole_number("n"), 50);
}

TEST(Serve, AnswersInOrderToWhoDoesNotWait) {
  Running server;
  TestClient client(server.port());
  for (int i = 0; i < 20; ++i) client.send(command_document("ping"));
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(client.receive().response_to, i);
}

TEST(Serve, AnswersAnOldQueryWithAnOldReply) {
  Running server;
  TestClient client(server.port());
  client.send_bytes(wire::encode(wire::OpQuery{
      .request_id = 9, .collection = "admin.$cmd", .query = number_document("isMaster", 1)}));
  const auto message = wire::decode(client.receive_message());
  ASSERT_TRUE(message);
  const auto* reply = std::get_if<wire::OpReply>(&*message);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->response_to, 9);
  ASSERT_THAT(reply->documents, SizeIs(1));
  EXPECT_EQ(reply->documents[0].view().find_flag("ismaster"), true);
}

TEST(Serve, TakesAMessageByteByByte) {
  Running server;
  TestClient client(server.port());
  const wire::Bytes message =
      wire::encode(wire::OpMsg{.request_id = 1, .body = command_document("ping")});
  for (const std::uint8_t& byte : message) client.send_bytes({&byte, 1});
  EXPECT_TRUE(is_ok(client.receive().body));
}

TEST(Serve, TakesALargeDocument) {
  Running server;
  TestClient client(server.port());
  const std::string large(15'000'000, 'x');
  const std::vector<Document> documents{
      DocumentBuilder().int32("_id", 1).string("s", large).build()};
  const Document insert = collection_command(
      "insert", "things", DocumentBuilder().array("documents", documents).build());
  EXPECT_TRUE(is_ok(client.ask(insert)));
  const Document found = client.ask(collection_command("find", "things"));
  EXPECT_GT(found.bytes().size(), large.size());
}

TEST(Serve, AuthenticatesLikeThePoolDoes) {
  Running server({.authentication = true, .users = {{.name = "ada", .password = "secret"}}});
  const auto establish = [&](const char* password) {
    TestClient client(server.port());
    wire::Establishment establishment(
        {.address = Address("127.0.0.1", server.port()),
         .credential = wire::Credential{.user = "ada", .password = password},
         .nonces = [](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, 7); }});
    while (!establishment.finished()) {
      client.send_bytes(establishment.take_output());
      establishment.receive(client.receive_message());
    }
    return establishment.error() ? establishment.error()->type : ErrorType::usage;
  };
  EXPECT_EQ(establish("secret"), ErrorType::usage);
  EXPECT_EQ(establish("wrong"), ErrorType::authentication);
  TestClient stranger(server.port());
  EXPECT_EQ(code_of(stranger.ask(command_document("ping"))), 13);
}

TEST(Serve, AFailPointClosesTheConnection) {
  Running server;
  server.set_fail_point(0, {.mode = sim::FailPoint::Mode::times,
                            .count = 1,
                            .fail_commands = {"ping"},
                            .close_connection = true});
  TestClient client(server.port());
  client.send(command_document("ping"));
  EXPECT_EQ(client.wait_for_end(), End::closed);
  EXPECT_TRUE(is_alive(server.port()));
}

TEST(Serve, AFailPointBlocksOneConnectionAndNoOther) {
  Running server;
  TestClient slow(server.port());
  const Document point =
      DocumentBuilder()
          .string("configureFailPoint", "failCommand")
          .document("mode", number_document("times", 1))
          .document("data", DocumentBuilder()
                                .array("failCommands", std::vector<std::string>{"ping"})
                                .boolean("blockConnection", true)
                                .int32("blockTimeMS", 200)
                                .build())
          .string("$db", "admin")
          .build();
  EXPECT_TRUE(is_ok(slow.ask(point)));
  const auto begin = std::chrono::steady_clock::now();
  slow.send(command_document("ping"));
  // Its own connection waits until then, so the command has come before others ask.
  EXPECT_TRUE(is_ok(slow.receive().body));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(200));
  EXPECT_TRUE(is_alive(server.port()));
}

TEST(Serve, MayNeverBeStarted) {
  Server server({});
  EXPECT_TRUE(server.ports().empty());
  server.stop();
}

TEST(Serve, SaysThatAPortIsTaken) {
  Running first;
  Server second({.ports = {first.port()}});
  try {
    second.start();
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EADDRINUSE);
    EXPECT_THAT(error.what(), MatchesRegex("cannot listen on 127.0.0.1 port [0-9]+: .*in use"));
  }
}

TEST(Serve, OptionsThatContradictThemselves) {
  const auto error_of = [](ServerOptions options) -> std::string {
    try {
      const Server server(std::move(options));
      return "";
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  };
  const std::vector<std::string> errors{
      error_of({.ports = {0, 0}}),     error_of({.ports = {}}),
      error_of({.bind = "localhost"}), error_of({.ports = {31000, 31000}, .replica_set = "rs"}),
      error_of({.replica_set = ""}),   error_of({.replica_set = "rs", .load_balanced = true})};
  EXPECT_THAT(errors, Each(Ne("")));
}

TEST(Serve, OnAUnixSocket) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("cmap-" + std::to_string(::getpid()) + ".sock"))
          .string();
  {
    Running server({.ports = {}, .unix_socket = path});
    EXPECT_THAT(server.uri(), MatchesRegex("mongodb://%2F.*\\.sock/"));
    TestClient client(path);
    EXPECT_TRUE(is_ok(client.ask(command_document("ping"))));
    EXPECT_EQ(client.ask(command_document("whatsmyip")).view().find_string("you"), "unix socket");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

class ServeOnAUnixSocket : public ::testing::Test {
 protected:
  [[nodiscard]] ServerOptions options() const { return {.ports = {}, .unix_socket = path}; }
  [[nodiscard]] bool answers() const {
    return is_ok(TestClient(path).ask(command_document("ping")));
  }

  sim::TemporaryFolder folder;
  const std::string path = (folder.path() / "server.sock").string();
};

TEST_F(ServeOnAUnixSocket, ThatOfARunningServerIsNotTaken) {
  const Running running(options());
  {
    Server second(options());
    try {
      second.start();
      ADD_FAILURE();
    } catch (const CannotListen& error) {
      EXPECT_TRUE(error.on_unix_socket());
      EXPECT_EQ(error.code(), std::errc::address_in_use);
      EXPECT_EQ(std::string(error.what()), "cannot listen on " + path + ": Address already in use");
    }
  }
  EXPECT_TRUE(answers());
}

TEST_F(ServeOnAUnixSocket, ThatOfADeadServerIsReplaced) {
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(dead);
  const Running running(options());
  EXPECT_TRUE(answers());
}

TEST_F(ServeOnAUnixSocket, AnotherFileStays) {
  folder.write("server.sock", "text");
  Server server(options());
  EXPECT_THROW(server.start(), CannotListen);
  EXPECT_EQ(folder.read("server.sock"), "text");
}

TEST_F(ServeOnAUnixSocket, ThatOfASuccessorIsNotRemoved) {
  std::optional<Running> first(std::in_place, options());
  std::filesystem::remove(path);
  const Running second(options());
  first.reset();
  EXPECT_TRUE(answers());
}

}  // namespace
}  // namespace cmap::serve
