// The exact text of every event in the format of the Node.js driver.
#include "tools/cmap/node_lines.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace cmap::tools {
namespace {

using namespace std::chrono_literals;

/// 2020-01-14T13:54:53.579Z, the time of the example in the driver's documentation.
constexpr WallTime documented_time{1'579'010'093'579ms};

std::string shown(EventBody body, Address address = Address("127.0.0.1", 34849)) {
  return node_line(Event{.address = address, .body = std::move(body)}, documented_time);
}

constexpr const char* common = "{ time: 2020-01-14T13:54:53.579Z, address: '127.0.0.1:34849'";

ErrorPtr error_with(const std::string& message) {
  return std::make_shared<const Error>(Error{.type = ErrorType::network, .message = message});
}

TEST(NodeLine, TheDocumentedExample) {
  EXPECT_EQ(shown(ConnectionCreatedEvent{ConnectionId{1}}),
            "ConnectionCreatedEvent { time: 2020-01-14T13:54:53.579Z, address: '127.0.0.1:34849', "
            "connectionId: 1 }");
}

TEST(NodeLine, PoolEvents) {
  const std::string head(common);
  EXPECT_EQ(shown(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>()}),
            "ConnectionPoolCreatedEvent " + head + ", options: {} }");
  EXPECT_EQ(shown(ConnectionPoolCreatedEvent{
                std::make_shared<const PoolOptions>(PoolOptions{.max_pool_size = 7,
                                                                .min_pool_size = 1,
                                                                .max_idle_time = 1500ms,
                                                                .max_connecting = 3,
                                                                .wait_queue_timeout = 20ms})}),
            "ConnectionPoolCreatedEvent " + head +
                ", options: { maxConnecting: 3, maxPoolSize: 7, minPoolSize: 1, "
                "maxIdleTimeMS: 1500, waitQueueTimeoutMS: 20 } }");
  EXPECT_EQ(shown(ConnectionPoolReadyEvent{}), "ConnectionPoolReadyEvent " + head + " }");
  EXPECT_EQ(shown(ConnectionPoolClosedEvent{}), "ConnectionPoolClosedEvent " + head + " }");
  EXPECT_EQ(shown(ConnectionPoolClearedEvent{.interrupt_in_use_connections = false}),
            "ConnectionPoolClearedEvent " + head + ", interruptInUseConnections: false }");
  EXPECT_EQ(shown(ConnectionPoolClearedEvent{.service_id =
                                                 ServiceId::from_hex("0123456789abcdef01234567")}),
            "ConnectionPoolClearedEvent " + head +
                ", serviceId: new ObjectId('0123456789abcdef01234567') }");
}

TEST(NodeLine, ConnectionEvents) {
  const std::string head(common);
  EXPECT_EQ(shown(ConnectionReadyEvent{ConnectionId{2}, 20ms}),
            "ConnectionReadyEvent " + head + ", durationMS: 20, connectionId: 2 }");
  EXPECT_EQ(shown(ConnectionClosedEvent{ConnectionId{2}, ConnectionClosedReason::idle, nullptr}),
            "ConnectionClosedEvent " + head + ", connectionId: 2, reason: 'idle' }");
  EXPECT_EQ(shown(ConnectionClosedEvent{ConnectionId{2}, ConnectionClosedReason::error,
                                        error_with("it's\na \\ gone")}),
            "ConnectionClosedEvent " + head +
                ", connectionId: 2, reason: 'error', error: \"it's\\na \\\\ gone\" }");
}

TEST(NodeLine, CheckOutEvents) {
  const std::string head(common);
  EXPECT_EQ(shown(ConnectionCheckOutStartedEvent{CheckOutId{4}}),
            "ConnectionCheckOutStartedEvent " + head + " }");
  EXPECT_EQ(shown(ConnectionCheckOutFailedEvent{.reason = CheckOutFailedReason::connection_error,
                                                .duration = 1250us,
                                                .error = error_with("gone")}),
            "ConnectionCheckOutFailedEvent " + head +
                ", durationMS: 1.25, reason: 'connectionError', error: 'gone' }");
  EXPECT_EQ(shown(ConnectionCheckedOutEvent{ConnectionId{2}, 123456ns, CheckOutId{4}}),
            "ConnectionCheckedOutEvent " + head + ", durationMS: 0.123, connectionId: 2 }");
  EXPECT_EQ(shown(ConnectionCheckedInEvent{ConnectionId{2}}),
            "ConnectionCheckedInEvent " + head + ", connectionId: 2 }");
}

TEST(NodeLine, TimesBeforeTheFirstSecondOfADay) {
  EXPECT_EQ(iso_time(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_time(WallTime{86'399'999ms}), "1970-01-01T23:59:59.999Z");
}

}  // namespace
}  // namespace cmap::tools
