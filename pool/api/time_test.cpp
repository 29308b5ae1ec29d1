// Sums that stop at the ends of time.
#include "pool/api/time.hpp"

#include <gtest/gtest.h>

namespace cmap {
namespace {

using namespace std::chrono_literals;

TEST(Time, adds) {
  EXPECT_EQ(saturating_sum(TimePoint(3ms), 4ms), TimePoint(7ms));
  EXPECT_EQ(saturating_sum(TimePoint(3ms), -4ms), TimePoint(-1ms));
  EXPECT_EQ(saturating_sum(TimePoint(3ms), 0ms), TimePoint(3ms));
  EXPECT_EQ(saturating_sum(Duration(3ms), 4ms), Duration(7ms));
}

TEST(Time, stops_at_the_end_of_time) {
  constexpr TimePoint end = TimePoint::max();
  EXPECT_EQ(saturating_sum(end - 1ns, 1ns), end);
  EXPECT_EQ(saturating_sum(end - 1ns, 2ns), end);
  EXPECT_EQ(saturating_sum(end, 0ns), end);
  EXPECT_EQ(saturating_sum(end, 1ns), end);
  EXPECT_EQ(saturating_sum(end, Duration::max()), end);
  EXPECT_EQ(saturating_sum(TimePoint(1ns), Duration::max()), end);
  EXPECT_EQ(saturating_sum(Duration::max(), 1ns), Duration::max());
}

TEST(Time, stops_at_the_beginning_of_time) {
  constexpr TimePoint beginning = TimePoint::min();
  EXPECT_EQ(saturating_sum(beginning + 1ns, -1ns), beginning);
  EXPECT_EQ(saturating_sum(beginning + 1ns, -2ns), beginning);
  EXPECT_EQ(saturating_sum(beginning, Duration::min()), beginning);
  EXPECT_EQ(saturating_sum(TimePoint(-1ns), Duration::min()), beginning);
}

}  // namespace
}  // namespace cmap
