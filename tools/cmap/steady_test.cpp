// `cmap replay` in real time: on sockets of its own, and against a server of another process.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"
#include "tools/cmap/serve_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// Fails on an establishment that the server refuses by its fail point.
constexpr std::string_view integration_scenario = R"(version: 1
style: integration
description: must tell what the server answers
runOn:
  - minServerVersion: "4.4.0"
failPoint:
  configureFailPoint: failCommand
  mode: alwaysOn
  data: {failCommands: [hello, isMaster], errorCode: 91, appName: integration}
poolOptions: {appName: integration}
operations:
  - name: ready
  - name: checkOut
error: {type: CommandError, message: 42}
events:
  - type: ConnectionCheckOutFailed
    reason: connectionError
ignore: [ConnectionPoolCreated, ConnectionPoolReady, ConnectionPoolCleared, ConnectionCreated,
         ConnectionCheckOutStarted, ConnectionClosed]
)";

class Steady : public ::testing::Test {
 protected:
  Ended replay(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "replay");
    return program.run(arguments);
  }
  Ended replay_on(const std::string& uri, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--on", uri});
    return replay(std::move(arguments));
  }
  void expect_wrong_use(const std::vector<std::string>& arguments, const std::string& error) const {
    const Ended ended = replay(arguments);
    EXPECT_EQ(ended.status, 2) << error;
    EXPECT_THAT(ended.error, HasSubstr(error));
    EXPECT_THAT(ended.out, IsEmpty());
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

/// The place where it listens.
/// With a user in front of the host.
std::string with_user(std::string uri, const std::string& user) {
  const std::size_t host = uri.find("//") + 2;
  return uri.insert(host, user + '@');
}

TEST_F(Steady, RunsInOrderAndShowsNoTimes) {
  for (int i = 0; i < 9; ++i) program.write(std::to_string(i) + ".yml", passing_scenario);
  const Ended ended = replay({"--on", "tcp", "--clock", "steady", "."});
  EXPECT_EQ(ended.status, 0) << ended.out;
  const auto lines = lines_of(ended.out);
  ASSERT_THAT(lines, SizeIs(11));
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(lines[i], "PASS   " + std::to_string(i) + "      1 events");
  }
  EXPECT_THAT(lines[10], StartsWith("9 of 9 scenarios passed"));
}

TEST_F(Steady, AFailureSaysHowToRepeatIt) {
  program.write("wrong.yml", failing_scenario);
  const Ended ended = replay({"--on", "tcp", "--clock", "steady", "wrong.yml"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("wrong.yml:7:"),
                               HasSubstr("replay --on tcp --clock steady wrong.yml")));
}

TEST_F(Steady, ResultsAreTheSameEveryTime) {
  program.write("good.yml", passing_scenario);
  const std::vector<std::string> arguments{"--on",   "tcp",    "--clock",
                                           "steady", "--json", "good.yml"};
  const Ended ended = replay(arguments);
  EXPECT_EQ(ended.out, replay(arguments).out);
  const auto json = parsed(lines_of(ended.out).at(0));
  EXPECT_EQ(text_member(json, "result"), "pass");
  EXPECT_EQ(text_member(json, "world"), "tcp");
  EXPECT_EQ(json.find("digest"), nullptr);
}

TEST_F(Steady, WhatNeedsTheVirtualClockIsNamed) {
  program.write("exact.yml", std::string(passing_scenario) + "x-cmap: {clock: virtual}\n");
  program.write("good.yml", passing_scenario);
  const Ended ended = replay({"--on", "tcp", "--clock", "steady", "."});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("SKIP   exact  needs the virtual clock: exact times"),
                               HasSubstr("1 of 2 scenarios passed, 1 skipped")));
}

TEST_F(Steady, WrongUse) {
  expect_wrong_use({"--clock", "steady"}, "--clock steady is for real sockets");
  expect_wrong_use({"--on", "sim", "--clock", "steady"}, "for example: --on tcp --clock steady");
  expect_wrong_use({"--on", "tcp", "--clock", "slow"}, "--clock \"slow\": expected virtual or");
  const std::vector<std::string> steady{"--on", "tcp", "--clock", "steady"};
  for (const std::vector<std::string>& option :
       {std::vector<std::string>{"--seed", "1"}, {"--schedules", "all"}}) {
    std::vector<std::string> arguments = steady;
    arguments.insert(arguments.end(), option.begin(), option.end());
    expect_wrong_use(arguments, option[0] + " needs the virtual clock");
  }
  expect_wrong_use({"--on", "tcp", "--clock", "steady", "--pool", "reference-model"},
                   "--pool reference-model needs the virtual clock");
  expect_wrong_use({"--compare", "sim,tcp", "--clock", "steady"}, "--compare needs the virtual");
  expect_wrong_use({"--on", "mongodb://h/", "--clock", "virtual"}, "not for a deployment");
}

TEST_F(Steady, WrongConnectionStrings) {
  expect_wrong_use({"--on", "mongodb+srv://h/"}, "mongodb+srv is not supported");
  expect_wrong_use({"--on", "mongodb://u:secret@h:x/"}, "--on 'mongodb://u:***@h:x/': the host");
  expect_wrong_use({"--on", "mongodb+srv://u:secret@h/"},
                   "--on 'mongodb+srv://u:***@h/': mongodb+");
  expect_wrong_use({"--on", "http://u:secret@h/"}, "--on \"http://u:***@h/\": expected");
  expect_wrong_use({"--on", "mongodb://h:x/?tlsCertificateKeyFilePassword=secret"},
                   "FilePassword=***': the host");
  expect_wrong_use({"--on", "mongodb://127.0.0.1:1/"},
                   "error: cannot connect to 127.0.0.1:1: connection refused");
  expect_wrong_use({"--on", "mongodb://h/?tls=true&tlsCAFile=none.pem"}, "tlsCAFile");
}

TEST_F(Steady, ADeploymentIsForIntegrationFiles) {
  program.write("all/integration.yml", integration_scenario);
  program.write("all/unit.yml", passing_scenario);
  std::string old(integration_scenario);
  old.replace(old.find("minServerVersion: \"4.4.0\""), 25, "maxServerVersion: \"4.4.0\"");
  program.write("all/old.yml", old);
  ServeProcess serve({"--port", "0"});
  const std::string uri = serve.uri();
  const Ended ended = replay_on(uri + "?w=1", {"all"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_EQ(ended.error,
            "note: w has no effect: this client sends commands as they are given to it\n");
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("PASS   integration"), Not(HasSubstr("  unit ")),
                    HasSubstr("SKIP   old          runOn does not include the server, version "),
                    HasSubstr("not run: 1 unit test (a deployment is for integration files)"),
                    HasSubstr("1 of 2 scenarios passed, 1 skipped")));
  EXPECT_EQ(replay_on(uri, {"all"}).status, 0) << "the fail point is off again";
  const Ended none = replay_on(uri, {"all/unit.yml"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.error, StartsWith("error: none of 1 scenarios is an integration file"));
}

TEST_F(Steady, ListingNeedsNoDeployment) {
  program.write("integration.yml", integration_scenario);
  program.write("unit.yml", passing_scenario);
  const Ended ended = replay_on("mongodb://127.0.0.1:1/", {"--list", "."});
  EXPECT_EQ(ended.status, 0) << ended.error;
  EXPECT_EQ(ended.out, "integration  must tell what the server answers\n");
}

TEST_F(Steady, Credentials) {
  program.write("integration.yml", integration_scenario);
  ServeProcess serve({"--port", "0", "--auth", "--user", "ada:s/cret"});
  const std::string uri = serve.uri();
  const Ended good = replay_on(with_user(uri, "ada:s%2Fcret"), {"--json", "integration.yml"});
  EXPECT_EQ(good.status, 0) << good.out << good.error;
  EXPECT_THAT(good.out, AllOf(HasSubstr("mongodb://ada:***@"), Not(HasSubstr("cret"))));
  const Ended wrong = replay_on(with_user(uri, "ada:secret"), {"integration.yml"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.error, MatchesRegex("error: 127\\.0\\.0\\.1:[0-9]+ refuses the credentials: "
                                        "[^\n]+\n       to have[^\n]+\n"));
  EXPECT_THAT(wrong.out, IsEmpty());
}

class SteadyOfficial : public Steady {
 protected:
  void SetUp() override {
    const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
    if (!checkout || *checkout == '\0') {
      std::fputs("CMAP_SPECIFICATIONS is not set: THE OFFICIAL FILES ARE NOT TESTED\n", stderr);
      return;
    }
    folder = std::string(checkout) + "/source/connection-monitoring-and-pooling/tests/cmap-format";
  }

  std::string folder;  ///< empty: there is none
};

TEST_F(SteadyOfficial, AllFilesOnTcpAndTls) {
  if (folder.empty()) return;
  for (const char* world : {"tcp", "tls"}) {
    const Ended ended = replay({"--on", world, "--clock", "steady", folder});
    EXPECT_EQ(ended.status, 0) << ended.out;
    EXPECT_THAT(ended.out, HasSubstr("\n33 of 33 scenarios passed ("));
  }
}

TEST_F(SteadyOfficial, IntegrationFilesAgainstAServerWithTlsAndCredentials) {
  if (folder.empty()) return;
  const TemporaryFolder certificates;
  ServeProcess serve({"--port", "0", "--auth", "--user", "ada:secret", "--tls-make",
                      certificates.path().string()});
  const Ended ended = replay_on(with_user(serve.uri(), "ada:secret"), {folder});
  EXPECT_EQ(ended.status, 0) << ended.out << ended.error;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("\n7 of 7 scenarios passed ("), HasSubstr("not run: 26 unit tests")));
}

}  // namespace
}  // namespace cmap::tools
