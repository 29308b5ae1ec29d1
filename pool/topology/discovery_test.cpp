// Rules of discovery that no official file looks at: texts, sets of hosts, equality.
#include "pool/topology/discovery.hpp"

#include <gtest/gtest.h>

#include "pool/topology/topology_harness.hpp"

namespace cmap {
namespace {

TopologyDescription of(TopologyType type, const std::vector<ServerDescription>& servers) {
  TopologyDescription topology{.type = type};
  for (const ServerDescription& each : servers) {
    topology.servers.push_back(std::make_shared<const ServerDescription>(each));
  }
  return topology;
}

ServerDescription elected(std::int32_t wire_version, std::optional<std::int64_t> set_version,
                          std::optional<std::uint8_t> election) {
  ServerDescription primary = member("a", ServerType::rs_primary, {"a"});
  primary.max_wire_version = wire_version;
  primary.set_version = set_version;
  if (election) primary.election_id = ObjectId{{*election}};
  return primary;
}

std::string error_after(const ServerDescription& first, const ServerDescription& second) {
  const auto known = discover(of(TopologyType::replica_set_no_primary, {first}), first, true);
  const ErrorPtr error = discover(known.topology, second, true).server.error;
  return error ? error->message : "";
}

TEST(Discovery, ComparesElectionsFirstSinceWireVersion17) {
  const std::string stale = "primary marked stale due to electionId/setVersion mismatch, ";
  EXPECT_EQ(error_after(elected(17, 1, 2), elected(17, 9, 1)),
            stale +
                "(010000000000000000000000, 9) is stale compared to "
                "(020000000000000000000000, 1)");
  EXPECT_EQ(error_after(elected(17, 1, 2), elected(17, 2, std::nullopt)),
            stale + "(null, 2) is stale compared to (020000000000000000000000, 1)");
  EXPECT_EQ(error_after(elected(17, 9, 1), elected(17, 1, 2)), "");
  EXPECT_EQ(error_after(elected(17, 1, 1), elected(17, 1, 1)), "");
}

TEST(Discovery, ComparesSetVersionsFirstBefore) {
  EXPECT_EQ(error_after(elected(16, 2, 1), elected(16, 1, 9)),
            "primary marked stale due to electionId/setVersion mismatch, "
            "(1, 090000000000000000000000) is stale compared to (2, 010000000000000000000000)");
  EXPECT_EQ(error_after(elected(16, 1, 9), elected(16, 2, 1)), "");
  EXPECT_EQ(error_after(elected(16, 2, 1), elected(16, 1, std::nullopt)), "");
}

TEST(Discovery, SaysWhyAServerIsTooNewOrTooOld) {
  const auto error = [](std::int32_t from, std::int32_t to) {
    ServerDescription mongos = server("a", ServerType::mongos);
    mongos.min_wire_version = from;
    mongos.max_wire_version = to;
    TopologyDescription topology = of(TopologyType::sharded, {mongos});
    summarise_servers(topology);
    return topology.compatibility_error.value_or("");
  };
  EXPECT_EQ(error(client_max_wire_version, 1000), "");
  EXPECT_EQ(error(0, client_min_wire_version), "");
  EXPECT_EQ(error(30, 1000),
            "Server at a:27017 requires wire version 30, but this version of cmap only supports up "
            "to 29.");
  EXPECT_EQ(error(0, 7),
            "Server at a:27017 reports wire version 7, but this version of cmap requires at least "
            "8 (MongoDB 4.2).");
}

TEST(Discovery, SessionsLiveAsLongAsTheLeastDataBearingServerSays) {
  ServerDescription first = server("a", ServerType::mongos);
  ServerDescription second = server("b", ServerType::mongos);
  ServerDescription arbiter = server("c", ServerType::rs_arbiter);
  first.logical_session_timeout_minutes = 30;
  second.logical_session_timeout_minutes = 20;
  const auto timeout = [&] {
    TopologyDescription topology = of(TopologyType::sharded, {arbiter, first, second});
    summarise_servers(topology);
    return topology.logical_session_timeout_minutes;
  };
  EXPECT_EQ(timeout(), 20);
  second.logical_session_timeout_minutes.reset();
  EXPECT_EQ(timeout(), std::nullopt);
}

TEST(Discovery, DirectConnectionWantsTheNamedSet) {
  TopologyDescription single = of(TopologyType::single, {unknown_server(at("a"))});
  single.set_name = "rs";
  EXPECT_EQ(discover(single, member("a", ServerType::rs_secondary, {"b"}), true).server.type,
            ServerType::rs_secondary);
  single.set_name = "other";
  const Discovery wrong = discover(single, member("a", ServerType::rs_secondary, {"b"}), true);
  EXPECT_EQ(wrong.server.type, ServerType::unknown);
  EXPECT_EQ(wrong.server.error->message, "the server's replica set is \"rs\", expected \"other\"");
  EXPECT_EQ(discover(single, server("a", ServerType::mongos), true).server.error->message,
            "the server's replica set is none, expected \"other\"");
}

TEST(Discovery, RemovedOldPrimaryIsNotCheckedAgain) {
  const auto old = member("a", ServerType::rs_primary, {"a", "b"});
  const auto known = discover(
      of(TopologyType::replica_set_no_primary, {old, unknown_server(at("b"))}), old, false);
  const Discovery found =
      discover(known.topology, member("b", ServerType::rs_primary, {"b"}), false);
  EXPECT_EQ(found.stale_primaries, std::vector<Address>{});
  EXPECT_EQ(found.topology.servers.size(), 1U);
}

TEST(ServerDescription, IsEqualWhateverItsTimesAreAndTheOrderOfItsHosts) {
  const ServerDescription one = member("a", ServerType::rs_primary, {"a", "b"});
  ServerDescription other = member("a", ServerType::rs_primary, {"b", "a"});
  other.round_trip_time = std::chrono::milliseconds(5);
  other.minimum_round_trip_time = std::chrono::milliseconds(3);
  other.last_write_date = std::chrono::milliseconds(7);
  other.last_update_time += std::chrono::seconds(1);
  EXPECT_EQ(one, other);
}

TEST(ServerDescription, DiffersInEverythingElse) {
  const std::vector<void (*)(ServerDescription&)> changes{
      [](ServerDescription& it) { it.type = ServerType::rs_secondary; },
      [](ServerDescription& it) { it.error = command_error(1); },
      [](ServerDescription& it) { it.min_wire_version = 9; },
      [](ServerDescription& it) { it.max_wire_version = 9; },
      [](ServerDescription& it) { it.topology_version = TopologyVersion{}; },
      [](ServerDescription& it) { it.logical_session_timeout_minutes = 1; },
      [](ServerDescription& it) { it.set_name = "other"; },
      [](ServerDescription& it) { it.set_version = 1; },
      [](ServerDescription& it) { it.election_id = ObjectId{}; },
      [](ServerDescription& it) { it.me = at("a"); },
      [](ServerDescription& it) { it.primary = at("a"); },
      [](ServerDescription& it) { it.hosts.push_back(at("c")); },
      [](ServerDescription& it) { it.passives.push_back(at("c")); },
      [](ServerDescription& it) { it.arbiters.push_back(at("c")); },
      [](ServerDescription& it) { it.tags["dc"] = "x"; },
  };
  const ServerDescription one = member("a", ServerType::rs_primary, {"a", "b"});
  for (std::size_t i = 0; i < changes.size(); ++i) {
    ServerDescription other = one;
    changes[i](other);
    EXPECT_NE(one, other) << i;
  }
}

TEST(ServerDescription, NamesOfTypesThereAndBack) {
  EXPECT_EQ(server_type_name(ServerType::rs_secondary), "RSSecondary");
  EXPECT_EQ(server_type_from_name("LoadBalancer"), ServerType::load_balancer);
  EXPECT_EQ(server_type_from_name("RSNone"), std::nullopt);
  EXPECT_EQ(topology_type_name(TopologyType::replica_set_no_primary), "ReplicaSetNoPrimary");
  EXPECT_EQ(topology_type_from_name("LoadBalanced"), TopologyType::load_balanced);
  EXPECT_EQ(topology_type_from_name("None"), std::nullopt);
}

}  // namespace
}  // namespace cmap
