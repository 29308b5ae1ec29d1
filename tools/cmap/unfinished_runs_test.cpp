// A search whose pool hangs or crashes leaves a file of what it was doing, a replay its name.
#include "tools/cmap/unfinished_runs.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "sim/real/temporary_folder.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "spec-tests/scenario_file.hpp"
#include "tools/cmap/fuzz_run.hpp"
#include "tools/cmap/replay_options.hpp"
#include "tools/cmap/replay_run.hpp"

namespace cmap::tools {
namespace {

/// The model until pool number `last`, which ends as `end` does.
sim::PoolFactory ends_in(int last, void (*end)()) {
  return [last, end, made = std::make_shared<int>(0), model = sim::reference_model()](
             const sim::PoolSetup& setup, Environment& environment) {
    if (setup.number == 0 && ++*made == last) end();
    return model(setup, environment);
  };
}

void search(const sim::PoolFactory& pool, const std::filesystem::path& folder,
            std::chrono::milliseconds longest_run) {
  FuzzCommand command;
  command.fuzz.property = {.compare_with_model = false, .run_twice = false};
  command.pool = "of-this-test";
  command.factory = pool;
  command.runs = 10;
  command.longest_run = longest_run;
  command.save = folder;
  Console console("cmap");
  run_fuzz(command, console);
}

void expect_saved(const std::filesystem::path& folder) {
  const auto files = spec_tests::read_scenario_file(folder / "fuzz-1-2.yml");
  ASSERT_TRUE(files.scenario);
  EXPECT_EQ(files.scenario->catches, "PROGRESS");
  EXPECT_GT(files.scenario->scenario.operations.size(), 3U);
  EXPECT_TRUE(files.scenario->schedule);
}

TEST(UnfinishedRunsDeathTest, ACrashIsSaved) {
  const sim::TemporaryFolder folder;
  EXPECT_EXIT(search(ends_in(3, [] { std::abort(); }), folder.path(), std::chrono::minutes(1)),
              ::testing::KilledBySignal(SIGABRT),
              "run 2 is saved: cmap replay --pool of-this-test");
  expect_saved(folder.path());
}

TEST(UnfinishedRunsDeathTest, WhatHangsIsSaved) {
  const sim::TemporaryFolder folder;
  EXPECT_EXIT(search(ends_in(3,
                             [] {
                               for (;;) pause();
                             }),
                     folder.path(), std::chrono::milliseconds(50)),
              ::testing::ExitedWithCode(1), "run 2 is saved: cmap replay --pool of-this-test");
  expect_saved(folder.path());
}

TEST(UnfinishedRunsDeathTest, AScenarioThatHangsIsNamed) {
  ReplayOptions options;
  options.factory = ends_in(3, [] {
    for (;;) pause();
  });
  options.longest_run = std::chrono::milliseconds(50);
  Console console("cmap");
  EXPECT_EXIT(replay(options, console), ::testing::ExitedWithCode(1),
              "cmap replay: the pool does not come back from\n  .*\\.yml\n");
}

class ClientCase : public ::testing::Test {
 protected:
  ClientCase() {
    const std::filesystem::path path = folder_.path() / "ping.yml";
    std::ofstream(path) << R"(description: f
schemaVersion: "1.4"
runOnRequirements: [{topologies: [single]}]
createEntities: [client: {id: c}, database: {id: d, client: c, databaseName: db}]
tests:
- {description: must be answered, operations: [
    {name: runCommand, object: d, arguments: {command: {ping: 1}, commandName: ping}}]}
)";
    options_.paths = {path};
  }

  sim::TemporaryFolder folder_;
  ReplayOptions options_;
  Console console_{"cmap"};
};
using ClientCaseDeathTest = ClientCase;

class HangingWorlds final : public sim::ClientWorlds {
  std::unique_ptr<sim::ClientWorld> make(const sim::ClientWorldOptions&) const override {
    for (;;) pause();
  }
};

TEST_F(ClientCaseDeathTest, OneThatHangsIsNamed) {
  options_.client_worlds = std::make_shared<HangingWorlds>();
  options_.longest_run = std::chrono::milliseconds(50);
  EXPECT_EXIT(replay(options_, console_), ::testing::ExitedWithCode(1),
              "cmap replay: the client does not come back from\n  ping/1 on single\n");
}

/// In real time a case may take as long as it takes.
TEST_F(ClientCase, OutsideOfTheSimulationNobodyWaits) {
  options_.world = "tcp";
  options_.longest_run = std::chrono::nanoseconds(1);
  EXPECT_EQ(replay(options_, console_), ExitStatus::good);
}

}  // namespace
}  // namespace cmap::tools
