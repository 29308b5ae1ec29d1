// What a scenario file becomes, and what is wrong with one.
#include "spec-tests/scenario_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"

namespace cmap::spec_tests {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string problems(std::string_view rest) {
  const ScenarioResult result = read_yaml(scenario_yaml(rest));
  EXPECT_FALSE(result.scenario) << rest;
  return problems_text(result.problems);
}

/// Problems of an `operations` list.
std::string operation_problems(std::string_view operations) {
  return problems("operations:\n" + std::string(operations));
}

template <typename T>
const T& operation(const ScenarioFile& file, std::size_t index) {
  return std::get<T>(file.scenario.operations.at(index).body);
}

// ---- what is read

TEST(Scenario, Head) {
  const ScenarioFile file = scenario("style: integration\ndescription: some words\n");
  EXPECT_EQ(file.path, "test.yml");
  EXPECT_EQ(file.scenario.name, "test");
  EXPECT_EQ(file.description, "some words");
  EXPECT_EQ(file.style, Style::integration);
  EXPECT_EQ(file.events.size(), 2U);
  EXPECT_FALSE(file.error);
  EXPECT_FALSE(file.exact);
}

TEST(Scenario, PoolOptions) {
  const ScenarioFile file = scenario(
      "poolOptions: {maxPoolSize: 3, minPoolSize: 1, maxIdleTimeMS: 10, maxConnecting: 4,\n"
      "  waitQueueTimeoutMS: 50, backgroundThreadIntervalMS: -1, appName: app}\n");
  const PoolOptions& options = file.scenario.options;
  EXPECT_EQ(options.max_pool_size, 3);
  EXPECT_EQ(options.min_pool_size, 1);
  EXPECT_EQ(options.max_idle_time, milliseconds(10));
  EXPECT_EQ(options.max_connecting, 4);
  EXPECT_EQ(options.wait_queue_timeout, milliseconds(50));
  EXPECT_EQ(options.background_interval, milliseconds(-1));
  EXPECT_EQ(file.scenario.server.app_name, "app");
}

TEST(Scenario, OperationsOfTheFormat) {
  const ScenarioFile file = scenario(R"(
operations:
  - name: ready
  - {name: start, target: thread1}
  - {name: checkOut, thread: thread1, label: conn}
  - {name: wait, ms: 7}
  - {name: waitForEvent, event: ConnectionReady, count: 2, timeout: 1000}
  - {name: checkIn, connection: conn, thread: thread1}
  - {name: clear, interruptInUseConnections: true}
  - {name: waitForThread, target: thread1}
  - name: close
)");
  EXPECT_THAT(file.scenario.actors, ElementsAre("main", "thread1"));
  EXPECT_THAT(file.scenario.labels, ElementsAre("conn"));
  ASSERT_EQ(file.scenario.operations.size(), 9U);
  EXPECT_EQ(operation<sim::Start>(file, 1).target, 1U);
  EXPECT_EQ(operation<sim::CheckOut>(file, 2).label, 0U);
  EXPECT_EQ(file.scenario.operations[2].actor, 1U);
  EXPECT_EQ(operation<sim::Wait>(file, 3).duration, milliseconds(7));
  EXPECT_EQ(operation<sim::WaitForEvent>(file, 4).event, EventType::connection_ready);
  EXPECT_EQ(operation<sim::WaitForEvent>(file, 4).count, 2);
  EXPECT_EQ(operation<sim::WaitForEvent>(file, 4).timeout, milliseconds(1000));
  EXPECT_EQ(operation<sim::CheckIn>(file, 5).connection, 0U);
  EXPECT_TRUE(operation<sim::Clear>(file, 6).interrupt_in_use_connections);
  EXPECT_EQ(operation<sim::WaitForThread>(file, 7).target, 1U);
  EXPECT_EQ(file.scenario.operations[3].line, 12U);
}

TEST(Scenario, FailPoint) {
  const ScenarioFile file = scenario(R"(
failPoint:
  configureFailPoint: failCommand
  mode: {times: 50}
  data: {failCommands: [isMaster, hello], closeConnection: false, blockConnection: true,
         blockTimeMS: 750, errorCode: 91, errorLabels: [x], appName: app}
)");
  ASSERT_EQ(file.scenario.server.fail_points.size(), 1U);
  const sim::FailPoint& fail_point = file.scenario.server.fail_points[0];
  EXPECT_EQ(fail_point.mode, sim::FailPoint::Mode::times);
  EXPECT_EQ(fail_point.count, 50);
  EXPECT_THAT(fail_point.fail_commands, ElementsAre("isMaster", "hello"));
  EXPECT_TRUE(fail_point.block_connection);
  EXPECT_FALSE(fail_point.close_connection);
  EXPECT_EQ(fail_point.block_time, milliseconds(750));
  EXPECT_EQ(fail_point.error_code, 91);
  EXPECT_EQ(fail_point.app_name, "app");
}

TEST(Scenario, RunOn) {
  const auto reason = [](std::string_view run_on, const sim::ServerFacts& server = {}) {
    return misfit(scenario("runOn: " + std::string(run_on)).run_on, server).value_or("");
  };
  EXPECT_EQ(reason("[{minServerVersion: \"4.4.0\"}]"), "");
  EXPECT_EQ(reason("[{maxServerVersion: \"8.0\"}]"), "");
  EXPECT_EQ(reason("[{minServerVersion: \"9.0\"}, {minServerVersion: \"4.0\"}]"), "");
  EXPECT_EQ(reason("[{maxServerVersion: \"7.9.9\"}]"),
            "runOn does not include the server, version 8.0.0, topology single");
  EXPECT_EQ(reason("[{minServerVersion: \"4.4.1\"}]", {.version = {4, 4, 0}}),
            "runOn does not include the server, version 4.4.0, topology single");
  const sim::ServerFacts replica_set{.topology = sim::Topology::replica_set};
  EXPECT_EQ(reason("[{topology: [sharded, replicaset]}]", replica_set), "");
  EXPECT_THAT(reason("[{topology: [single]}]", replica_set), HasSubstr("topology replicaset"));
  EXPECT_THAT(problems("runOn: [{minServerVersion: 4.4}]"), HasSubstr("must be a text"));
  EXPECT_THAT(problems("runOn: [{minServerVersion: four}]"), HasSubstr("as \"4.4.0\""));
  EXPECT_THAT(problems("runOn: [{topology: [double]}]"), HasSubstr("topology"));
  EXPECT_THAT(problems("runOn: [{topologies: [single]}]"), HasSubstr("unknown key"));
}

TEST(Scenario, Extension) {
  const ScenarioFile file = scenario(R"(
operations:
  - {name: start, target: thread1}
  - {name: start, target: thread2}
  - name: checkOut
    label: conn
    x-cmap: {timeoutMS: 0.5, purpose: cursor, background: true, error: {type: CancelledError}}
  - x-cmap: {name: cancel, connection: conn}
  - {thread: thread1, x-cmap: {name: clearService, serviceId: "000000000000000000000001"}}
x-cmap:
  requirement: [A-WQ-3, A-OUT-6]
  catches: a bug
  pool: {loadBalanced: true, connectTimeoutMS: 100}
  server: {tls: true, authentication: true}
  establishments:
    - {}
    - hello: {delayMS: 10, fault: reset}
      authenticate: {refused: true}
      serviceId: "000000000000000000000001"
      inline: throws
      ignoresClose: true
      teardownMS: 5
  listener:
    - {on: ConnectionCheckedIn, do: {name: close}}
    - {on: ConnectionCheckOutStarted, occurrence: 2, spendMS: 3}
    - {on: ConnectionReady, throw: true}
  threads:
    thread1: {type: PoolClearedError, labels: [RetryableError]}
    thread2: null
  endMS: 0.25
  trace: ["@0 ConnectionPoolCreated options={}"]
)");
  EXPECT_THAT(file.requirements, ElementsAre("A-WQ-3", "A-OUT-6"));
  EXPECT_TRUE(file.scenario.options.load_balanced);
  EXPECT_EQ(file.scenario.options.establishment_timeout, milliseconds(100));
  EXPECT_TRUE(file.scenario.server.tls);
  ASSERT_EQ(file.scenario.server.establishments.size(), 2U);
  const auto& script = file.scenario.server.establishments[1];
  ASSERT_EQ(script.phases.size(), 2U);
  EXPECT_EQ(script.phases[0].delay, milliseconds(10));
  EXPECT_EQ(script.phases[0].fault, NetworkFault::reset);
  EXPECT_TRUE(script.phases[1].refused_credentials);
  EXPECT_EQ(script.answer_inline, sim::EstablishmentScript::Inline::throws);
  EXPECT_TRUE(script.ignores_close);
  EXPECT_EQ(script.teardown, milliseconds(5));

  const auto& check_out = operation<sim::CheckOut>(file, 2);
  EXPECT_EQ(check_out.timeout, microseconds(500));
  EXPECT_EQ(check_out.purpose, CheckOutPurpose::cursor);
  EXPECT_TRUE(check_out.in_background);
  EXPECT_TRUE(file.scenario.operations[2].error_expected);
  ASSERT_EQ(file.operation_errors.size(), 1U);
  EXPECT_EQ(file.operation_errors[0].operation, 2U);
  EXPECT_EQ(operation<sim::Cancel>(file, 3).label, 0U);
  EXPECT_EQ(file.scenario.operations[4].actor, 1U);

  ASSERT_EQ(file.scenario.listener_actions.size(), 3U);
  EXPECT_EQ(file.scenario.listener_actions[1].what, sim::ListenerAction::What::spend_time);
  EXPECT_EQ(file.scenario.listener_actions[1].occurrence, 2);
  ASSERT_EQ(file.thread_ends.size(), 2U);
  EXPECT_TRUE(file.thread_ends[0].error);
  EXPECT_FALSE(file.thread_ends[1].error);
  ASSERT_TRUE(file.exact);
  EXPECT_EQ(file.exact->end, microseconds(250));
  EXPECT_EQ(file.exact->trace->size(), 1U);
}

TEST(Scenario, EveryOperationOfTheExtension) {
  const ScenarioFile file = scenario(R"(
operations:
  - {name: checkOut, label: c, x-cmap: {background: true}}
  - {name: checkOut, label: d}
  - x-cmap: {name: awaitCheckOut, connection: c}
  - x-cmap: {name: cancel, connection: c}
  - x-cmap: {name: checkInAgain, connection: d}
  - x-cmap: {name: checkInForeign, error: {type: UsageError}}
  - x-cmap: {name: clearService, serviceId: "0000000000000000000000FF"}
  - x-cmap: {name: resetAfterFork}
  - x-cmap: {name: setPurpose, connection: d, purpose: transaction}
  - x-cmap: {name: failInUse, connection: d, fault: eof, verdict: clear}
  - x-cmap: {name: peerCloses, connectionId: 3, fault: reset}
  - x-cmap: {name: setFailPoint, failPoint: {configureFailPoint: failCommand, mode: "off"}}
  - x-cmap: {name: expectState, state: paused, generation: 2, pending: 0, available: 0, inUse: 1,
             waiting: 0, armedDeadlines: 0, interrupts: 1, openTransports: 1}
)");
  EXPECT_EQ(operation<sim::FailInUse>(file, 9).verdict, ErrorVerdict::clear);
  EXPECT_EQ(operation<sim::PeerCloses>(file, 10).fault, NetworkFault::reset);
  EXPECT_EQ(operation<sim::SetFailPoint>(file, 11).fail_point.mode, sim::FailPoint::Mode::off);
  EXPECT_EQ(operation<sim::ExpectState>(file, 12).state, PoolState::paused);
  EXPECT_EQ(operation<sim::ExpectState>(file, 12).generation, 2);
  // The reader and the simulator use the same names.
  EXPECT_EQ(sim::operation_name(file.scenario.operations[4].body), "checkInAgain");
  EXPECT_EQ(sim::operation_name(file.scenario.operations[12].body), "expectState");
}

TEST(Scenario, WhatOnlyGeneratedOnesHave) {
  const ScenarioFile file = scenario(R"(
poolOptions: {waitQueueTimeoutMS: 7}
operations:
  - {name: start, target: a}
  - {name: start, target: b, x-cmap: {thread: a}}
  - {name: waitForThread, target: a, x-cmap: {thread: b, error: any}}
  - {name: wait, x-cmap: {ms: 0.5}}
  - {name: waitForEvent, event: ConnectionReady, count: 1, x-cmap: {timeoutMS: 0.25}}
  - {name: checkOut, thread: a, label: c, x-cmap: {error: {}}}
  - {name: checkOut, x-cmap: {background: true}}
  - x-cmap: {name: cancel, connection: c}
x-cmap:
  pool: {maxIdleTimeMS: 0.125, backgroundThreadIntervalMS: -0.5, socketTimeoutMS: 3}
  waitForEventTimeoutMS: 1.5
)");
  EXPECT_EQ(file.scenario.options.wait_queue_timeout, milliseconds(7));
  EXPECT_EQ(file.scenario.options.max_idle_time, microseconds(125));
  EXPECT_EQ(file.scenario.options.background_interval, microseconds(-500));
  EXPECT_EQ(file.scenario.options.handshake_timeout, milliseconds(3));
  EXPECT_EQ(file.scenario.wait_for_event_timeout, microseconds(1500));
  const auto& operations = file.scenario.operations;
  EXPECT_EQ(operations.at(1).actor, 1U);
  EXPECT_EQ(operations.at(2).actor, 2U);
  EXPECT_EQ(operation<sim::Wait>(file, 3).duration, microseconds(500));
  EXPECT_EQ(operation<sim::WaitForEvent>(file, 4).timeout, microseconds(250));
  EXPECT_TRUE(operations.at(2).error_expected) << "one may come";
  EXPECT_TRUE(operations.at(5).error_expected) << "one must come";
  EXPECT_FALSE(operations.at(6).error_expected);
  ASSERT_EQ(file.operation_errors.size(), 1U);
  EXPECT_EQ(file.operation_errors[0].operation, 5U);
  EXPECT_FALSE(operation<sim::CheckOut>(file, 6).label);
}

TEST(Scenario, Schedule) {
  EXPECT_FALSE(scenario({}).schedule);
  const ScenarioFile file = scenario("x-cmap: {schedule: [operate 1, transport 12, deliver 0]}");
  using sim::ActionKind;
  const std::vector<sim::RecordedChoice> expected{{.option = {ActionKind::operate, 1}},
                                                  {.option = {ActionKind::transport, 12}},
                                                  {.option = {ActionKind::deliver, 0}}};
  EXPECT_EQ(file.schedule, expected);
  EXPECT_TRUE(file.scenario.needs_virtual_clock);
  EXPECT_TRUE(scenario("x-cmap: {schedule: []}").schedule);
}

// ---- what is wrong

TEST(BadScenario, AllProblemsAreFoundInTheOrderOfTheText) {
  const std::string text = problems(
      "version: 2\n"
      "style: units\n"
      "colour: red\n"
      "operations:\n"
      "  - {name: chekOut}\n"
      "  - {name: checkOut, lable: x}\n"
      "  - {name: wait}\n"
      "  - {name: waitForEvent, event: ConnectionClose, count: 0}\n");
  EXPECT_TRUE(text.starts_with(
      "test.yml:5:10: version must be an integer from 1 to 1, but is 2 (an integer)\n"
      "test.yml:6:8: style \"units\" is unknown, did you mean \"unit\"?; expected \"unit\" or "
      "\"integration\"\n"
      "test.yml:7:1: unknown key \"colour\" in the scenario"))
      << text;
  EXPECT_THAT(text,
              HasSubstr("9:12: the operation \"chekOut\" is unknown, did you mean \"checkOut"));
  EXPECT_THAT(text,
              HasSubstr("10:22: unknown key \"lable\" in an operation, did you mean \"label"));
  EXPECT_THAT(text, HasSubstr("11:5: an operation lacks the key \"ms\""));
  EXPECT_THAT(text, HasSubstr("12:33: the event \"ConnectionClose\" is unknown, did you mean"));
  EXPECT_THAT(text, HasSubstr("12:57: count must be an integer from 1 to 2147483647, but is 0"));
}

TEST(BadScenario, MissingKeys) {
  const ScenarioResult result = read_yaml("ignore: []\n");
  const std::string text = problems_text(result.problems);
  for (const auto* key : {"version", "style", "description", "operations", "events"}) {
    EXPECT_THAT(text, HasSubstr("the scenario lacks the key \"" + std::string(key) + "\""));
  }
}

TEST(BadScenario, WrongTypes) {
  EXPECT_THAT(problems("version: \"1\""), HasSubstr("but is \"1\" (a text)"));
  EXPECT_THAT(problems("version: 1.0"), HasSubstr("(a number with a fraction)"));
  EXPECT_THAT(problems("description: 7"), HasSubstr("description must be a text"));
  EXPECT_THAT(problems("operations: ready"), HasSubstr("operations must be a list"));
  EXPECT_THAT(problems("operations: [ready]"), HasSubstr("an operation must be an object"));
  EXPECT_THAT(problems("events: {}"), HasSubstr("events must be a list"));
  EXPECT_THAT(problems("events: [42]"), HasSubstr("an event must be an object"));
  EXPECT_THAT(problems("ignore: ConnectionReady"), HasSubstr("ignore must be a list"));
  EXPECT_THAT(problems("error: PoolClosedError"), HasSubstr("error must be an object"));
  EXPECT_THAT(problems("poolOptions: 3"), HasSubstr("poolOptions must be an object"));
  EXPECT_THAT(problems("x-cmap: true"), HasSubstr("x-cmap must be an object"));
  EXPECT_THAT(problems("runOn: 4.4"), HasSubstr("runOn must be a list"));
  EXPECT_THAT(operation_problems("  - {name: wait, ms: \"10\"}"),
              HasSubstr("ms must be an integer"));
  EXPECT_THAT(operation_problems("  - {name: wait, ms: 0.5}"), HasSubstr("ms must be an integer"));
  EXPECT_THAT(operation_problems("  - {name: wait, ms: null}"), HasSubstr("but is null"));
  EXPECT_THAT(operation_problems("  - {name: clear, interruptInUseConnections: 1}"),
              HasSubstr("must be true or false"));
}

TEST(BadScenario, NegativeAndHugeNumbers) {
  EXPECT_THAT(operation_problems("  - {name: wait, ms: -1}"), HasSubstr("from 0 to 2147483647"));
  EXPECT_THAT(operation_problems("  - {name: wait, ms: 9223372036854775807}"),
              HasSubstr("but is 9223372036854775807"));
  EXPECT_THAT(operation_problems("  - {name: waitForEvent, event: ConnectionReady, count: -1}"),
              HasSubstr("count must be an integer from 1"));
  EXPECT_THAT(operation_problems("  - {name: waitForEvent, event: ConnectionReady, count: 1, "
                                 "timeout: -5}"),
              HasSubstr("timeout must be"));
}

TEST(BadScenario, PoolOptionsNameTheOptionTheValueAndTheRange) {
  EXPECT_EQ(problems("poolOptions:\n  maxPoolSize: -1\n"),
            "test.yml:10:16: maxPoolSize must be an integer from 0 to 2147483647 (0 = unlimited), "
            "but is -1\n");
  EXPECT_THAT(problems("poolOptions: {maxIdleTimeMS: 9223372036854775807}"),
              HasSubstr("but is 9223372036854775807 ms"));
  EXPECT_THAT(problems("poolOptions: {waitQueueTimeoutMS: -3}"), HasSubstr("but is -3 ms"));
  EXPECT_THAT(problems("poolOptions: {backgroundThreadIntervalMS: 0}"), HasSubstr("but is 0 ms"));
  EXPECT_THAT(problems("poolOptions: {maxConnecting: 0}"), HasSubstr("from 1 to"));
  EXPECT_THAT(problems("poolOptions: {maxPoolSize: 1, minPoolSize: 2}"),
              HasSubstr("minPoolSize must be at most maxPoolSize (1), but is 2"));
  EXPECT_THAT(problems("poolOptions: {maxPoolsize: 1}"),
              HasSubstr("did you mean \"maxPoolSize\"?"));
  EXPECT_THAT(problems("poolOptions: {maxPoolSize: \"3\"}"),
              HasSubstr("maxPoolSize must be an int"));
  EXPECT_THAT(problems("x-cmap: {pool: {connectTimeoutMS: -1}}"), HasSubstr("connectTimeoutMS"));
}

TEST(BadScenario, LabelsAndThreadsThatAreNeverDefined) {
  EXPECT_THAT(operation_problems("  - {name: checkOut, label: conn}\n"
                                 "  - {name: checkIn, connection: con}"),
              HasSubstr("9:33: no checkOut has the label \"con\", did you mean \"conn\"?"));
  EXPECT_THAT(operation_problems("  - {name: checkOut, thread: thread1}"),
              HasSubstr("the thread \"thread1\" was not started before"));
  EXPECT_THAT(operation_problems("  - {name: waitForThread, target: t}"), HasSubstr("not started"));
  EXPECT_THAT(operation_problems("  - {name: checkOut, thread: t}\n  - {name: start, target: t}"),
              HasSubstr("8:30: the thread \"t\" was not started before"));
  EXPECT_THAT(operation_problems("  - {name: start, target: t}\n  - {name: start, target: t}"),
              HasSubstr("started already"));
  EXPECT_THAT(operation_problems("  - {name: start, target: main}"), HasSubstr("the main thread"));
  EXPECT_THAT(operation_problems("  - {name: checkOut, label: c}\n"
                                 "  - x-cmap: {name: awaitCheckOut, connection: c}"),
              HasSubstr("does not run in the background"));
  EXPECT_THAT(problems("x-cmap: {threads: {t: null}}"), HasSubstr("is never started"));
}

TEST(BadScenario, ThreadIsRefusedOnlyWhereThreadsAreManaged) {
  EXPECT_THAT(operation_problems("  - {name: start, target: a}\n"
                                 "  - {name: start, target: b, thread: a}"),
              HasSubstr("unknown key \"thread\""));
  EXPECT_THAT(operation_problems("  - {name: start, target: a}\n"
                                 "  - {name: waitForThread, target: a, thread: a}"),
              HasSubstr("unknown key \"thread\""));
}

TEST(BadScenario, Events) {
  EXPECT_THAT(problems("events: [{type: ConnectionClosed, reason: staled}]"),
              HasSubstr("did you mean \"stale\"?"));
  EXPECT_THAT(problems("events: [{type: ConnectionCheckOutFailed, reason: idle}]"),
              HasSubstr("expected \"poolClosed\", \"timeout\" or \"connectionError\""));
  EXPECT_THAT(problems("events: [{type: ConnectionPoolReady, connectionId: 1}]"),
              HasSubstr("unknown key \"connectionId\" in an event"));
  EXPECT_THAT(problems("events: [{type: ConnectionCreated, connectionId: \"1\"}]"),
              HasSubstr("connectionId must be an integer"));
  EXPECT_THAT(problems("events: [{address: 42}]"), HasSubstr("lacks the key \"type\""));
  EXPECT_THAT(problems("events: [{type: ConnectionPoolCreated, options: {maxpoolSize: 1}}]"),
              HasSubstr("did you mean \"maxPoolSize\"?"));
  EXPECT_THAT(problems("ignore: [ConnectionPoolCreated]"), HasSubstr("are ignored"));
  EXPECT_THAT(problems("ignore: [ConnectionPoolCreate]"), HasSubstr("did you mean"));
  EXPECT_THAT(problems("error: {type: PoolCloseError}"), HasSubstr("did you mean"));
  EXPECT_THAT(problems("error: {type: PoolClosedError, labels: []}"), HasSubstr("unknown key"));
}

TEST(BadScenario, FailPoints) {
  const auto fail_point = [](std::string_view rest) {
    return problems("failPoint: {configureFailPoint: failCommand, " + std::string(rest) + "}");
  };
  EXPECT_THAT(fail_point("mode: on, data: {failCommands: [hello]}"),
              HasSubstr("mode \"on\" is unk"));
  EXPECT_THAT(fail_point("mode: {time: 1}, data: {failCommands: [hello]}"),
              HasSubstr("\"times\"?"));
  EXPECT_THAT(fail_point("mode: {times: -1}, data: {failCommands: [hello]}"),
              HasSubstr("times must"));
  EXPECT_THAT(fail_point("mode: 3, data: {failCommands: [hello]}"), HasSubstr("mode must be"));
  EXPECT_THAT(fail_point("mode: alwaysOn"), HasSubstr("lacks the key \"data\""));
  EXPECT_THAT(fail_point("mode: alwaysOn, data: {failCommands: [helo]}"), HasSubstr("\"hello\"?"));
  EXPECT_THAT(fail_point("mode: alwaysOn, data: {failCommands: []}"), HasSubstr("at least one"));
  EXPECT_THAT(fail_point("mode: alwaysOn, data: {failCommands: [hello], blockConnection: true}"),
              HasSubstr("blockTimeMS"));
  EXPECT_THAT(problems("failPoint: {configureFailPoint: failGet, mode: alwaysOn, data: "
                       "{failCommands: [hello]}}"),
              HasSubstr("expected \"failCommand\""));
}

TEST(BadScenario, Extension) {
  EXPECT_THAT(problems("x-cmap: {requirements: [A]}"), HasSubstr("did you mean \"requirement\"?"));
  EXPECT_THAT(problems("x-cmap: {establishments: [{helo: {}}]}"), HasSubstr("\"hello\"?"));
  EXPECT_THAT(problems("x-cmap: {establishments: [{hello: {fault: restet}}]}"),
              HasSubstr("\"reset\"?"));
  EXPECT_THAT(problems("x-cmap: {establishments: [{hello: {fault: reset, hang: true}}]}"),
              HasSubstr("at most one"));
  EXPECT_THAT(problems("x-cmap: {establishments: [{tls: {fault: eof}}]}"),
              HasSubstr("set x-cmap.server.tls"));
  EXPECT_THAT(problems("x-cmap: {establishments: [{serviceId: \"12\"}]}"), HasSubstr("24 hexadec"));
  EXPECT_THAT(problems("x-cmap: {listener: [{on: ConnectionReady}]}"), HasSubstr("one of do"));
  EXPECT_THAT(problems("x-cmap: {listener: [{on: ConnectionReady, do: {name: wait, ms: 1}}]}"),
              HasSubstr("the operation of a listener \"wait\" is unknown"));
  EXPECT_THAT(problems("x-cmap: {trace: [\"0 ConnectionPoolReady\"]}"),
              HasSubstr("expected \"@<ms>"));
  EXPECT_THAT(problems("x-cmap: {trace: [\"@x ConnectionPoolReady\"]}"), HasSubstr("no number"));
  EXPECT_THAT(problems("x-cmap: {trace: [\"@0 ConnectionPoolReddy\"]}"), HasSubstr("did you mean"));
  EXPECT_THAT(problems("x-cmap: {endMS: -1}"), HasSubstr("endMS must be"));
  EXPECT_THAT(operation_problems("  - {x-cmap: {name: checkOut}}"), HasSubstr("is unknown"));
  EXPECT_THAT(operation_problems("  - {x-cmap: {error: {}}}"), HasSubstr("lacks the key \"name\""));
  EXPECT_THAT(operation_problems("  - {name: ready, x-cmap: {timeoutMS: 1}}"),
              HasSubstr("unknown key"));
  EXPECT_THAT(operation_problems("  - {name: ready, x-cmap: {error: some}}"),
              HasSubstr("error must be an object"));
  EXPECT_THAT(problems("x-cmap: {waitForEventTimeoutMS: -1}"),
              HasSubstr("waitForEventTimeoutMS must be"));
}

TEST(BadScenario, Schedule) {
  const auto schedule = [](std::string_view choices) {
    return problems("x-cmap: {schedule: " + std::string(choices) + "}");
  };
  EXPECT_THAT(schedule("operate 1"), HasSubstr("schedule must be a list"));
  EXPECT_THAT(schedule("[deliver 0, operat 1]"),
              HasSubstr("9:32: the action \"operat\" is unknown, did you mean \"operate\"?"));
  for (const char* choice :
       {"operate", "operate one", "operate -1", "operate 4294967296", "\"1 \""}) {
    EXPECT_THAT(schedule("[" + std::string(choice) + "]"),
                HasSubstr("the number of its subject as \"operate 1\", but is"));
  }
  EXPECT_THAT(schedule("[1]"), HasSubstr("a choice of the schedule must be a text"));
}

TEST(OtherFormat, IsRecognised) {
  EXPECT_EQ(read_yaml("schemaVersion: \"1.4\"\ntests: []\n").other_format,
            "the unified test format");
  EXPECT_TRUE(read_yaml("uri: mongodb://a\nphases: []\n").other_format);
  EXPECT_TRUE(read_yaml("tests: []\n").other_format);
  EXPECT_TRUE(read_yaml("[1, 2]").other_format);
  EXPECT_TRUE(read_yaml("description: x\nendMS: 0\ntrace: []\n").other_format);
  EXPECT_TRUE(read_yaml("version: 6\nconfigurePresets: []\n").other_format);
  EXPECT_FALSE(read_yaml("version: 1\n").other_format) << "a scenario that lacks keys";
}

}  // namespace
}  // namespace cmap::spec_tests
