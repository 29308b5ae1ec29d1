// Each rule over made-up events: it holds for the right order, and is broken by another.
#include "sim/client/client_checkers.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

const Address here("a", 27017);

/// The events of one client, one after the other.
class Told {
 public:
  Told() { topology(TopologyOpeningEvent{}); }

  Told& topology(TopologyEventBody body) {
    checkers.observe(TopologyEvent{.time = now(), .body = std::move(body)});
    return *this;
  }
  Told& open_server() { return topology(ServerOpeningEvent{here}); }
  Told& becomes(ServerType type, ErrorPtr error = nullptr) {
    ServerDescription next = unknown_server(here, std::move(error));
    next.type = type;
    const auto after = std::make_shared<const ServerDescription>(next);
    topology(ServerDescriptionChangedEvent{here, description, after});
    description = after;
    return *this;
  }
  Told& pool(EventBody body, PoolCounts counts = {}) {
    checkers.observe(
        Event{.address = here, .time = now(), .counts = counts, .body = std::move(body)});
    return *this;
  }
  Told& make_pool() {
    pool(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>()});
    return pool(ConnectionPoolReadyEvent{});
  }
  Told& heartbeat(HeartbeatEventBody body) {
    checkers.observe(HeartbeatEvent{.address = here, .time = now(), .body = std::move(body)});
    return *this;
  }
  Told& close() {
    topology(ServerClosedEvent{here});
    topology(TopologyClosedEvent{});
    return *this;
  }
  /// The clause that is broken; empty: none.
  std::string broken() { return checkers.violation() ? checkers.violation()->clause : ""; }
  std::string broken_at_end() {
    checkers.finish();
    return broken();
  }

  ClientCheckers checkers;
  ServerPtr description = std::make_shared<const ServerDescription>(unknown_server(here));
  bool time_goes_back = false;

 private:
  TimePoint now() {
    time_ += std::chrono::seconds(time_goes_back ? -1 : 1);
    return time_;
  }
  TimePoint time_{};
};

const EventBody cleared = ConnectionPoolClearedEvent{.interrupt_in_use_connections = false};
const ErrorPtr reset = establishment_error(here, NetworkFault::reset, EstablishmentPhase::done);

TEST(ClientCheckers, RightOrder) {
  Told told;
  told.open_server().heartbeat(ServerHeartbeatStartedEvent{});
  told.heartbeat(ServerHeartbeatSucceededEvent{}).becomes(ServerType::rs_primary).make_pool();
  told.becomes(ServerType::unknown, reset).pool(cleared);
  told.close().pool(ConnectionPoolClosedEvent{});
  EXPECT_EQ(told.broken_at_end(), "");
}

TEST(ClientCheckers, UnknownBeforeClear) {
  Told told;
  told.open_server().becomes(ServerType::rs_primary).make_pool().pool(cleared);
  EXPECT_EQ(told.broken(), "D-SD-2");
}

TEST(ClientCheckers, OutOfReachClears) {
  Told told;
  told.open_server().becomes(ServerType::rs_primary).make_pool();
  told.becomes(ServerType::unknown, reset).becomes(ServerType::rs_primary);
  EXPECT_EQ(told.broken(), "D-SD-3, D.2");
}

TEST(ClientCheckers, PoolsBelongToServers) {
  EXPECT_EQ(Told().make_pool().broken(), "D-SD-1, D-SD-7");
  EXPECT_EQ(Told().open_server().make_pool().broken(), "D-SD-1, D-SD-7");  // nothing is known
  Told twice;
  twice.open_server().becomes(ServerType::rs_primary).make_pool().make_pool();
  EXPECT_EQ(twice.broken(), "D-SD-1, D-SD-7");
}

TEST(ClientCheckers, GrammarOfEachPool) {
  Told told;
  told.open_server().becomes(ServerType::rs_primary).make_pool().pool(ConnectionPoolReadyEvent{});
  EXPECT_NE(told.broken(), "");
}

TEST(ClientCheckers, OneEndOfAHeartbeat) {
  const HeartbeatEventBody begin = ServerHeartbeatStartedEvent{};
  const HeartbeatEventBody end = ServerHeartbeatSucceededEvent{};
  EXPECT_EQ(Told().open_server().heartbeat(begin).heartbeat(end).broken(), "");
  EXPECT_EQ(Told().open_server().heartbeat(begin).heartbeat(begin).broken(), "D-MON-7");
  EXPECT_EQ(Told().open_server().heartbeat(end).broken(), "D-MON-7");
  EXPECT_EQ(Told().heartbeat(begin).broken(), "D-MON-7");  // of no server
  EXPECT_EQ(Told().open_server().heartbeat(begin).close().broken_at_end(), "D-MON-7");
}

TEST(ClientCheckers, TopologyFirstAndLast) {
  EXPECT_EQ(Told().topology(TopologyOpeningEvent{}).broken(), "D-SD-9");
  EXPECT_EQ(Told().open_server().open_server().broken(), "D-SD-9");
  EXPECT_EQ(Told().topology(ServerClosedEvent{here}).broken(), "D-SD-9");
  EXPECT_EQ(Told().open_server().close().open_server().broken(), "D-SD-9");
  EXPECT_EQ(Told().open_server().broken_at_end(), "D-SD-9");
}

TEST(ClientCheckers, ChainOfDescriptions) {
  Told told;
  told.open_server().becomes(ServerType::rs_primary);
  told.description = std::make_shared<const ServerDescription>(unknown_server(here));
  EXPECT_EQ(told.becomes(ServerType::rs_secondary).broken(), "D-SD-9");
  EXPECT_EQ(Told().open_server().becomes(ServerType::unknown).broken(), "D-SD-9");  // no change
}

TEST(ClientCheckers, PoolThatStaysOpen) {
  Told told;
  told.open_server().becomes(ServerType::rs_primary).make_pool().close();
  EXPECT_EQ(told.broken_at_end(), "D-SD-9");
}

constexpr PoolCounts one_pending{.pending = 1};
constexpr PoolCounts one_in_use{.in_use = 1};

/// Has a connection of that number in use.
void check_out(Told& told, ConnectionId id) {
  using std::chrono::seconds;  // from event to event
  const CheckOutId check_out{1};
  told.pool(ConnectionCheckOutStartedEvent{check_out});
  told.pool(ConnectionCreatedEvent{id}, one_pending);
  told.pool(ConnectionReadyEvent{id, seconds(1)}, one_pending);
  told.pool(ConnectionCheckedOutEvent{id, seconds(3), check_out}, one_in_use);
}

/// A connection of the first pool is in use when the server is gone and comes back.
Told comes_back() {
  Told told;
  told.open_server().becomes(ServerType::rs_primary).make_pool();
  check_out(told, ConnectionId{1});
  told.topology(ServerClosedEvent{here}).pool(ConnectionPoolClosedEvent{}, one_in_use);
  told.description = std::make_shared<const ServerDescription>(unknown_server(here));
  told.open_server().becomes(ServerType::rs_primary).make_pool();
  return told;
}

const EventBody checked_in = ConnectionCheckedInEvent{ConnectionId{1}};
const EventBody closed =
    ConnectionClosedEvent{ConnectionId{1}, ConnectionClosedReason::pool_closed, nullptr};

TEST(ClientCheckers, EndOfAConnectionOfAnOlderPool) {
  Told told = comes_back();
  told.pool(checked_in, one_in_use).pool(closed);
  told.close().pool(ConnectionPoolClosedEvent{});
  EXPECT_EQ(told.broken_at_end(), "");
  // Once it has ended, nobody has it any more.
  Told twice = comes_back();
  twice.pool(checked_in, one_in_use).pool(closed).pool(checked_in, one_in_use);
  EXPECT_NE(twice.broken(), "");
}

TEST(ClientCheckers, NothingIsSaidWhereTwoPoolsCouldBeMeant) {
  Told told = comes_back();
  check_out(told, ConnectionId{1});
  told.pool(checked_in, one_in_use).pool(closed).close();
  EXPECT_EQ(told.broken_at_end(), "");
}

TEST(ClientCheckers, TimeGoesOn) {
  Told told;
  told.time_goes_back = true;
  EXPECT_EQ(told.open_server().open_server().broken(), "A-EV-2");
}

}  // namespace
}  // namespace cmap::sim
