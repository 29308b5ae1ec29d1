// Names and order of the events, and what they are about (A.9).
#include "pool/api/events.hpp"

#include <string>

#include <gtest/gtest.h>

#include "pool/api/legal_events_harness.hpp"

namespace cmap {
namespace {

TEST(Events, NamesAreThoseOfTheTestFiles) {
  EXPECT_EQ(event_name(EventType::pool_created), "ConnectionPoolCreated");
  EXPECT_EQ(event_name(EventType::pool_ready), "ConnectionPoolReady");
  EXPECT_EQ(event_name(EventType::pool_cleared), "ConnectionPoolCleared");
  EXPECT_EQ(event_name(EventType::pool_closed), "ConnectionPoolClosed");
  EXPECT_EQ(event_name(EventType::connection_created), "ConnectionCreated");
  EXPECT_EQ(event_name(EventType::connection_ready), "ConnectionReady");
  EXPECT_EQ(event_name(EventType::connection_closed), "ConnectionClosed");
  EXPECT_EQ(event_name(EventType::check_out_started), "ConnectionCheckOutStarted");
  EXPECT_EQ(event_name(EventType::check_out_failed), "ConnectionCheckOutFailed");
  EXPECT_EQ(event_name(EventType::checked_out), "ConnectionCheckedOut");
  EXPECT_EQ(event_name(EventType::checked_in), "ConnectionCheckedIn");
}

TEST(Events, NamesAreReadBack) {
  for (std::size_t i = 0; i < event_type_count; ++i) {
    const auto type = static_cast<EventType>(i);
    EXPECT_EQ(event_type_from_name(event_name(type)), type);
  }
  EXPECT_EQ(event_type_from_name("ConnectionPoolCreatedEvent"), std::nullopt);
  EXPECT_EQ(event_type_from_name("connectionCreated"), std::nullopt);
  EXPECT_EQ(event_type_from_name(""), std::nullopt);
}

template <typename Body>
EventType type_of() {
  return Event{{}, {}, {}, Body{}}.type();
}

TEST(Events, TypesFollowTheBodies) {
  EXPECT_EQ(type_of<ConnectionPoolCreatedEvent>(), EventType::pool_created);
  EXPECT_EQ(type_of<ConnectionPoolReadyEvent>(), EventType::pool_ready);
  EXPECT_EQ(type_of<ConnectionPoolClearedEvent>(), EventType::pool_cleared);
  EXPECT_EQ(type_of<ConnectionPoolClosedEvent>(), EventType::pool_closed);
  EXPECT_EQ(type_of<ConnectionCreatedEvent>(), EventType::connection_created);
  EXPECT_EQ(type_of<ConnectionReadyEvent>(), EventType::connection_ready);
  EXPECT_EQ(type_of<ConnectionClosedEvent>(), EventType::connection_closed);
  EXPECT_EQ(type_of<ConnectionCheckOutStartedEvent>(), EventType::check_out_started);
  EXPECT_EQ(type_of<ConnectionCheckOutFailedEvent>(), EventType::check_out_failed);
  EXPECT_EQ(type_of<ConnectionCheckedOutEvent>(), EventType::checked_out);
  EXPECT_EQ(type_of<ConnectionCheckedInEvent>(), EventType::checked_in);
}

TEST(Events, Reasons) {
  EXPECT_EQ(reason_name(CheckOutFailedReason::pool_closed), "poolClosed");
  EXPECT_EQ(reason_name(CheckOutFailedReason::timeout), "timeout");
  EXPECT_EQ(reason_name(CheckOutFailedReason::connection_error), "connectionError");
  EXPECT_EQ(reason_name(ConnectionClosedReason::stale), "stale");
  EXPECT_EQ(reason_name(ConnectionClosedReason::idle), "idle");
  EXPECT_EQ(reason_name(ConnectionClosedReason::error), "error");
  EXPECT_EQ(reason_name(ConnectionClosedReason::pool_closed), "poolClosed");
}

TEST(Events, ConnectionThatTheyAreAbout) {
  constexpr ConnectionId id{7};
  EXPECT_EQ(connection_of(ConnectionCreatedEvent{id}), id);
  EXPECT_EQ(connection_of(ConnectionReadyEvent{id, {}}), id);
  EXPECT_EQ(connection_of(ConnectionClosedEvent{id, ConnectionClosedReason::idle, nullptr}), id);
  EXPECT_EQ(connection_of(ConnectionCheckedOutEvent{id, {}, {}}), id);
  EXPECT_EQ(connection_of(ConnectionCheckedInEvent{id}), id);
  EXPECT_EQ(connection_of(ConnectionPoolReadyEvent{}), ConnectionId::none);
  EXPECT_EQ(connection_of(ConnectionCheckOutStartedEvent{CheckOutId{7}}), ConnectionId::none);
}

// --- The check that the tests of the pool rely on: what cannot fail is a defect. ---------------

class Sequence {
 public:
  explicit Sequence(const PoolOptions& options = {}) : legal_(options) {
    see(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>()});
  }
  Sequence& see(EventBody body, std::uint32_t total = 0) {
    legal_.see(Event{{}, {}, {.available = total}, std::move(body)});
    return *this;
  }
  /// A ready pool with one connection that is available.
  Sequence& with_connection() {
    return see(ConnectionPoolReadyEvent{})
        .see(ConnectionCreatedEvent{one}, 1)
        .see(ConnectionReadyEvent{one, {}}, 1);
  }
  Sequence& checked_out() {
    return see(ConnectionCheckOutStartedEvent{CheckOutId{1}}, 1)
        .see(ConnectionCheckedOutEvent{one, {}, CheckOutId{1}}, 1);
  }
  void require_end() const { legal_.require_end(); }

  static constexpr ConnectionId one{1};

 private:
  test::LegalEvents legal_;
};

ConnectionClosedEvent closed(ConnectionId id) {
  return {id, ConnectionClosedReason::pool_closed, nullptr};
}

TEST(LegalEvents, ALife) {
  Sequence sequence;
  sequence.with_connection()
      .checked_out()
      .see(ConnectionCheckedInEvent{Sequence::one}, 1)
      .see(closed(Sequence::one))
      .see(ConnectionPoolClosedEvent{});
  EXPECT_NO_THROW(sequence.require_end());
}

TEST(LegalEvents, NotTwiceCreated) {
  EXPECT_THROW(Sequence().see(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>()}),
               std::logic_error);
}

TEST(LegalEvents, NotTwiceReady) {
  Sequence sequence;
  sequence.see(ConnectionPoolReadyEvent{});
  EXPECT_THROW(sequence.see(ConnectionPoolReadyEvent{}), std::logic_error);
}

TEST(LegalEvents, NothingIsCreatedWhilePaused) {
  EXPECT_THROW(Sequence().see(ConnectionCreatedEvent{Sequence::one}, 1), std::logic_error);
}

TEST(LegalEvents, IdsAreDense) {
  Sequence sequence;
  sequence.see(ConnectionPoolReadyEvent{});
  EXPECT_THROW(sequence.see(ConnectionCreatedEvent{ConnectionId{2}}, 1), std::logic_error);
}

TEST(LegalEvents, CountsAreRight) {
  Sequence sequence;
  sequence.see(ConnectionPoolReadyEvent{});
  EXPECT_THROW(sequence.see(ConnectionCreatedEvent{Sequence::one}, 2), std::logic_error);
}

TEST(LegalEvents, NotAboveTheMaximum) {
  Sequence sequence({.max_pool_size = 1});
  sequence.with_connection();
  EXPECT_THROW(sequence.see(ConnectionCreatedEvent{ConnectionId{2}}, 2), std::logic_error);
}

TEST(LegalEvents, NotCheckedOutTwice) {
  Sequence sequence;
  sequence.with_connection().checked_out();
  sequence.see(ConnectionCheckOutStartedEvent{CheckOutId{2}}, 1);
  EXPECT_THROW(sequence.see(ConnectionCheckedOutEvent{Sequence::one, {}, CheckOutId{2}}, 1),
               std::logic_error);
}

TEST(LegalEvents, OneOutcomeForACheckOut) {
  Sequence sequence;
  sequence.with_connection().checked_out().see(ConnectionCheckedInEvent{Sequence::one}, 1);
  EXPECT_THROW(sequence.see(ConnectionCheckedOutEvent{Sequence::one, {}, CheckOutId{1}}, 1),
               std::logic_error);
}

TEST(LegalEvents, NotCheckedInTwice) {
  Sequence sequence;
  sequence.with_connection().checked_out().see(ConnectionCheckedInEvent{Sequence::one}, 1);
  EXPECT_THROW(sequence.see(ConnectionCheckedInEvent{Sequence::one}, 1), std::logic_error);
}

TEST(LegalEvents, NotClosedUnderItsHolder) {
  Sequence sequence;
  sequence.with_connection().checked_out();
  EXPECT_THROW(sequence.see(closed(Sequence::one)), std::logic_error);
}

TEST(LegalEvents, NotClosedTwice) {
  Sequence sequence;
  sequence.with_connection().see(closed(Sequence::one));
  EXPECT_THROW(sequence.see(closed(Sequence::one)), std::logic_error);
}

TEST(LegalEvents, NothingIsLeftWhenThePoolCloses) {
  Sequence sequence;
  sequence.with_connection();
  EXPECT_THROW(sequence.see(ConnectionPoolClosedEvent{}, 1), std::logic_error);
}

TEST(LegalEvents, TheEndIsClosedAndEmpty) {
  Sequence sequence;
  EXPECT_THROW(sequence.require_end(), std::logic_error);
  sequence.with_connection().checked_out();
  EXPECT_THROW(sequence.require_end(), std::logic_error);
}

}  // namespace
}  // namespace cmap
