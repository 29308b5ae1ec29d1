// The 33 official files, where a checkout of the specifications is named by CMAP_SPECIFICATIONS.
#include <algorithm>
#include <iostream>

#include <gtest/gtest.h>

#include "spec-tests/collect.hpp"
#include "spec-tests/files_harness.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::spec_tests {
namespace {

class Official : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path folder = official_folder();
    if (folder.empty()) {
      std::cerr
          << "\n*** CMAP_SPECIFICATIONS is not set: THE OFFICIAL FILES ARE NOT TESTED.\n"
             "*** Name a checkout of mongodb/specifications (tools/fetch-specifications).\n\n";
      return;
    }
    collection = collect(std::vector{folder});
    EXPECT_EQ(collection.scenarios.size(), 33U);
  }

  Collection collection;  ///< empty without a checkout
};

TEST_F(Official, AllAreReadAndTwinsAreEqual) {
  EXPECT_EQ(problems_text(collection.problems), "");
  EXPECT_TRUE(collection.others.empty());
  for (const ScenarioFile& file : collection.scenarios) {
    EXPECT_FALSE(misfit(file.run_on, sim::ServerFacts{})) << file.path;
    EXPECT_TRUE(file.exact) << file.path;
  }
}

TEST_F(Official, JsonGivesTheSameScenariosAsYaml) {
  for (const ScenarioFile& file : collection.scenarios) {
    std::filesystem::path json = file.path;
    json.replace_extension(".json");
    const ScenarioResult result = read_scenario_file(json);
    ASSERT_TRUE(result.scenario) << problems_text(result.problems);
    EXPECT_EQ(result.scenario->events.size(), file.events.size());
    EXPECT_EQ(result.scenario->scenario.options, file.scenario.options);
    EXPECT_EQ(result.scenario->scenario.operations.size(), file.scenario.operations.size());
  }
}

TEST_F(Official, AllPassWithTheirExactTraces) {
  const sim::PoolFactory pool = sim::connection_pool();
  for (const ScenarioFile& file : collection.scenarios) {
    const Result result = run_file(file, pool);
    EXPECT_EQ(result.outcome, Result::Outcome::pass) << failure_report(file, result);
  }
}

TEST_F(Official, AllPassUnderManySchedules) {
  const sim::PoolFactory pool = sim::connection_pool();
  const RunnerOptions options{.schedules = RunnerOptions::Schedules::some, .schedule_count = 50};
  for (const ScenarioFile& file : collection.scenarios) {
    const Result result = run_file(file, pool, options);
    EXPECT_EQ(result.outcome, Result::Outcome::pass) << failure_report(file, result);
    ASSERT_TRUE(result.schedules);
    EXPECT_EQ(result.schedules->held, result.schedules->tried);
  }
}

}  // namespace
}  // namespace cmap::spec_tests
