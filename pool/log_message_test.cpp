// Every row of the table of log messages, structured and as text, word by word.
#include "pool/log_message.hpp"

#include <gtest/gtest.h>

namespace cmap {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Closed = ConnectionClosedReason;
using Failed = CheckOutFailedReason;
using Values = std::vector<LogField>;

constexpr ConnectionId seven{7};
constexpr CheckOutId check_out{3};

LogMessage of(EventBody body, const PoolOptions& options = {},
              const Address& address = Address("a.example", 27018)) {
  return log_message(Event{address, TimePoint{}, PoolCounts{}, std::move(body)}, options);
}

/// The fields behind those of the address.
Values own_fields(const LogMessage& message) {
  EXPECT_GE(message.fields.size(), 2U);
  EXPECT_EQ(message.fields[0], (LogField{"serverHost", "a.example"}));
  EXPECT_EQ(message.fields[1], (LogField{"serverPort", std::int64_t{27018}}));
  return {message.fields.begin() + 2, message.fields.end()};
}

void expect(const LogMessage& message, std::string_view name, const Values& fields,
            std::string_view text) {
  EXPECT_EQ(message.level, LogLevel::debug);
  EXPECT_EQ(message.component, LogComponent::connection);
  EXPECT_EQ(message.message, name);
  EXPECT_EQ(own_fields(message), fields) << name;
  EXPECT_EQ(text_of(message), text);
}

ErrorPtr reset_error() {
  return std::make_shared<const Error>(Error{.type = ErrorType::network, .message = "broken"});
}

TEST(LogMessage, PoolCreatedWithAllOptions) {
  expect(of(ConnectionPoolCreatedEvent{}, {.max_pool_size = 5,
                                           .min_pool_size = 1,
                                           .max_idle_time = milliseconds(100),
                                           .max_connecting = 3,
                                           .wait_queue_timeout = milliseconds(50)}),
         "Connection pool created",
         {{"maxIdleTimeMS", std::int64_t{100}},
          {"minPoolSize", std::int64_t{1}},
          {"maxPoolSize", std::int64_t{5}},
          {"maxConnecting", std::int64_t{3}},
          {"waitQueueTimeoutMS", std::int64_t{50}}},
         "Connection pool created for a.example:27018 using options maxIdleTimeMS=100, "
         "minPoolSize=1, maxPoolSize=5, maxConnecting=3, waitQueueTimeoutMS=50");
}

TEST(LogMessage, PoolCreatedWithoutOptions) {
  expect(of(ConnectionPoolCreatedEvent{}), "Connection pool created", {},
         "Connection pool created for a.example:27018");
}

TEST(LogMessage, PoolCreatedShowsWhatTheUserSetAlsoIfItIsTheDefault) {
  expect(of(ConnectionPoolCreatedEvent{},
            {.max_pool_size = 100, .wait_queue_timeout = microseconds(1500)}),
         "Connection pool created",
         {{"maxPoolSize", std::int64_t{100}}, {"waitQueueTimeoutMS", 1.5}},
         "Connection pool created for a.example:27018 using options maxPoolSize=100, "
         "waitQueueTimeoutMS=1.5");
}

TEST(LogMessage, OptionsThatAreNoCmapOptionsAreNotShown) {
  expect(of(ConnectionPoolCreatedEvent{},
            {.background_interval = milliseconds(7), .establishment_timeout = milliseconds(8)}),
         "Connection pool created", {}, "Connection pool created for a.example:27018");
}

TEST(LogMessage, PoolReady) {
  expect(of(ConnectionPoolReadyEvent{}), "Connection pool ready", {},
         "Connection pool ready for a.example:27018");
}

TEST(LogMessage, PoolCleared) {
  expect(of(ConnectionPoolClearedEvent{std::nullopt, true}), "Connection pool cleared", {},
         "Connection pool for a.example:27018 cleared");
  expect(
      of(ConnectionPoolClearedEvent{ServiceId::from_hex("0123456789abcdef01234567"), std::nullopt}),
      "Connection pool cleared", {{"serviceId", "0123456789abcdef01234567"}},
      "Connection pool for a.example:27018 cleared for serviceId 0123456789abcdef01234567");
}

TEST(LogMessage, PoolClosed) {
  expect(of(ConnectionPoolClosedEvent{}), "Connection pool closed", {},
         "Connection pool closed for a.example:27018");
}

TEST(LogMessage, ConnectionCreated) {
  expect(of(ConnectionCreatedEvent{seven}), "Connection created",
         {{"driverConnectionId", std::int64_t{7}}},
         "Connection created: address=a.example:27018, driver-generated ID=7");
}

TEST(LogMessage, ConnectionReady) {
  expect(
      of(ConnectionReadyEvent{seven, microseconds(1250)}), "Connection ready",
      {{"driverConnectionId", std::int64_t{7}}, {"durationMS", 1.25}},
      "Connection ready: address=a.example:27018, driver-generated ID=7, established in=1.25 ms");
}

void expect_closed(Closed reason, const std::string& text) {
  expect(of(ConnectionClosedEvent{seven, reason, nullptr}), "Connection closed",
         {{"driverConnectionId", std::int64_t{7}}, {"reason", text}},
         "Connection closed: address=a.example:27018, driver-generated ID=7. Reason: " + text);
}

TEST(LogMessage, ConnectionClosed) {
  expect_closed(Closed::stale, "Connection became stale because the pool was cleared");
  expect_closed(Closed::idle,
                "Connection has been available but unused for longer than the configured max idle "
                "time");
  expect_closed(Closed::pool_closed, "Connection pool was closed");
  expect_closed(Closed::error, "An error occurred while using the connection");
}

TEST(LogMessage, ConnectionClosedByAnError) {
  expect(of(ConnectionClosedEvent{seven, Closed::error, reset_error()}), "Connection closed",
         {{"driverConnectionId", std::int64_t{7}},
          {"reason", "An error occurred while using the connection"},
          {"error", "NetworkError: broken"}},
         "Connection closed: address=a.example:27018, driver-generated ID=7. Reason: An error "
         "occurred while using the connection. Error: NetworkError: broken");
}

TEST(LogMessage, CheckOutStarted) {
  expect(of(ConnectionCheckOutStartedEvent{check_out}), "Connection checkout started", {},
         "Checkout started for connection to a.example:27018");
}

void expect_failed(Failed reason, const std::string& text) {
  expect(
      of(ConnectionCheckOutFailedEvent{reason, milliseconds(50), check_out, reset_error()}),
      "Connection checkout failed", {{"reason", text}, {"durationMS", 50.0}},
      "Checkout failed for connection to a.example:27018. Reason: " + text + ". Duration: 50 ms");
}

TEST(LogMessage, CheckOutFailed) {
  expect_failed(Failed::timeout,
                "Wait queue timeout elapsed without a connection becoming available");
  expect_failed(Failed::pool_closed, "Connection pool was closed");
}

TEST(LogMessage, CheckOutFailedByAConnectionErrorTellsTheError) {
  expect(
      of(ConnectionCheckOutFailedEvent{Failed::connection_error, Duration::zero(), check_out,
                                       reset_error()}),
      "Connection checkout failed",
      {{"reason", "An error occurred while trying to establish a new connection"},
       {"error", "NetworkError: broken"},
       {"durationMS", 0.0}},
      "Checkout failed for connection to a.example:27018. Reason: An error occurred while trying "
      "to establish a new connection. Error: NetworkError: broken. Duration: 0 ms");
}

TEST(LogMessage, CheckedOut) {
  expect(of(ConnectionCheckedOutEvent{seven, Duration(1), check_out}), "Connection checked out",
         {{"driverConnectionId", std::int64_t{7}}, {"durationMS", 0.000001}},
         "Connection checked out: address=a.example:27018, driver-generated ID=7, "
         "duration=0.000001 ms");
}

TEST(LogMessage, CheckedIn) {
  expect(of(ConnectionCheckedInEvent{seven}), "Connection checked in",
         {{"driverConnectionId", std::int64_t{7}}},
         "Connection checked in: address=a.example:27018, driver-generated ID=7");
}

TEST(LogMessage, AUnixSocketHasNoPort) {
  const LogMessage message =
      of(ConnectionCreatedEvent{seven}, {}, Address::unix_socket("/tmp/mongodb-27017.sock"));
  EXPECT_EQ(message.fields, (Values{{"serverHost", "/tmp/mongodb-27017.sock"},
                                    {"driverConnectionId", std::int64_t{7}}}));
  EXPECT_EQ(text_of(message),
            "Connection created: address=/tmp/mongodb-27017.sock, driver-generated ID=7");
}

TEST(LogMessage, TheDefaultPortIsShownAndAnIpv6HostGetsBrackets) {
  const LogMessage message = of(ConnectionPoolReadyEvent{}, {}, Address("::1", 27017));
  EXPECT_EQ(message.fields, (Values{{"serverHost", "::1"}, {"serverPort", std::int64_t{27017}}}));
  EXPECT_EQ(text_of(message), "Connection pool ready for [::1]:27017");
}

TEST(LogMessage, ValuesAreFoundByKey) {
  const LogMessage message = of(ConnectionCreatedEvent{seven});
  ASSERT_NE(message.find("driverConnectionId"), nullptr);
  EXPECT_EQ(*message.find("driverConnectionId"), LogValue(std::int64_t{7}));
  EXPECT_EQ(message.find("reason"), nullptr);
}

TEST(LogError, TellsAllThatTheErrorTells) {
  const Address address("a.example", 27018);
  EXPECT_EQ(
      text_of(*establishment_error(address, NetworkFault::reset, EstablishmentPhase::hello)),
      "NetworkError: connection reset by peer (hello) [SystemOverloadedError, RetryableError]");
  EXPECT_EQ(text_of(Error{.type = ErrorType::command, .message = "shutting down", .code = 91}),
            "CommandError: shutting down (code 91)");
}

TEST(LogError, ACauseThatTheMessageQuotesIsNotRepeated) {
  const Address address("a.example", 27018);
  EXPECT_EQ(text_of(*pool_cleared_error(address, reset_error())),
            "PoolClearedError: Connection pool for a.example:27018 was cleared because another "
            "operation failed with: broken [TransientTransactionError]");
  EXPECT_EQ(text_of(*interrupted_error(address, reset_error())),
            "PoolClearedError: Connection to a.example:27018 interrupted due to server monitor "
            "timeout [TransientTransactionError]; caused by NetworkError: broken");
}

TEST(LogLevel, Names) {
  EXPECT_EQ(level_name(LogLevel::off), "off");
  EXPECT_EQ(level_name(LogLevel::warning), "warn");
  EXPECT_EQ(level_name(LogLevel::informational), "info");
  EXPECT_EQ(level_name(LogLevel::trace), "trace");
}

}  // namespace
}  // namespace cmap
