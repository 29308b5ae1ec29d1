// Each rule of pools and of the topology over made-up events: it holds for the right order, and is
// broken by another.
#include "sim/client/client_checkers.hpp"

#include <gtest/gtest.h>

#include "sim/client/client_checkers_harness.hpp"

namespace cmap::sim {
namespace {

using namespace told;

TEST(ClientCheckers, RightOrder) {
  Told told = primary();
  told.after(1).is_unknown_by(reset).pool(cleared);
  told.close_server().pool(ConnectionPoolClosedEvent{}).close();
  EXPECT_EQ(told.broken_at_end(), "");
}

TEST(ClientCheckers, UnknownBeforeClear) { EXPECT_EQ(primary().pool(cleared).broken(), "D-SD-2"); }

constexpr const char* error_clears = "D-SD-2, D-SD-3, D.2";

TEST(ClientCheckers, ErrorsThatClear) {
  for (const ErrorPtr& error :
       {reset, command_error(91), command_error(11600), command_error(1),
        error_of_type(ErrorType::authentication, "no"), error_of_type(ErrorType::protocol, "?")}) {
    EXPECT_EQ(primary().is_unknown_by(error).pool(cleared).broken(), "") << error->message;
    EXPECT_EQ(primary().is_unknown_by(error).after(1).start().broken(), error_clears);
    EXPECT_EQ(primary().is_unknown_by(error).becomes(ServerType::rs_primary).broken(),
              error_clears);
    EXPECT_EQ(primary().is_unknown_by(error).broken_at_end(), error_clears);
    EXPECT_EQ(primary().is_unknown_by(error).pool(ConnectionPoolClosedEvent{}).broken(), "D-SD-7");
  }
}

TEST(ClientCheckers, ErrorsThatDoNotClear) {
  for (const ErrorPtr& error : {command_error(10107), command_error(189), newer_primary}) {
    EXPECT_EQ(primary().after(500).is_unknown_by(error).start().after(1).fail(reset).broken(), "");
    EXPECT_EQ(primary().is_unknown_by(error).pool(cleared).broken(), "D-SD-5, D.2");
  }
}

constexpr ConnectionId its_connection{1};

/// A primary with a connection in use.
Told in_use() {
  Told told = primary();
  check_out(told, its_connection);
  return told;
}

ErrorPtr with_version(std::int32_t code, std::int64_t counter) {
  Error error = *command_error(code);
  error.topology_version = TopologyVersion{.process_id = {}, .counter = counter};
  return std::make_shared<const Error>(error);
}

TEST(ClientCheckers, StateChangesThatCommandsTellCount) {
  for (const std::int32_t code : {10107, 189, 91}) {
    const ErrorPtr error = command_error(code);
    EXPECT_EQ(in_use().command_fails(error).broken(), "D.2") << code;
    EXPECT_EQ(in_use().is_unknown_by(error).command_fails(error).broken(), "") << code;
    EXPECT_EQ(in_use().is_unknown_by(reset).pool(cleared, one_in_use).command_fails(error).broken(),
              "");
    EXPECT_EQ(in_use().close_server().command_fails(error).broken(), "");
  }
  EXPECT_EQ(in_use().command_fails(command_error(8)).broken(), "");
  EXPECT_EQ(in_use().is_unknown_by(command_error(91)).command_fails(command_error(189)).broken(),
            "D.2");
}

TEST(ClientCheckers, StateChangesOfThePastDoNot) {
  Told told = in_use();
  const ErrorPtr news = with_version(189, 7);
  ServerDescription next = unknown_server(here, news);
  next.topology_version = news->topology_version;
  const auto later = std::make_shared<const ServerDescription>(next);
  told.topology(ServerDescriptionChangedEvent{here, told.description, later});
  told.command_fails(with_version(10107, 6)).command_fails(with_version(10107, 7));
  EXPECT_EQ(told.broken(), "");
  EXPECT_EQ(told.command_fails(with_version(10107, 8)).broken(), "D.2");
  // The connection is from before a clear; a user's does not matter.
  const auto of_past = [] {
    return std::move(in_use().is_unknown_by(reset).pool(cleared, one_in_use));
  };
  EXPECT_EQ(of_past().command_fails(command_error(91)).broken(), "");
  EXPECT_EQ(of_past().hold(its_connection).command_fails(command_error(91)).broken(), "D.2");
}

TEST(ClientCheckers, WhatACheckOutFailsWithIsNoErrorOfACommand) {
  const ErrorPtr error = command_error(91);
  Told told(TopologyType::load_balanced);
  told.open_server().becomes(ServerType::load_balancer).make_pool();
  constexpr CheckOutId another{2};
  constexpr ConnectionId failing{1};
  told.pool(ConnectionCheckOutStartedEvent{another});
  told.pool(ConnectionCreatedEvent{failing}, one_pending);
  told.pool(ConnectionClosedEvent{failing, ConnectionClosedReason::error, error});
  told.pool(
      ConnectionCheckOutFailedEvent{CheckOutFailedReason::connection_error, {}, another, error});
  EXPECT_EQ(told.command_fails(error).broken(), "");
  EXPECT_EQ(told.after(1).command_fails(error).broken(), "D.2");
}

TEST(ClientCheckers, AServiceThatShutsDownIsCleared) {
  Told told(TopologyType::load_balanced);
  told.open_server().becomes(ServerType::load_balancer).make_pool();
  check_out(told, its_connection);
  EXPECT_EQ(told.command_fails(command_error(189)).broken(), "");
  EXPECT_EQ(told.command_fails(command_error(91)).broken(), "D.2");
  Told cleared_first(TopologyType::load_balanced);
  cleared_first.open_server().becomes(ServerType::load_balancer).make_pool();
  cleared_first.pool(ConnectionPoolClearedEvent{.service_id = ServiceId({1})});
  EXPECT_EQ(cleared_first.command_fails(command_error(91)).broken(), "");
  EXPECT_EQ(cleared_first.after(1).command_fails(command_error(91)).broken(), "D.2");
}

/// The connection is of a pool that was closed with its server; the server is back, with another.
TEST(ClientCheckers, WhatAnOlderPoolIsToldDoesNotCount) {
  const auto comes_back = [](Told told) {
    told.close_server().pool(ConnectionPoolClosedEvent{}, one_in_use);
    told.description = std::make_shared<const ServerDescription>(unknown_server(here));
    return std::move(told.found_primary());
  };
  EXPECT_EQ(comes_back(in_use()).command_fails(command_error(91)).broken(), "");
  EXPECT_EQ(comes_back(std::move(in_use().hold(its_connection)))
                .command_fails(command_error(91))
                .broken(),
            "D.2");
}

/// The same words as those that made it Unknown: its description does not change once more.
TEST(ClientCheckers, AHandshakeThatFindsNoPrimaryClears) {
  const ErrorPtr error = command_error(10107);
  const auto cleared_while_pending = [&] {
    Told told = std::move(primary().after(400));
    told.is_unknown_by(error).pool(ConnectionCheckOutStartedEvent{CheckOutId{1}});
    told.pool(ConnectionCreatedEvent{its_connection}, one_pending);
    return std::move(told.after(50).pool(cleared, one_pending));
  };
  Told told = cleared_while_pending();
  told.pool(ConnectionClosedEvent{its_connection, ConnectionClosedReason::error, error});
  EXPECT_EQ(told.after(50).start().broken(), "");
  EXPECT_EQ(cleared_while_pending().after(50).start().broken(), "D.2");
}

TEST(ClientCheckers, ErrorsOfChecksClear) {
  const auto failing = [](const ErrorPtr& error) {
    const std::int64_t lasts = error == timed_out ? 2'000 : 0;
    return std::move(primary().after(500).start().after(lasts).fail(error).is_unknown_by(error));
  };
  EXPECT_EQ(failing(command_error(10107)).pool(cleared).broken(), "");
  EXPECT_EQ(failing(command_error(10107)).after(1).start().broken(), error_clears);
  EXPECT_EQ(failing(timed_out).start().broken(), error_clears);
}

TEST(ClientCheckers, TimeoutOfACheckInterrupts) {
  const auto failing = [](const ErrorPtr& error) {
    const std::int64_t lasts = error == timed_out ? 2'000 : 0;
    return std::move(primary().after(500).start().after(lasts).fail(error).is_unknown_by(error));
  };
  EXPECT_EQ(failing(timed_out).pool(interrupted).broken(), "");
  EXPECT_EQ(failing(timed_out).pool(cleared).broken(), "D-SD-3");
  EXPECT_EQ(failing(reset).pool(cleared).broken(), "");
  EXPECT_EQ(failing(reset).pool(interrupted).broken(), "D-SD-3");
  EXPECT_EQ(primary().is_unknown_by(reset).pool(interrupted).broken(), "D-SD-3");
}

constexpr const char* belong = "D-SD-1, D-SD-7";

TEST(ClientCheckers, PoolsBelongToServers) {
  EXPECT_EQ(Told().make_pool().broken(), belong);
  EXPECT_EQ(Told().open_server().make_pool().broken(), belong);  // nothing is known
  EXPECT_EQ(primary().make_pool().broken(), belong);
  for (const ServerType type :
       {ServerType::rs_ghost, ServerType::rs_other, ServerType::rs_arbiter}) {
    EXPECT_EQ(Told().open_server().becomes(type).make_pool().broken(), belong);
  }
}

TEST(ClientCheckers, KnownMakesReady) {
  Told told;
  EXPECT_EQ(told.open_server()
                .start()
                .succeed()
                .becomes(ServerType::rs_primary)
                .after(1)
                .start()
                .broken(),
            "D-SD-1");
  Told single(TopologyType::single);
  single.open_server().start().succeed().becomes(ServerType::rs_ghost);
  EXPECT_EQ(single.after(1).start().broken(), "D-SD-1");
  Told with_pool(TopologyType::single);
  with_pool.open_server().start().succeed().becomes(ServerType::rs_ghost).make_pool();
  EXPECT_EQ(with_pool.broken(), "");
}

/// In the instant of a check that made it known the server is Unknown again, and then known by the
/// hello of a connection: of that nobody has measured how long it took.
TEST(ClientCheckers, ACheckTellsOnce) {
  const auto known_again = [](bool is_establishing) {
    Told told = primary();
    told.is_unknown_by(command_error(10107));
    if (is_establishing) {
      told.pool(ConnectionCheckOutStartedEvent{CheckOutId{1}});
      told.pool(ConnectionCreatedEvent{its_connection}, one_pending);
    }
    ServerDescription next = unknown_server(here);
    next.type = ServerType::rs_primary;
    const auto later = std::make_shared<const ServerDescription>(next);
    told.topology(ServerDescriptionChangedEvent{here, told.description, later});
    return told.broken();
  };
  EXPECT_EQ(known_again(true), "");
  EXPECT_EQ(known_again(false), "D-SD-8");
}

TEST(ClientCheckers, RemovedClosesPool) {
  EXPECT_EQ(primary().close_server().after(1).open_server().broken(), "D-SD-7");
  EXPECT_EQ(primary().close_server().close().broken_at_end(), "D-SD-7");
  EXPECT_EQ(primary().pool(ConnectionPoolClosedEvent{}).broken(), "D-SD-7");
}

TEST(ClientCheckers, GrammarOfEachPool) {
  EXPECT_NE(primary().pool(ConnectionReadyEvent{ConnectionId{1}}).broken(), "");
}

// --- The topology ----------------------------------------------------------------------------

TEST(ClientCheckers, TopologyFirstAndLast) {
  EXPECT_EQ(Told().topology(TopologyOpeningEvent{}).broken(), "D-SD-9");
  EXPECT_EQ(Told().open_server().open_server().broken(), "D-SD-9");
  EXPECT_EQ(Told().close_server().broken(), "D-SD-9");
  EXPECT_EQ(Told().open_server().close_server().close().open_server().broken(), "D-SD-9");
  EXPECT_EQ(Told().open_server().broken_at_end(), "D-SD-9");
}

TEST(ClientCheckers, ChainOfDescriptions) {
  Told told = primary();
  told.description = std::make_shared<const ServerDescription>(unknown_server(here));
  EXPECT_EQ(told.becomes(ServerType::rs_secondary).broken(), "D-SD-9");
  EXPECT_EQ(Told().open_server().becomes(ServerType::unknown).broken(), "D-SD-9");  // no change
}

}  // namespace
}  // namespace cmap::sim
