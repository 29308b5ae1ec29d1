// `--json`: one line for each scenario and each unusable file.
#include "tools/cmap/results_output.hpp"

#include <array>

#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using spec_tests::RunnerOptions;

TEST(ResultsOutput, APass) {
  const PlayedText run(passing_scenario);
  const auto json = parsed(result_json(run.played()));
  EXPECT_EQ(text_member(json, "scenario"), "example");
  EXPECT_EQ(text_member(json, "file"), "folder/example.yml");
  EXPECT_EQ(text_member(json, "result"), "pass");
  EXPECT_EQ(text_member(json, "world"), "sim");
  EXPECT_EQ(member(json, "events"), "2");
  EXPECT_EQ(member(json, "endMS"), "20");
  EXPECT_EQ(text_member(json, "digest"), digest_text(run.result().trace.digest));
  EXPECT_EQ(member(json, "message"), "\"\"");
  EXPECT_EQ(json.find("schedules"), nullptr);
}

TEST(ResultsOutput, AFailureSaysWhereAndWhy) {
  const PlayedText run(failing_scenario);
  const auto json = parsed(result_json(run.played()));
  EXPECT_EQ(text_member(json, "result"), "fail");
  EXPECT_TRUE(text_member(json, "message").starts_with("folder/example.yml:7:"))
      << text_member(json, "message");
}

TEST(ResultsOutput, Schedules) {
  const PlayedText run(racing_scenario, {.schedules = RunnerOptions::Schedules::all});
  const auto json = parsed(result_json(run.played()));
  EXPECT_EQ(text_member(json, "result"), "fail");
  ASSERT_NE(json.find("schedules"), nullptr);
  const auto& schedules = *json.find("schedules");
  EXPECT_EQ(member(schedules, "complete"), "true");
  EXPECT_GT(*schedules.find("tried")->integer(), *schedules.find("held")->integer());
  EXPECT_NE(json.find("interleaving"), nullptr);
}

TEST(ResultsOutput, DriftFromTheFilesOwnSchedule) {
  const std::string scenario(racing_scenario);
  const PlayedText kept(scenario + "x-cmap: {schedule: [operate 0]}\n");
  const auto json = parsed(result_json(kept.played()));
  ASSERT_NE(json.find("drift"), nullptr);
  EXPECT_EQ(member(*json.find("drift"), "missed"), "0");
  EXPECT_EQ(member(*json.find("drift"), "choices"), "1");
  const PlayedText lost(scenario + "x-cmap: {schedule: [wake 99]}\n");
  const auto drifted = parsed(result_json(lost.played()));
  EXPECT_GT(*drifted.find("drift")->find("missed")->integer(), 0);
  EXPECT_EQ(parsed(result_json(PlayedText(scenario).played())).find("drift"), nullptr);
}

TEST(ResultsOutput, WhatDidNotRunHasNoFiguresOfARun) {
  const PlayedText run(passing_scenario);
  const spec_tests::Result skipped{.outcome = spec_tests::Result::Outcome::skipped,
                                   .message = "needs another server"};
  const auto json = parsed(result_json({run.file(), skipped, false}));
  EXPECT_EQ(text_member(json, "result"), "skip");
  EXPECT_EQ(text_member(json, "message"), "needs another server");
  EXPECT_EQ(json.find("digest"), nullptr);
}

TEST(ResultsOutput, ProblemsAreJoinedByFile) {
  const std::array<spec_tests::Problem, 3> problems{
      {{"a/x.yml", {1, 2}, "first"}, {"a/x.yml", {3, 4}, "second"}, {"y.yml", {5, 6}, "third"}}};
  const TemporaryFolder folder;
  const auto output = Output::create_file(folder.path() / "results");
  ResultsOutput(*output, problems, "sim").finish();
  output->close();
  const auto lines = lines_of(folder.read("results"));
  ASSERT_EQ(lines.size(), 2U);
  const auto first = parsed(lines[0]);
  EXPECT_EQ(text_member(first, "scenario"), "x");
  EXPECT_EQ(text_member(first, "result"), "error");
  EXPECT_EQ(text_member(first, "message"), "a/x.yml:1:2: first\na/x.yml:3:4: second");
  EXPECT_EQ(text_member(parsed(lines[1]), "file"), "y.yml");
}

}  // namespace
}  // namespace cmap::tools
