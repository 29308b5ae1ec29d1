// The pools of a log, each with its verdict: our own logs are clean by every rule, spoiled ones are
// found where the specification says so.
#include "tools/cmap/judgement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/client/client_run.hpp"
#include "sim/world.hpp"
#include "spec-tests/collect.hpp"
#include "spec-tests/runner.hpp"
#include "tools/cmap/events_output.hpp"
#include "tools/cmap/log_output.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Lines = std::vector<std::string>;

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

JudgedLog judged(const Lines& lines, const JudgeRules& rules = {}) {
  return judge_log(read_event_log(joined(lines), "log"), rules, "log");
}

/// "A-CON-1 in line 7", "none".
std::string verdict_of(const Lines& lines, const JudgeRules& rules = {}) {
  const JudgedLog log = judged(lines, rules);
  if (!log.problems.empty()) return log.problems.front().text();
  for (const JudgedPool& pool : log.pools) {
    if (!pool.finding) continue;
    return pool.finding->violation.clause + " in line " + std::to_string(pool.finding->line);
  }
  return "none";
}

std::string pool_line(const std::string& type, const std::string& rest = {}) {
  return R"({"type":"ConnectionPool)" + type + R"(","address":"db:27017")" + rest + "}";
}
std::string line_of(const std::string& type, int connection, const std::string& rest = {}) {
  const std::string id = connection == 0 ? "" : R"(,"connectionId":)" + std::to_string(connection);
  return R"({"type":"Connection)" + type + R"(","address":"db:27017")" + id + rest + "}";
}

/// What another driver may write: no times, no counts, no durations.
Lines foreign_log() {
  return {pool_line("Created", R"(,"options":{"maxPoolSize":2})"),
          pool_line("Ready"),
          line_of("CheckOutStarted", 0),
          line_of("Created", 1),
          line_of("Ready", 1),
          line_of("CheckedOut", 1),
          line_of("CheckOutStarted", 0),
          line_of("CheckedIn", 1),
          line_of("CheckedOut", 1),
          pool_line("Cleared"),
          line_of("CheckedIn", 1),
          line_of("Closed", 1, R"(,"reason":"stale")"),
          line_of("CheckOutStarted", 0),
          line_of("CheckOutFailed", 0, R"(,"reason":"connectionError")"),
          pool_line("Closed")};
}

Lines without(Lines lines, std::size_t line) {
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line) - 1);
  return lines;
}
Lines doubled(Lines lines, std::size_t line) {
  const std::string text = lines[line - 1];
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line), text);
  return lines;
}
Lines swapped(Lines lines, std::size_t line) {
  std::swap(lines[line - 1], lines[line]);
  return lines;
}
Lines replaced(Lines lines, std::size_t line, const std::string& text) {
  lines[line - 1] = text;
  return lines;
}

TEST(Judgement, AForeignLogIsRight) {
  EXPECT_EQ(verdict_of(foreign_log()), "none");
  EXPECT_EQ(verdict_of(foreign_log(), {.complete = true}), "none");
}

TEST(Judgement, WithoutAnEvent) {
  EXPECT_EQ(verdict_of(without(foreign_log(), 2)), "A-CLR-2 in line 9");    // PoolReady
  EXPECT_EQ(verdict_of(without(foreign_log(), 3)), "A-EV-3 in line 5");     // Started
  EXPECT_EQ(verdict_of(without(foreign_log(), 4)), "A-EV-3 in line 4");     // Created
  EXPECT_EQ(verdict_of(without(foreign_log(), 5)), "A-CON-3 in line 5");    // Ready
  EXPECT_EQ(verdict_of(without(foreign_log(), 6)), "A-EV-3 in line 7");     // CheckedOut
  EXPECT_EQ(verdict_of(without(foreign_log(), 8)), "A-CON-1 in line 8");    // CheckedIn
  EXPECT_EQ(verdict_of(without(foreign_log(), 10)), "A-CLR-4 in line 11");  // PoolCleared
}

TEST(Judgement, WithoutAnEventThatMayBeStillToCome) {
  // Closed, the outcome, PoolClosed: only the end of all tells.
  for (const std::size_t line : {12U, 14U}) {
    EXPECT_EQ(verdict_of(without(foreign_log(), line)), "none");
    EXPECT_THAT(verdict_of(without(foreign_log(), line), {.complete = true}), HasSubstr("A-EV-3"));
  }
}

TEST(Judgement, WithAnEventTwice) {
  for (const std::size_t line : {5U, 8U, 12U, 14U}) {
    EXPECT_EQ(verdict_of(doubled(foreign_log(), line)),
              "A-EV-3 in line " + std::to_string(line + 1));
  }
  EXPECT_EQ(verdict_of(doubled(foreign_log(), 2)), "A-RDY-1 in line 3");
  EXPECT_EQ(verdict_of(doubled(foreign_log(), 4)), "A-CON-2 in line 5");
  EXPECT_EQ(verdict_of(doubled(foreign_log(), 6)), "A-CON-1 in line 7");
  EXPECT_EQ(verdict_of(doubled(foreign_log(), 10)), "A-CLR-2 in line 11");
}

TEST(Judgement, WithTwoEventsSwapped) {
  EXPECT_EQ(verdict_of(swapped(foreign_log(), 4)), "A-EV-3 in line 4");
  EXPECT_EQ(verdict_of(swapped(foreign_log(), 5)), "A-CON-3 in line 5");
  EXPECT_EQ(verdict_of(swapped(foreign_log(), 8)), "A-CON-1 in line 8");
  EXPECT_EQ(verdict_of(swapped(foreign_log(), 13)), "A-EV-3 in line 13");
  // Threads may do these, and an interrupt the one of line 11.
  for (const std::size_t line : {2U, 3U, 6U, 7U, 9U, 10U, 11U, 14U}) {
    EXPECT_EQ(verdict_of(swapped(foreign_log(), line)), "none") << line;
  }
}

TEST(Judgement, WithAnotherReasonOrId) {
  EXPECT_EQ(verdict_of(replaced(foreign_log(), 12, line_of("Closed", 1, R"(,"reason":"idle")"))),
            "A-OPT-4 in line 12");
  EXPECT_EQ(verdict_of(replaced(foreign_log(), 9, line_of("CheckedOut", 2))), "A-EV-3 in line 9");
  EXPECT_EQ(verdict_of(replaced(foreign_log(), 4, line_of("Created", 7))), "A-CON-2 in line 4");
}

TEST(Judgement, SaysWhatCouldNotBeJudged) {
  const JudgedLog log = judged(foreign_log());
  ASSERT_EQ(log.pools.size(), 1U);
  EXPECT_THAT(log.pools[0].not_judged,
              ElementsAre(NotJudged{"A-CLS-1", "--complete"}, NotJudged{"A-EV-2", "durations"}));
  const Lines bare = replaced(foreign_log(), 1, pool_line("Created"));
  EXPECT_THAT(judged(bare, {.complete = true}).pools.at(0).not_judged,
              ElementsAre(NotJudged{"A-POOL-4", "options"}, NotJudged{"A-POOL-5", "options"},
                          NotJudged{"A-OPT-4", "options"}, NotJudged{"A-EV-2", "durations"}));
}

TEST(Judgement, StrictNeedsAllFields) {
  EXPECT_EQ(
      verdict_of(foreign_log(), {.strict = true}),
      "log:1:1: ConnectionPoolCreated lacks the key \"timeMS\"; --strict expects all that cmap "
      "replay --events writes");
}

TEST(Judgement, EachCreatedBeginsAPool) {
  Lines lines = foreign_log();
  for (const std::string& line : foreign_log()) lines.push_back(line);
  EXPECT_EQ(verdict_of(lines), "none");
  EXPECT_EQ(judged(lines).pools.size(), 2U);
  EXPECT_EQ(judged(lines).pools[1].line, 16U);
  EXPECT_EQ(judged(lines).events(), 30U);
}

TEST(Judgement, PoolsOfOneLogAreToldApart) {
  Lines lines;
  for (std::string line : foreign_log()) {
    lines.push_back(line);
    lines.push_back(line.replace(line.find("db:27017"), 8, "db:27018"));
    std::string named = lines[lines.size() - 2];
    lines.push_back(named.insert(1, R"("pool":7,)"));
  }
  EXPECT_EQ(verdict_of(lines), "none");
  EXPECT_EQ(judged(lines).pools.size(), 3U);
}

TEST(Judgement, ALogWithoutItsBeginningIsRefused) {
  const JudgedLog log = judged(without(foreign_log(), 1));
  ASSERT_EQ(log.problems.size(), 14U);
  EXPECT_EQ(log.problems[0].text(),
            "log:1:1: ConnectionPoolReady of a pool without ConnectionPoolCreated (db:27017); "
            "expected the log of a pool from its creation on");
  EXPECT_THAT(judged({}).problems,
              ElementsAre(Field(&spec_tests::Problem::message, HasSubstr("no event"))));
}

TEST(Judgement, WhatIsCertainLaterNamesBothLines) {
  Lines lines = foreign_log();
  lines.resize(8);  // connection 1 is available
  for (const int id : {2, 3}) lines.push_back(line_of("Created", id));
  lines.push_back(line_of("Ready", 2));
  EXPECT_EQ(verdict_of(lines), "none");
  lines.push_back(line_of("CheckedOut", 1));
  const JudgedLog log = judged(lines);
  ASSERT_TRUE(log.pools.at(0).finding);
  EXPECT_EQ(log.pools[0].finding->violation.clause, "A-POOL-4");
  EXPECT_EQ(log.pools[0].finding->line, 10U);
  EXPECT_EQ(log.pools[0].finding->shown_by, 12U);
}

// ---- our own logs

struct OwnLog {
  std::string scenario;
  Lines events;
  Lines messages;
};

std::vector<OwnLog> own_logs() {
  std::vector<OwnLog> logs;
  for (const spec_tests::ScenarioFile& file : spec_tests::collect_embedded().scenarios) {
    OwnLog log{file.scenario.name, {}, {}};
    const auto result = spec_tests::run_file(file, sim::connection_pool(), {});
    for (const sim::TracedEvent& event : result.trace.events) {
      log.events.push_back(event_json(log.scenario, event));
      log.messages.push_back(
          log_json(log.scenario, event.time, log_message(event.event, file.scenario.options)));
    }
    if (!log.events.empty()) logs.push_back(std::move(log));
  }
  return logs;
}

TEST(Judgement, OurOwnLogsAreCleanByEveryRule) {
  const auto logs = own_logs();
  EXPECT_GT(logs.size(), 150U);
  for (const OwnLog& log : logs) {
    EXPECT_EQ(verdict_of(log.events), "none") << log.scenario;
    EXPECT_EQ(verdict_of(log.events, {.strict = true}), "none") << log.scenario;
    EXPECT_EQ(verdict_of(log.messages), "none") << log.scenario;
  }
}

#ifdef CMAP_SANITIZED
constexpr std::uint64_t client_seeds = 20;
#else
constexpr std::uint64_t client_seeds = 150;
#endif

/// Pools of servers that go and come back, with all kinds of errors.
TEST(Judgement, TheLogsOfOurClientsAreCleanByEveryRule) {
  std::size_t pools = 0;
  for (std::uint64_t seed = 1; seed <= client_seeds; ++seed) {
    const sim::ClientPlan plan = sim::make_client_plan(seed);
    sim::SeededChoices choices(seed);
    sim::ClientTrace trace;
    ASSERT_FALSE(sim::run_client(plan, choices, &trace).violation);
    Lines lines;
    for (const sim::TracedClientEntry& entry : trace) lines.push_back(event_json("c", entry));
    if (read_event_log(joined(lines), "log").events.empty()) continue;  // it found no server
    ASSERT_EQ(verdict_of(lines, {.complete = true}), "none") << seed;
    ASSERT_EQ(verdict_of(lines, {.strict = true, .complete = true}), "none") << seed;
    pools += judged(lines).pools.size();
  }
  EXPECT_GT(pools, 2 * client_seeds);
}

/// Every event of every log, left out or doubled. By all rules most of it is wrong; without our
/// fields and decisions much of it may be what threads do, or still to come.
TEST(Judgement, SpoiledLogsAreFound) {
  std::size_t spoiled = 0;
  std::size_t strictly = 0;
  std::size_t leniently = 0;
  const auto judge_both = [&](const Lines& lines) {
    ++spoiled;
    leniently += verdict_of(lines) == "none" ? 0U : 1U;
    strictly += verdict_of(lines, {.strict = true}) == "none" ? 0U : 1U;
  };
  constexpr std::size_t longest = 50;  // the time grows with the square
  for (const OwnLog& log : own_logs()) {
    if (log.events.size() > longest) continue;
    for (std::size_t line = 2; line <= log.events.size(); line += 3) {
      judge_both(without(log.events, line));
      judge_both(doubled(log.events, line));
    }
  }
  EXPECT_GT(leniently * 2, spoiled) << leniently << " of " << spoiled;
  EXPECT_GT(strictly * 10, spoiled * 8) << strictly << " of " << spoiled;
}

}  // namespace
}  // namespace cmap::tools
