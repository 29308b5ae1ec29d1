// Pools of a server that goes and comes back, over made-up events: whose the late ones are.
#include <gtest/gtest.h>

#include "sim/client/client_checkers.hpp"
#include "sim/client/client_checkers_harness.hpp"

namespace cmap::sim {
namespace {

using namespace told;

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

TEST(ClientPoolCheckers, EndOfAConnectionOfAnOlderPool) {
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

TEST(ClientPoolCheckers, NothingIsSaidOfAPoolWhereTwoCouldBeMeant) {
  Told told = two_of_one_number();
  told.pool(checked_in, one_in_use).pool(closed);
  told.pool(checked_in, one_in_use).pool(checked_in, one_in_use);
  told.close_server().pool(ConnectionPoolClosedEvent{}).close();
  EXPECT_EQ(told.broken_at_end(), "");
}

TEST(ClientPoolCheckers, CountsTellTwoPoolsApart) {
  Told told = two_of_one_number();
  const CheckOutId second{2};
  told.pool(ConnectionCheckOutStartedEvent{second}, one_in_use);
  told.pool(ConnectionCreatedEvent{ConnectionId{2}}, {.pending = 1, .in_use = 1});
  told.pool(checked_in, one_in_use).pool(closed);  // of the older one
  told.pool(checked_in, {.pending = 1, .available = 1});
  EXPECT_EQ(told.broken(), "");
  EXPECT_NE(told.pool(checked_in, {.pending = 1, .available = 1}).broken(), "");
}

TEST(ClientPoolCheckers, WhatIsUnclearEndsWithItsPools) {
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
