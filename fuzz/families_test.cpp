// What the families are, and that they reach what the grid does not.
#include "fuzz/families.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/explorer.hpp"
#include "fuzz/grid.hpp"
#include "pool/api/options.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

using sim::Defect;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

TEST(Families, AreTheseOfThisSize) {
  std::vector<std::pair<std::string, std::size_t>> sizes;
  for (const Family& family : families()) {
    sizes.emplace_back(family.name, family.configurations().size());
  }
  EXPECT_THAT(sizes,
              ElementsAre(Pair("unlimited", 12U), Pair("handshake", 78U), Pair("deadlines", 96U),
                          Pair("cancellation", 21U), Pair("late-answers", 144U),
                          Pair("population", 70U), Pair("fork", 36U), Pair("lifecycle", 252U),
                          Pair("load-balanced", 96U), Pair("waiters", 50U), Pair("errors", 96U),
                          Pair("listeners", 270U), Pair("inline-answers", 108U), Pair("idle", 96U),
                          Pair("check-ins", 32U), Pair("reuse", 48U), Pair("grid", 480U)));
}

TEST(Families, HaveDifferentConfigurationsWithValidOptions) {
  std::set<std::string> names;
  std::size_t count = 0;
  for (const Family& family : families()) {
    for (const sim::Scenario& scenario : family.configurations()) {
      ++count;
      names.insert(scenario.name);
      EXPECT_THAT(validate(scenario.options), IsEmpty()) << scenario.name;
      if (family.name == std::string("grid")) continue;
      EXPECT_THAT(scenario.name, StartsWith(family.name + std::string(": ")));
    }
  }
  EXPECT_EQ(names.size(), count);
}

TEST(Families, AreFoundByTheirNames) {
  for (const Family& family : families()) EXPECT_EQ(family_named(family.name), &family);
  EXPECT_EQ(family_named("deadline"), nullptr);
}

/// The first configuration that shows the defect, and how.
std::string first_failure(Defect defect, const std::vector<sim::Scenario>& scenarios) {
  const sim::PoolFactory broken = sim::broken_reference_model(defect);
  for (const sim::Scenario& scenario : scenarios) {
    Explorer explorer(scenario, broken);
    explorer.run();
    if (!explorer.failure()) continue;
    return scenario.name + " in " + std::to_string(explorer.totals().depth) + ": " +
           explorer.failure()->finding.signature;
  }
  return "nothing";
}

/// No check-out of the grid has a deadline of its own, with however many threads.
TEST(Families, FindWhatTheGridDoesNot) {
  constexpr Defect defect = Defect::deadline_ends_with_queue;
  EXPECT_EQ(first_failure(defect, deadlines_family()),
            "deadlines: 1 threads, 1 connections: deadline late in 0: "
            "MODEL ConnectionCheckOutFailed ConnectionReady");
  EXPECT_EQ(first_failure(defect, grid({.threads = 1})), "nothing");
}

/// The lease of another pool is no secret to the fingerprint of a state.
TEST(Families, CloseWithTwoPools) {
  const sim::PoolFactory pool = sim::connection_pool();
  std::size_t explored = 0;
  for (const sim::Scenario& scenario : check_ins_family()) {
    if (scenario.name != "check-ins: 1 threads, 1 connections: foreign") continue;
    Explorer explorer(scenario, pool);
    explorer.run();
    EXPECT_FALSE(explorer.failure());
    EXPECT_EQ(explorer.totals().states, 97U);
    ++explored;
  }
  EXPECT_EQ(explored, 1U);
}

}  // namespace
}  // namespace cmap::fuzz
