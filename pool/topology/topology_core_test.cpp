// Opening, closing, checks: which events and which work for pools and monitors, in which order.
#include <gtest/gtest.h>

#include "pool/topology/topology_harness.hpp"

namespace cmap {
namespace {

TEST(TopologyCore, OpensWithEventsThenMonitors) {
  TestTopology topology({.seeds = {at("A"), at("b"), at("a")}}, /*open=*/false);
  EXPECT_TRUE(topology.core.description()->servers.empty());
  topology.core.open(topology.now);
  EXPECT_EQ(topology.take(),
            (Lines{"topology opening", "topology Unknown() -> Unknown(a b)", "opening a",
                   "opening b", "start monitor a", "start monitor b"}));
  const auto& event = std::get<TopologyEvent>(topology.last.front());
  EXPECT_EQ(event.topology_id, TopologyId{1});
  EXPECT_EQ(event.time, topology.now);
}

TEST(TopologyCore, InitialTypeFollowsTheOptions) {
  const auto type = [](const TopologyOptions& options) {
    return TestTopology(options).core.description()->type;
  };
  EXPECT_EQ(type({.seeds = {at("a")}}), TopologyType::unknown);
  EXPECT_EQ(type({.seeds = {at("a")}, .replica_set = "rs"}), TopologyType::replica_set_no_primary);
  EXPECT_EQ(type({.seeds = {at("a")}, .direct_connection = true}), TopologyType::single);
  EXPECT_EQ(type({.seeds = {at("a")}, .replica_set = "rs", .direct_connection = true}),
            TopologyType::single);
  EXPECT_EQ(type({.seeds = {at("a")}, .load_balanced = true}), TopologyType::load_balanced);
}

TEST(TopologyCore, LoadBalancerHasAPoolAtOnceAndNoMonitor) {
  TestTopology topology({.seeds = {at("a")}, .load_balanced = true}, /*open=*/false);
  topology.core.open(topology.now);
  EXPECT_EQ(topology.take(),
            (Lines{"topology opening", "topology Unknown() -> LoadBalanced(a)", "opening a",
                   "a Unknown -> LoadBalancer", "topology LoadBalanced(a) -> LoadBalanced(a)",
                   "make pool a", "ready pool a"}));
  topology.core.close(topology.now);
  EXPECT_EQ(topology.take(), (Lines{"closed a", "topology LoadBalanced(a) -> Unknown()",
                                    "topology closed", "close pool a"}));
}

TEST(TopologyCore, ClosesServersBeforeItself) {
  TestTopology topology(TestTopology::replica_set({"a", "b"}));
  topology.checked(member("a", ServerType::rs_primary, {"a", "b"}));
  topology.core.close(topology.now);
  EXPECT_EQ(topology.take(),
            (Lines{"closed a", "closed b", "topology ReplicaSetWithPrimary(a b) -> Unknown()",
                   "topology closed", "stop monitor a", "close pool a", "stop monitor b"}));
  topology.core.close(topology.now);
  EXPECT_EQ(topology.checked(member("a", ServerType::rs_primary, {"a", "b"})), Lines{});
  EXPECT_EQ(topology.failed("a", network_error(NetworkFault::eof)), Lines{});
}

TEST(TopologyCore, ClosesWithoutAWordIfItWasNeverOpened) {
  TestTopology topology({.seeds = {at("a")}}, /*open=*/false);
  topology.core.close(topology.now);
  EXPECT_EQ(topology.take(), Lines{});
}

TEST(TopologyCore, DataBearingServerGetsOnePool) {
  TestTopology topology({.seeds = {at("a")}});
  EXPECT_EQ(topology.checked(server("a", ServerType::standalone)),
            (Lines{"a Unknown -> Standalone", "topology Unknown(a) -> Single(a)", "make pool a",
                   "ready pool a"}));
  EXPECT_TRUE(topology.core.has_pool(at("a")));
  EXPECT_EQ(topology.checked(server("a", ServerType::standalone)), Lines{"ready pool a"});
  EXPECT_EQ(topology.of("a").last_update_time, topology.now);
}

TEST(TopologyCore, ArbitersGhostsAndOthersGetNone) {
  for (const ServerType type :
       {ServerType::rs_arbiter, ServerType::rs_other, ServerType::rs_ghost}) {
    TestTopology topology(TestTopology::replica_set({"a"}));
    topology.checked(member("a", type, {"a"}));
    EXPECT_FALSE(topology.core.has_pool(at("a")));
  }
}

TEST(TopologyCore, DirectConnectionGetsAPoolWhateverTheServerIs) {
  TestTopology topology({.seeds = {at("a")}, .direct_connection = true});
  EXPECT_EQ(topology.checked(member("a", ServerType::rs_arbiter, {"b"})),
            (Lines{"a Unknown -> RSArbiter", "topology Single(a) -> Single(a)", "make pool a",
                   "ready pool a"}));
}

TEST(TopologyCore, FailedCheckMakesUnknownFirstAndClearsSecond) {
  TestTopology topology(TestTopology::replica_set({"a"}));
  topology.checked(member("a", ServerType::rs_primary, {"a"}));
  const ErrorPtr error = network_error(NetworkFault::eof);
  EXPECT_EQ(topology.failed("a", error),
            (Lines{"a RSPrimary -> Unknown",
                   "topology ReplicaSetWithPrimary(a) -> ReplicaSetNoPrimary(a)", "clear pool a"}));
  EXPECT_EQ(topology.of("a").error, error);
  EXPECT_EQ(std::get<ClearPool>(topology.last.back()).cause, error);
  // The generation counts every failure, though there is nothing to announce.
  EXPECT_EQ(topology.failed("a", error), Lines{"clear pool a"});
}

TEST(TopologyCore, OnlyATimeoutOfACheckInterrupts) {
  TestTopology topology(TestTopology::replica_set({"a"}));
  topology.checked(member("a", ServerType::rs_secondary, {"a"}));
  EXPECT_EQ(topology.failed("a", network_error(NetworkFault::timeout)).back(),
            "clear pool a interrupting");
  EXPECT_EQ(topology.failed("a", network_error(NetworkFault::refused)).back(), "clear pool a");
  EXPECT_EQ(topology.failed("a", command_error(91)).back(), "clear pool a");
}

TEST(TopologyCore, FailedCheckOfAServerWithoutPoolClearsNothing) {
  TestTopology topology({.seeds = {at("a")}});
  EXPECT_EQ(topology.failed("a", network_error(NetworkFault::refused)),
            (Lines{"a Unknown -> Unknown", "topology Unknown(a) -> Unknown(a)"}));
}

TEST(TopologyCore, RefusedHelloIsAFailedCheck) {
  TestTopology topology({.seeds = {at("a")}});
  topology.checked(server("a", ServerType::standalone));
  EXPECT_EQ(topology.checked(unknown_server(at("a"), command_error(18))),
            (Lines{"a Standalone -> Unknown", "topology Single(a) -> Single(a)", "clear pool a"}));
}

TEST(TopologyCore, RemovedServerLosesMonitorAndPool) {
  TestTopology topology(TestTopology::replica_set({"a", "b"}));
  topology.checked(member("b", ServerType::rs_secondary, {"a", "b"}));
  EXPECT_EQ(
      topology.checked(member("a", ServerType::rs_primary, {"a", "c"})),
      (Lines{"a Unknown -> RSPrimary", "opening c", "closed b",
             "topology ReplicaSetNoPrimary(a b) -> ReplicaSetWithPrimary(a c)", "stop monitor b",
             "close pool b", "start monitor c", "make pool a", "ready pool a"}));
  EXPECT_FALSE(topology.core.has_pool(at("b")));
  EXPECT_EQ(topology.checked(member("b", ServerType::rs_secondary, {"a", "b"})), Lines{});
}

TEST(TopologyCore, RemovedServerSaysWhy) {
  TestTopology topology({.seeds = {at("a"), at("b")}});
  EXPECT_EQ(topology.checked(server("a", ServerType::standalone)),
            (Lines{"a Unknown -> Standalone", "closed a", "topology Unknown(a b) -> Unknown(b)",
                   "stop monitor a"}));
}

TEST(TopologyCore, NewPrimaryEndsTheOldOneWithoutClearingItsPool) {
  TestTopology topology(TestTopology::replica_set({"a", "b"}));
  topology.checked(member("a", ServerType::rs_primary, {"a", "b"}));
  EXPECT_EQ(topology.checked(member("b", ServerType::rs_primary, {"a", "b"})),
            (Lines{"b Unknown -> RSPrimary", "a RSPrimary -> Unknown",
                   "topology ReplicaSetWithPrimary(a b) -> ReplicaSetWithPrimary(a b)",
                   "make pool b", "ready pool b", "request check a"}));
  EXPECT_EQ(topology.of("a").error->message,
            "primary marked stale due to discovery of newer primary");
}

TEST(TopologyCore, StalePrimaryIsUnknownAndKeepsItsPool) {
  TestTopology topology(TestTopology::replica_set({"a", "b"}));
  ServerDescription newer = member("a", ServerType::rs_primary, {"a", "b"});
  newer.set_version = 2;
  topology.checked(newer);
  ServerDescription older = member("b", ServerType::rs_primary, {"a", "b"});
  older.set_version = 1;
  EXPECT_EQ(topology.checked(older),
            (Lines{"b Unknown -> Unknown",
                   "topology ReplicaSetWithPrimary(a b) -> ReplicaSetWithPrimary(a b)"}));
  EXPECT_EQ(topology.of("a").type, ServerType::rs_primary);
}

TEST(TopologyCore, OlderReplyIsIgnoredAnEqualOneIsNot) {
  TestTopology topology({.seeds = {at("a")}});
  ServerDescription reply = server("a", ServerType::standalone);
  reply.topology_version = TopologyVersion{.process_id = {}, .counter = 2};
  topology.checked(reply);
  reply.tags["of"] = "an older one";
  reply.topology_version->counter = 1;
  EXPECT_EQ(topology.checked(reply), Lines{});
  EXPECT_EQ(topology.of("a").topology_version->counter, 2);
  reply.topology_version->counter = 2;
  EXPECT_EQ(topology.checked(reply).front(), "a Standalone -> Standalone");
  reply.topology_version = TopologyVersion{.process_id = {{1}}, .counter = 0};
  EXPECT_EQ(topology.checked(reply).front(), "a Standalone -> Standalone");
}

}  // namespace
}  // namespace cmap
