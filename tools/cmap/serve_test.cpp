// `cmap serve` as a user meets it: the line, signals, many connections, words for what is wrong.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "pool/wire/bson_builder.hpp"
#include "pool/wire/message.hpp"
#include "tools/cmap/program_harness.hpp"
#include "tools/cmap/serve_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

/// A blocking connection to loopback, which gives up after so long instead of hanging.
class Client {
 public:
  explicit Client(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      error_ = errno;
    }
  }
  ~Client() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Client(Client&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), error_(other.error_) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// 0: it is connected.
  [[nodiscard]] int error() const { return error_; }

  /// Whether the server answers `ok: 1`.
  [[nodiscard]] bool ask(const char* command) const {
    const wire::Bytes message = wire::encode(wire::OpMsg{
        .request_id = 1,
        .body = wire::DocumentBuilder().int32(command, 1).string("$db", "admin").build()});
    if (::send(descriptor_, message.data(), message.size(), MSG_NOSIGNAL) < 0) return false;
    wire::Bytes reply(65'536);
    const auto size = ::recv(descriptor_, reply.data(), reply.size(), 0);
    if (size <= 0) return false;
    const auto answer =
        wire::decode_op_msg(wire::ByteView(reply).first(static_cast<std::size_t>(size)));
    return answer && answer->body.view().find_flag("ok").value_or(false);
  }

 private:
  int descriptor_;
  int error_ = 0;
};

/// All ports in a connection string.
std::vector<std::uint16_t> ports_in(const std::string& uri) {
  std::vector<std::uint16_t> ports;
  const std::string host = "127.0.0.1:";
  for (std::size_t i = uri.find(host); i != std::string::npos; i = uri.find(host, i + 1)) {
    ports.push_back(static_cast<std::uint16_t>(std::atoi(uri.c_str() + i + host.size())));
  }
  return ports;
}

TEST(CmapServe, SaysWhereItListensAndEndsWithASignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    ServeProcess serve({"--port", "0"});
    const std::string line = serve.line();
    EXPECT_THAT(line, MatchesRegex("listening on mongodb://127\\.0\\.0\\.1:[0-9]+/"));
    const Client client(ports_in(line).at(0));
    EXPECT_TRUE(client.ask("ping"));
    serve.signal(signal);
    EXPECT_EQ(serve.line(), "");
    EXPECT_EQ(serve.error_line(), "");
    EXPECT_EQ(serve.wait(), 0);
  }
}

TEST(CmapServe, SaysItAsJson) {
  ServeProcess serve({"--port", "0", "--json"});
  const std::string line = serve.line();
  EXPECT_THAT(line, MatchesRegex("\\{\"uri\":\"mongodb://127\\.0\\.0\\.1:[0-9]+/\","
                                 "\"pid\":[0-9]+,\"port\":[0-9]+\\}"));
  EXPECT_TRUE(Client(ports_in(line).at(0)).ask("ping"));
}

TEST(CmapServe, AShutdownCommandEndsIt) {
  ServeProcess serve({"--port", "0", "--quiet"});
  const Client client(ports_in(serve.line()).at(0));
  EXPECT_TRUE(client.ask("shutdown"));
  EXPECT_EQ(serve.wait(), 0);
}

TEST(CmapServe, TellsOfEveryCommand) {
  ServeProcess serve({"--port", "0", "--verbose"});
  const Client client(ports_in(serve.line()).at(0));
  EXPECT_THAT(serve.error_line(), MatchesRegex("#1 connected from port [0-9]+"));
  EXPECT_TRUE(client.ask("ping"));
  EXPECT_EQ(serve.error_line(), "#1 ping: ok");
  EXPECT_FALSE(client.ask("fly"));
  EXPECT_EQ(serve.error_line(), "#1 fly: error 59");
}

TEST(CmapServe, SignalsKillThePrimaryAndRestartIt) {
  ServeProcess serve({"--replica-set", "rs", "--ports", "0,0,0"});
  const std::string line = serve.line();
  EXPECT_THAT(line, MatchesRegex("listening on mongodb://.*,.*,.*/\\?replicaSet=rs"));
  const auto ports = ports_in(line);
  ASSERT_EQ(ports.size(), 3U);
  serve.signal(SIGUSR1);
  EXPECT_EQ(serve.error_line(), "killed member 0");
  EXPECT_EQ(Client(ports[0]).error(), ECONNREFUSED);
  EXPECT_TRUE(Client(ports[1]).ask("replSetStepDown"));
  serve.signal(SIGUSR2);
  EXPECT_EQ(serve.error_line(), "restarted what was killed");
  EXPECT_TRUE(Client(ports[0]).ask("ping"));
}

TEST(CmapServe, MakesCertificates) {
  const TemporaryFolder folder;
  const std::string certificates = (folder.path() / "a folder").string();
  ServeProcess serve({"--port", "0", "--tls-make", certificates});
  EXPECT_THAT(serve.line(),
              AllOf(HasSubstr("/?tls=true&tlsCAFile=/"), HasSubstr("/a%20folder/ca.pem")));
  EXPECT_THAT(folder.read("a folder/ca.pem"), StartsWith("-----BEGIN CERTIFICATE-----"));
}

TEST(CmapServe, HoldsTenThousandConnections) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  // As many as both processes may have where that is less.
  const auto count = static_cast<std::size_t>(std::min<rlim_t>(10'000, limit.rlim_max - 100));
  {
    ServeProcess serve({"--port", "0"});
    const std::uint16_t port = ports_in(serve.line()).at(0);
    std::vector<Client> clients;
    while (clients.size() < count) {
      clients.emplace_back(port);
      ASSERT_EQ(clients.back().error(), 0) << clients.size();
    }
    EXPECT_TRUE(clients.front().ask("ping"));
    EXPECT_TRUE(clients.back().ask("ping"));
    clients.clear();
    EXPECT_TRUE(Client(port).ask("ping"));
    serve.signal(SIGTERM);
    EXPECT_EQ(serve.wait(), 0);
  }
  limit.rlim_cur = before;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

class ServeErrors : public ::testing::Test {
 protected:
  std::string error_of(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "serve");
    const Ended ended = program.run(arguments, "timeout 20");
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.out, IsEmpty());
    return ended.error;
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(ServeErrors, HelpNamesEveryOption) {
  const Ended ended = program.run({"serve", "--help"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, HasSubstr("Usage: cmap serve [OPTIONS]"));
  for (const char* option :
       {"--port N", "--ports A,B,C", "--bind IP", "--unix PATH", "--replica-set NAME",
        "--step-down-after SECONDS", "--load-balanced", "--services N", "--auth",
        "--user NAME:PASSWORD", "--tls-certificate-key-file FILE", "--tls-ca-file FILE",
        "--tls-require-client-certificate", "--tls-make DIR", "--json", "--quiet", "--verbose"}) {
    EXPECT_THAT(ended.out, HasSubstr(option));
  }
  for (const std::string& line : lines_of(ended.out)) EXPECT_LE(line.size(), 100U) << line;
}

TEST_F(ServeErrors, WrongValues) {
  EXPECT_THAT(error_of({"--port", "x"}), StartsWith("error: --port \"x\": expected a number"));
  EXPECT_THAT(error_of({"--port", "65536"}), HasSubstr("from 0 to 65535"));
  EXPECT_THAT(error_of({"--port", "1,2"}), HasSubstr("--port \"1,2\""));
  for (const char* ports : {"", "1,", ",1", "1,,2"}) {
    EXPECT_THAT(error_of({"--replica-set", "rs", "--ports", ports}), HasSubstr("--ports"));
  }
  EXPECT_THAT(error_of({"--services", "0", "--load-balanced"}), HasSubstr("--services"));
  EXPECT_THAT(error_of({"--step-down-after", "soon", "--replica-set", "rs"}),
              HasSubstr("--step-down-after \"soon\""));
  EXPECT_THAT(error_of({"--user", "ada"}), HasSubstr("expected NAME:PASSWORD"));
  EXPECT_THAT(error_of({"--port", "0", "--bind", "moon"}), HasSubstr("moon"));
}

TEST_F(ServeErrors, WhatDoesNotGoTogether) {
  EXPECT_THAT(error_of({"--port", "0", "--ports", "0,0"}), HasSubstr("exclude each other"));
  EXPECT_THAT(error_of({"--quiet", "--verbose"}), HasSubstr("exclude each other"));
  EXPECT_THAT(error_of({"--ports", "0,0"}), HasSubstr("replica set"));
  EXPECT_THAT(error_of({"--services", "2"}), HasSubstr("--load-balanced"));
  EXPECT_THAT(error_of({"--step-down-after", "2"}), HasSubstr("--replica-set"));
  EXPECT_THAT(error_of({"--tls-ca-file", "ca.pem"}), HasSubstr("--tls-make"));
}

TEST_F(ServeErrors, WhatCannotBeUsed) {
  EXPECT_THAT(error_of({"--port", "0", "--tls-certificate-key-file", "none.pem"}),
              AllOf(HasSubstr("none.pem"), HasSubstr("--tls-make")));
  program.write("file", "");
  EXPECT_THAT(error_of({"--port", "0", "--tls-make", "file/folder"}), HasSubstr("--tls-make"));
  ServeProcess other({"--port", "0"});
  const std::string port = std::to_string(ports_in(other.line()).at(0));
  EXPECT_THAT(error_of({"--port", port}),
              MatchesRegex("error: cannot listen on 127.0.0.1 port " + port +
                           ": Address already in use\n +--port 0 takes any port that is free\n"));
  EXPECT_EQ(error_of({"--replica-set", "rs", "--ports", "0," + port}),
            "error: cannot listen on 127.0.0.1 port " + port +
                ": Address already in use\n       --ports 0,0 takes any ports that are free\n");
  EXPECT_EQ(error_of({"--port", "0", "--bind", "192.0.2.1"}),
            "error: cannot listen on 192.0.2.1 port 0: Cannot assign requested address\n"
            "       --bind takes an address of this machine\n");
}

TEST_F(ServeErrors, APathThatCannotBeUsed) {
  program.write("file", "");
  EXPECT_EQ(error_of({"--unix", "file"}),
            "error: cannot listen on file: Address already in use\n"
            "       what is there is no socket: name another path\n");
  EXPECT_EQ(error_of({"--unix", "none/x.sock"}),
            "error: cannot listen on none/x.sock: No such file or directory\n"
            "       the folder must be there\n");
  const std::string path = (program.folder().path() / "x.sock").string();
  ServeProcess first({"--unix", path});
  EXPECT_THAT(first.line(), StartsWith("listening on "));
  EXPECT_EQ(error_of({"--unix", path}), "error: cannot listen on " + path +
                                            ": Address already in use\n"
                                            "       a server listens there: end it, or name "
                                            "another path\n");
  EXPECT_TRUE(std::filesystem::exists(path));
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace cmap::tools
