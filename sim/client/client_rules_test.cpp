// The rules about errors of connections, descriptions and calls, each over made-up events.
#include <gtest/gtest.h>

#include "sim/client/client_calls.hpp"
#include "sim/client/pool_error_checker.hpp"
#include "sim/client/topology_checker.hpp"

namespace cmap::sim {
namespace {

const Address at_a("a", 27017);
const Address at_b("b", 27017);
constexpr ConnectionId connection_1{1};
constexpr ConnectionId connection_2{2};

ErrorPtr network_error(NetworkFault fault, EstablishmentPhase phase) {
  return establishment_error(at_a, fault, phase);
}
const ErrorPtr broken = network_error(NetworkFault::reset, EstablishmentPhase::done);
const ErrorPtr no_authentication =
    network_error(NetworkFault::eof, EstablishmentPhase::authenticate);
const ErrorPtr too_late = network_error(NetworkFault::timeout, EstablishmentPhase::done);
const ErrorPtr overload = network_error(NetworkFault::eof, EstablishmentPhase::hello);

std::string clause_of(const Report& report) {
  return report.violation() ? report.violation()->clause : "";
}

// --- Errors of connections -------------------------------------------------------------------

class Errors {
 public:
  explicit Errors(bool is_load_balanced = false) : checker_(is_load_balanced) {}

  Errors& create(ConnectionId id) { return see(ConnectionCreatedEvent{id}); }
  Errors& make_ready(ConnectionId id) { return see(ConnectionReadyEvent{.connection_id = id}); }
  Errors& clear() { return see(ConnectionPoolClearedEvent{}); }
  Errors& check_out(ConnectionId id) {
    return create(id).make_ready(id).see(ConnectionCheckedOutEvent{.connection_id = id});
  }
  Errors& check_in(ConnectionId id) { return see(ConnectionCheckedInEvent{.connection_id = id}); }
  Errors& fail_command(const ErrorPtr& error) {
    checker_.command_failed(error);
    return *this;
  }
  /// The server is Unknown by it, and the pool cleared.
  Errors& clear_by(const ErrorPtr& error) {
    checker_.expect_cause(error, now_);
    return clear();
  }
  Errors& end(ConnectionId id, const ErrorPtr& error) {
    return see(ConnectionClosedEvent{
        .connection_id = id, .reason = ConnectionClosedReason::error, .error = error});
  }
  Errors& pass() {
    now_ += std::chrono::milliseconds(1);
    checker_.advance(at_a, now_, report_);
    return *this;
  }
  [[nodiscard]] std::string broken_clause() const { return clause_of(report_); }
  [[nodiscard]] bool is_establishing() const { return checker_.is_establishing(); }

 private:
  Errors& see(EventBody body) {
    checker_.observe(Event{.address = at_a, .time = now_, .counts = {}, .body = std::move(body)},
                     report_);
    return *this;
  }

  PoolErrorChecker checker_;
  Report report_;
  TimePoint now_{};
};

TEST(PoolErrors, AnErrorOfAConnectionClears) {
  EXPECT_EQ(Errors()
                .create(connection_1)
                .make_ready(connection_1)
                .clear_by(broken)
                .end(connection_1, broken)
                .pass()
                .broken_clause(),
            "");
  EXPECT_EQ(Errors().create(connection_1).clear_by(broken).pass().broken_clause(), "D.2");
  EXPECT_EQ(Errors()
                .create(connection_1)
                .clear_by(broken)
                .end(connection_1, overload)
                .pass()
                .broken_clause(),
            "D.2");
}

TEST(PoolErrors, AConnectionFromBeforeTheLastClearDoesNot) {
  Errors errors;
  errors.create(connection_1)
      .make_ready(connection_1)
      .create(connection_2)
      .make_ready(connection_2);
  errors.clear_by(broken).end(connection_1, broken).pass();
  EXPECT_EQ(errors.broken_clause(), "");
  EXPECT_EQ(errors.clear_by(broken).end(connection_2, broken).pass().broken_clause(), "D.2");
}

TEST(PoolErrors, ATimeoutInUseDoesNot) {
  EXPECT_EQ(
      Errors().create(connection_1).clear_by(too_late).end(connection_1, too_late).broken_clause(),
      "");
  EXPECT_EQ(Errors()
                .create(connection_1)
                .make_ready(connection_1)
                .clear_by(too_late)
                .end(connection_1, too_late)
                .broken_clause(),
            "D.2");
}

TEST(PoolErrors, AnEstablishmentThatFailsUnlabelledMustClear) {
  const char* const must_clear = "D.2, D-AU-9";
  EXPECT_EQ(Errors().create(connection_1).end(connection_1, no_authentication).broken_clause(),
            must_clear);
  EXPECT_EQ(Errors().create(connection_1).end(connection_1, overload).broken_clause(), "");
  EXPECT_EQ(
      Errors().create(connection_1).clear().end(connection_1, no_authentication).broken_clause(),
      "");
  EXPECT_EQ(Errors()
                .create(connection_1)
                .make_ready(connection_1)
                .end(connection_1, broken)
                .broken_clause(),
            "");
  const auto refused = std::make_shared<const Error>(Error{.type = ErrorType::command, .code = 8});
  EXPECT_EQ(Errors().create(connection_1).end(connection_1, refused).broken_clause(), must_clear);
  EXPECT_EQ(Errors(true).create(connection_1).end(connection_1, refused).broken_clause(), "");
  EXPECT_EQ(Errors(true).create(connection_1).end(connection_1, no_authentication).broken_clause(),
            must_clear);
}

TEST(PoolErrors, ABreakThatACommandTellsOfMustClear) {
  const auto ends_with = [](const ErrorPtr& error, Errors used) {
    return used.check_in(connection_1).end(connection_1, error).broken_clause();
  };
  const auto fails_with = [](const ErrorPtr& error, bool is_load_balanced = false) {
    return std::move(Errors(is_load_balanced).check_out(connection_1).fail_command(error));
  };
  EXPECT_EQ(ends_with(broken, fails_with(broken)), "D.2");
  EXPECT_EQ(ends_with(broken, fails_with(broken, true)), "D.2");
  EXPECT_EQ(ends_with(too_late, fails_with(too_late)), "");
  EXPECT_EQ(ends_with(broken, std::move(fails_with(broken).clear_by(broken))), "");
  // A user's, an idle one, or one that broke before its command.
  EXPECT_EQ(ends_with(broken, std::move(Errors().check_out(connection_1))), "");
}

TEST(PoolErrors, BehindALoadBalancerAClearHasACauseToo) {
  EXPECT_EQ(
      Errors(true).create(connection_1).clear().end(connection_1, broken).pass().broken_clause(),
      "");
  EXPECT_EQ(Errors(true).create(connection_1).clear().pass().broken_clause(), "D.2");
  // A timeout in the same instant is none.
  Errors errors(true);
  errors.create(connection_1).make_ready(connection_1).create(connection_2).clear();
  errors.end(connection_1, too_late);
  EXPECT_EQ(Errors(errors).pass().broken_clause(), "D.2");
  EXPECT_EQ(errors.end(connection_2, broken).pass().broken_clause(), "");
}

TEST(PoolErrors, KnowsWhetherAnythingIsBeingEstablished) {
  Errors errors;
  EXPECT_FALSE(errors.is_establishing());
  EXPECT_TRUE(errors.create(connection_1).is_establishing());
  EXPECT_FALSE(errors.clear().is_establishing());
  EXPECT_FALSE(errors.create(connection_2).make_ready(connection_2).is_establishing());
}

// --- Descriptions ----------------------------------------------------------------------------

ServerDescription member(const Address& address, ServerType type) {
  ServerDescription server = unknown_server(address);
  server.type = type;
  server.set_name = "rs";
  server.hosts = {at_a, at_b};
  return server;
}

ServerDescription primary_of(std::int64_t set_version, std::uint8_t term) {
  ServerDescription server = member(at_a, ServerType::rs_primary);
  server.set_version = set_version;
  server.election_id.emplace();
  server.election_id->bytes.back() = term;
  return server;
}

TopologyDescription topology_of(std::vector<ServerDescription> servers) {
  TopologyDescription topology;
  topology.type = TopologyType::replica_set_with_primary;
  for (ServerDescription& server : servers) {
    topology.servers.push_back(std::make_shared<const ServerDescription>(std::move(server)));
  }
  return topology;
}

std::string judged(std::initializer_list<TopologyDescription> topologies) {
  ClientOptions options;
  options.replica_set = "rs";
  TopologyChecker checker(options);
  Report report;
  for (const TopologyDescription& each : topologies) checker.observe(each, report);
  return clause_of(report);
}

TEST(TopologyRules, APrimaryKnowsTheMembers) {
  const ServerDescription other = member(at_b, ServerType::rs_secondary);
  EXPECT_EQ(judged({topology_of({primary_of(1, 1), other})}), "");
  EXPECT_EQ(judged({topology_of({primary_of(1, 1)})}), "D-RS-4");
  const ServerDescription stranger = unknown_server(Address("c", 27017));
  EXPECT_EQ(judged({topology_of({primary_of(1, 1), other, stranger})}), "D-RS-4");
}

TEST(TopologyRules, NoPrimaryOfAnOlderElection) {
  const ServerDescription other = member(at_b, ServerType::rs_secondary);
  const auto with = [&](const ServerDescription& primary) { return topology_of({primary, other}); };
  EXPECT_EQ(judged({with(primary_of(2, 1)), with(primary_of(1, 2))}), "");
  EXPECT_EQ(judged({with(primary_of(1, 2)), with(primary_of(2, 1))}), "D-SD-5, D-SD-6");
  EXPECT_EQ(judged({with(primary_of(2, 1)), with(primary_of(1, 1))}), "D-SD-5, D-SD-6");
  const ServerDescription second_primary = member(at_b, ServerType::rs_primary);
  EXPECT_EQ(judged({topology_of({second_primary, primary_of(1, 1)})}), "D-SD-5, D-SD-6");
}

TEST(TopologyRules, MembersAreOfTheSet) {
  ServerDescription stranger = member(at_b, ServerType::rs_secondary);
  stranger.set_name = "other";
  EXPECT_EQ(judged({topology_of({primary_of(1, 1), stranger})}), "D-RS-1, D-RS-4");
}

std::string compared(const ServerDescription& before, const ServerDescription& after) {
  Report report;
  TopologyChecker::compare(before, after, report);
  return clause_of(report);
}

ServerDescription with_version(ServerType type, std::int64_t counter) {
  ServerDescription server = member(at_a, type);
  server.topology_version = TopologyVersion{.process_id = {}, .counter = counter};
  return server;
}

/// By an error with that version.
ServerDescription unknown_by(std::int64_t counter) {
  ServerDescription server = with_version(ServerType::unknown, counter);
  server.error = std::make_shared<const Error>(
      Error{.type = ErrorType::command, .topology_version = server.topology_version});
  return server;
}

TEST(TopologyRules, OldVersionsChangeNothing) {
  const ServerDescription known = with_version(ServerType::rs_secondary, 5);
  EXPECT_EQ(compared(known, with_version(ServerType::rs_primary, 5)), "");
  EXPECT_EQ(compared(known, with_version(ServerType::rs_primary, 4)), "D-RS-6, D.2");
  EXPECT_EQ(compared(known, unknown_by(6)), "");
  EXPECT_EQ(compared(known, unknown_by(5)), "D-RS-6, D.2");
  ServerDescription forgetful = unknown_by(6);
  forgetful.topology_version.reset();
  EXPECT_EQ(compared(known, forgetful), "D.2");
}

TEST(TopologyRules, WhatMarksNoServerUnknown) {
  Report report;
  TopologyChecker::check_error(*broken, report);
  EXPECT_EQ(clause_of(report), "");
  TopologyChecker::check_error(*overload, report);
  EXPECT_EQ(clause_of(report), "D.2, A-POOL-6");
  EXPECT_EQ(compared(member(at_a, ServerType::load_balancer), unknown_server(at_a)), "A-LB-8");
}

// --- Calls -----------------------------------------------------------------------------------

class Calls : public ::testing::Test {
 protected:
  void see(std::vector<ServerDescription> servers) {
    calls.observe(std::make_shared<const TopologyDescription>(topology_of(std::move(servers))));
  }
  std::size_t begin(Selection selection) { return calls.begin(selection, {}, TimePoint{}); }
  [[nodiscard]] std::string broken_clause() const { return clause_of(report); }

  static ServerDescription slow(ServerDescription server, std::int64_t milliseconds) {
    server.round_trip_time = std::chrono::milliseconds(milliseconds);
    return server;
  }

  ClientOptions options{.server_selection_timeout = std::chrono::seconds(3),
                        .local_threshold = std::chrono::milliseconds(15)};
  Report report;
  ClientCalls calls{options, report};
  const Selection write{.kind = OperationKind::write};
  const Selection nearest{.read_preference = {.mode = ReadPreferenceMode::nearest}};
};

TEST_F(Calls, GoWhereTheySuit) {
  see({primary_of(1, 1), member(at_b, ServerType::rs_secondary)});
  calls.check_destination(begin(write), at_a);
  EXPECT_EQ(broken_clause(), "");
  calls.check_destination(begin(write), at_b);
  EXPECT_EQ(broken_clause(), "D-SEL-1, D-SEL-2");
  EXPECT_EQ(report.violation()->message, "call 2: b:27017");  // as the trace calls it
}

TEST_F(Calls, StayInTheLatencyWindow) {
  see({slow(primary_of(1, 1), 10), slow(member(at_b, ServerType::rs_secondary), 25)});
  calls.check_destination(begin(nearest), at_b);
  EXPECT_EQ(broken_clause(), "");
  see({slow(primary_of(1, 1), 9), slow(member(at_b, ServerType::rs_secondary), 25)});
  calls.check_destination(begin(nearest), at_b);
  EXPECT_EQ(broken_clause(), "D-SEL-1, D-SEL-2");
}

TEST_F(Calls, DoNotWaitForWhatIsThere) {
  see({member(at_b, ServerType::rs_secondary)});
  begin(write);
  calls.check_waiting();
  EXPECT_EQ(broken_clause(), "");
  begin(nearest);
  calls.check_waiting();
  EXPECT_EQ(broken_clause(), "D-SEL-3");
}

TEST_F(Calls, EndOnceAndInTime) {
  const auto late = std::make_shared<const Error>(Error{.type = ErrorType::server_selection});
  calls.end(begin(write), late, TimePoint(std::chrono::seconds(3)));
  EXPECT_EQ(broken_clause(), "");
  calls.end(begin(write), late, TimePoint(std::chrono::milliseconds(3001)));
  EXPECT_EQ(broken_clause(), "D-SEL-3, D-CSOT-1");
}

TEST_F(Calls, MaySelectAgainWhereTheServerLeaves) {
  const auto late = std::make_shared<const Error>(Error{.type = ErrorType::server_selection});
  const std::size_t call = begin(write);
  const CheckOutId check_out{1};
  const auto tell = [&](EventBody body) {
    calls.observe(Event{.time = TimePoint(std::chrono::seconds(2)), .body = std::move(body)});
  };
  tell(ConnectionCheckOutStartedEvent{check_out});
  tell(ConnectionCheckOutFailedEvent{.reason = CheckOutFailedReason::pool_closed,
                                     .check_out = check_out});
  calls.end(call, late, TimePoint(std::chrono::seconds(5)));
  EXPECT_EQ(broken_clause(), "");
  calls.end(begin(write), late, TimePoint(std::chrono::milliseconds(5001)));
  EXPECT_EQ(broken_clause(), "D-SEL-3, D-CSOT-1");
}

TEST_F(Calls, EndAtAll) {
  const std::size_t call = begin(write);
  calls.end(call, nullptr, TimePoint{});
  calls.finish();
  EXPECT_EQ(broken_clause(), "");
  begin(write);
  calls.finish();
  EXPECT_EQ(broken_clause(), "principle 5");
}

}  // namespace
}  // namespace cmap::sim
