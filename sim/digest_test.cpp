// Digests are stable across machines and notice every field of every event.
#include "sim/digest.hpp"

#include <bit>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "sim/event_digest.hpp"

namespace cmap::sim {
namespace {

std::uint64_t of_words(const std::vector<std::uint64_t>& words) {
  Digest digest;
  for (const std::uint64_t word : words) digest.fold(word);
  return digest.value();
}

std::uint64_t of_text(std::string_view text) {
  Digest digest;
  digest.fold_text(text);
  return digest.value();
}

std::uint64_t of_event(const Event& event) {
  Digest digest;
  fold_event(digest, event);
  return digest.value();
}

TEST(Digest, IsTheSameOnEveryMachine) {
  EXPECT_EQ(of_words({}), 0x2CB0F69F4ABEA221U);
  EXPECT_EQ(of_words({1, 2, 3}), 0x1A40F5ADC4B1F295U);
  EXPECT_EQ(of_text("localhost:27017"), 0xE873BE8062AF0341U);
}

TEST(Digest, DependsOnOrderAndNumberOfWords) {
  EXPECT_NE(of_words({1, 2}), of_words({2, 1}));
  EXPECT_NE(of_words({}), of_words({0}));
  EXPECT_NE(of_words({0}), of_words({0, 0}));
}

TEST(Digest, PairsOfWordsStayApart) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t a = 0; a < 256; ++a) {
    for (std::uint64_t b = 0; b < 256; ++b) {
      Digest digest;
      digest.fold(a, b << 32);
      seen.insert(digest.value());
    }
  }
  EXPECT_EQ(seen.size(), 256U * 256U);
}

TEST(Digest, TextsDoNotRunIntoEachOther) {
  Digest first;
  first.fold_text("ab");
  first.fold_text("c");
  Digest second;
  second.fold_text("a");
  second.fold_text("bc");
  EXPECT_NE(first, second);
  EXPECT_NE(of_text("aaaaaaaa"), of_text("aaaaaaaaa"));
  EXPECT_NE(of_text("a"), of_text(std::string_view("a\0", 2)));
  EXPECT_NE(of_text("12345678"), of_text(std::string_view("12345678\0", 9)));
}

TEST(Digest, ManySimilarSequencesStayApart) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t a = 0; a < 64; ++a) {
    for (std::uint64_t b = 0; b < 64; ++b) {
      for (std::uint64_t c = 0; c < 16; ++c) seen.insert(of_words({a, b << 32, c}));
    }
  }
  EXPECT_EQ(seen.size(), 64U * 64U * 16U);
}

TEST(Digest, EveryBitOfAWordReachesAboutHalfOfTheValue) {
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t difference =
        of_words({7, 0, 9}) ^ of_words({7, std::uint64_t{1} << bit, 9});
    EXPECT_GE(std::popcount(difference), 16) << bit;
    EXPECT_LE(std::popcount(difference), 48) << bit;
  }
}

ErrorPtr error(ErrorType type, std::string message, ErrorLabel labels, std::int32_t code) {
  return std::make_shared<const Error>(
      Error{.type = type, .message = std::move(message), .labels = labels, .code = code});
}

Event event_of(EventBody body) {
  return Event{Address(), TimePoint{Duration(5)}, PoolCounts{1, 2, 3, 4}, std::move(body)};
}

EventBody created_with(const PoolOptions& options) {
  return ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>(options)};
}

/// Bodies that differ from each other, also by one field only.
std::vector<EventBody> different_bodies() {
  using std::chrono::milliseconds;
  const ConnectionId id{1};
  const ConnectionId id2{2};
  const CheckOutId check_out{1};
  const CheckOutId check_out2{2};
  const Duration second{1};
  const auto network = ErrorType::network;
  const auto none = ErrorLabel::none;
  return {
      ConnectionPoolCreatedEvent{},
      created_with({}),
      created_with({.max_pool_size = 3}),
      created_with({.min_pool_size = 3}),
      created_with({.max_idle_time = milliseconds(3)}),
      created_with({.max_connecting = 3}),
      created_with({.wait_queue_timeout = milliseconds(3)}),
      created_with({.background_interval = milliseconds(3)}),
      created_with({.establishment_timeout = milliseconds(3)}),
      created_with({.load_balanced = true}),
      ConnectionPoolReadyEvent{},
      ConnectionPoolClearedEvent{},
      ConnectionPoolClearedEvent{std::nullopt, false},
      ConnectionPoolClearedEvent{std::nullopt, true},
      ConnectionPoolClearedEvent{ServiceId(), std::nullopt},
      ConnectionPoolClearedEvent{ServiceId::from_hex("000000000000000000000001"), std::nullopt},
      ConnectionPoolClearedEvent{ServiceId::from_hex("010000000000000000000000"), std::nullopt},
      ConnectionPoolClosedEvent{},
      ConnectionCreatedEvent{id},
      ConnectionCreatedEvent{id2},
      ConnectionReadyEvent{id, {}},
      ConnectionReadyEvent{id2, {}},
      ConnectionReadyEvent{id, second},
      ConnectionClosedEvent{id, ConnectionClosedReason::error, nullptr},
      ConnectionClosedEvent{id, ConnectionClosedReason::error, error(network, "", none, 0)},
      ConnectionClosedEvent{id, ConnectionClosedReason::stale, nullptr},
      ConnectionClosedEvent{id2, ConnectionClosedReason::stale, nullptr},
      ConnectionCheckOutStartedEvent{check_out},
      ConnectionCheckOutStartedEvent{check_out2},
      ConnectionCheckOutFailedEvent{CheckOutFailedReason::timeout, {}, check_out, nullptr},
      ConnectionCheckOutFailedEvent{CheckOutFailedReason::timeout, second, check_out, nullptr},
      ConnectionCheckOutFailedEvent{CheckOutFailedReason::timeout, {}, check_out2, nullptr},
      ConnectionCheckOutFailedEvent{CheckOutFailedReason::pool_closed, {}, check_out, nullptr},
      ConnectionCheckOutFailedEvent{
          CheckOutFailedReason::timeout, {}, check_out, error(network, "a", none, 0)},
      ConnectionCheckOutFailedEvent{
          CheckOutFailedReason::timeout, {}, check_out, error(ErrorType::command, "a", none, 0)},
      ConnectionCheckOutFailedEvent{
          CheckOutFailedReason::timeout, {}, check_out, error(network, "b", none, 0)},
      ConnectionCheckOutFailedEvent{CheckOutFailedReason::timeout,
                                    {},
                                    check_out,
                                    error(network, "a", ErrorLabel::retryable, 0)},
      ConnectionCheckOutFailedEvent{
          CheckOutFailedReason::timeout, {}, check_out, error(network, "a", none, 91)},
      ConnectionCheckedOutEvent{id, {}, check_out},
      ConnectionCheckedOutEvent{id2, {}, check_out},
      ConnectionCheckedOutEvent{id, second, check_out},
      ConnectionCheckedOutEvent{id, {}, check_out2},
      ConnectionCheckedInEvent{id},
      ConnectionCheckedInEvent{id2},
  };
}

TEST(EventDigest, NoticesEveryFieldOfABody) {
  const std::vector<EventBody> bodies = different_bodies();
  std::set<std::uint64_t> seen;
  for (const EventBody& body : bodies) seen.insert(of_event(event_of(body)));
  EXPECT_EQ(seen.size(), bodies.size());
}

TEST(EventDigest, NoticesAddressTimeAndCounts) {
  const Event event = event_of(ConnectionPoolReadyEvent{});
  std::vector<Event> variants(7, event);
  variants[1].address = Address("other", 27017);
  variants[2].time += Duration(1);
  ++variants[3].counts.pending;
  ++variants[4].counts.available;
  ++variants[5].counts.in_use;
  ++variants[6].counts.waiting;
  std::set<std::uint64_t> seen;
  for (const Event& variant : variants) seen.insert(of_event(variant));
  EXPECT_EQ(seen.size(), variants.size());
}

TEST(EventDigest, EqualEventsWithOtherPointersAreEqual) {
  const auto make = [] {
    return event_of(ConnectionClosedEvent{
        ConnectionId{1}, ConnectionClosedReason::error,
        error(ErrorType::network, "connection reset by peer", ErrorLabel::retryable, 0)});
  };
  EXPECT_EQ(of_event(make()), of_event(make()));
}

}  // namespace
}  // namespace cmap::sim
