// Modes, tags, staleness, latency window and the choice of two, with exact results.
#include "pool/topology/server_selection.hpp"

#include <gtest/gtest.h>

#include "pool/api/assert.hpp"
#include "pool/topology/topology_harness.hpp"

namespace cmap {
namespace {

using Mode = ReadPreferenceMode;
using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr Duration heartbeat = seconds(10);

struct Member {
  std::string host;
  ServerType type;
  TagSet tags{};
  /// When it wrote last, and when it was checked.
  std::optional<seconds> written{};
  seconds checked{0};
};

TopologyDescription set_of(const std::vector<Member>& members) {
  TopologyDescription topology{.type = TopologyType::replica_set_no_primary};
  for (const Member& each : members) {
    ServerDescription one = server(each.host, each.type);
    one.tags = each.tags;
    one.last_write_date = each.written;
    one.last_update_time = TimePoint(each.checked);
    if (each.type == ServerType::rs_primary) topology.type = TopologyType::replica_set_with_primary;
    topology.servers.push_back(std::make_shared<const ServerDescription>(one));
  }
  return topology;
}

std::string hosts(const std::vector<ServerPtr>& servers) {
  std::string text;
  for (const ServerPtr& each : servers) text += each->address.host();
  return text;
}

std::string suitable(const TopologyDescription& topology, const Selection& selection) {
  return hosts(suitable_servers(topology, selection, heartbeat));
}

Selection reading(Mode mode, std::vector<TagSet> tags = {},
                  std::optional<Duration> max_staleness = {}) {
  return {.read_preference = {
              .mode = mode, .tag_sets = std::move(tags), .max_staleness = max_staleness}};
}

const TopologyDescription whole =
    set_of({{"p", ServerType::rs_primary, {{"dc", "x"}}},
            {"s", ServerType::rs_secondary, {{"dc", "x"}, {"disk", "ssd"}}},
            {"t", ServerType::rs_secondary, {{"dc", "y"}}},
            {"a", ServerType::rs_arbiter},
            {"u", ServerType::unknown}});
const TopologyDescription headless = set_of({{"s", ServerType::rs_secondary}});
const TopologyDescription lonely = set_of({{"p", ServerType::rs_primary}});

TEST(ServerSelection, Modes) {
  EXPECT_EQ(suitable(whole, reading(Mode::primary)), "p");
  EXPECT_EQ(suitable(whole, reading(Mode::primary_preferred)), "p");
  EXPECT_EQ(suitable(whole, reading(Mode::secondary)), "st");
  EXPECT_EQ(suitable(whole, reading(Mode::secondary_preferred)), "st");
  EXPECT_EQ(suitable(whole, reading(Mode::nearest)), "pst");
  EXPECT_EQ(suitable(headless, reading(Mode::primary)), "");
  EXPECT_EQ(suitable(headless, reading(Mode::primary_preferred)), "s");
  EXPECT_EQ(suitable(lonely, reading(Mode::secondary)), "");
  EXPECT_EQ(suitable(lonely, reading(Mode::secondary_preferred)), "p");
}

TEST(ServerSelection, WritesGoToThePrimaryWhateverTheReadPreference) {
  Selection write = reading(Mode::secondary);
  write.kind = OperationKind::write;
  EXPECT_EQ(suitable(whole, write), "p");
  EXPECT_EQ(suitable(headless, write), "");
}

TEST(ServerSelection, FirstTagSetThatAnyMatches) {
  const TagSet x{{"dc", "x"}}, y{{"dc", "y"}}, ssd{{"disk", "ssd"}}, none{{"dc", "z"}};
  EXPECT_EQ(suitable(whole, reading(Mode::nearest, {x})), "ps");
  EXPECT_EQ(suitable(whole, reading(Mode::nearest, {none, y, x})), "t");
  EXPECT_EQ(suitable(whole, reading(Mode::secondary, {{{"dc", "x"}, {"disk", "hdd"}}})), "");
  EXPECT_EQ(suitable(whole, reading(Mode::secondary, {none, TagSet{}})), "st");
  EXPECT_EQ(suitable(whole, reading(Mode::secondary_preferred, {none})), "p");
  EXPECT_EQ(suitable(whole, reading(Mode::secondary, {ssd})), "s");
}

TEST(ServerSelection, OtherTopologiesTakeWhatTheyHave) {
  const auto of = [](TopologyType type, ServerType server_type) {
    TopologyDescription topology = set_of({{"a", server_type}, {"u", ServerType::unknown}});
    topology.type = type;
    return suitable(topology, reading(Mode::secondary, {{{"dc", "x"}}}));
  };
  EXPECT_EQ(of(TopologyType::unknown, ServerType::rs_ghost), "");
  EXPECT_EQ(of(TopologyType::single, ServerType::rs_arbiter), "a");
  EXPECT_EQ(of(TopologyType::single, ServerType::unknown), "");
  EXPECT_EQ(of(TopologyType::sharded, ServerType::mongos), "a");
  EXPECT_EQ(of(TopologyType::load_balanced, ServerType::load_balancer), "a");
}

TEST(ServerSelection, DeprioritizedOnlyIfThereIsNoOther) {
  Selection selection = reading(Mode::secondary);
  selection.deprioritized = {at("s")};
  EXPECT_EQ(suitable(whole, selection), "t");
  selection.deprioritized = {at("s"), at("t")};
  EXPECT_EQ(suitable(whole, selection), "st");
  selection.read_preference.mode = Mode::secondary_preferred;
  EXPECT_EQ(suitable(whole, selection), "p");
}

TEST(ServerSelection, StalenessBesideThePrimary) {
  // s lags 80 s behind, 90 s until its next check; t one second more.
  const auto topology = set_of({{"p", ServerType::rs_primary, {}, seconds(1000), seconds(0)},
                                {"s", ServerType::rs_secondary, {}, seconds(930), seconds(10)},
                                {"t", ServerType::rs_secondary, {}, seconds(929), seconds(10)}});
  EXPECT_EQ(suitable(topology, reading(Mode::nearest, {}, seconds(90))), "ps");
  EXPECT_EQ(suitable(topology, reading(Mode::secondary, {}, seconds(91))), "st");
}

TEST(ServerSelection, StalenessBesideTheFreshestSecondary) {
  const auto topology = set_of({{"s", ServerType::rs_secondary, {}, seconds(1000), seconds(0)},
                                {"t", ServerType::rs_secondary, {}, seconds(920), seconds(500)},
                                {"v", ServerType::rs_secondary, {}, seconds(919), seconds(0)}});
  EXPECT_EQ(suitable(topology, reading(Mode::secondary, {}, seconds(90))), "st");
}

TEST(ServerSelection, DatesOfAnySizeDoNotOverflow) {
  auto early = server("s", ServerType::rs_secondary);
  early.last_write_date = milliseconds::min();
  auto late = server("t", ServerType::rs_secondary);
  late.last_write_date = milliseconds::max();
  TopologyDescription topology{.type = TopologyType::replica_set_no_primary};
  for (const auto& each : {early, late}) {
    topology.servers.push_back(std::make_shared<const ServerDescription>(each));
  }
  EXPECT_EQ(suitable(topology, reading(Mode::secondary, {}, seconds(90))), "t");
}

TEST(ServerSelection, ErrorsThatWaitingDoesNotCure) {
  const auto error = [](const TopologyDescription& topology, const Selection& selection) {
    return selection_error(topology, selection, heartbeat).value_or("");
  };
  EXPECT_EQ(error(whole, reading(Mode::nearest, {{}}, seconds(90))), "");
  EXPECT_EQ(error(whole, reading(Mode::nearest, {}, seconds(89))),
            "maxStalenessSeconds is 89, but must be at least 90 in this replica set: 90, and "
            "heartbeatFrequencyMS plus 10 seconds");
  EXPECT_TRUE(selection_error(whole, reading(Mode::nearest, {}, seconds(109)), seconds(100)));
  EXPECT_FALSE(selection_error(whole, reading(Mode::nearest, {}, seconds(110)), seconds(100)));
  EXPECT_EQ(error(TopologyDescription{}, reading(Mode::nearest, {}, seconds(1))), "");
  const std::string contradiction =
      "a read preference with the mode primary has neither tag sets nor maxStalenessSeconds";
  EXPECT_EQ(error(whole, reading(Mode::primary, {TagSet{}})), "");
  EXPECT_EQ(error(whole, reading(Mode::primary, {TagSet{{"dc", "x"}}})), contradiction);
  EXPECT_EQ(error(whole, reading(Mode::primary, {}, seconds(90))), contradiction);
  TopologyDescription incompatible = whole;
  incompatible.compatibility_error = "too new";
  EXPECT_EQ(error(incompatible, reading(Mode::nearest)), "too new");
}

TEST(ServerSelection, LatencyWindowIsClosed) {
  std::vector<ServerPtr> servers;
  for (const auto& [host, rtt] : {std::pair{"a", 20}, {"b", 5}, {"c", 21}}) {
    ServerDescription one = server(host, ServerType::mongos);
    one.round_trip_time = milliseconds(rtt);
    servers.push_back(std::make_shared<const ServerDescription>(one));
  }
  EXPECT_EQ(hosts(in_latency_window(servers, milliseconds(15))), "ab");
  EXPECT_EQ(hosts(in_latency_window(servers, Duration::zero())), "b");
  EXPECT_EQ(hosts(in_latency_window({}, Duration::zero())), "");
}

TEST(ServerSelection, OfTwoByChanceTheOneWithFewerOperations) {
  const auto servers =
      set_of({{"a", ServerType::mongos}, {"b", ServerType::mongos}, {"c", ServerType::mongos}})
          .servers;
  OperationCounts counts;
  counts.begin(at("a"));
  counts.begin(at("a"));
  counts.begin(at("b"));
  const auto chosen = [&](std::vector<std::size_t> draws) {
    std::vector<std::size_t> bounds;
    const ServerPtr server = choose_server(servers, counts, [&](std::size_t bound) {
      bounds.push_back(bound);
      return draws[bounds.size() - 1];
    });
    EXPECT_EQ(bounds, (std::vector<std::size_t>{3, 2}));
    return server->address.host();
  };
  EXPECT_EQ(chosen({0, 0}), "b");  // a and b
  EXPECT_EQ(chosen({0, 1}), "c");  // a and c
  EXPECT_EQ(chosen({1, 0}), "b");  // b and a
  EXPECT_EQ(chosen({2, 1}), "c");  // c and b
  counts.end(at("a"));
  EXPECT_EQ(chosen({0, 0}), "a");  // as many as b: the first
}

TEST(ServerSelection, OneServerLeavesNothingToChance) {
  const auto never = [](std::size_t) -> std::size_t { throw std::logic_error("asked"); };
  EXPECT_EQ(choose_server(lonely.servers, {}, never)->address, at("p"));
}

TEST(OperationCounts, CountAndAssert) {
  OperationCounts counts;
  counts.begin(at("a"));
  EXPECT_EQ(counts.of(at("a")), 1);
  EXPECT_EQ(counts.of(at("b")), 0);
  counts.end(at("a"));
  EXPECT_EQ(counts.of(at("a")), 0);
  const AssertionsThrow assertions_throw;
  EXPECT_THROW(counts.end(at("a")), AssertionFailed);
}

}  // namespace
}  // namespace cmap
