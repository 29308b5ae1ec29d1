// The search finds what is broken, and accuses nobody else.
#include "fuzz/fuzzer.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/saved.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::fuzz {
namespace {

using sim::Defect;
using ::testing::HasSubstr;

auto within(std::uint64_t runs) {
  return [runs](std::uint64_t number) { return number < runs; };
}

#ifdef CMAP_SANITIZED
constexpr std::uint64_t runs_of_a_strategy = 400;
#else
constexpr std::uint64_t runs_of_a_strategy = 2000;
#endif

TEST(Fuzzer, FindsNothingInTheRightPool) {
  for (const Strategy strategy : {Strategy::portfolio, Strategy::random, Strategy::pct,
                                  Strategy::delays, Strategy::mutation}) {
    const auto found = find_first({.seed = 1, .strategy = strategy}, sim::connection_pool(),
                                  within(runs_of_a_strategy));
    EXPECT_FALSE(found) << strategy_name(strategy) << ": " << found->failure.finding.message;
  }
}

TEST(Shrink, ALivelockIsMadeSmallWithoutWaitingLongForEachEnd) {
  sim::Scenario scenario;
  scenario.options.background_interval = std::chrono::microseconds(1);
  scenario.operations.push_back({.body = sim::Ready{}});
  scenario.operations.push_back({.body = sim::Wait{.duration = std::chrono::hours(1)}});
  sim::SeededChoices choices(1);
  Tested tested = test(scenario, choices, sim::connection_pool());
  ASSERT_TRUE(tested.finding);
  EXPECT_THAT(tested.finding->message, HasSubstr("The work budget, 2000000,"));
  const Shrunk shrunk =
      shrink({scenario, tested.schedule, *tested.finding}, sim::connection_pool());
  EXPECT_EQ(shrunk.failure.finding.clause, "NO-LIVELOCK");
  EXPECT_THAT(shrunk.failure.finding.message, HasSubstr("The work budget, 100000,"));
}

/// Every other pool has a name of its own, which no clause forbids.
TEST(Fuzzer, FindsAPoolThatIsNotTheSameTwice) {
  const sim::PoolFactory right = sim::connection_pool();
  int made = 0;
  const auto found = find_first(
      {},
      [&](sim::PoolSetup setup, Environment& environment) {
        if (++made % 2 == 1) setup.address = Address("changeable", 1);
        return right(setup, environment);
      },
      within(10));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->failure.finding.clause, "DETERMINISM");
}

/// A world that does not keep to the schedule is found out, and what was found is made small with
/// it.
TEST(Property, AnotherWorldMustDoTheSame) {
  PropertyOptions options;
  options.world = sim::run;
  options.impossible = [](const sim::Scenario& scenario) -> std::optional<std::string> {
    if (scenario.options.load_balanced) return "a load balancer";
    return std::nullopt;
  };
  const sim::PoolFactory pool = sim::connection_pool();
  Fuzzer same({.seed = 1, .property = options}, pool);
  for (std::uint64_t number = 0; number < 100; ++number) {
    FuzzRun run = same.run(number);
    EXPECT_FALSE(run.failure) << run.failure->finding.message;
    same.take(std::move(run));
  }
  EXPECT_GT(same.totals().impossible.at("a load balancer"), 0U);

  options.world = [](const sim::Scenario& scenario, const sim::PoolFactory& factory,
                     sim::ChoiceSource&, const sim::RunOptions& run_options) {
    sim::CanonicalChoices canonical;
    return sim::run(scenario, factory, canonical, run_options);
  };
  const Fuzzer other({.seed = 1, .strategy = Strategy::random, .property = options}, pool);
  std::optional<Failure> failure;
  for (std::uint64_t number = 0; number < 100 && !failure; ++number) {
    failure = other.run(number).failure;
  }
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->finding.clause, "PARITY");
  const std::size_t operations = failure->scenario.operations.size();
  const Shrunk shrunk = shrink(std::move(*failure), pool, {.property = options});
  EXPECT_EQ(shrunk.failure.finding.clause, "PARITY");
  EXPECT_LT(shrunk.failure.scenario.operations.size(), operations);
}

class Defects : public ::testing::TestWithParam<Defect> {};

TEST_P(Defects, AreFoundAndShrunk) {
  const sim::PoolFactory broken = sim::broken_reference_model(GetParam());
  auto found = find_first({}, broken, within(20'000));
  ASSERT_TRUE(found);
  const std::string signature = found->failure.finding.signature;
  const std::size_t operations = found->failure.scenario.operations.size();
  const Shrunk shrunk = shrink(std::move(found->failure), broken);
  EXPECT_EQ(shrunk.failure.finding.signature, signature);
  EXPECT_LE(shrunk.failure.scenario.operations.size(), std::min<std::size_t>(operations, 12));
  EXPECT_LE(shrunk.replays, ShrinkOptions{}.most_replays);

  sim::ReplayedChoices choices(shrunk.failure.schedule);
  const Tested again = test(shrunk.failure.scenario, choices, broken);
  ASSERT_TRUE(again.finding);
  EXPECT_EQ(again.finding->signature, signature);
  EXPECT_EQ(choices.drift(), 0U);
}

/// What was saved fails with the broken pool, and passes with the right ones.
TEST_P(Defects, AreBroughtBackByTheirFile) {
  const sim::PoolFactory broken = sim::broken_reference_model(GetParam());
  auto found = find_first({}, broken, within(20'000));
  ASSERT_TRUE(found);
  const spec_tests::Written file = save(shrink(std::move(found->failure), broken).failure, "found");
  ASSERT_EQ(file.reason, "");
  const auto read =
      spec_tests::read_scenario_text(file.text, spec_tests::Syntax::yaml, "found.yml");
  ASSERT_TRUE(read.scenario);
  const auto outcome_with = [&](const sim::PoolFactory& factory) {
    const spec_tests::Result result = spec_tests::run_file(*read.scenario, factory);
    return result.outcome;
  };
  using Outcome = spec_tests::Result::Outcome;
  const spec_tests::Result brought_back = spec_tests::run_file(*read.scenario, broken);
  EXPECT_EQ(brought_back.outcome, Outcome::fail) << file.text;
  EXPECT_TRUE(!brought_back.drift || brought_back.drift->missed == 0);
  EXPECT_EQ(outcome_with(sim::reference_model()), Outcome::pass) << file.text;
  EXPECT_EQ(outcome_with(sim::connection_pool()), Outcome::pass) << file.text;
}

TEST(Fuzzer, SamplesWhatItMeets) {
  const sim::PoolFactory pool = sim::connection_pool();
  Fuzzer plain({}, pool);
  Fuzzer sampling({.samples_coverage = true}, pool);
  for (std::uint64_t number = 0; number < 33; ++number) {
    plain.take(plain.run(number));
    sampling.take(sampling.run(number));
  }
  EXPECT_EQ(plain.coverage().runs(), 0U);
  EXPECT_EQ(sampling.coverage().runs(), 3U);
  EXPECT_EQ(sampling.totals().steps, plain.totals().steps);
  EXPECT_EQ(sampling.totals().states, plain.totals().states);
}

INSTANTIATE_TEST_SUITE_P(All, Defects, ::testing::ValuesIn(sim::every_defect()));

}  // namespace
}  // namespace cmap::fuzz
