// A pool that ends its process is found, made small and saved like any other.
#include "tools/cmap/isolated.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/fuzzer.hpp"
#include "sim/real/temporary_folder.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "spec-tests/scenario_file.hpp"
#include "tools/cmap/fuzz_run.hpp"
#include "tools/cmap/successor.hpp"

namespace cmap::tools {
namespace {

using ::testing::HasSubstr;

constexpr IsolationLimits generous{.processor_time = std::chrono::minutes(1),
                                   .real_time = std::chrono::minutes(10)};

/// The model, but for pools of one connection.
sim::PoolFactory for_one_connection(void (*end)()) {
  return
      [end, model = sim::reference_model()](const sim::PoolSetup& setup, Environment& environment) {
        if (setup.options.max_pool_size == 1) end();
        return model(setup, environment);
      };
}

fuzz::Tested tested(void (*end)(), std::uint32_t max_pool_size, const IsolationLimits& limits) {
  sim::Scenario scenario;
  scenario.options.max_pool_size = max_pool_size;
  scenario.operations.push_back({.actor = 0, .body = sim::Ready{}});
  sim::SeededChoices choices(1);
  return test_isolated(scenario, choices, for_one_connection(end), {}, limits);
}

void crash_with_words() {
  write(STDERR_FILENO, "it is broken\nand more\n", 22);
  std::abort();
}

TEST(Isolated, ACrashIsAFinding) {
  const fuzz::Tested crashed = tested(crash_with_words, 1, generous);
  ASSERT_TRUE(crashed.finding);
  EXPECT_EQ(crashed.finding->message,
            "CRASH: the pool does not end the process. Aborted: it is broken");
  EXPECT_EQ(crashed.finding->signature, "CRASH Aborted");
}

TEST(Isolated, AnEndWithoutASignalIsOne) {
  const fuzz::Tested ended = tested([] { ::_exit(3); }, 1, generous);
  ASSERT_TRUE(ended.finding);
  EXPECT_EQ(ended.finding->message, "CRASH: the pool does not end the process. exit status 3");
  EXPECT_TRUE(tested([] { ::_exit(0); }, 1, generous).finding);
}

TEST(Isolated, WhatComesBackHasNoFinding) {
  const fuzz::Tested well = tested([] { std::abort(); }, 2, generous);
  EXPECT_FALSE(well.finding);
}

TEST(Isolated, WhatComputesOrSleepsForEverIsEnded) {
  constexpr IsolationLimits little_work{.processor_time = std::chrono::milliseconds(20),
                                        .real_time = std::chrono::minutes(10)};
  const auto compute = [] {
    while (::getpid() != 0) {
    }
  };
  const fuzz::Tested computes = tested(compute, 1, little_work);
  ASSERT_TRUE(computes.finding);
  EXPECT_EQ(computes.finding->clause, "PROGRESS");

  constexpr IsolationLimits little_time{.processor_time = std::chrono::minutes(1),
                                        .real_time = std::chrono::milliseconds(20)};
  const auto sleep = [] {
    for (;;) pause();
  };
  const fuzz::Tested sleeps = tested(sleep, 1, little_time);
  ASSERT_TRUE(sleeps.finding);
  EXPECT_EQ(sleeps.finding->signature, computes.finding->signature);
}

TEST(Isolated, TheChoicesUntilTheEndAreKept) {
  fuzz::FuzzOptions options{.strategy = fuzz::Strategy::random};
  options.property = {.compare_with_model = false, .run_twice = false};
  const sim::PoolFactory model = sim::reference_model();
  const fuzz::Fuzzer fuzzer(options, model);
  const fuzz::FuzzRun here = fuzzer.run(1);
  const fuzz::FuzzRun there = fuzzer.run(
      1, [](const auto& scenario, auto& choices, const auto& factory, const auto& property) {
        return test_isolated(scenario, choices, factory, property, generous);
      });
  EXPECT_FALSE(here.made_by.schedule.empty());
  EXPECT_EQ(here.made_by.schedule, there.made_by.schedule);
}

/// As the process that comes after the crash.
ExitStatus search(const sim::PoolFactory& pool, const std::filesystem::path& folder) {
  FuzzCommand command;
  command.pool = "of-this-test";
  command.factory = pool;
  command.runs = 50;
  command.after_crash = 0;
  command.save = folder;
  Console console("cmap");
  return run_fuzz(command, console);
}

TEST(AfterACrash, TheFirstRunThatCrashesIsMadeSmall) {
  const sim::TemporaryFolder folder;
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(search(for_one_connection([] { std::abort(); }), folder.path()), ExitStatus::failed);
  const std::string screen = ::testing::internal::GetCapturedStdout();
  EXPECT_THAT(screen, HasSubstr("of seed 1: CRASH: the pool does not end the process. Aborted\n"));
  EXPECT_THAT(screen, HasSubstr("  0 operations and 0 choices are left of "));
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    const auto read = spec_tests::read_scenario_file(file.path());
    ASSERT_TRUE(read.scenario);
    EXPECT_EQ(read.scenario->catches, "CRASH");
    EXPECT_EQ(read.scenario->scenario.options, PoolOptions{.max_pool_size = 1});
    ++files;
  }
  EXPECT_EQ(files, 1U);
}

TEST(AfterACrash, WhatDoesNotComeAgainIsNoSuccess) {
  const sim::TemporaryFolder folder;
  EXPECT_EQ(search(sim::reference_model(), folder.path()), ExitStatus::failed);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(SuccessorDeathTest, TakesOverFromTheHandlerOfACrash) {
  const auto crash = [] {
    static const Successor successor({"tools_tests", "--gtest_filter=Nothing.*"});
    std::signal(SIGSEGV, [](int) { successor.take_over(); });
    std::raise(SIGSEGV);
  };
  EXPECT_EXIT(crash(), ::testing::ExitedWithCode(0), "");
  EXPECT_FALSE(Successor({}));
}

}  // namespace
}  // namespace cmap::tools
