// What hangs is ended, what goes on is left alone.
#include "tools/cmap/watchdog.hpp"

#include <chrono>
#include <cstdlib>
#include <unistd.h>

#include <gtest/gtest.h>

namespace cmap::tools {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(WatchdogDeathTest, EndsWhatHangs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Watchdog watchdog(milliseconds(1), "it never ends\n", 7);
        watchdog.going_on();
        for (;;) pause();
      },
      ::testing::ExitedWithCode(7), "^it never ends\n$");
}

TEST(WatchdogDeathTest, DoesNotKeepWhatHasEnded) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        { Watchdog watchdog(hours(1), "in vain\n", 7); }
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0), "^$");
}

}  // namespace
}  // namespace cmap::tools
