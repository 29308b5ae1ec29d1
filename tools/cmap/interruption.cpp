// The note is all that a signal handler may leave.
#include "tools/cmap/interruption.hpp"

#include <atomic>
#include <csignal>

namespace cmap::tools {
namespace {

std::atomic<bool> noted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "or a signal handler may not use it");

}  // namespace

void note_interruption() {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::signal(signal, [](int number) {
      noted = true;
      std::signal(number, SIG_DFL);
    });
  }
}

bool was_interrupted() { return noted; }

}  // namespace cmap::tools
