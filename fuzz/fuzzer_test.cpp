// The search finds what is broken, and accuses nobody else.
#include "fuzz/fuzzer.hpp"

#include <array>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

using sim::Defect;

/// The first failure within so many runs.
std::optional<Failure> find(const sim::PoolFactory& factory, std::uint64_t runs,
                            Strategy strategy = Strategy::portfolio) {
  Fuzzer fuzzer({.seed = 1, .strategy = strategy}, factory);
  for (std::uint64_t number = 0; number < runs; ++number) {
    FuzzRun run = fuzzer.run(number);
    if (run.failure) return std::move(run.failure);
    fuzzer.take(std::move(run));
    if ((number + 1) % Fuzzer::runs_of_epoch == 0) fuzzer.end_epoch();
  }
  return std::nullopt;
}

TEST(Fuzzer, FindsNothingInTheRightPool) {
  for (const Strategy strategy : {Strategy::portfolio, Strategy::random, Strategy::pct,
                                  Strategy::delays, Strategy::mutation}) {
    const auto failure = find(sim::connection_pool(), 2000, strategy);
    EXPECT_FALSE(failure) << strategy_name(strategy) << ": " << failure->finding.message;
  }
}

class Defects : public ::testing::TestWithParam<Defect> {};

TEST_P(Defects, AreFoundAndShrunk) {
  const sim::PoolFactory broken = sim::broken_reference_model(GetParam());
  auto failure = find(broken, 20'000);
  ASSERT_TRUE(failure);
  const std::string signature = failure->finding.signature;
  const std::size_t operations = failure->scenario.operations.size();
  const Shrunk shrunk = shrink(std::move(*failure), broken);
  EXPECT_EQ(shrunk.failure.finding.signature, signature);
  EXPECT_LE(shrunk.failure.scenario.operations.size(), std::min<std::size_t>(operations, 12));
  EXPECT_LE(shrunk.replays, ShrinkOptions{}.most_replays);

  sim::ReplayedChoices choices(shrunk.failure.schedule);
  const Tested again = test(shrunk.failure.scenario, choices, broken);
  ASSERT_TRUE(again.finding);
  EXPECT_EQ(again.finding->signature, signature);
  EXPECT_EQ(choices.drift(), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, Defects,
                         ::testing::Values(Defect::lifo_queue, Defect::keeps_stale,
                                           Defect::forgets_permit, Defect::ignores_max,
                                           Defect::ignores_max_connecting, Defect::no_failed_event,
                                           Defect::wrong_reason, Defect::clears_after_eviction,
                                           Defect::zero_duration, Defect::no_run_after_clear,
                                           Defect::pending_survive_interrupt,
                                           Defect::closes_under_holder));

}  // namespace
}  // namespace cmap::fuzz
