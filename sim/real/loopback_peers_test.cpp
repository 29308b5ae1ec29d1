// Loopback peers: with TLS there is no way without it.
#include "sim/real/loopback_peers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/deployment.hpp"

namespace cmap::sim {
namespace {

using ::testing::StartsWith;

/// Of a client with these options.
std::string problem(const SteadyPeer& peer, const TlsOptions& tls) {
  try {
    const Deployment deployment(
        ConnectionString{.hosts = {peer.address()}, .options = {.tls = tls}});
    return "";
  } catch (const DeploymentError& error) {
    return error.what();
  }
}

void expect_tls(const SteadyPeer& peer) {
  const NetworkOptions options = peer.network_options();
  EXPECT_TRUE(options.tls.enabled);
  EXPECT_FALSE(options.tls.allow_invalid_certificates);
  EXPECT_EQ(problem(peer, options.tls), "");
  EXPECT_THAT(problem(peer, {}), StartsWith("cannot connect to "));
  EXPECT_THAT(problem(peer, {.enabled = true}), StartsWith("cannot connect to ")) << "no authority";
}

TEST(LoopbackPeers, WithTlsAlways) {
  LoopbackPeers peers(/*tls=*/true);
  expect_tls(*peers.make(Scenario{}));
}

TEST(LoopbackPeers, WithTlsWhereAScenarioSaysSo) {
  LoopbackPeers peers(/*tls=*/false);
  Scenario scenario;
  scenario.server.tls = true;
  expect_tls(*peers.make(scenario));
  const auto plain = peers.make(Scenario{});
  EXPECT_FALSE(plain->network_options().tls.enabled);
  EXPECT_EQ(problem(*plain, {}), "");
}

}  // namespace
}  // namespace cmap::sim
