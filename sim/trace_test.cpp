// Every event in the notation of exact expectations, and exact milliseconds.
#include "sim/trace.hpp"

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::string text_of(EventBody body) {
  return describe(Event{Address(), TimePoint{}, PoolCounts{}, std::move(body)});
}

std::string text_of_created(const PoolOptions& options) {
  return text_of(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>(options)});
}

TEST(Describe, PoolCreatedShowsTheOptionsInTheirFixedOrder) {
  EXPECT_EQ(text_of_created({}), "ConnectionPoolCreated options={}");
  EXPECT_EQ(text_of_created({.max_pool_size = 3, .max_idle_time = milliseconds(10)}),
            "ConnectionPoolCreated options={maxPoolSize=3, maxIdleTimeMS=10}");
  EXPECT_EQ(text_of_created({.max_pool_size = 5,
                             .min_pool_size = 1,
                             .max_idle_time = microseconds(1500),
                             .max_connecting = 4,
                             .wait_queue_timeout = milliseconds(50),
                             .background_interval = milliseconds(7),
                             .establishment_timeout = milliseconds(8)}),
            "ConnectionPoolCreated options={maxPoolSize=5, minPoolSize=1, maxIdleTimeMS=1.5, "
            "maxConnecting=4, waitQueueTimeoutMS=50}");
}

TEST(Describe, PoolEvents) {
  EXPECT_EQ(text_of(ConnectionPoolReadyEvent{}), "ConnectionPoolReady");
  EXPECT_EQ(text_of(ConnectionPoolClosedEvent{}), "ConnectionPoolClosed");
  EXPECT_EQ(text_of(ConnectionPoolClearedEvent{std::nullopt, false}),
            "ConnectionPoolCleared interruptInUseConnections=false");
  EXPECT_EQ(text_of(ConnectionPoolClearedEvent{std::nullopt, true}),
            "ConnectionPoolCleared interruptInUseConnections=true");
  EXPECT_EQ(text_of(ConnectionPoolClearedEvent{ServiceId(), std::nullopt}),
            "ConnectionPoolCleared serviceId=000000000000000000000000");
}

TEST(Describe, ConnectionEvents) {
  const ConnectionId one{1};
  EXPECT_EQ(text_of(ConnectionCreatedEvent{one}), "ConnectionCreated connectionId=1");
  EXPECT_EQ(text_of(ConnectionReadyEvent{one, milliseconds(500)}),
            "ConnectionReady connectionId=1 duration=500");
  EXPECT_EQ(text_of(ConnectionClosedEvent{one, ConnectionClosedReason::stale, nullptr}),
            "ConnectionClosed connectionId=1 reason=stale");
  EXPECT_EQ(text_of(ConnectionCheckedOutEvent{one, Duration::zero(), CheckOutId{9}}),
            "ConnectionCheckedOut connectionId=1 duration=0");
  EXPECT_EQ(text_of(ConnectionCheckedInEvent{one}), "ConnectionCheckedIn connectionId=1");
}

TEST(Describe, CheckOutEvents) {
  EXPECT_EQ(text_of(ConnectionCheckOutStartedEvent{CheckOutId{1}}), "ConnectionCheckOutStarted");
  EXPECT_EQ(text_of(ConnectionCheckOutFailedEvent{CheckOutFailedReason::timeout, milliseconds(50),
                                                  CheckOutId{1}, nullptr}),
            "ConnectionCheckOutFailed reason=timeout duration=50");
}

TEST(MillisecondsText, ShowsAFractionOnlyWhereThereIsOne) {
  EXPECT_EQ(milliseconds_text(Duration(0)), "0");
  EXPECT_EQ(milliseconds_text(milliseconds(500)), "500");
  EXPECT_EQ(milliseconds_text(microseconds(250)), "0.25");
  EXPECT_EQ(milliseconds_text(Duration(1)), "0.000001");
  EXPECT_EQ(milliseconds_text(Duration(1'000'001)), "1.000001");
  EXPECT_EQ(milliseconds_text(Duration(10'100'000)), "10.1");
}

TEST(MillisecondsText, IsExactAtTheEndsOfTheRange) {
  EXPECT_EQ(milliseconds_text(Duration(-250'000)), "-0.25");
  EXPECT_EQ(milliseconds_text(Duration::max()), "9223372036854.775807");
  EXPECT_EQ(milliseconds_text(Duration::min()), "-9223372036854.775808");
}

}  // namespace
}  // namespace cmap::sim
