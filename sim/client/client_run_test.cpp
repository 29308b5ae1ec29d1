// Clients in simulated replica sets: what the oracles find, and that runs can be repeated.
#include "sim/client/client_run.hpp"

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

#ifdef CMAP_SANITIZED
constexpr std::uint64_t client_seeds = 200;
#else
constexpr std::uint64_t client_seeds = 2000;
#endif

ClientRunResult run_seed(std::uint64_t seed, std::size_t size = 20) {
  const ClientPlan plan = make_client_plan(seed, size);
  SeededChoices choices(seed);
  return run_client(plan, choices);
}

TEST(SimulatedClient, SurvivesManySeeds) {
  ClientRunResult sum;
  ClientIngredients met;
  for (std::uint64_t seed = 1; seed <= client_seeds; ++seed) {
    const ClientRunResult result = run_seed(seed);
    ASSERT_FALSE(result.violation)
        << "seed " << seed << ": " << result.violation->clause << ": " << result.violation->sentence
        << ": " << result.violation->message;
    sum.calls_succeeded += result.calls_succeeded;
    sum.calls_failed += result.calls_failed;
    sum.clears += result.clears;
    sum.removed += result.removed;
    sum.steps += result.steps;
    met |= result.ingredients;
  }
  // Something must have happened.
  EXPECT_GT(sum.calls_succeeded, 10 * client_seeds);
  EXPECT_GT(sum.calls_failed, 10 * client_seeds);
  EXPECT_GT(sum.clears, client_seeds);
  EXPECT_GT(sum.removed, client_seeds / 10);
#ifndef CMAP_SANITIZED
  for (std::size_t i = 0; i < met.size(); ++i) {
    EXPECT_TRUE(met[i]) << "never met: " << ingredient_name(static_cast<ClientIngredient>(i));
  }
#endif
}

TEST(SimulatedClient, SameSeedSameRun) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const ClientRunResult first = run_seed(seed);
    EXPECT_EQ(first, run_seed(seed)) << seed;
    EXPECT_NE(first.digest, run_seed(seed + 1).digest);
  }
}

}  // namespace
}  // namespace cmap::sim
