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

/// The client looks at its servers every two minutes: of the last election it does not hear.
ClientPlan plan_that_ends_in_the_middle() {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  ClientPlan plan;
  plan.deployment.servers.kind = serve::Deployment::Kind::replica_set;
  plan.deployment.servers.set_name = "rs";
  plan.deployment.servers.members = 2;
  plan.seeds = {SimulatedDeployment::address(0), SimulatedDeployment::address(1)};
  plan.client.replica_set = "rs";
  plan.client.server_monitoring_mode = ServerMonitoringMode::poll;
  plan.client.heartbeat_frequency = seconds(120);
  plan.happenings = {{.kind = Happening::Kind::kill, .at = milliseconds(100), .member = 1},
                     {.kind = Happening::Kind::trouble,
                      .at = milliseconds(2000),
                      .member = 0,
                      .trouble = {.how = Trouble::How::delays, .time = seconds(600)}}};
  plan.calls = {{.kind = ClientCall::Kind::hold, .at = milliseconds(20), .hold = seconds(600)},
                {.kind = ClientCall::Kind::ping,
                 .at = milliseconds(150),
                 .mode = ReadPreferenceMode::secondary},
                {.kind = ClientCall::Kind::ping, .at = milliseconds(2100)}};
  plan.trouble_ends = seconds(1);
  return plan;
}

/// A connection is held, and a command is under way, when the run ends with a violation.
TEST(SimulatedClient, AViolationLeavesNothing) {
  SeededChoices choices(1);
  const ClientRunResult result = run_client(plan_that_ends_in_the_middle(), choices);
  ASSERT_TRUE(result.violation);
  EXPECT_EQ(result.violation->message, "m1:27017 is RSSecondary, not RSPrimary");
  EXPECT_EQ(result.calls_succeeded, 1U);
  EXPECT_EQ(result.calls_failed, 1U);
  EXPECT_EQ(result.sockets_left, 0U);
}

/// The news of the end comes between check-out and command, in some of these orders of one instant:
/// what the topology hears is what the connection ends with.
TEST(SimulatedClient, ABreakBeforeTheCommandIsOneError) {
  ClientPlan plan;
  plan.deployment.servers.kind = serve::Deployment::Kind::replica_set;
  plan.deployment.servers.set_name = "rs";
  plan.deployment.servers.members = 1;
  plan.seeds = {SimulatedDeployment::address(0)};
  plan.client.replica_set = "rs";
  plan.client.server_monitoring_mode = ServerMonitoringMode::poll;
  plan.client.pool.min_pool_size = 1;
  const auto takes = std::chrono::milliseconds(50);
  const auto killed_at = std::chrono::seconds(2);
  plan.happenings = {{.kind = Happening::Kind::slow_down,
                      .at = std::chrono::seconds(1),
                      .member = 0,
                      .latency = takes},
                     {.kind = Happening::Kind::kill, .at = killed_at, .member = 0}};
  plan.calls = {{.kind = ClientCall::Kind::insert, .at = killed_at + takes}};
  plan.trouble_ends = std::chrono::seconds(20);
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SeededChoices choices(seed);
    const ClientRunResult result = run_client(plan, choices);
    ASSERT_FALSE(result.violation) << "schedule " << seed << ": " << result.violation->message;
  }
}

}  // namespace
}  // namespace cmap::sim
