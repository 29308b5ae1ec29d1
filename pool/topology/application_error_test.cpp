// Every row of D.2, with its exact effects.
#include <gtest/gtest.h>

#include "pool/topology/state_change.hpp"
#include "pool/topology/topology_harness.hpp"

namespace cmap {
namespace {

const Lines nothing;
const Lines unknown{"a RSPrimary -> Unknown",
                    "topology ReplicaSetWithPrimary(a) -> ReplicaSetNoPrimary(a)"};

Lines unknown_and(const Lines& more) {
  Lines lines = unknown;
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

const Lines unknown_cleared_cancelled = unknown_and({"clear pool a", "cancel check a"});
const Lines unknown_cleared_checked = unknown_and({"clear pool a", "request check a"});
const Lines unknown_checked = unknown_and({"request check a"});

ErrorPtr typed(ErrorType type) {
  return std::make_shared<const Error>(Error{.type = type, .message = "no"});
}

struct Row {
  std::string name;
  ErrorPtr error;
  EstablishmentPhase phase;
  Lines effects;
};

std::vector<Row> rows() {
  using Phase = EstablishmentPhase;
  using Fault = NetworkFault;
  return {
      {"reset while connecting", network_error(Fault::reset, Phase::connect), Phase::connect,
       nothing},
      {"end of TLS", network_error(Fault::eof, Phase::tls), Phase::tls, nothing},
      {"timeout of hello", network_error(Fault::timeout, Phase::hello), Phase::hello, nothing},
      {"name", network_error(Fault::dns, Phase::resolve), Phase::resolve,
       unknown_cleared_cancelled},
      {"certificate", network_error(Fault::certificate, Phase::tls), Phase::tls,
       unknown_cleared_cancelled},
      {"proxy", network_error(Fault::proxy, Phase::connect), Phase::connect,
       unknown_cleared_cancelled},
      {"hello refused", command_error(18), Phase::hello, unknown_cleared_cancelled},
      {"nonsense for hello", typed(ErrorType::protocol), Phase::hello, unknown_cleared_cancelled},
      {"shut down at hello", command_error(91), Phase::hello, unknown_cleared_checked},
      {"not primary at hello (F-9)", command_error(10107), Phase::hello, unknown_cleared_checked},
      {"authentication", typed(ErrorType::authentication), Phase::authenticate,
       unknown_cleared_cancelled},
      {"reset at authentication", network_error(Fault::reset, Phase::authenticate),
       Phase::authenticate, unknown_cleared_cancelled},
      {"timeout of authentication", network_error(Fault::timeout, Phase::authenticate),
       Phase::authenticate, unknown_cleared_cancelled},
      {"reset", network_error(Fault::reset), Phase::done, unknown_cleared_cancelled},
      {"end", network_error(Fault::eof), Phase::done, unknown_cleared_cancelled},
      {"timeout", network_error(Fault::timeout), Phase::done, nothing},
      {"11600", command_error(11600), Phase::done, unknown_cleared_checked},
      {"91", command_error(91), Phase::done, unknown_cleared_checked},
      {"11602", command_error(11602), Phase::done, unknown_checked},
      {"13436", command_error(13436), Phase::done, unknown_checked},
      {"189", command_error(189), Phase::done, unknown_checked},
      {"10107", command_error(10107), Phase::done, unknown_checked},
      {"13435", command_error(13435), Phase::done, unknown_checked},
      {"10058", command_error(10058), Phase::done, unknown_checked},
      {"recovering by its text", command_error(0, "node is recovering"), Phase::done,
       unknown_checked},
      {"not primary by its text", command_error(0, "not master"), Phase::done, unknown_checked},
      {"another code with such a text", command_error(1, "not master"), Phase::done, nothing},
      {"another text", command_error(0, "not writable primary"), Phase::done, nothing},
      {"nonsense", typed(ErrorType::protocol), Phase::done, nothing},
      {"pool cleared", typed(ErrorType::pool_cleared), Phase::done, nothing},
      {"pool closed", typed(ErrorType::pool_closed), Phase::connect, nothing},
      {"queue timeout", typed(ErrorType::wait_queue_timeout), Phase::connect, nothing},
      {"deadline", typed(ErrorType::deadline_exceeded), Phase::connect, nothing},
      {"selection", typed(ErrorType::server_selection), Phase::connect, nothing},
      {"cancelled", typed(ErrorType::cancelled), Phase::connect, nothing},
      {"usage", typed(ErrorType::usage), Phase::connect, nothing},
  };
}

TEST(ApplicationErrors, DoWhatTheTableSays) {
  for (const Row& row : rows()) {
    TestTopology topology(TestTopology::replica_set({"a"}));
    topology.checked(member("a", ServerType::rs_primary, {"a"}));
    EXPECT_EQ(topology.reported({.address = at("a"), .error = row.error, .phase = row.phase}),
              row.effects)
        << row.name;
    EXPECT_EQ(topology.of("a").error, row.effects.empty() ? nullptr : row.error) << row.name;
  }
}

TEST(ApplicationErrors, ClearCarriesItsCause) {
  TestTopology topology(TestTopology::replica_set({"a"}));
  topology.checked(member("a", ServerType::rs_primary, {"a"}));
  const ErrorPtr error = command_error(91);
  topology.reported({.address = at("a"), .error = error});
  EXPECT_EQ(std::get<ClearPool>(topology.last[2]).cause, error);
}

TEST(ApplicationErrors, OfAnOlderGenerationAreIgnored) {
  TestTopology topology(TestTopology::replica_set({"a"}));
  topology.checked(member("a", ServerType::rs_primary, {"a"}));
  ApplicationError report{.address = at("a"),
                          .error = network_error(NetworkFault::reset),
                          .generation = Generation{1},
                          .pool_generation = Generation{2}};
  EXPECT_EQ(topology.reported(report), nothing);
  report.generation = Generation{2};
  EXPECT_EQ(topology.reported(report), unknown_cleared_cancelled);
}

TEST(ApplicationErrors, ThatTellNothingNewAreIgnored) {
  const auto effects = [](const std::optional<TopologyVersion>& version) {
    TestTopology topology(TestTopology::replica_set({"a"}));
    ServerDescription primary = member("a", ServerType::rs_primary, {"a"});
    primary.topology_version = TopologyVersion{.process_id = {}, .counter = 5};
    topology.checked(primary);
    return topology.reported(
        {.address = at("a"), .error = command_error(10107), .topology_version = version});
  };
  EXPECT_EQ(effects(TopologyVersion{.process_id = {}, .counter = 4}), nothing);
  EXPECT_EQ(effects(TopologyVersion{.process_id = {}, .counter = 5}), nothing);
  EXPECT_EQ(effects(TopologyVersion{.process_id = {}, .counter = 6}), unknown_checked);
  EXPECT_EQ(effects(TopologyVersion{.process_id = {{1}}, .counter = 1}), unknown_checked);
  EXPECT_EQ(effects(std::nullopt), unknown_checked);
}

TEST(ApplicationErrors, OfAStateChangeLeaveTheirTopologyVersion) {
  TestTopology topology(TestTopology::replica_set({"a"}));
  topology.checked(member("a", ServerType::rs_primary, {"a"}));
  const TopologyVersion version{.process_id = {}, .counter = 6};
  topology.reported({.address = at("a"), .error = command_error(189), .topology_version = version});
  EXPECT_EQ(topology.of("a").topology_version, version);
}

TEST(ApplicationErrors, OfServersThatAreGoneAreIgnored) {
  TestTopology topology(TestTopology::replica_set({"a"}));
  EXPECT_EQ(topology.reported({.address = at("b"), .error = network_error(NetworkFault::reset)}),
            nothing);
}

TEST(ApplicationErrors, BehindALoadBalancerClearTheirServiceAlone) {
  TestTopology topology({.seeds = {at("a")}, .load_balanced = true});
  const auto service = ServiceId::from_hex("0123456789abcdef01234567");
  const Lines cleared{"clear pool a of 0123456789abcdef01234567"};
  ApplicationError report{.address = at("a"),
                          .error = network_error(NetworkFault::reset),
                          .phase = EstablishmentPhase::done,
                          .service = service};
  EXPECT_EQ(topology.reported(report), cleared);
  report.error = command_error(91);
  EXPECT_EQ(topology.reported(report), cleared);
  report.error = command_error(10107);
  EXPECT_EQ(topology.reported(report), nothing);
  report.error = network_error(NetworkFault::timeout);
  EXPECT_EQ(topology.reported(report), nothing);
  report.phase = EstablishmentPhase::authenticate;
  EXPECT_EQ(topology.reported(report), cleared);
  report.service.reset();  // hello was not answered
  EXPECT_EQ(topology.reported(report), nothing);
  EXPECT_EQ(topology.of("a").type, ServerType::load_balancer);
}

TEST(StateChange, TellsTheKindsApart) {
  EXPECT_EQ(state_change(*command_error(11600)), StateChange::shutting_down);
  EXPECT_EQ(state_change(*command_error(11602)), StateChange::recovering);
  EXPECT_EQ(state_change(*command_error(10107)), StateChange::not_primary);
  EXPECT_EQ(state_change(*command_error(0, "x not master or secondary")), StateChange::recovering);
  EXPECT_EQ(state_change(*command_error(0, "x not master")), StateChange::not_primary);
  EXPECT_EQ(state_change(*command_error(2, "node is recovering")), StateChange::none);
  EXPECT_EQ(state_change(*network_error(NetworkFault::reset)), StateChange::none);
}

}  // namespace
}  // namespace cmap
