// A crash says what was going on, and remains the crash that it was.
#include "tools/cmap/crash_note.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/types.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace cmap::tools {
namespace {

/// A thread that waits for something; never: 0.
bool sleeps(pid_t thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string number;
  std::string name;
  std::string state;
  stat >> number >> name >> state;
  return state == "S";
}

TEST(CrashNoteDeathTest, IsWrittenBeforeTheEnd) {
  EXPECT_EXIT(
      {
        { const CrashNote earlier("in the first\n"); }
        const CrashNote note("in the second\n");
        std::abort();
      },
      ::testing::KilledBySignal(SIGABRT), "^in the second\n$");
}

TEST(CrashNoteDeathTest, AThreadThatCrashesMeanwhileEndsNoLastWords) {
  EXPECT_EXIT(
      {
        std::atomic<bool> is_speaking = false;
        std::atomic<pid_t> crashing = 0;
        const CrashNote note("in the first\n", [&] {
          is_speaking = true;
          while (!sleeps(crashing)) std::this_thread::yield();
          write(STDERR_FILENO, "to the end\n", 11);
          ::_exit(3);
        });
        std::thread other([&] {
          while (!is_speaking) std::this_thread::yield();
          crashing = ::gettid();
          std::raise(SIGSEGV);
        });
        std::abort();
      },
      ::testing::ExitedWithCode(3), "^in the first\nto the end\n$");
}

TEST(CrashNoteDeathTest, ASecondCrashOfTheThreadEndsLastWords) {
  EXPECT_EXIT(
      {
        const CrashNote note("in the first\n", [] { std::raise(SIGSEGV); });
        std::abort();
      },
      ::testing::KilledBySignal(SIGSEGV), "^in the first\n$");
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
