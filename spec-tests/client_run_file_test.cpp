// Runs of clients as files: they come back as they were, and say what is wrong with them.
#include "spec-tests/client_run_file.hpp"

#include <algorithm>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/choice.hpp"
#include "sim/client/client_run.hpp"
#include "spec-tests/client_run_cases.hpp"
#include "spec-tests/files_harness.hpp"
#include "spec-tests/report.hpp"

namespace cmap::spec_tests {
namespace {

sim::ClientRunResult result_of(const sim::ClientPlan& plan, std::uint64_t seed) {
  sim::SeededChoices choices(seed);
  return sim::run_client(plan, choices);
}

TEST(ClientRunFiles, BringBackTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const sim::ClientPlan plan = sim::make_client_plan(seed, 5);
    const Written written =
        write_client_run({.plan = plan, .schedule = ~seed, .catches = "D-SD-2"});
    ASSERT_EQ(written.reason, "");
    const Document document = read_text(written.text, Syntax::yaml, "run.yml");
    ASSERT_TRUE(document.value);
    ASSERT_TRUE(holds_client_run(*document.value));
    Problems problems("run.yml");
    const ClientRunFile read = read_client_run(*document.value, problems);
    ASSERT_TRUE(problems.empty());
    EXPECT_EQ(read.schedule, ~seed);
    EXPECT_EQ(read.catches, "D-SD-2");
    EXPECT_EQ(sim::plan_lines(read.plan), sim::plan_lines(plan));
    EXPECT_EQ(result_of(read.plan, seed), result_of(plan, seed)) << written.text;
    EXPECT_EQ(write_client_run(read).text, written.text);
  }
}

TEST(ClientRunFiles, WhatNoConnectionStringSaysIsNotWritten) {
  sim::ClientPlan plan = sim::make_client_plan(1, 1);
  plan.client.pool.background_interval = std::chrono::seconds(1);
  const Written written = write_client_run({.plan = plan, .schedule = 1, .catches = {}});
  EXPECT_EQ(written.text, "");
  EXPECT_EQ(written.reason, "a connection string does not say all of the client's options");
}

const std::string a_run =
    "clientRun: 1\n"
    "uri: mongodb://m0:27017/?replicaSet=rs&serverMonitoringMode=stream\n"
    "deployment: {kind: replicaSet, setName: rs, latencyMS: 1}\n"
    "happenings:\n"
    "- {atMS: 10, what: trouble, member: 0, commands: operations, how: errors, code: 91}\n"
    "calls:\n"
    "- {atMS: 20, what: ping}\n"
    "troubleEndsMS: 1000\n";

CasesResult cases_of(const std::string& text) {
  const Document document = read_text(text, Syntax::yaml, "run.yml");
  return *read_cases(*document.value, "run.yml");
}

TEST(ClientRunFiles, ARunThatBreaksNothingPasses) {
  const CasesResult result = cases_of(a_run + "catches: D.2\n");
  ASSERT_EQ(result.cases.size(), 1U) << problems_text(result.problems);
  EXPECT_EQ(result.cases[0].name, "run");
  EXPECT_EQ(result.cases[0].description, "must not break D.2");
  EXPECT_EQ(problems_text(result.cases[0].differences({})), "");
}

/// It ends before the client can know anything: what has to be known is not.
TEST(ClientRunFiles, ARunThatBreaksAClauseSaysWhich) {
  std::string text = a_run;
  text.replace(text.find("latencyMS: 1"), 12, "latencyMS: 90000");
  const CasesResult result = cases_of(text);
  ASSERT_EQ(result.cases.size(), 1U) << problems_text(result.problems);
  EXPECT_EQ(problems_text(result.cases[0].differences({})),
            "run.yml:1:1: D-RS-4, D-SEL-3: after the trouble the client finds what there is: "
            "m0:27017 is Unknown, not RSPrimary\n");
}

TEST(ClientRunFiles, ARunIsTracedOnce) {
  sim::ClientTrace trace;
  EXPECT_EQ(problems_text(cases_of(a_run).cases.at(0).differences({.trace = &trace})), "");
  const auto count = [&trace](std::string_view ending) {
    return std::ranges::count_if(trace, [ending](const sim::TracedClientEntry& entry) {
      return sim::line_of(entry).ends_with(ending);
    });
  };
  EXPECT_EQ(count("  TopologyOpening"), 1);
  EXPECT_EQ(count("10 ms  -- m0 answers the next operations with error 91"), 1);
  EXPECT_EQ(count("20 ms  -- call 1: ping (primary)"), 1);
  EXPECT_EQ(count("  ConnectionPoolClosed"), 1);
}

TEST(ClientRunFiles, SaysWhatIsWrong) {
  const CasesResult result = cases_of(
      "clientRun: 1\n"
      "uri: http://m0\n"
      "deployment: {kind: replicaSets}\n"
      "happenings:\n"
      "- {atMS: 10, what: kill, member: 1}\n"
      "troubleEndsMS: 1000\n");
  EXPECT_TRUE(result.cases.empty());
  ASSERT_EQ(result.problems.size(), 3U) << problems_text(result.problems);
  EXPECT_EQ(result.problems[0].mark, (Mark{2, 6}));
  EXPECT_EQ(result.problems[1].mark, (Mark{3, 20}));
  EXPECT_EQ(result.problems[2].mark, (Mark{5, 34}));
}

}  // namespace
}  // namespace cmap::spec_tests
