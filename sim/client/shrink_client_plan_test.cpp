// What is left of a plan that breaks a rule, exactly. No bug is needed for one: a client cannot
// know servers whose answers take minutes.
#include "sim/client/shrink_client_plan.hpp"

#include <gtest/gtest.h>

#include "sim/client/repeated_client_run.hpp"

namespace cmap::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ClientPlan distant_set() {
  ClientPlan plan;
  plan.deployment.servers.kind = serve::Deployment::Kind::replica_set;
  plan.deployment.servers.set_name = "rs";
  plan.deployment.servers.members = 3;
  plan.deployment.latency = seconds(90);
  for (std::size_t i = 0; i < 3; ++i) plan.seeds.push_back(SimulatedDeployment::address(i));
  plan.client.replica_set = "rs";
  plan.client.server_monitoring_mode = ServerMonitoringMode::poll;
  plan.client.socket_timeout = seconds(5);
  plan.client.pool.min_pool_size = 1;
  plan.client.pool.max_connecting = 3;
  authenticate(plan);
  plan.happenings = {{.kind = Happening::Kind::kill, .at = milliseconds(10), .member = 2},
                     {.kind = Happening::Kind::step_down, .at = milliseconds(20)}};
  plan.calls = {{.kind = ClientCall::Kind::ping, .at = milliseconds(5), .timeout = seconds(1)},
                {.kind = ClientCall::Kind::hold, .at = milliseconds(6), .hold = seconds(1)}};
  plan.trouble_ends = seconds(1);
  return plan;
}

const Violation not_found{"D-RS-4, D-SEL-3", "after the trouble the client finds what there is",
                          "m0:27017 is Unknown, not RSPrimary"};

std::optional<Violation> violation_of(const ClientPlan& plan) {
  return run_client_twice(plan, 1).violation;
}

TEST(ShrinkClientPlan, LeavesOutAllButWhatBreaksTheRule) {
  const ShrunkClientPlan small =
      shrink_client_plan(distant_set(), not_found, {.test = violation_of});
  EXPECT_EQ(plan_lines(small.plan),
            (std::vector<std::string>{
                "a replica set of 1, elections take 300 ms, messages take 90000 ms",
                "a client that polls, heartbeatFrequencyMS 10000 ms, connectTimeoutMS 10000 ms, "
                "serverSelectionTimeoutMS 30000 ms, localThresholdMS 15 ms, of the set rs",
                "1000 ms: all is well again"}));
  EXPECT_EQ(small.plan.seeds, std::vector<Address>{SimulatedDeployment::address(0)});
  EXPECT_EQ(small.violation.clause, not_found.clause);
  EXPECT_EQ(small.violation.sentence, not_found.sentence);
  EXPECT_EQ(small.violation.message, "m0:27017 is Unknown, not RSPrimary");
}

TEST(ShrinkClientPlan, KeepsWhatBreaksAnotherRuleOfTheClause) {
  const Violation other{not_found.clause, "another rule", "something else"};
  const ShrunkClientPlan whole = shrink_client_plan(distant_set(), other, {.test = violation_of});
  EXPECT_EQ(plan_lines(whole.plan), plan_lines(distant_set()));
  EXPECT_EQ(whole.violation.message, "something else");
}

TEST(ShrinkClientPlan, TriesNoMoreThanItMay) {
  EXPECT_EQ(
      shrink_client_plan(distant_set(), not_found, {.test = violation_of, .most_runs = 2}).runs,
      2U);
  int asked = 0;
  const auto thrice = [&] { return ++asked <= 3; };
  EXPECT_EQ(
      shrink_client_plan(distant_set(), not_found, {.test = violation_of, .goes_on = thrice}).runs,
      3U);
}

}  // namespace
}  // namespace cmap::sim
