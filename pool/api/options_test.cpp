// Defaults, ranges and messages of the pool options (A.1).
#include "pool/api/options.hpp"

#include <chrono>
#include <limits>

#include <gtest/gtest.h>

namespace cmap {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t max_number = std::numeric_limits<std::int32_t>::max();

TEST(Options, Defaults) {
  const ResolvedPoolOptions resolved = resolve({});
  EXPECT_EQ(resolved.max_pool_size, 100);
  EXPECT_EQ(resolved.min_pool_size, 0);
  EXPECT_EQ(resolved.max_idle_time, 0ms);
  EXPECT_EQ(resolved.max_connecting, 2);
  EXPECT_EQ(resolved.wait_queue_timeout, 0ms);
  EXPECT_EQ(resolved.background_interval, 100ms);
  EXPECT_EQ(resolved.establishment_timeout, 0ms);
  EXPECT_FALSE(resolved.load_balanced);
  EXPECT_TRUE(validate({}).empty());
}

const PoolOptions all_set{.max_pool_size = 7,
                          .min_pool_size = 3,
                          .max_idle_time = 11ms,
                          .max_connecting = 5,
                          .wait_queue_timeout = 13ms,
                          .background_interval = 17ms,
                          .establishment_timeout = 19ms,
                          .load_balanced = true};

TEST(Options, WhatIsSetIsTaken) {
  const ResolvedPoolOptions resolved = resolve(all_set);
  EXPECT_EQ(resolved.max_pool_size, 7);
  EXPECT_EQ(resolved.min_pool_size, 3);
  EXPECT_EQ(resolved.max_idle_time, 11ms);
  EXPECT_EQ(resolved.max_connecting, 5);
  EXPECT_EQ(resolved.wait_queue_timeout, 13ms);
  EXPECT_EQ(resolved.background_interval, 17ms);
  EXPECT_EQ(resolved.establishment_timeout, 19ms);
  EXPECT_TRUE(resolved.load_balanced);
}

TEST(Options, NonDefaultKeepsWhatDiffers) { EXPECT_EQ(non_default(all_set), all_set); }

TEST(Options, NonDefaultDropsWhatOnlyRepeatsADefault) {
  const PoolOptions repeated{.max_pool_size = 100,
                             .min_pool_size = 0,
                             .max_idle_time = 0ms,
                             .max_connecting = 2,
                             .wait_queue_timeout = 0ms};
  EXPECT_EQ(non_default(repeated), PoolOptions{});
}

std::string message_of(const PoolOptions& options) {
  const auto errors = validate(options);
  if (errors.size() != 1) return std::to_string(errors.size()) + " errors";
  return errors.front().message();
}

/// A message names the option, the value and the range.
void expect_message(const PoolOptions& options, const std::string& name, const std::string& value,
                    const std::string& range) {
  const std::string message = message_of(options);
  EXPECT_NE(message.find(name), std::string::npos) << message;
  EXPECT_NE(message.find(value), std::string::npos) << message;
  EXPECT_NE(message.find(range), std::string::npos) << message;
}

TEST(Options, ZeroIsNoLimit) {
  EXPECT_TRUE(validate({.max_pool_size = 0,
                        .min_pool_size = 0,
                        .max_idle_time = 0ms,
                        .wait_queue_timeout = 0ms,
                        .establishment_timeout = 0ms})
                  .empty());
}

TEST(Options, GreatestValues) {
  EXPECT_TRUE(validate({.max_pool_size = max_number,
                        .min_pool_size = max_number,
                        .max_idle_time = std::chrono::milliseconds(max_number),
                        .max_connecting = max_number,
                        .wait_queue_timeout = std::chrono::milliseconds(max_number),
                        .background_interval = std::chrono::milliseconds(max_number),
                        .establishment_timeout = std::chrono::milliseconds(max_number)})
                  .empty());
}

TEST(Options, NumbersOutOfRange) {
  expect_message({.max_pool_size = -1}, "maxPoolSize", "-1", "from 0 to 2147483647");
  expect_message({.max_pool_size = max_number + 1}, "maxPoolSize", "2147483648", "2147483647");
  expect_message({.min_pool_size = -5}, "minPoolSize", "-5", "from 0 to 2147483647");
  expect_message({.max_connecting = 0}, "maxConnecting", "0", "from 1 to 2147483647");
  expect_message({.max_connecting = -2}, "maxConnecting", "-2", "from 1 to 2147483647");
}

TEST(Options, DurationsOutOfRange) {
  expect_message({.max_idle_time = -1ms}, "maxIdleTimeMS", "-1 ms", "from 0 to 2147483647 ms");
  expect_message({.wait_queue_timeout = -1ns}, "waitQueueTimeoutMS", "-1 ns", "2147483647 ms");
  expect_message({.establishment_timeout = -3ms}, "connectTimeoutMS", "-3 ms", "2147483647 ms");
  expect_message({.max_idle_time = std::chrono::milliseconds(max_number) + 1ns}, "maxIdleTimeMS",
                 "2147483647000001 ns", "2147483647 ms");
}

TEST(Options, TheIntervalIsNeverZero) {
  expect_message({.background_interval = 0ms}, "backgroundThreadIntervalMS", "0 ms",
                 "more than 0 ms");
  EXPECT_TRUE(validate({.background_interval = -1ms}).empty());
  EXPECT_TRUE(validate({.background_interval = 1ns}).empty());
  expect_message({.background_interval = std::chrono::milliseconds(max_number + 1)},
                 "backgroundThreadIntervalMS", "2147483648 ms", "at most 2147483647 ms");
}

TEST(Options, TheMinimumIsNotAboveTheMaximum) {  // A-OPT-3, F-12
  expect_message({.max_pool_size = 2, .min_pool_size = 3}, "minPoolSize", "3", "maxPoolSize (2)");
  EXPECT_TRUE(validate({.max_pool_size = 2, .min_pool_size = 2}).empty());
  EXPECT_TRUE(validate({.max_pool_size = 0, .min_pool_size = 1000}).empty());
  expect_message({.min_pool_size = 101}, "minPoolSize", "101", "maxPoolSize (100)");
}

TEST(Options, EveryErrorIsReportedInTheOrderOfTheFields) {
  const auto errors =
      validate({.max_pool_size = -1, .max_idle_time = -1ms, .background_interval = 0ms});
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_EQ(errors[0].option, "maxPoolSize");
  EXPECT_EQ(errors[1].option, "maxIdleTimeMS");
  EXPECT_EQ(errors[2].option, "backgroundThreadIntervalMS");
}

TEST(Options, WrongOnesAreThrown) {
  EXPECT_NO_THROW(require_valid(all_set));
  try {
    require_valid({.max_pool_size = -1, .max_connecting = 0});
    FAIL() << "not thrown";
  } catch (const InvalidOptions& invalid) {
    ASSERT_EQ(invalid.errors().size(), 2U);
    EXPECT_EQ(invalid.what(), invalid.errors()[0].message() + "; " + invalid.errors()[1].message());
  }
}

}  // namespace
}  // namespace cmap
