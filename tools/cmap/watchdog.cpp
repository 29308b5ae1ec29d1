// A thread that waits for progress with a limit.
#include "tools/cmap/watchdog.hpp"

#include <cstdlib>
#include <unistd.h>
#include <utility>

namespace cmap::tools {

Watchdog::Watchdog(Duration limit, std::string text, int status, std::function<void()> last_words)
    : limit_(limit),
      text_(std::move(text)),
      status_(status),
      last_words_(std::move(last_words)),
      thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::going_on() {
  {
    const std::lock_guard lock(mutex_);
    ++progress_;
  }
  changed_.notify_one();
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    const std::uint64_t seen = progress_;
    if (changed_.wait_for(lock, limit_, [&] { return ended_ || progress_ != seen; })) continue;
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text_.data(), text_.size());
    if (last_words_) last_words_();
    std::_Exit(status_);
  }
}

}  // namespace cmap::tools
