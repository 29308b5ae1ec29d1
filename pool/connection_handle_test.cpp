// The RAII handle of a checked-out connection: who checks in, when, and what misuse leads to.
#include <memory>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "pool/test_world_harness.hpp"

namespace cmap::test {
namespace {

class ConnectionHandleTest : public testing::Test {
 protected:
  ConnectionHandleTest() { pool->ready(); }
  ~ConnectionHandleTest() override {
    pool.reset();
    EXPECT_EQ(world.complaints(), std::vector<std::string>{});
  }

  TestWorld world;
  std::unique_ptr<ConnectionPool> pool =
      std::make_unique<ConnectionPool>(pool_address, PoolOptions{}, world);
  static constexpr PoolCounts one_in_use{.in_use = 1};
  static constexpr PoolCounts one_available{.available = 1};
};

constexpr const char* not_held = "UsageError: This connection is not checked out from this pool";

TEST_F(ConnectionHandleTest, IsMoveOnly) {
  EXPECT_FALSE(std::is_copy_constructible_v<ConnectionHandle>);
  EXPECT_FALSE(std::is_copy_assignable_v<ConnectionHandle>);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<ConnectionHandle>);
  EXPECT_TRUE(std::is_nothrow_move_assignable_v<ConnectionHandle>);
}

TEST_F(ConnectionHandleTest, EmptyOne) {
  ConnectionHandle handle;
  EXPECT_FALSE(handle);
  EXPECT_EQ(handle.id(), ConnectionId::none);
  EXPECT_NO_THROW(handle.check_in());
}

TEST_F(ConnectionHandleTest, ChecksInAtItsEnd) {  // A-IN-4
  {
    const ConnectionHandle handle = pool->check_out();
    EXPECT_TRUE(handle);
    EXPECT_EQ(handle.id(), ConnectionId{1});
    EXPECT_EQ(pool->counts(), one_in_use);
  }
  EXPECT_EQ(pool->counts(), one_available);
}

TEST_F(ConnectionHandleTest, ChecksInOnce) {
  ConnectionHandle handle = pool->check_out();
  handle.check_in();
  EXPECT_FALSE(handle);
  EXPECT_EQ(handle.id(), ConnectionId::none);
  EXPECT_EQ(pool->counts(), one_available);
  const ConnectionHandle next = pool->check_out();
  handle.check_in();
  EXPECT_EQ(pool->counts(), one_in_use) << "the next holder keeps it";
}

TEST_F(ConnectionHandleTest, MovesTheDuty) {
  ConnectionHandle first = pool->check_out();
  ConnectionHandle second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT: what is left is specified
  EXPECT_EQ(second.id(), ConnectionId{1});
  EXPECT_EQ(pool->counts(), one_in_use);
  first.check_in();
  EXPECT_EQ(pool->counts(), one_in_use);
}

TEST_F(ConnectionHandleTest, AssignmentChecksInWhatItHad) {
  ConnectionHandle first = pool->check_out();
  ConnectionHandle second = pool->check_out();
  first = std::move(second);
  EXPECT_EQ(first.id(), ConnectionId{2});
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 1, .in_use = 1}));
  first = ConnectionHandle();
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 2}));
}

TEST_F(ConnectionHandleTest, SelfAssignmentKeepsIt) {
  ConnectionHandle handle = pool->check_out();
  ConnectionHandle& same = handle;
  handle = std::move(same);
  EXPECT_TRUE(handle);
  EXPECT_EQ(pool->counts(), one_in_use);
}

TEST_F(ConnectionHandleTest, ReleaseGivesTheDutyAway) {
  Lease lease;
  {
    ConnectionHandle handle = pool->check_out();
    lease = handle.release();
    EXPECT_FALSE(handle);
  }
  EXPECT_EQ(pool->counts(), one_in_use);
  pool->check_in(lease);
  EXPECT_EQ(pool->counts(), one_available);
}

TEST_F(ConnectionHandleTest, Bug45SecondCheckInIsAnError) {
  const Lease lease = pool->check_out().release();
  pool->check_in(lease);
  EXPECT_EQ(thrown_by([&] { pool->check_in(lease); }), not_held);
  EXPECT_EQ(thrown_by([&] { pool->report_error(lease, usage_error(pool_address, "x"), {}); }),
            not_held);
  EXPECT_EQ(thrown_by([&] { pool->set_purpose(lease, CheckOutPurpose::cursor); }), not_held);
  const ConnectionHandle next = pool->check_out();
  EXPECT_EQ(next.id(), lease.connection.id);
  EXPECT_EQ(thrown_by([&] { pool->check_in(lease); }), not_held);
  EXPECT_EQ(pool->counts(), one_in_use);
}

TEST_F(ConnectionHandleTest, CheckedInByHandUnderItsHandle) {
  ConnectionHandle handle = pool->check_out();
  pool->check_in(handle.lease());
  EXPECT_EQ(thrown_by([&] { handle.check_in(); }), not_held);
  EXPECT_FALSE(handle);
  {
    const ConnectionHandle another = pool->check_out();
    pool->check_in(another.lease());
  }
  EXPECT_EQ(pool->counts(), one_available) << "the destructor lets it pass";
}

TEST_F(ConnectionHandleTest, ForeignLeasesAreErrors) {  // A-IN-1
  ConnectionPool other(pool_address, {}, world);
  other.ready();
  ConnectionHandle mine = pool->check_out();
  ConnectionHandle foreign = other.check_out();
  EXPECT_EQ(mine.lease().connection, foreign.lease().connection);
  EXPECT_EQ(thrown_by([&] { pool->check_in(foreign.lease()); }), not_held);
  EXPECT_EQ(thrown_by([&] { pool->check_in(Lease{}); }), not_held);
  EXPECT_EQ(pool->counts(), one_in_use);
  EXPECT_EQ(other.counts(), one_in_use);
}

TEST_F(ConnectionHandleTest, ReportsErrors) {
  Witness witness;
  const Subscription subscription = pool->subscribe(
      [&](const Event& event) { witness.complain(std::string(event_name(event.type()))); });
  ConnectionHandle handle = pool->check_out();
  handle.report_error(
      establishment_error(pool_address, NetworkFault::eof, EstablishmentPhase::done),
      ErrorVerdict::clear);
  EXPECT_EQ(pool->state(), PoolState::paused);
  handle.check_in();
  EXPECT_EQ(pool->counts(), PoolCounts{});
  EXPECT_EQ(
      witness.complaints(),
      (std::vector<std::string>{"ConnectionCheckOutStarted", "ConnectionCreated", "ConnectionReady",
                                "ConnectionCheckedOut", "ConnectionPoolCleared",
                                "ConnectionCheckedIn", "ConnectionClosed"}));
}

TEST_F(ConnectionHandleTest, ChangesItsPurpose) {
  ConnectionHandle handle = pool->check_out({.purpose = CheckOutPurpose::transaction});
  EXPECT_EQ(pool->in_use_by_purpose(), (PurposeCounts{.transaction = 1}));
  handle.set_purpose(CheckOutPurpose::cursor);
  EXPECT_EQ(pool->in_use_by_purpose(), (PurposeCounts{.cursor = 1}));
  handle.check_in();
  EXPECT_EQ(pool->in_use_by_purpose(), PurposeCounts{});
}

TEST_F(ConnectionHandleTest, OutlivesItsPool) {  // A-CLS-2
  Witness witness;
  ConnectionHandle handle;
  {
    ConnectionPool other(pool_address, {}, world, {.listeners = {witness.listener()}});
    other.ready();
    handle = other.check_out();
  }
  EXPECT_EQ(world.open_sockets(), 1);
  witness.take();
  handle.check_in();
  EXPECT_EQ(witness.take(), (std::vector<std::string>{"ConnectionCheckedIn", "ConnectionClosed"}));
  EXPECT_EQ(witness.complaints_at_end(), std::vector<std::string>{});
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ConnectionHandleTest, OutlivesItsPoolWithoutBeingCheckedInByHand) {
  {
    ConnectionHandle handle;
    {
      ConnectionPool other(pool_address, {}, world);
      other.ready();
      handle = other.check_out();
    }
  }
  EXPECT_EQ(world.open_sockets(), 0);
}

/// The pool's parts end with the last handle, whichever way that ends.
TEST_F(ConnectionHandleTest, TheLastHandleEndsThePool) {
  const auto part = std::make_shared<int>();  // as long as the listener, so as long as the pool
  ConnectionHandle first;
  ConnectionHandle second;
  ConnectionHandle released;
  {
    ConnectionPool other(pool_address, {}, world, {.listeners = {[part](const Event&) {}}});
    other.ready();
    first = other.check_out();
    second = other.check_out();
    released = other.check_out();
  }
  EXPECT_GT(part.use_count(), 1);
  released.release();
  second = ConnectionHandle();
  EXPECT_GT(part.use_count(), 1);
  EXPECT_EQ(first.address(), pool_address);
  first.check_in();
  EXPECT_EQ(part.use_count(), 1);
}

TEST_F(ConnectionHandleTest, AReleasedOneDoesNotKeepThePool) {
  const auto part = std::make_shared<int>();
  ConnectionHandle handle;
  {
    ConnectionPool other(pool_address, {}, world, {.listeners = {[part](const Event&) {}}});
    other.ready();
    handle = other.check_out();
  }
  EXPECT_GT(part.use_count(), 1);
  handle.release();
  EXPECT_EQ(part.use_count(), 1);
}

/// What hears of the check-in takes the last other handle, and with it the pool.
TEST_F(ConnectionHandleTest, TheLastHandleEndsInsideTheCheckInOfAnother) {
  const auto part = std::make_shared<int>();
  ConnectionHandle first;
  ConnectionHandle second;
  bool heard = false;
  {
    ConnectionPool other(pool_address, {}, world,
                         {.listeners = {[part, &second, &heard](const Event& event) {
                            if (event.type() != EventType::checked_in || std::exchange(heard, true))
                              return;
                            second = ConnectionHandle();
                          }}});
    other.ready();
    first = other.check_out();
    second = other.check_out();
  }
  EXPECT_TRUE(second);
  first.check_in();
  EXPECT_TRUE(heard);
  EXPECT_FALSE(second);
  EXPECT_EQ(part.use_count(), 1);
}

}  // namespace
}  // namespace cmap::test
