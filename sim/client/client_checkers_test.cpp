// Each rule over made-up events: it holds for the right order, and is broken by another.
#include "sim/client/client_checkers.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

const Address here("a", 27017);

ClientOptions options() {
  ClientOptions options;
  options.heartbeat_frequency = std::chrono::seconds(10);
  options.connect_timeout = std::chrono::seconds(2);
  options.server_monitoring_mode = ServerMonitoringMode::stream;
  return options;
}

const EventBody cleared = ConnectionPoolClearedEvent{.interrupt_in_use_connections = false};
const EventBody interrupted = ConnectionPoolClearedEvent{.interrupt_in_use_connections = true};
const ErrorPtr reset = establishment_error(here, NetworkFault::reset, EstablishmentPhase::done);
const ErrorPtr timed_out =
    establishment_error(here, NetworkFault::timeout, EstablishmentPhase::hello);

ErrorPtr error_of_type(ErrorType type, std::string message, std::int32_t code = 0) {
  return std::make_shared<const Error>(
      Error{.type = type, .message = std::move(message), .address = here, .code = code});
}
ErrorPtr command_error(std::int32_t code) {
  return error_of_type(ErrorType::command, "said the server", code);
}
const ErrorPtr newer_primary =
    error_of_type(ErrorType::protocol, "primary marked stale due to discovery of newer primary");
const ErrorPtr check_cancelled = error_of_type(ErrorType::cancelled, "nobody wants to know");

/// The events of one client, one after the other; the time goes on with `after` alone.
class Told {
 public:
  explicit Told(TopologyType type = TopologyType::unknown) {
    topology(TopologyOpeningEvent{});
    if (type == TopologyType::unknown) return;
    const auto before = std::make_shared<const TopologyDescription>();
    TopologyDescription changed;
    changed.type = type;
    topology(TopologyDescriptionChangedEvent{before,
                                             std::make_shared<const TopologyDescription>(changed)});
  }

  Told& after(std::int64_t milliseconds) {
    now_ += std::chrono::milliseconds(milliseconds);
    return *this;
  }
  Told& topology(TopologyEventBody body) {
    checkers.observe(TopologyEvent{.time = now_, .body = std::move(body)});
    return *this;
  }
  Told& open_server() { return topology(ServerOpeningEvent{here}); }
  Told& becomes(ServerType type, ErrorPtr error = nullptr) {
    ServerDescription next = unknown_server(here, std::move(error));
    next.type = type;
    if (type != ServerType::unknown) next.round_trip_time = Duration::zero();
    const auto later = std::make_shared<const ServerDescription>(next);
    topology(ServerDescriptionChangedEvent{here, description, later});
    description = later;
    return *this;
  }
  Told& is_unknown_by(const ErrorPtr& error) { return becomes(ServerType::unknown, error); }
  Told& pool(EventBody body, PoolCounts counts = {}) {
    checkers.observe(
        Event{.address = here, .time = now_, .counts = counts, .body = std::move(body)});
    return *this;
  }
  Told& make_pool() {
    pool(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>()});
    return pool(ConnectionPoolReadyEvent{});
  }
  Told& heartbeat(HeartbeatEventBody body) {
    checkers.observe(HeartbeatEvent{.address = here, .time = now_, .body = std::move(body)});
    return *this;
  }
  Told& start(bool awaited = false) { return heartbeat(ServerHeartbeatStartedEvent{awaited}); }
  Told& succeed(bool with_version = false) {
    auto reply = std::make_shared<wire::HelloReply>();
    if (with_version) reply->topology_version.emplace();
    return heartbeat(ServerHeartbeatSucceededEvent{.reply = std::move(reply)});
  }
  Told& fail(const ErrorPtr& error) {
    return heartbeat(ServerHeartbeatFailedEvent{.error = error});
  }
  /// A primary whose first check has ended, with a pool.
  Told& found_primary() {
    open_server().start().succeed();
    return becomes(ServerType::rs_primary).make_pool();
  }
  Told& close_server() { return topology(ServerClosedEvent{here}); }
  Told& close() { return topology(TopologyClosedEvent{}); }
  /// The clause that is broken; empty: none.
  std::string broken() { return checkers.violation() ? checkers.violation()->clause : ""; }
  std::string broken_at_end() {
    checkers.finish();
    return broken();
  }

  ClientCheckers checkers{options()};
  ServerPtr description = std::make_shared<const ServerDescription>(unknown_server(here));

 private:
  TimePoint now_{};
};

Told primary() { return std::move(Told().found_primary()); }

constexpr PoolCounts one_pending{.pending = 1};
constexpr PoolCounts one_in_use{.in_use = 1};

/// Has a connection of that number in use.
void check_out(Told& told, ConnectionId id) {
  const CheckOutId check_out{1};
  told.pool(ConnectionCheckOutStartedEvent{check_out});
  told.pool(ConnectionCreatedEvent{id}, one_pending);
  told.pool(ConnectionReadyEvent{id}, one_pending);
  told.pool(ConnectionCheckedOutEvent{id, {}, check_out}, one_in_use);
}

/// An operation has had the error on its connection: what follows at once has followed.
Told cleared_by(const ErrorPtr& error, Told told) {
  constexpr ConnectionId id{1};
  check_out(told, id);
  told.is_unknown_by(error).pool(cleared, one_in_use);
  told.pool(ConnectionCheckedInEvent{id}, one_in_use);
  told.pool(ConnectionClosedEvent{id, ConnectionClosedReason::error, error});
  return told;
}

// --- Pools -----------------------------------------------------------------------------------

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

TEST(ClientCheckers, RemovedClosesPool) {
  EXPECT_EQ(primary().close_server().after(1).open_server().broken(), "D-SD-7");
  EXPECT_EQ(primary().close_server().close().broken_at_end(), "D-SD-7");
  EXPECT_EQ(primary().pool(ConnectionPoolClosedEvent{}).broken(), "D-SD-7");
}

TEST(ClientCheckers, GrammarOfEachPool) {
  EXPECT_NE(primary().pool(ConnectionReadyEvent{ConnectionId{1}}).broken(), "");
}

// --- Heartbeats ------------------------------------------------------------------------------

TEST(ClientCheckers, OneEndOfAHeartbeat) {
  EXPECT_EQ(Told().open_server().start().succeed().broken(), "");
  EXPECT_EQ(Told().open_server().start().start().broken(), "D-MON-7");
  EXPECT_EQ(Told().open_server().succeed().broken(), "D-MON-7");
  EXPECT_EQ(Told().start().broken(), "D-MON-7");  // of no server
  EXPECT_EQ(Told().open_server().start().close_server().broken(), "D-MON-7");
}

constexpr const char* pause = "D-SD-4, D-MON-2";

TEST(ClientCheckers, PauseBetweenChecks) {
  const auto checked = [] { return std::move(Told().open_server().start().succeed()); };
  EXPECT_EQ(checked().after(499).start().broken(), pause);
  EXPECT_EQ(checked().after(500).start().broken(), "");
  EXPECT_EQ(checked().after(10'000).start().broken(), "");
  EXPECT_EQ(checked().after(10'001).start().broken(), pause);
  EXPECT_EQ(checked().after(10'001).close_server().broken(), pause);  // it never began
  const auto unknown = [] { return std::move(Told().open_server().start().fail(reset)); };
  EXPECT_EQ(unknown().start().broken(), pause);
  EXPECT_EQ(unknown().after(500).start().broken(), "");
}

TEST(ClientCheckers, KnownServerWithNetworkErrorIsCheckedAtOnce) {
  const auto failing = [](const ErrorPtr& error) {
    return std::move(Told().open_server().start().succeed().after(500).start().fail(error));
  };
  EXPECT_EQ(failing(reset).start().broken(), "");
  EXPECT_EQ(failing(reset).after(1).start().broken(), pause);
  EXPECT_EQ(failing(command_error(91)).start().broken(), pause);
  EXPECT_EQ(failing(command_error(91)).after(500).start().broken(), "");
}

TEST(ClientCheckers, StateChangeIsCheckedAtOnce) {
  const auto changed = [](const ErrorPtr& error, std::int64_t later) {
    return std::move(primary().after(later).is_unknown_by(error));
  };
  for (const ErrorPtr& error : {command_error(10107), newer_primary}) {
    EXPECT_EQ(changed(error, 600).start().broken(), "");
    EXPECT_EQ(changed(error, 600).after(1).start().broken(), pause);
    EXPECT_EQ(changed(error, 100).after(400).start().broken(), "");
    EXPECT_EQ(changed(error, 100).after(401).start().broken(), pause);
  }
  const auto cleared_later = [](const ErrorPtr& error) {
    return cleared_by(error, std::move(primary().after(600)));
  };
  EXPECT_EQ(cleared_later(command_error(91)).after(1).start().broken(), pause);
  EXPECT_EQ(cleared_later(reset).after(9'000).start().broken(), "");
}

TEST(ClientCheckers, StreamingGoesOn) {
  const auto streaming = [] { return std::move(Told().open_server().start().succeed(true)); };
  EXPECT_EQ(streaming().start(true).after(100).succeed(true).start(true).broken(), "");
  EXPECT_EQ(streaming().after(1).start(true).broken(), pause);
  EXPECT_EQ(streaming().start(false).broken(), "D-MON-5");
  EXPECT_EQ(Told().open_server().start(true).broken(), "D-MON-5");
}

TEST(ClientCheckers, ChecksEndInTime) {
  const auto begun = [] { return std::move(Told().open_server().start()); };
  EXPECT_EQ(begun().after(2'000).fail(timed_out).broken(), "");
  EXPECT_EQ(begun().after(2'001).fail(timed_out).broken(), "D-MON-4");
  EXPECT_EQ(begun().after(1'999).fail(timed_out).broken(), "D-MON-4");
  const auto awaited = [&] { return std::move(begun().succeed(true).start(true)); };
  EXPECT_EQ(awaited().after(12'000).succeed(true).broken(), "");
  EXPECT_EQ(awaited().after(12'001).succeed(true).broken(), "D-MON-4");
}

TEST(ClientCheckers, NetworkErrorOfAnApplicationEndsTheCheck) {
  const auto broken = [] {
    return cleared_by(reset, std::move(primary().after(500).start().after(1)));
  };
  EXPECT_EQ(broken().fail(check_cancelled).after(500).start().broken(), "");
  EXPECT_EQ(broken().fail(check_cancelled).start().broken(), pause);
  EXPECT_EQ(broken().after(1).succeed().broken(), "D-MON-6");
}

TEST(ClientCheckers, RoundTripTimesAreThoseOfHello) {
  const auto measured = [](Duration known) {
    Told told;
    told.open_server().start().succeed();
    ServerDescription next = unknown_server(here);
    next.type = ServerType::rs_primary;
    next.round_trip_time = known;
    told.topology(ServerDescriptionChangedEvent{here, told.description,
                                                std::make_shared<const ServerDescription>(next)});
    return told.broken();
  };
  EXPECT_EQ(measured(Duration::zero()), "");
  EXPECT_EQ(measured(std::chrono::milliseconds(1)), "D-MON-8");
}

TEST(ClientCheckers, SomebodyMakesServersKnown) {
  const auto known_again = [](bool is_establishing) {
    Told told = cleared_by(reset, primary());
    if (is_establishing) told.pool(ConnectionCreatedEvent{ConnectionId{2}}, one_pending);
    return told.after(1).becomes(ServerType::rs_primary).broken();
  };
  EXPECT_EQ(known_again(false), "D-SD-8");
  EXPECT_NE(known_again(true), "D-SD-8");
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

// --- Pools of a server that comes back -----------------------------------------------------------

/// A connection of the first pool is in use when the server is gone and comes back.
Told comes_back() {
  Told told = primary();
  check_out(told, ConnectionId{1});
  told.close_server().pool(ConnectionPoolClosedEvent{}, one_in_use);
  told.description = std::make_shared<const ServerDescription>(unknown_server(here));
  told.found_primary();
  return told;
}

const EventBody checked_in = ConnectionCheckedInEvent{ConnectionId{1}};
const EventBody closed =
    ConnectionClosedEvent{ConnectionId{1}, ConnectionClosedReason::pool_closed, nullptr};

TEST(ClientCheckers, EndOfAConnectionOfAnOlderPool) {
  Told told = comes_back();
  told.pool(checked_in, one_in_use).pool(closed);
  told.close_server().pool(ConnectionPoolClosedEvent{}).close();
  EXPECT_EQ(told.broken_at_end(), "");
  // Once it has ended, nobody has it any more.
  Told twice = comes_back();
  twice.pool(checked_in, one_in_use).pool(closed).pool(checked_in, one_in_use);
  EXPECT_NE(twice.broken(), "");
}

/// Both pools have one connection of that number.
Told two_of_one_number() {
  Told told = comes_back();
  check_out(told, ConnectionId{1});
  return told;
}

TEST(ClientCheckers, NothingIsSaidOfAPoolWhereTwoCouldBeMeant) {
  Told told = two_of_one_number();
  told.pool(checked_in, one_in_use).pool(closed);
  told.pool(checked_in, one_in_use).pool(checked_in, one_in_use);
  told.close_server().pool(ConnectionPoolClosedEvent{}).close();
  EXPECT_EQ(told.broken_at_end(), "");
}

TEST(ClientCheckers, CountsTellTwoPoolsApart) {
  Told told = two_of_one_number();
  const CheckOutId second{2};
  told.pool(ConnectionCheckOutStartedEvent{second}, one_in_use);
  told.pool(ConnectionCreatedEvent{ConnectionId{2}}, {.pending = 1, .in_use = 1});
  told.pool(checked_in, one_in_use).pool(closed);  // of the older one
  told.pool(checked_in, {.pending = 1, .available = 1});
  EXPECT_EQ(told.broken(), "");
  EXPECT_NE(told.pool(checked_in, {.pending = 1, .available = 1}).broken(), "");
}

TEST(ClientCheckers, WhatIsUnclearEndsWithItsPools) {
  const auto unclear = [] {
    Told told = two_of_one_number();
    told.pool(checked_in, one_in_use).pool(closed);
    return told;
  };
  EXPECT_EQ(unclear().is_unknown_by(reset).broken_at_end(), "D-SD-2, D-SD-3, D.2");
  EXPECT_EQ(unclear().close_server().close().broken_at_end(), "D-SD-7");
  Told again = unclear();
  again.close_server().pool(ConnectionPoolClosedEvent{}, one_in_use);
  again.description = std::make_shared<const ServerDescription>(unknown_server(here));
  again.found_primary();
  EXPECT_EQ(again.broken(), "");
  EXPECT_NE(again.pool(ConnectionReadyEvent{ConnectionId{7}}).broken(), "");
}

}  // namespace
}  // namespace cmap::sim
