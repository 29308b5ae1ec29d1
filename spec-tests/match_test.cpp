// The MATCH function as a table, and the values it compares.
#include "spec-tests/match.hpp"

#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"

namespace cmap::spec_tests {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Value value(std::string_view yaml) {
  const Document document = read_text(yaml, Syntax::yaml, "t.yml");
  EXPECT_TRUE(document.value) << problems_text(document.problems);
  return document.value.value_or(Value());
}

TEST(Match, Table) {
  struct Row {
    const char* expected;
    const char* actual;
    bool matches;
  };
  const Row rows[] = {
      // The placeholder matches whatever is there.
      {"42", "7", true},
      {"\"42\"", "text", true},
      {"42", "{}", true},
      {"42", "false", true},
      {"42", "null", false},
      {"{a: 42}", "{}", false},
      {"{a: 42}", "{a: null}", false},
      {"{a: \"42\"}", "{a: [1]}", true},
      // Types count.
      {"1", "1", true},
      {"1", "2", false},
      {"1", "\"1\"", false},
      {"\"1\"", "1", false},
      {"true", "true", true},
      {"true", "\"true\"", false},
      {"null", "null", true},
      {"null", "0", false},
      {"{a: null}", "{}", false},
      // One type of number, as in JSON.
      {"2", "2.0", true},
      {"2.5", "2.5", true},
      {"2", "2.5", false},
      // Objects and lists may have more.
      {"{a: 1}", "{b: 2, a: 1}", true},
      {"{a: 1, c: 1}", "{b: 2, a: 1}", false},
      {"{a: {b: 1}}", "{a: {b: 2}}", false},
      {"[1]", "[1, 2]", true},
      {"[1, 2]", "[1]", false},
      {"[2]", "[1, 2]", false},
      {"{}", "[]", false},
      {"[]", "{}", false},
      {"text", "text", true},
      {"text", "Text", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(!match(value(row.expected), value(row.actual)), row.matches)
        << row.expected << " against " << row.actual;
  }
}

TEST(Match, LocatesTheFirstDifference) {
  const auto mismatch = match(value("{a: 1,\n b: {c: [1, x]}}"), value("{a: 1, b: {c: [1, 3]}}"));
  ASSERT_TRUE(mismatch);
  EXPECT_EQ(mismatch->path, "b.c[1]");
  EXPECT_EQ(mismatch->mark, (Mark{2, 13}));
  EXPECT_EQ(mismatch->expected, "\"x\"");
  EXPECT_EQ(mismatch->actual, "3");
  EXPECT_EQ(match(value("{a: 1}"), value("{}"))->actual, "nothing");
}

TEST(Match, LabelsOfAnErrorAreASet) {
  EXPECT_FALSE(match_error(value("{labels: [a, b]}"), value("{labels: [b, a], type: x}")));
  EXPECT_TRUE(match_error(value("{labels: [a]}"), value("{labels: [b, a]}")));
  EXPECT_TRUE(match_error(value("{labels: []}"), value("{labels: [a]}")));
  EXPECT_TRUE(match_error(value("{type: x}"), value("null"))) << "no error";
}

Event event(EventBody body) { return Event{Address(), TimePoint{}, PoolCounts{}, std::move(body)}; }

TEST(EventValue, HasTheKeysOfTheFormat) {
  const auto same = [](EventBody body, std::string_view expected) {
    const Value actual = event_value(event(std::move(body)));
    EXPECT_TRUE(same_value(actual, value(expected))) << to_text(actual);
  };
  const ConnectionId one{1};
  same(ConnectionPoolReadyEvent{}, "{type: ConnectionPoolReady, address: \"localhost:27017\"}");
  same(ConnectionReadyEvent{one, milliseconds(5)},
       "{type: ConnectionReady, address: \"localhost:27017\", connectionId: 1, duration: 5}");
  same(ConnectionReadyEvent{one, microseconds(250)},
       "{type: ConnectionReady, address: \"localhost:27017\", connectionId: 1, duration: 0.25}");
  same(ConnectionClosedEvent{one, ConnectionClosedReason::pool_closed, nullptr},
       "{type: ConnectionClosed, address: \"localhost:27017\", connectionId: 1, "
       "reason: poolClosed}");
  same(ConnectionPoolClearedEvent{std::nullopt, false},
       "{type: ConnectionPoolCleared, address: \"localhost:27017\", "
       "interruptInUseConnections: false}");
  same(ConnectionPoolClearedEvent{ServiceId(), std::nullopt},
       "{type: ConnectionPoolCleared, address: \"localhost:27017\", "
       "serviceId: \"000000000000000000000000\"}");
  same(ConnectionCheckOutFailedEvent{CheckOutFailedReason::timeout, milliseconds(50)},
       "{type: ConnectionCheckOutFailed, address: \"localhost:27017\", reason: timeout, "
       "duration: 50}");
  const PoolOptions options{.max_pool_size = 3, .max_idle_time = milliseconds(10)};
  same(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>(options)},
       "{type: ConnectionPoolCreated, address: \"localhost:27017\", "
       "options: {maxPoolSize: 3, maxIdleTimeMS: 10}}");
  same(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>()},
       "{type: ConnectionPoolCreated, address: \"localhost:27017\", options: {}}");
}

TEST(ErrorValue, HasLabelsAlwaysAndACodeIfThereIsOne) {
  const Value closed = error_value(pool_closed_error(Address()));
  EXPECT_FALSE(match_error(
      value("{type: PoolClosedError, address: 42, labels: [], message: Attempted to check out a "
            "connection from closed connection pool}"),
      closed));
  EXPECT_EQ(closed.find("code"), nullptr);
  const Error command{.type = ErrorType::command, .message = "no", .code = 91};
  EXPECT_FALSE(match_error(value("{type: CommandError, code: 91}"), error_value(command)));
  EXPECT_TRUE(error_value(ErrorPtr()).is_null());
}

}  // namespace
}  // namespace cmap::spec_tests
