// What a unified test must not get away with: each of these would pass if a demand of the format
// were not looked at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/unified_cases.hpp"
#include "spec-tests/unified_harness.hpp"

namespace cmap::spec_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string of_file(const std::string& keys) {
  const CasesResult result = unified_cases(keys);
  std::string text = problems_text(result.problems);
  for (const Case& test : result.cases) {
    text += test.misfit.empty() ? problems_text(run_in_simulation(test)) : test.misfit + "\n";
  }
  return text;
}

std::string of_entities(const std::string& entities) {
  return of_file(
      "description: f\nschemaVersion: '1.4'\nrunOnRequirements: [{topologies: [single]}]\n"
      "createEntities: [" +
      entities + "]\ntests: [{description: t, operations: []}]");
}

TEST(UnifiedDemands, EntitiesReferToWhatIsThere) {
  EXPECT_EQ(of_entities("{client: {id: c}}, {database: {id: d, client: c, databaseName: d}}"), "");
  EXPECT_EQ(of_entities("{database: {id: d, client: c, databaseName: d}}"),
            "u.yml:5:9: there is no client \"c\"\n");
  EXPECT_EQ(of_entities("{client: {id: c}}, {collection: {id: k, database: c, collectionName: k}}"),
            "u.yml:5:9: there is no database \"c\"\n");
  EXPECT_EQ(of_entities("{client: {id: c}}, {thread: {id: c}}"),
            "u.yml:5:9: there are two entities \"c\"\n");
}

TEST(UnifiedDemands, OperationsBelongToATypeOfEntity) {
  EXPECT_EQ(of_operations("{name: runCommand, object: k, arguments: {command: {ping: 1},"
                          " commandName: ping}}"),
            "u.yml:10:1: runCommand: \"k\" is a collection, and this is an operation of a "
            "database\n");
  EXPECT_THAT(of_operations("{name: close, object: d}"), HasSubstr("there is no client \"d\""));
}

TEST(UnifiedDemands, ATopologyIsAnEntity) {
  const std::string record =
      "{name: recordTopologyDescription, object: testRunner, arguments: {client: c, id: t}}";
  EXPECT_EQ(of_operations(record), "");
  EXPECT_EQ(of_operations(record + "," + record),
            "u.yml:10:86: recordTopologyDescription: there are two entities \"t\"\n");
  EXPECT_EQ(of_operations("{name: assertTopologyType, object: testRunner, arguments:"
                          " {topologyDescription: t, topologyType: not recorded}}"),
            "u.yml:10:1: assertTopologyType: there is no topology description \"t\"\n");
}

std::string of_count(const std::string& event, const std::string& count = "0") {
  return of_operations(
      "{name: assertEventCount, object: testRunner, arguments: {client: c, event: " + event +
      ", count: " + count + "}}");
}

TEST(UnifiedDemands, OnlyWhatCanComeIsCounted) {
  EXPECT_EQ(of_count("{connectionCheckedOutEvent: {}}"), "");
  EXPECT_EQ(of_count("{poolClearedEvent: {}}"),
            "u.yml:10:1: assertEventCount: the client \"c\" does not observe poolClearedEvent; add "
            "it to its observeEvents\n");
  EXPECT_EQ(of_count("{poolCleardEvent: {}}"),
            "misfit: the event \"poolCleardEvent\" is not known");
  EXPECT_EQ(of_count("{poolReadyEvent: {reason: stale}}"),
            "misfit: the key \"reason\" of poolReadyEvent is not supported");
  EXPECT_THAT(of_count("{poolReadyEvent: 1}"), HasSubstr("poolReadyEvent must be an object"));
  EXPECT_THAT(of_count("{poolReadyEvent: {}}", "-1"), HasSubstr("must not be negative"));
}

TEST(UnifiedDemands, FieldsOfEventsAreWhatTheyCanBe) {
  for (const char* impossible : {
           "connectionClosedEvent: {reason: stael}",
           "connectionClosedEvent: {reason: 1}",
           "connectionClosedEvent: {reason: connectionError}",
           "connectionCheckOutFailedEvent: {reason: stale}",
           "serverHeartbeatSucceededEvent: {awaited: nope}",
           "serverHeartbeatSucceededEvent: {awaited: {$$exists: false}}",
           "poolClearedEvent: {hasServiceId: 7}",
           "poolClearedEvent: {interruptInUseConnections: null}",
           "serverDescriptionChangedEvent: {newDescription: {type: Sharded}}",
           "topologyDescriptionChangedEvent: {previousDescription: {tpye: Sharded}}",
           "commandStartedEvent: {commandName: 1}",
           "commandStartedEvent: {commandName: {}}",
           "commandStartedEvent: {command: ping}",
       }) {
    EXPECT_THAT(of_count("{" + std::string(impossible) + "}"), StartsWith("misfit: no "))
        << impossible;
  }
  EXPECT_EQ(of_count("{serverDescriptionChangedEvent: {newDescription: {type: Unknwon}}}"),
            "misfit: no serverDescriptionChangedEvent has the newDescription {type: \"Unknwon\"}");
}

TEST(UnifiedDemands, FieldsOfEventsMayBeAllThatTheyCanBe) {
  for (const char* possible : {
           "connectionClosedEvent: {reason: poolClosed}",
           "connectionCheckOutFailedEvent: {reason: connectionError}",
           "serverHeartbeatSucceededEvent: {awaited: {$$exists: true}}",
           "poolClearedEvent: {hasServiceId: true, interruptInUseConnections: {$$exists: false}}",
           "serverDescriptionChangedEvent: {previousDescription: {}, newDescription: {type:"
           " LoadBalancer}}",
           "topologyDescriptionChangedEvent: {newDescription: {type: LoadBalanced}}",
           "commandSucceededEvent: {reply: {$$unsetOrMatches: {ok: 1}}, commandName: {$$exists: "
           "true}}",
       }) {
    EXPECT_THAT(of_count("{" + std::string(possible) + "}"), HasSubstr("does not observe"))
        << possible;
  }
}

TEST(UnifiedDemands, EventsOfAnotherTypeAreNotExpected) {
  EXPECT_THAT(of_ping("expectEvents: [{client: c, eventType: cmap, events: ["
                      "{commandStartedEvent: {}}]}]"),
              HasSubstr("commandStartedEvent is no event of this eventType"));
}

TEST(UnifiedDemands, WhatGoesWrongOnAThreadIsNoticedAfterTheTest) {
  EXPECT_EQ(of_operations(
                "{name: createEntities, object: testRunner, arguments: {entities: [{thread: {id: "
                "t}}]}},{name: runOnThread, object: testRunner, arguments: {thread: t, operation: "
                "{name: insertOne, object: k, arguments: {document: {_id: 1}}}}}"),
            "u.yml:10:162: insertOne failed: E11000 duplicate key error collection: db.k index: "
            "_id_\n");
}

TEST(UnifiedDemands, ErrorsSayWhatTheyExpect) {
  const auto of_error = [](const std::string& expected) {
    return of_operations(
        "{name: insertOne, object: k, arguments: {document: {_id: 1}}, "
        "expectError: {" +
        expected + "}}");
  };
  EXPECT_EQ(of_error("isError: true"), "");
  EXPECT_THAT(of_error(""), HasSubstr("expectError must say something; write isError: true"));
  EXPECT_THAT(of_error("isError: false"), HasSubstr("isError must be true"));
  EXPECT_THAT(of_error("isError: true}, expectResult: {"), HasSubstr("exclude each other"));
  EXPECT_THAT(of_operations("{name: wait, object: testRunner, arguments: {ms: 1}, expectError: "
                            "{isError: true}}"),
              HasSubstr("wait has no outcome to expect"));
}

/// A find whose answer takes longer than its socket may take.
std::string of_late_find(const std::string& options, const std::string& expected) {
  return of_operations(
      "{name: createEntities, object: testRunner, arguments: {entities: [{client: {id: e,"
      " uriOptions: {retryReads: false, " +
      options +
      "}}}, {database: {id: f, client: e,"
      " databaseName: db}}, {collection: {id: g, database: f, collectionName: k}}]}},\n"
      "{name: failPoint, object: testRunner, arguments: {client: c, failPoint: {configureFailPoint:"
      " failCommand, mode: {times: 1}, data: {failCommands: [find], blockConnection: true,"
      " blockTimeMS: 900}}}},\n"
      "{name: find, object: g, arguments: {filter: {}}, expectError: {" +
      expected + "}}");
}

TEST(UnifiedDemands, ATimeoutIsOneOfTimeoutMS) {
  EXPECT_EQ(of_late_find("timeoutMS: 100", "isTimeoutError: true"), "");
  EXPECT_EQ(of_late_find("socketTimeoutMS: 100", "isTimeoutError: false"), "");
  EXPECT_THAT(of_late_find("socketTimeoutMS: 100", "isTimeoutError: true"),
              HasSubstr("expected a timeout of timeoutMS"));
  EXPECT_EQ(of_late_find("timeoutMS: 0, socketTimeoutMS: 100", "isError: true"),
            "u.yml:12:63: find must fail, but succeeded\n");
}

std::string of_find(const std::string& expected) {
  return of_operations("{name: find, object: k, arguments: {filter: {_id: 1}}, expectResult: [" +
                       expected + "]}");
}

TEST(UnifiedDemands, OperatorsHaveRightOperands) {
  EXPECT_EQ(of_find("{x: {$$type: [int, string]}, y: {$$exists: false}}"), "");
  EXPECT_THAT(of_find("{y: {$$exists: no}}"),
              HasSubstr("$$exists needs a boolean, but has \"no\""));
  EXPECT_THAT(of_find("{x: {$$type: [int, strin]}}"), HasSubstr("$$type needs the name of a BSON"));
  EXPECT_THAT(of_find("{x: {$$type: []}}"), HasSubstr("$$type needs the name of a BSON"));
  EXPECT_THAT(of_find("{x: {$$lte: many}}"), HasSubstr("$$lte needs a number"));
  EXPECT_EQ(of_find("{x: {$$matchesHexBytes: '02'}}"),
            "misfit: the operator $$matchesHexBytes is not supported");
  EXPECT_EQ(of_find("{x: {$numberInt: '2'}}"),
            "misfit: the extended JSON $numberInt is not supported");
}

TEST(UnifiedDemands, AnIntIsNotLong) {
  const auto of_long = [](const std::string& type) {
    return of_operations(
        "{name: insertOne, object: k, arguments: {document: {_id: 2, x: 2147483648"
        "}}}, {name: find, object: k, arguments: {filter: {_id: 2}},"
        " expectResult: [{x: {$$type: " +
        type + "}}]}");
  };
  EXPECT_EQ(of_long("long"), "");
  EXPECT_THAT(of_long("int"), HasSubstr("find.x: expected {$$type: \"int\"}, but is 2147483648"));
}

TEST(UnifiedDemands, LargeIntegersAreComparedToTheLastDigit) {
  const auto of_large = [](const std::string& expected) {
    return of_operations(
        "{name: insertOne, object: k, arguments: {document: {_id: 2, x:"
        " 9007199254740992}}}, {name: find, object: k, arguments: {filter: {_id:"
        " 2}}, expectResult: [{x: " +
        expected + "}]}");
  };
  EXPECT_EQ(of_large("9007199254740992"), "");
  EXPECT_THAT(of_large("9007199254740993"), HasSubstr("find.x: expected 9007199254740993"));
}

TEST(UnifiedDemands, MalformedExtendedJsonIsDifferent) {
  EXPECT_EQ(of_find("{x: {$numberLong: '2'}}"), "");
  EXPECT_THAT(of_find("{x: {$numberLong: two}}"), HasSubstr("find.x"));
  EXPECT_THAT(of_find("{x: {$numberLong: '2', y: 1}}"), HasSubstr("find.x"));
}

TEST(UnifiedDemands, DocumentsWithinTexts) {
  const auto of_text = [](const std::string& expected) {
    return of_operations(R"({name: insertOne, object: k, arguments: {document: {_id: 2, x:)"
                         R"( '{"a": 1, "b": {"c": 2}}', z: 'none'}}}, {name: find, object: k,)"
                         R"( arguments: {filter: {_id: 2}, limit: 1}, expectResult: [)" +
                         expected + "]}");
  };
  EXPECT_EQ(of_text("{x: {$$matchAsDocument: {a: 1.0, b: {c: 2}}}}"), "");
  EXPECT_EQ(of_text("{x: {$$matchAsDocument: {$$matchAsRoot: {a: 1}}}}"), "");
  EXPECT_THAT(of_text("{x: {$$matchAsDocument: {a: 1}}}"), HasSubstr("x.b: expected nothing"));
  EXPECT_THAT(of_text("{x: {$$matchAsDocument: {$$matchAsRoot: {b: {}}}}}"), HasSubstr("x.b.c"));
  EXPECT_THAT(of_text("{z: {$$matchAsDocument: {$$matchAsRoot: {}}}}"), HasSubstr("find.z"));
  EXPECT_THAT(of_text("{y: {$$matchAsDocument: {$$matchAsRoot: {}}}}"), HasSubstr("find.y"));
}

TEST(UnifiedDemands, ContentsAreComparedExactly) {
  const std::string outcome = "outcome: [{databaseName: db, collectionName: k, documents: [{_id: 1";
  EXPECT_EQ(of_ping(outcome + ", x: 2}]}]"), "");
  EXPECT_THAT(of_ping(outcome + ", x: 2.0}]}]"),
              HasSubstr("db.k[0].x: expected 2 (a number with a fraction), but is 2 (an integer)"));
  EXPECT_THAT(of_ping(outcome + ", x: {$$type: int}}]}]"), HasSubstr("db.k[0].x: expected "));
}

TEST(UnifiedDemands, LogMessagesSayAllOfThemselves) {
  const auto of_message = [](const std::string& message) {
    return of_ping("expectLogMessages: [{client: c, ignoreExtraMessages: true, messages: [" +
                   message + "]}]");
  };
  EXPECT_EQ(of_message("{level: debug, component: connection, data: {}}"), "");
  EXPECT_THAT(of_message("{component: connection, data: {}}"),
              HasSubstr("lacks the key \"level\""));
  EXPECT_THAT(of_message("{level: debug, data: {}}"), HasSubstr("lacks the key \"component\""));
  EXPECT_THAT(of_message("{level: debug, component: connection}"),
              HasSubstr("lacks the key \"data\""));
  EXPECT_THAT(of_message("{level: loud, component: connection, data: {}}"),
              HasSubstr("there is no log level \"loud\""));
  EXPECT_EQ(of_message("{level: debug, component: connection, data: {}, failureIsRedacted: true}"),
            "misfit: the key \"failureIsRedacted\" of a log message is not supported");
  EXPECT_THAT(of_entities("{client: {id: c, observeLogMessages: {connection: loud}}}"),
              HasSubstr("there is no log level \"loud\""));
  EXPECT_THAT(of_entities("{client: {id: c, observeLogMessages: {command: debug}}}"),
              HasSubstr("there are no log messages of the component \"command\""));
}

TEST(UnifiedDemands, ALevelLetsOnlyWhatIsMoreSevereThrough) {
  const auto logged_at = [](const std::string& level, const std::string& expected) {
    return of_operations(
        "{name: createEntities, object: testRunner, arguments: {entities: [{client: {id: e,"
        " observeLogMessages: {serverSelection: " +
        level +
        "}}}, {database: {id: f, client: e,"
        " databaseName: db}}]}},\n{name: runCommand, object: f, arguments: {command: {ping: 1},"
        " commandName: ping}}], expectLogMessages: [{client: e, messages: [" +
        expected + "]}");
  };
  const std::string waiting =
      "{level: info, component: serverSelection, data: {message: Waiting for suitable server to"
      " become available, operation: ping, remainingTimeMS: {$$type: [int, long]}}}";
  EXPECT_EQ(logged_at("info", waiting), "");
  EXPECT_THAT(logged_at("debug", waiting), HasSubstr("\"Server selection started\""));
  EXPECT_THAT(logged_at("warn", waiting), HasSubstr("but no more came"));
}

/// Else it would be met when the server has no news for ten seconds.
TEST(UnifiedDemands, AFailPointIsMetSoon) {
  const auto failures = [](const std::string& options, const std::string& count) {
    return of_operations(
        "{name: createEntities, object: testRunner, arguments: {entities: [{client: {id: e,"
        " observeEvents: [serverHeartbeatSucceededEvent, serverHeartbeatFailedEvent],"
        " uriOptions: {appname: e" +
        options +
        "}}}]}},\n{name: waitForEvent, object: testRunner, arguments: {client: e, event:"
        " {serverHeartbeatSucceededEvent: {}}, count: 1}},\n"
        "{name: failPoint, object: testRunner, arguments: {client: c, failPoint:"
        " {configureFailPoint: failCommand, mode: {times: 1}, data: {failCommands: [hello,"
        " isMaster], appName: e, closeConnection: true}}}},\n"
        "{name: wait, object: testRunner, arguments: {ms: 1500}},\n"
        "{name: assertEventCount, object: testRunner, arguments: {client: e, event:"
        " {serverHeartbeatFailedEvent: {}}, count: " +
        count + "}}");
  };
  EXPECT_EQ(failures("", "1"), "");
  EXPECT_EQ(failures(", heartbeatFrequencyMS: 9000", "0"), "") << "as it is said";
}

TEST(UnifiedDemands, FilesAreOfAVersionThatIsKnown) {
  const auto of_version = [](const std::string& version) {
    return of_file("description: f\nschemaVersion: '" + version +
                   "'\ntests: [{description: t, operations: []}]");
  };
  EXPECT_EQ(of_version("1.28"), "");
  for (const std::string unknown : {"1.29", "0.1", "2.0"}) {
    EXPECT_EQ(of_version(unknown),
              "schemaVersion \"" + unknown + "\" is not known, only 1.0 to 1.28 are\n");
  }
  EXPECT_THAT(of_version("1.x"), HasSubstr("u.yml:2:16: schemaVersion must be a version"));
}

TEST(UnifiedDemands, WhatIsEmptyDemandsNothing) {
  for (const char* key : {"runOnRequirements", "expectEvents", "expectLogMessages", "outcome"}) {
    EXPECT_THAT(of_ping(std::string(key) + ": []"), HasSubstr(" must not be empty")) << key;
  }
  EXPECT_THAT(of_ping("runOnRequirements: [{}]"), HasSubstr("a requirement must not be empty"));
  EXPECT_THAT(of_ping("runOnRequirements: [{topologies: []}]"), HasSubstr("must not be empty"));
  EXPECT_THAT(of_ping("runOnRequirements: [{serverless: foo}]"), HasSubstr("serverless"));
  EXPECT_THAT(of_file("description: f\nschemaVersion: '1.4'\ntests: []"),
              HasSubstr("tests must not be empty"));
}

TEST(UnifiedDemands, SeveralMongosesAreNotOne) {
  EXPECT_EQ(of_file("description: f\nschemaVersion: '1.4'\nrunOnRequirements: [{topologies: "
                    "[sharded]}]\ncreateEntities: [{client: {id: c, useMultipleMongoses: true}}]\n"
                    "tests: [{description: t, operations: []}]"),
            "it needs several mongoses, and there is one here\n");
}

TEST(UnifiedDemands, ReadPreferencesAreFollowed) {
  const auto of_preference = [](const std::string& preference) {
    return of_file(
        "description: f\nschemaVersion: '1.4'\nrunOnRequirements: [{topologies: [replicaset]}]\n"
        "createEntities: [{client: {id: c, observeEvents: [commandStartedEvent], uriOptions:"
        " {serverSelectionTimeoutMS: 100}}}, {database: {id: d, client: c, databaseName: d}},"
        " {collection: {id: k, database: d, collectionName: k, collectionOptions: "
        "{readPreference: " +
        preference +
        "}}}]\ntests: [{description: t, operations: [{name: find, object: k,"
        " arguments: {filter: {}}}], expectEvents: [{client: c, events: [{commandStartedEvent:"
        " {command: {$readPreference: {mode: secondary}}}}]}]}]");
  };
  EXPECT_EQ(of_preference("{mode: Secondary}"), "");
  EXPECT_THAT(of_preference("{mode: Primary}"), HasSubstr("$readPreference"));
  EXPECT_THAT(of_preference("{mode: Secondary, tagSets: [{no: such}]}"),
              HasSubstr("No server suitable for reads (secondary, tags no:such)"));
}

}  // namespace
}  // namespace cmap::spec_tests
