// Unified tests in simulation: what is compared, where differences are, what cannot apply, and how
// many of the official ones pass (C.1 to C.4).
#include "spec-tests/unified_cases.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/unified_harness.hpp"

namespace cmap::spec_tests {
namespace {

using ::testing::HasSubstr;

TEST(UnifiedCases, Events) {
  const std::string events = "expectEvents: [{client: c, eventType: cmap, events: [";
  const std::string out = "{connectionCheckedOutEvent: {}}";
  const std::string in = "{connectionCheckedInEvent: {}}";
  EXPECT_EQ(of_ping(events + "{poolReadyEvent: {}}, " + out + ", " + in + "]}]"), "");
  EXPECT_EQ(of_ping(events + "{poolReadyEvent: {}}, " + out + ", " + in + ", " + out + "]}]"),
            "u.yml:10:142: event 4: expected connectionCheckedOutEvent, but no more came\n");
  EXPECT_EQ(of_ping(events + "{poolReadyEvent: {}}]}]"),
            "u.yml:10:16: expected 1 events, but more came: connectionCheckedOutEvent, "
            "connectionCheckedInEvent\n");
  EXPECT_EQ(of_ping(events + "{poolReadyEvent: {}}], ignoreExtraEvents: true}]"), "");
  EXPECT_EQ(of_ping(events + out + ", {poolReadyEvent: {}}, " + in + "]}]"),
            "u.yml:10:55: event 1: expected connectionCheckedOutEvent, but it is poolReadyEvent\n");
  EXPECT_EQ(of_ping("expectEvents: [{client: c, events: []}]"),
            "u.yml:10:16: expected 0 events, but more came: commandStartedEvent\n");
}

TEST(UnifiedCases, FieldsOfEvents) {
  const std::string events = "expectEvents: [{client: c, events: [{commandStartedEvent: {";
  EXPECT_EQ(of_ping(events + "command: {ping: 1.0, z: {$$exists: false}}, databaseName: db}}]}]"),
            "");
  EXPECT_EQ(of_ping(events + "commandName: pong}}]}]"),
            "u.yml:10:73: event 1: commandStartedEvent.commandName: expected \"pong\", but is "
            "\"ping\"\n");
}

TEST(UnifiedCases, CountsOfEvents) {
  const auto count = [](const char* name, const char* number) {
    return "{name: " + std::string(name) +
           ", object: testRunner, arguments: {client: c, event: {poolReadyEvent: {}}, count: " +
           number + "}}";
  };
  EXPECT_EQ(of_operations(count("waitForEvent", "1") + "," + count("assertEventCount", "1")), "");
  EXPECT_EQ(of_operations(count("waitForEvent", "2")),
            "u.yml:10:1: waitForEvent: expected {poolReadyEvent: {}} 2 times within 10 s, but it "
            "came 1 times\n");
  EXPECT_EQ(of_operations(count("waitForEvent", "1") + "," + count("assertEventCount", "0")),
            "u.yml:10:105: assertEventCount: expected {poolReadyEvent: {}} 0 times, but it came 1 "
            "times\n");
}

TEST(UnifiedCases, ReadsAreTriedOnceMore) {
  const auto find_after = [](const std::string& code, const std::string& times) {
    return of_operations(
        "{name: failPoint, object: testRunner, arguments: {client: c, failPoint: {"
        "configureFailPoint: failCommand, mode: {times: " +
        times + "}, data: {failCommands: [find], errorCode: " + code +
        "}}}},\n{name: find, object: k, arguments: {filter: {_id: 1}}}");
  };
  for (const char* const code : {"6", "7", "89", "134", "262", "9001", "91", "189", "10107"}) {
    EXPECT_EQ(find_after(code, "1"), "") << code;
    EXPECT_THAT(find_after(code, "2"), HasSubstr("find failed")) << code;
  }
  EXPECT_THAT(find_after("8", "1"), HasSubstr("find failed"));
}

TEST(UnifiedCases, ErrorsAndResults) {
  const std::string insert = "{name: insertOne, object: k, arguments: {document: {_id: 1}}, ";
  EXPECT_EQ(of_operations(insert + "expectError: {errorCode: 11000, isClientError: false}}"), "");
  EXPECT_EQ(of_operations(insert + "}"),
            "u.yml:10:1: insertOne failed: E11000 duplicate key error collection: db.k index: "
            "_id_\n");
  EXPECT_EQ(
      of_operations(insert +
                    "expectError: {isClientError: true, errorLabelsContain: [RetryableError]}}"),
      "u.yml:10:76: insertOne: expected an error of the client, but it failed: E11000 "
      "duplicate key error collection: db.k index: _id_\n"
      "u.yml:10:76: insertOne: expected the label RetryableError, but it failed: E11000 duplicate "
      "key "
      "error collection: db.k index: _id_\n");
  const std::string find = "{name: find, object: k, arguments: {filter: {_id: 1}}, ";
  EXPECT_EQ(of_operations(find + "expectResult: [{_id: 1}]}"), "") << "more may be in a result";
  EXPECT_EQ(of_operations(find + "expectError: {isError: true}}"),
            "u.yml:10:69: find must fail, but succeeded\n");
  EXPECT_EQ(of_operations(find + "expectResult: [{x: 3}]}"),
            "u.yml:10:75: find.x: expected 3, but is 2\n");
}

TEST(UnifiedCases, LogMessages) {
  const std::string logs =
      "expectLogMessages: [{client: c, messages: [{level: debug, component: "
      "connection, data: {message: ";
  EXPECT_EQ(of_ping(logs + "Connection pool created, serverPort: {$$type: [int, long]}}}],"
                           " ignoreExtraMessages: true}]"),
            "");
  EXPECT_EQ(of_ping(logs + "Connection pool ready}}]}]"),
            "u.yml:10:98: log message 1: \"Connection pool created\".data.message: expected "
            "\"Connection pool ready\", but is \"Connection pool created\"\n");
  EXPECT_EQ(of_ping(logs + "Connection pool created}}]}]"),
            "u.yml:10:21: expected 1 log messages, but more came, the first: \"Connection pool "
            "ready\"\n");
}

TEST(UnifiedCases, ContentsOfCollections) {
  const std::string outcome = "outcome: [{databaseName: db, collectionName: k, documents: [{_id: 1";
  EXPECT_EQ(of_ping(outcome + ", x: 2}]}]"), "");
  EXPECT_EQ(of_ping(outcome + "}]}]"), "u.yml:10:61: db.k[0].x: expected nothing, but is 2\n");
  EXPECT_EQ(of_ping(outcome + ", x: 2}, {_id: 2}]}]"),
            "u.yml:10:11: db.k: expected 2 documents, but there are 1\n");
}

TEST(UnifiedCases, ThreadsRunBesideTheTest) {
  const std::string thread =
      "{name: createEntities, object: testRunner, arguments: {entities: [{thread: {id: t}}]}},"
      "{name: failPoint, object: testRunner, arguments: {client: c, failPoint: {configureFailPoint:"
      " failCommand, mode: {times: 1}, data: {failCommands: [find], blockConnection: true,"
      " blockTimeMS: 900, errorCode: 10}}}},\n"
      "{name: runOnThread, object: testRunner, arguments: {thread: t, operation: {name: find,"
      " object: k, arguments: {filter: {}}}}},"
      "{name: wait, object: testRunner, arguments: {ms: 500}},"
      "{name: assertNumberConnectionsCheckedOut, object: testRunner, arguments: {client: c,"
      " connections: ";
  const std::string wait = "}},{name: waitForThread, object: testRunner, arguments: {thread: t}}";
  EXPECT_EQ(of_operations(thread + "1" + wait),
            "u.yml:11:75: find failed: Failing command via 'failCommand' failpoint\n");
  EXPECT_EQ(of_operations(thread + "2" + wait),
            "u.yml:11:181: expected 2 connections to be checked out, but there are 1\n");
}

/// The client that puts the data there is none of the test's.
TEST(UnifiedCases, TraceWhatTheirClientsDo) {
  const CasesResult result = unified_cases(file_with(std::string(ping_test) + "}\n"));
  ASSERT_EQ(result.cases.size(), 1U) << problems_text(result.problems);
  const sim::SimulatedClientWorlds worlds;
  sim::ClientTrace trace;
  EXPECT_EQ(problems_text(result.cases[0].differences({.worlds = &worlds, .trace = &trace})), "");
  std::string text;
  for (const sim::TracedClientEntry& entry : trace) text += sim::line_of(entry) + '\n';
  EXPECT_EQ(text, R"(          10 ms  -- runCommand on d
          10 ms  c  TopologyOpening
          10 ms  c  TopologyDescriptionChanged Unknown -> Unknown
          10 ms  c  m0:27017  ServerOpening
          10 ms  c  m0:27017  ServerHeartbeatStarted
          13 ms  c  m0:27017  ServerHeartbeatSucceeded duration=2
          13 ms  c  m0:27017  ServerDescriptionChanged Unknown -> Standalone
          13 ms  c  TopologyDescriptionChanged Unknown -> Single
          13 ms  c  m0:27017  ConnectionPoolCreated options={}
          13 ms  c  m0:27017  ConnectionPoolReady
          13 ms  c  m0:27017  ServerHeartbeatStarted awaited
          13 ms  c  m0:27017  ConnectionCheckOutStarted
          13 ms  c  m0:27017  ConnectionCreated connectionId=1
          16 ms  c  m0:27017  ConnectionReady connectionId=1 duration=3
          16 ms  c  m0:27017  ConnectionCheckedOut connectionId=1 duration=3
          18 ms  -- runCommand on d: has ended
          18 ms  c  m0:27017  ConnectionCheckedIn connectionId=1
)");
}

TEST(UnifiedCases, AreTheSameEveryTime) {
  const std::string test =
      std::string(ping_test) + "expectLogMessages: [{client: c, messages: []}]}\n";
  EXPECT_EQ(unified_differences(test), unified_differences(test));
}

TEST(UnifiedCases, EachTopologyIsACase) {
  const CasesResult result = unified_cases(
      "description: f\nschemaVersion: '1.4'\ntests: [{description: t, operations: []}]");
  std::vector<std::string> names;
  for (const Case& test : result.cases) {
    names.push_back(test.name);
    EXPECT_EQ(problems_text(run_in_simulation(test)), "");
  }
  EXPECT_THAT(names, ::testing::ElementsAre("u/1 on single", "u/1 on replicaset", "u/1 on sharded",
                                            "u/1 on load-balanced"));
}

TEST(UnifiedCases, WhatIsNotToBeHadIsAMisfit) {
  const auto misfit = [](const std::string& operation) {
    return unified_differences("- {description: t, operations: [" + operation + "]}\n");
  };
  EXPECT_EQ(misfit("{name: updateOne, object: k, arguments: {}}"),
            "misfit: there is no operation updateOne");
  EXPECT_EQ(misfit("{name: find, object: k, arguments: {filter: {$where: x}}}"),
            "misfit: this server finds by equality alone; it does not know $where");
  EXPECT_EQ(misfit("{name: find, object: k, arguments: {filter: {}, sort: {_id: 1}}}"),
            "misfit: the argument sort of find is not supported");
  EXPECT_EQ(misfit("{name: createEntities, object: testRunner, arguments: {entities: [{session: "
                   "{id: s}}]}}"),
            "misfit: there are no entities of the type \"session\"");
  EXPECT_EQ(of_ping("runOnRequirements: [{maxServerVersion: '4.2'}]"),
            "misfit: no server here meets runOnRequirements: version 7.0.0, single, replicaset, "
            "sharded or load-balanced");
  EXPECT_EQ(of_ping("skipReason: DRIVERS-1"), "misfit: skipReason: DRIVERS-1");
}

TEST(UnifiedCases, WhatIsWrongWithAFile) {
  EXPECT_EQ(of_operations("{name: find, object: k, arguments: {filter: 1}}, {name: wait, object: "
                          "testRunner, arguments: {}}, {object: k}"),
            "no case: u.yml:10:45: filter of find must be an object, but is 1\n"
            "u.yml:10:50: the argument ms of wait is missing\n"
            "u.yml:10:99: an operation lacks the key \"name\"\n");
  EXPECT_THAT(of_operations("{name: find, object: n, arguments: {filter: {}}}"),
              HasSubstr("u.yml:10:1: find: there is no entity \"n\""));
}

/// Of the two folders that are in every checkout: what passes, and why the others are left out.
TEST(UnifiedCases, TheOfficialFiles) {
  const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
  if (checkout == nullptr || *checkout == '\0') return;  // official_test.cpp says so
  const std::filesystem::path source = std::filesystem::path(checkout) / "source";
  const Collection found =
      collect(std::vector{source / "server-discovery-and-monitoring/tests/unified",
                          source / "connection-monitoring-and-pooling/tests/logging"});
  EXPECT_EQ(problems_text(found.problems), "");
  std::map<std::string, int> left_out;
  int passed = 0;
  for (const Case& test : found.cases) {
    if (!test.misfit.empty()) {
      ++left_out[test.misfit];
      continue;
    }
    EXPECT_EQ(failure_report(test, run_in_simulation(test)), "");
    ++passed;
  }
  EXPECT_EQ(passed, 101);
  const std::map<std::string, int> reasons{
      {"commands here carry no read concern and no write concern", 1},
      {"it needs several mongoses, and there is one here", 2},
      {"no server here meets runOnRequirements: version 7.0.0, single, replicaset, sharded or "
       "load-balanced",
       2},
      {"there is no operation updateOne", 1},
      {"uriOptions: the option \"waitQueueSize\" is unknown and has no effect", 2}};
  EXPECT_EQ(left_out, reasons);
}

}  // namespace
}  // namespace cmap::spec_tests
