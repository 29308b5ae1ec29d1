// A plan's first lines say everything that makes its client special.
#include <gtest/gtest.h>

#include "sim/client/client_plan.hpp"

namespace cmap::sim {
namespace {

TEST(ClientPlanText, SaysAllOptions) {
  using std::chrono::seconds;
  ClientPlan plan;
  plan.deployment.servers.kind = serve::Deployment::Kind::replica_set;
  plan.deployment.servers.members = 3;
  plan.deployment.latency = std::chrono::microseconds(419);
  plan.client.replica_set = "rs";
  plan.client.timeout = seconds(2);
  plan.client.socket_timeout = seconds(5);
  plan.client.server_selection_timeout = seconds(11);
  plan.client.local_threshold = std::chrono::milliseconds(12);
  plan.client.pool.max_pool_size = 7;
  plan.client.pool.min_pool_size = 1;
  plan.client.pool.max_connecting = 3;
  plan.client.pool.max_idle_time = seconds(8);
  plan.client.pool.wait_queue_timeout = seconds(9);
  authenticate(plan);
  const std::vector<std::string> lines = plan_lines(plan);
  EXPECT_EQ(lines.at(0), "a replica set of 3, elections take 300 ms, messages take 0.419 ms");
  EXPECT_EQ(lines.at(1),
            "a client that streams, maxPoolSize 7, minPoolSize 1, maxConnecting 3, "
            "maxIdleTimeMS 8000 ms, waitQueueTimeoutMS 9000 ms, heartbeatFrequencyMS 10000 ms, "
            "connectTimeoutMS 10000 ms, serverSelectionTimeoutMS 11000 ms, localThresholdMS 12 ms, "
            "timeoutMS 2000 ms, socketTimeoutMS 5000 ms, of the set rs, authenticates");
}

}  // namespace
}  // namespace cmap::sim
