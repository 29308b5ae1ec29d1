// Bytes reach every run, find what is broken, and say it as a file.
#include "fuzz/bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/generator.hpp"
#include "sim/prng.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::fuzz {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Bytes = std::vector<std::uint8_t>;

TEST(ByteChoices, TakeFromBothEnds) {
  const Bytes bytes{5, 1, 7};
  std::span<const std::uint8_t> left = bytes;
  ByteChoices front(left, ByteChoices::End::front);
  ByteChoices back(left, ByteChoices::End::back);
  const std::array<sim::Option, 4> options{};
  const auto choose = [&](ByteChoices& choices) {
    return choices.choose(sim::ChoiceKind::schedule, options);
  };
  EXPECT_EQ(choose(front), 1U);
  EXPECT_EQ(choose(back), 3U);
  EXPECT_EQ(choose(back), 1U);
  EXPECT_EQ(choose(front), 0U) << "nothing is left";
}

TEST(Bytes, SayTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    sim::SeededChoices composing(seed, "scenario");
    sim::SeededChoices schedule(seed);
    const Bytes bytes = bytes_of(composing, schedule, sim::connection_pool());

    sim::SeededChoices again(seed, "scenario");
    const sim::Scenario expected = generate(again);
    std::span<const std::uint8_t> left = bytes;
    ByteChoices front(left, ByteChoices::End::front);
    ASSERT_EQ(generate(front), expected);
    ByteChoices back(left, ByteChoices::End::back);
    sim::SeededChoices seeded(seed);
    const PropertyOptions alone{.compare_with_model = false, .run_twice = false};
    EXPECT_EQ(test(expected, back, sim::connection_pool(), alone).trace.digest,
              test(expected, seeded, sim::connection_pool(), alone).trace.digest);
    EXPECT_TRUE(left.empty());
  }
}

Bytes random_bytes(std::uint64_t seed) {
  sim::Prng prng(seed);
  Bytes bytes(prng.below(400));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(prng.below(256));
  return bytes;
}

TEST(Bytes, FindNothingInTheRightPool) {
  EXPECT_FALSE(test_bytes({}, sim::connection_pool()));
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const auto failure = test_bytes(random_bytes(seed), sim::connection_pool());
    EXPECT_FALSE(failure) << failure->finding.message;
  }
}

/// What the target prints brings the failure back with the broken pool, and passes with the right
/// one.
TEST(Bytes, FindAPlantedBugAndSayItAsAFile) {
  const sim::PoolFactory broken = sim::broken_reference_model(sim::Defect::ignores_max);
  std::optional<Failure> failure;
  for (std::uint64_t seed = 1; seed <= 2000 && !failure; ++seed) {
    failure = test_bytes(random_bytes(seed), broken);
  }
  ASSERT_TRUE(failure);
  const std::string report = report_of(std::move(*failure), broken);
  EXPECT_THAT(report, AllOf(StartsWith("# INVARIANT: "),
                            HasSubstr("\n# Saved as found.yml, this is brought back by: cmap "
                                      "replay found.yml\nversion: 1\n")));
  const auto read = spec_tests::read_scenario_text(report, spec_tests::Syntax::yaml, "found.yml");
  ASSERT_TRUE(read.scenario);
  using Outcome = spec_tests::Result::Outcome;
  EXPECT_EQ(spec_tests::run_file(*read.scenario, broken).outcome, Outcome::fail);
  EXPECT_EQ(spec_tests::run_file(*read.scenario, sim::connection_pool()).outcome, Outcome::pass);
}

}  // namespace
}  // namespace cmap::fuzz
