// The note is all that a signal handler may leave.
#include "tools/cmap/interruption.hpp"

#include <atomic>
#include <csignal>

namespace cmap::tools {
namespace {

std::atomic<bool> noted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "or a signal handler may not use it");

sigset_t interrupting_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

void note_interruption() {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::signal(signal, [](int number) {
      noted = true;
      std::signal(number, SIG_DFL);
    });
  }
}

void hold_interruption() {
  const sigset_t signals = interrupting_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool wait_for_interruption(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const timespec limit{.tv_sec = seconds.count(),
                       .tv_nsec = std::chrono::nanoseconds(time - seconds).count()};
  const sigset_t signals = interrupting_signals();
  if (::sigtimedwait(&signals, nullptr, &limit) < 0) return false;
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return true;
}

bool was_interrupted() { return noted; }

}  // namespace cmap::tools
