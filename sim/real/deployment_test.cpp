// Deployments: finding the endpoint, what it says of itself, one sentence for what goes wrong.
#include "sim/real/deployment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/fail_point_command.hpp"
#include "sim/real/ports.hpp"
#include "sim/real/serve/model/fail_points.hpp"
#include "sim/real/serve/server.hpp"
#include "sim/real/temporary_certificates.hpp"

namespace cmap::sim {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ConnectionString parsed(const std::string& text) {
  auto result = parse_connection_string(text);
  EXPECT_TRUE(result) << text;
  return result ? *result : ConnectionString{.hosts = {Address()}};
}

std::string problem(const std::string& connection_string) {
  try {
    const Deployment deployment(parsed(connection_string));
    return "";
  } catch (const DeploymentError& error) {
    return error.what();
  }
}

class Running {
 public:
  explicit Running(serve::ServerOptions options = {}) : server_(std::move(options)) {
    server_.start();
  }
  serve::Server& operator*() { return server_; }
  [[nodiscard]] std::string host(std::size_t member = 0) const {
    return "127.0.0.1:" + std::to_string(server_.ports().at(member));
  }

 private:
  serve::Server server_;
};

TEST(Deployment, SaysWhatItIs) {
  const Running single;
  const Deployment deployment(parsed("mongodb://" + single.host()));
  EXPECT_EQ(deployment.facts().topology, Topology::single);
  EXPECT_GE(deployment.facts().version, (ServerVersion{4, 9, 0}));
  EXPECT_EQ(deployment.address().text(), single.host());
  const Running mongos({.load_balanced = true});
  EXPECT_EQ(Deployment(parsed("mongodb://" + mongos.host())).facts().topology, Topology::sharded);
}

TEST(Deployment, OfSeveralHostsIsTheOneToWriteTo) {
  Running set({.ports = {0, 0}, .replica_set = "rs"});
  const std::string both = "mongodb://" + set.host(1) + "," + set.host(0);
  const Deployment deployment(parsed(both));
  EXPECT_EQ(deployment.address().text(), set.host(0));
  EXPECT_EQ(deployment.facts().topology, Topology::replica_set);
  const Deployment secondary(parsed("mongodb://" + set.host(1) + "/?directConnection=true"));
  EXPECT_EQ(secondary.address().text(), set.host(1));
  (*set).kill(1);
  EXPECT_EQ(Deployment(parsed(both)).address().text(), set.host(0));
}

TEST(Deployment, ThatCannotBeReached) {
  const DeadPort dead;
  const std::string host = "127.0.0.1:" + std::to_string(dead.number());
  EXPECT_THAT(problem("mongodb://" + host),
              AllOf(StartsWith("cannot connect to " + host), HasSubstr("refused")));
}

TEST(Deployment, Credentials) {
  const Running server({.authentication = true, .users = {{.name = "ada", .password = "secret"}}});
  EXPECT_EQ(problem("mongodb://ada:secret@" + server.host()), "");
  EXPECT_THAT(
      problem("mongodb://ada:wrong@" + server.host()),
      AllOf(StartsWith(server.host() + " refuses the credentials"), Not(HasSubstr("wrong"))));
  EXPECT_THAT(problem("mongodb://" + server.host()),
              AllOf(StartsWith(server.host() + " refuses a command"), HasSubstr("authentication")));
}

TEST(Deployment, Tls) {
  const TemporaryCertificates certificates;
  const Running server(
      {.tls = serve::TlsOptions{.certificate_key_file = certificates.files().server_key_file}});
  const std::string uri = "mongodb://" + server.host() + "/?tls=true";
  EXPECT_EQ(problem(uri + "&tlsCAFile=" + certificates.files().ca_file.string()), "");
  EXPECT_EQ(problem(uri + "&tlsAllowInvalidCertificates=true"), "");
  EXPECT_THAT(problem(uri), StartsWith("cannot connect to "));
  EXPECT_THAT(problem("mongodb://" + server.host()), StartsWith("cannot connect to "));
}

TEST(Deployment, FailPointsAreTheServers) {
  const Running server;
  Deployment deployment(parsed("mongodb://" + server.host() + "/?appName=app"));
  const auto peer = deployment.make_peer();
  peer->set_fail_point({.mode = FailPoint::Mode::always_on,
                        .fail_commands = {"hello", "isMaster"},
                        .error_code = 91,
                        .app_name = "app"});
  EXPECT_THAT(problem("mongodb://" + server.host() + "/?appName=app"), HasSubstr("refuses"));
  EXPECT_EQ(problem("mongodb://" + server.host()), "");
  peer->set_fail_point({});
  EXPECT_EQ(problem("mongodb://" + server.host() + "/?appName=app"), "");
  EXPECT_EQ(peer->network_options().application_name, "app");
}

TEST(FailPointCommand, IsWhatTheServerUnderstands) {
  using Mode = FailPoint::Mode;
  for (const Mode mode : {Mode::off, Mode::always_on, Mode::times, Mode::skip}) {
    const FailPoint sent{.mode = mode,
                         .count = 3,
                         .fail_commands = {"hello", "ping"},
                         .close_connection = true,
                         .block_connection = true,
                         .block_time = std::chrono::milliseconds(750),
                         .error_code = 91,
                         .error_labels = {"x"},
                         .app_name = "app"};
    const auto command = configure_fail_point(sent);
    const auto received = serve::parse_fail_point(command);
    ASSERT_TRUE(received) << command.to_json();
    EXPECT_EQ(received->mode, mode);
    if (mode == Mode::off) continue;
    EXPECT_EQ(received->count, mode == Mode::always_on ? 0 : sent.count);
    EXPECT_EQ(received->fail_commands, sent.fail_commands);
    EXPECT_TRUE(received->close_connection);
    EXPECT_TRUE(received->block_connection);
    EXPECT_EQ(received->block_time, sent.block_time);
    EXPECT_EQ(received->error_code, 91);
    EXPECT_EQ(received->error_labels, sent.error_labels);
    EXPECT_EQ(received->app_name, "app");
  }
}

}  // namespace
}  // namespace cmap::sim
