// Cases beside scenarios in `cmap replay`: named, listed, filtered, reported.
#include <algorithm>
#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// The second one fails in line 3, the third cannot apply.
constexpr std::string_view uri_tests = R"(tests:
- {description: must be accepted, uri: "mongodb://h", valid: true}
- {description: must be refused, uri: "mongodb://i", valid: false}
- {description: must find its hosts, uri: "mongodb+srv://h", valid: true}
)";

class ReplayCases : public ::testing::Test {
 protected:
  void SetUp() override { program.write("some.yml", uri_tests); }

  [[nodiscard]] Ended replay(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "replay");
    return program.run(arguments);
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(ReplayCases, AreReportedOneByOne) {
  const Ended ended = replay({"some.yml"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("PASS   some/1  must be accepted\n"),
                               HasSubstr("FAIL   some/2  must be refused\n"),
                               HasSubstr("SKIP   some/3  mongodb+srv is not supported"),
                               HasSubstr("\nFAIL some/2  must be refused\n"
                                         "  some.yml:3:39: must be refused, and is accepted\n"
                                         "  repeat: "),
                               HasSubstr(" replay --filter '^some/2$' some.yml\n"),
                               HasSubstr("\n1 of 3 cases passed, 1 failed, 1 skipped (")));
}

TEST_F(ReplayCases, ComeAfterScenarios) {
  program.write("good.yml", passing_scenario);
  const Ended ended = replay({"--filter", "accepted|ready", "some.yml", "good.yml"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_LT(ended.out.find("PASS   good"), ended.out.find("PASS   some/1"));
  EXPECT_THAT(ended.out, HasSubstr("2 of 2 scenarios and cases passed, 2 left out"));
}

TEST_F(ReplayCases, AreListedWithTheReasonOfWhatIsNotRun) {
  EXPECT_EQ(replay({"--list", "some.yml"}).out,
            "some/1  must be accepted\n"
            "some/2  must be refused\n"
            "some/3  must find its hosts (not run: mongodb+srv is not supported; name the hosts: "
            "mongodb://HOST,HOST/)\n");
  const auto lines = lines_of(replay({"--list", "--json", "some.yml"}).out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(text_member(parsed(lines[0]), "case"), "some/1");
  EXPECT_THAT(text_member(parsed(lines[2]), "notRun"), HasSubstr("mongodb+srv"));
}

TEST_F(ReplayCases, AsJson) {
  const auto lines = lines_of(replay({"--json", "some.yml"}).out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], R"({"case":"some/1","file":"some.yml","result":"pass","message":""})");
  EXPECT_EQ(text_member(parsed(lines[1]), "result"), "fail");
  EXPECT_EQ(text_member(parsed(lines[1]), "message"),
            "some.yml:3:39: must be refused, and is accepted");
  EXPECT_EQ(text_member(parsed(lines[2]), "result"), "skip");
}

TEST_F(ReplayCases, NothingWasRunIfNoneCanApply) {
  const Ended ended = replay({"--filter", "find", "some.yml"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.error, HasSubstr("nothing was run: 1 of 1 tests were skipped; the first: "
                                     "mongodb+srv is not supported"));
}

TEST_F(ReplayCases, AreNotOverwritten) {
  program.write("some.json", "{}");
  EXPECT_THAT(replay({"--events", "some.json", "some.yml"}).error, HasSubstr("will not overwrite"));
}

TEST_F(ReplayCases, OfACheckoutTakePart) {
  program.write("checkout/source/connection-monitoring-and-pooling/tests/s.yml", passing_scenario);
  program.write("checkout/source/uri-options/tests/u.yml", uri_tests);
  const Ended ended = replay({"--specifications", "checkout", "--filter", "^(s|u/1)$"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("2 of 2 scenarios and cases passed"));
}

TEST_F(ReplayCases, OfTheOfficialFiles) {
  const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
  if (!checkout || *checkout == '\0') return;  // which Replay says aloud
  const Ended ended = replay({std::string(checkout) + "/source/uri-options/tests"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("PASS   connection-pool-options/7  maxConnecting<0"));
}

/// Of the unified test format: the first test passes, the second one fails in line 11.
constexpr std::string_view unified_tests = R"(description: f
schemaVersion: "1.4"
runOnRequirements: [{topologies: [single]}]
createEntities:
- client: {id: c, observeEvents: [connectionCheckedOutEvent]}
- database: {id: d, client: c, databaseName: db}
tests:
- {description: must be answered, operations: [
    {name: runCommand, object: d, arguments: {command: {ping: 1}, commandName: ping}}]}
- {description: must check out, operations: [], expectEvents: [{client: c, eventType: cmap,
    events: [connectionCheckedOutEvent: {}]}]}
)";

TEST_F(ReplayCases, OfClientsRunInTheirWorld) {
  program.write("u.yml", unified_tests);
  for (const std::string world : {"sim", "tcp", "tls"}) {
    const Ended ended = replay({"--on", world, "u.yml"});
    EXPECT_EQ(ended.status, 1) << ended.error;
    const std::string words = world == "sim" ? "" : " --on " + world;
    EXPECT_THAT(ended.out,
                AllOf(HasSubstr("PASS   u/1 on single  must be answered\n"),
                      HasSubstr("\n  u.yml:11:14: event 1: expected connectionCheckedOutEvent, but "
                                "no more came\n"),
                      HasSubstr(" replay" + words + " --filter '^u/2 on single$' u.yml\n"),
                      HasSubstr("\n1 of 2 cases passed, 1 failed (")));
  }
}

TEST_F(ReplayCases, OfClientsTellTheirEvents) {
  program.write("u.yml", unified_tests);
  for (const std::string world : {"sim", "tcp"}) {
    const Ended ended =
        replay({"--on", world, "--filter", "answered", "--events", "e.jsonl", "u.yml"});
    EXPECT_EQ(ended.status, 0) << ended.error;
    const auto lines = lines_of(program.folder().read("e.jsonl"));
    const auto count = [&lines](const std::string& type) {
      return std::ranges::count_if(lines, [&type](const std::string& line) {
        return line.starts_with(R"({"case":"u/1 on single","client":"c","type":")" + type + '"');
      });
    };
    EXPECT_EQ(count("TopologyOpening"), 1);
    EXPECT_GE(count("ServerHeartbeatSucceeded"), 1);
    EXPECT_EQ(count("ConnectionCheckedIn"), 1);
    const Ended judged = program.run({"judge", "e.jsonl"});
    EXPECT_EQ(judged.status, 0) << judged.out << judged.error;
  }
}

/// A connection is in use when its server leaves the set, and after it has come back.
TEST_F(ReplayCases, EventsOfTwoPoolsOfAServerAreToldApart) {
  program.write("run.yml", R"(clientRun: 1
uri: mongodb://m0:27017,m1:27017/?replicaSet=rs&heartbeatFrequencyMS=1000&serverMonitoringMode=poll
deployment: {kind: replicaSet, setName: rs, latencyMS: 1, members: 2}
happenings:
- {atMS: 1500, what: remove, member: 1}
calls:
- {atMS: 1000, what: hold, mode: secondary, holdMS: 20000}
troubleEndsMS: 4000
)");
  EXPECT_EQ(replay({"--events", "e.jsonl", "run.yml"}).status, 0);
  const std::string events = program.folder().read("e.jsonl");
  EXPECT_THAT(events, HasSubstr("\"happening\":\"all members are in the set again\"}"));
  const Ended judged = program.run({"judge", "--strict", "--complete", "e.jsonl"});
  EXPECT_EQ(judged.status, 0) << judged.out;
  EXPECT_THAT(judged.out,
              AllOf(HasSubstr(" of 3 pools: no clause broken"), Not(HasSubstr("nobody"))));
}

TEST_F(ReplayCases, OfTheOfficialFilesOnSockets) {
  const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
  if (!checkout || *checkout == '\0') return;  // which Replay says aloud
  const std::string source = std::string(checkout) + "/source/";
  const std::string discovery = source + "server-discovery-and-monitoring/tests/unified/";
  const Ended ended =
      replay({"--on", "tcp", discovery + "find-network-error.yml",
              discovery + "pool-clear-application-error.yml", discovery + "auth-error.yml",
              source + "connection-monitoring-and-pooling/tests/logging"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("14 of 16 cases passed, 2 skipped ("));
}

TEST_F(ReplayCases, WhatIsForScenariosOnlyIsSaid) {
  const auto note = [this](const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"--filter", "accepted", "some.yml"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Ended ended = replay(arguments);
    EXPECT_EQ(ended.status, 0) << ended.error;
    return ended.error;
  };
  const std::string these = "note: 1 of 1 tests are cases, for which these do nothing: ";
  EXPECT_EQ(note({}), "");
  EXPECT_EQ(note({"--compare", "sim,tcp", "--repeat", "3"}), these + "--compare, --repeat\n");
  EXPECT_EQ(note({"--seed", "7", "--pool", "reference-model"}), these + "--seed, --pool\n");
  EXPECT_EQ(note({"--schedules", "9", "--trace", "t"}), these + "--schedules, --trace\n");
  EXPECT_EQ(note({"--log"}), these + "--log\n");
}

TEST_F(ReplayCases, HaveNoSchedulesToExplore) {
  const Ended ended = program.run({"explore", "some.yml"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.error, HasSubstr("left out: 3 tests without a pool"));
}

}  // namespace
}  // namespace cmap::tools
