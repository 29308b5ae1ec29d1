// A crash says what was going on, and remains the crash that it was.
#include "tools/cmap/crash_note.hpp"

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

namespace cmap::tools {
namespace {

TEST(CrashNoteDeathTest, IsWrittenBeforeTheEnd) {
  EXPECT_EXIT(
      {
        { const CrashNote earlier("in the first\n"); }
        const CrashNote note("in the second\n");
        std::abort();
      },
      ::testing::KilledBySignal(SIGABRT), "^in the second\n$");
}

TEST(CrashNoteDeathTest, IsNotWrittenWhenItIsGone) {
  EXPECT_EXIT(
      {
        { const CrashNote note("in vain\n"); }
        std::abort();
      },
      ::testing::KilledBySignal(SIGABRT), "^$");
}

}  // namespace
}  // namespace cmap::tools
