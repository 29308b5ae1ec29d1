// Whatever words a driver has for its events, as long as they are the specification's.
#include "tools/cmap/event_lines.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/events_output.hpp"
#include "tools/cmap/log_output.hpp"
#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Of one line that is as it should be.
LoggedEvent event_of(std::string_view line) {
  EventLog log = read_event_log(line, "log");
  if (!log.problems.empty()) throw std::runtime_error(log.problems.front().text());
  return log.events.at(0);
}

std::string problem_of(std::string_view text) {
  const EventLog log = read_event_log(text, "log");
  return log.problems.empty() ? "none" : log.problems.front().text();
}

EventType type_of_line(const std::string& name) {
  return event_of(R"({"type":")" + name + R"(","connectionId":1,"reason":"poolClosed"})")
      .event.type();
}

TEST(EventLines, TypesHaveSeveralNames) {
  for (const char* name : {"ConnectionPoolReady", "ConnectionPoolReadyEvent", "PoolReadyEvent",
                           "PoolReady", "poolReadyEvent", "connectionPoolReady"}) {
    EXPECT_EQ(type_of_line(name), EventType::pool_ready) << name;
  }
  EXPECT_EQ(type_of_line("connectionCheckedInEvent"), EventType::checked_in);
  EXPECT_EQ(type_of_line("ConnectionCreatedEvent"), EventType::connection_created);
}

TEST(EventLines, KeysHaveSeveralNames) {
  const LoggedEvent event = event_of(
      R"({"type":"ConnectionReady","address":"db:1","connectionId":3,"durationMS":1.5,"x":[{}]})");
  EXPECT_EQ(connection_of(event.event.body), ConnectionId{3});
  EXPECT_EQ(std::get<ConnectionReadyEvent>(event.event.body).duration,
            std::chrono::microseconds(1500));
  EXPECT_EQ(event.address, "db:1");
  const LoggedEvent other = event_of(
      R"({"type":"ConnectionReady","serverHost":"db","serverPort":1,"driverConnectionId":3,"duration":1.5})");
  EXPECT_EQ(connection_of(other.event.body), ConnectionId{3});
  EXPECT_EQ(other.pool, event.pool);
  EXPECT_TRUE(other.told.duration);
  EXPECT_FALSE(other.told.time || other.told.counts || other.told.check_out);
}

TEST(EventLines, NullIsNotThere) {
  const LoggedEvent event = event_of(
      R"({"type":"ConnectionPoolCleared","address":null,"serviceId":null,"interruptInUseConnections":null})");
  const auto& cleared = std::get<ConnectionPoolClearedEvent>(event.event.body);
  EXPECT_FALSE(cleared.service_id);
  EXPECT_FALSE(cleared.interrupt_in_use_connections);
  EXPECT_EQ(event.address, "");
  EXPECT_FALSE(event_of(R"({"type":"ConnectionPoolCreated","options":null})").told.options);
}

TEST(EventLines, ATimeOfDayHasNanoseconds) {
  const auto time = [](const std::string& number, const std::string& before = {}) {
    const std::string text = "{" + before + R"("timeMS":)" + number;
    const LoggedEvent event = event_of(text + R"(,"type":"ConnectionPoolReady"})");
    return event.event.time.time_since_epoch().count();
  };
  EXPECT_EQ(time("1795461244123.837624"), 1'795'461'244'123'837'624);
  EXPECT_EQ(time("1795461244123.5"), 1'795'461'244'123'500'000);
  EXPECT_EQ(time("-0.000002"), -2);
  EXPECT_EQ(time("1.5e3"), 1'500'000'000);
  EXPECT_EQ(time("0.0000004"), 0);
  // Wherever the number is looked for, it is no other one.
  EXPECT_NEAR(static_cast<double>(time("1795461244123.837624", R"("ä":"öüß",)")),
              1'795'461'244'123'837'624.0, 300.0);
}

TEST(EventLines, AServiceMayHaveAnyForm) {
  for (const char* service : {R"("0123456789abcdef01234567")", R"({"$oid":"x"})", "7"}) {
    const LoggedEvent event =
        event_of(std::string(R"({"type":"ConnectionPoolCleared","serviceId":)") + service + "}");
    EXPECT_TRUE(std::get<ConnectionPoolClearedEvent>(event.event.body).service_id) << service;
  }
}

TEST(EventLines, OptionsOfAPool) {
  const LoggedEvent event = event_of(
      R"({"type":"ConnectionPoolCreated","options":{"maxPoolSize":3,"maxIdleTimeMS":0.5,"loadBalanced":true}})");
  const auto& options = *std::get<ConnectionPoolCreatedEvent>(event.event.body).options;
  EXPECT_EQ(options,
            (PoolOptions{.max_pool_size = 3, .max_idle_time = std::chrono::microseconds(500)}));
  const LoggedEvent message =
      event_of(R"({"message":"Connection pool created","serverHost":"db","maxConnecting":1})");
  EXPECT_TRUE(message.told.options);
  EXPECT_EQ(std::get<ConnectionPoolCreatedEvent>(message.event.body).options->max_connecting, 1);
}

TEST(EventLines, LogMessagesSayTheSame) {
  const LoggedEvent closed = event_of(
      R"({"component":"connection","message":"Connection closed","driverConnectionId":3,"reason":"Connection became stale because the pool was cleared"})");
  EXPECT_EQ(std::get<ConnectionClosedEvent>(closed.event.body).reason,
            ConnectionClosedReason::stale);
  const LoggedEvent failed = event_of(
      R"({"message":"Connection checkout failed","reason":"Connection pool was closed","durationMS":3})");
  EXPECT_EQ(std::get<ConnectionCheckOutFailedEvent>(failed.event.body).reason,
            CheckOutFailedReason::pool_closed);
}

TEST(EventLines, OtherLinesAreSkipped) {
  const EventLog log = read_event_log(
      "\n  \r\n{\"type\":\"PoolReady\"}\r\n"
      "{\"component\":\"command\",\"message\":\"Command started\"}\n\n"
      "{\"type\":\"PoolClosed\"}",
      "log");
  EXPECT_THAT(log.problems, IsEmpty());
  ASSERT_EQ(log.events.size(), 2U);
  EXPECT_EQ(log.events[0].line, 3U);
  EXPECT_EQ(log.events[1].line, 6U);
}

TEST(EventLines, EventsOfNoPoolAreSkipped) {
  for (const char* type :
       {"ServerHeartbeatStarted", "serverOpeningEvent", "TopologyClosed",
        "topologyDescriptionChangedEvent", "CommandStarted", "commandFailedEvent"}) {
    const EventLog log =
        read_event_log(R"({"timeMS":1,"type":")" + std::string(type) + "\"}", "log");
    EXPECT_THAT(log.problems, IsEmpty()) << type;
    EXPECT_THAT(log.events, IsEmpty()) << type;
  }
  const EventLog log = read_event_log(
      "{\"case\":\"c\",\"timeMS\":1,\"happening\":\"a is killed\"}\n{\"type\":\"PoolReady\"}\n",
      "log");
  EXPECT_THAT(log.problems, IsEmpty());
  ASSERT_EQ(log.events.size(), 1U);
  EXPECT_EQ(log.events[0].line, 2U);
}

TEST(EventLines, PoolsAreToldApart) {
  std::set<std::string> pools{event_of(R"({"type":"PoolReady"})").pool};
  for (const char* key : {"address", "scenario", "case", "client", "pool"}) {
    const LoggedEvent event = event_of(R"({"type":"PoolReady",")" + std::string(key) + R"(":"x"})");
    EXPECT_TRUE(pools.insert(event.pool).second) << key;
  }
}

TEST(EventLines, ProblemsSayWhereAndWhatIsExpected) {
  EXPECT_THAT(problem_of("\n{\"type\":\"ConnectionPoolRaedy\"}"),
              HasSubstr("log:2:9: unknown event \"ConnectionPoolRaedy\", did you mean "
                        "\"ConnectionPoolReady\"?; expected \"ConnectionPoolCreated\""));
  EXPECT_THAT(problem_of(R"({"message":"Hello"})"), HasSubstr("log:1:12: unknown message"));
  EXPECT_THAT(problem_of("{}"), HasSubstr("log:1:1: an event lacks the key \"type\""));
  EXPECT_THAT(problem_of("[]"), HasSubstr("an event must be an object"));
  EXPECT_THAT(problem_of("{\"type\":"), HasSubstr("log:1:9: not JSON"));
  EXPECT_THAT(problem_of(R"({"type":"ConnectionCreated"})"),
              HasSubstr("lacks the key \"connectionId\""));
  EXPECT_THAT(problem_of(R"({"type":"ConnectionCreated","connectionId":"1"})"),
              HasSubstr("log:1:44: connectionId must be an integer"));
  EXPECT_THAT(problem_of(R"({"type":"ConnectionClosed","connectionId":1,"reason":"bored"})"),
              HasSubstr("unknown reason \"bored\"; expected \"stale\", \"idle\", \"error\" or"));
  EXPECT_THAT(problem_of(R"({"type":"ConnectionReady","connectionId":1,"durationMS":"2 ms"})"),
              HasSubstr("duration must be a number of milliseconds"));
}

TEST(EventLines, EveryProblemIsTold) {
  const EventLog log = read_event_log("{}\n{\"type\":\"PoolReady\"}\nx\n", "log");
  ASSERT_EQ(log.problems.size(), 2U);
  EXPECT_EQ(log.problems[0].mark.line, 1U);
  EXPECT_EQ(log.problems[1].mark.line, 3U);
}

/// Everything of an event that its line tells.
void expect_same(const Event& read, const Event& written) {
  EXPECT_EQ(sim::describe(read), sim::describe(written));
  EXPECT_EQ(read.counts, written.counts);
  EXPECT_EQ(read.time - TimePoint{}, written.time - TimePoint{});
}

TEST(EventLines, WhatReplayWritesIsReadAsItWas) {
  const PlayedText run(passing_scenario);
  for (const sim::TracedEvent& event : run.result().trace.events) {
    const LoggedEvent read = event_of(event_json("s", event));
    expect_same(read.event, event.event);
    EXPECT_EQ(read.address, event.event.address.text());
    EXPECT_TRUE(read.told.time && read.told.counts);
    const LoggedEvent logged = event_of(log_json("s", event.time, log_message(event.event, {})));
    EXPECT_EQ(logged.event.type(), event.event.type());
  }
}

}  // namespace
}  // namespace cmap::tools
