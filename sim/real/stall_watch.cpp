// Lateness is the time between two looks beyond what was asked for.
#include "sim/real/stall_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cmap::sim {
namespace {

constexpr std::chrono::milliseconds between_looks{5};

}  // namespace

StallWatch::StallWatch(std::function<TimePoint()> clock)
    : clock_(std::move(clock)), last_look_(clock_()), thread_([this] { watch(); }) {}

StallWatch::~StallWatch() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    ended_.notify_all();
  }
  thread_.join();
}

Duration StallWatch::longest() const {
  const std::lock_guard lock(mutex_);
  return std::max<Duration>(longest_, clock_() - last_look_ - between_looks);
}

void StallWatch::watch() {
  std::unique_lock lock(mutex_);
  while (!ends_) {
    ended_.wait_for(lock, between_looks, [this] { return ends_; });
    const TimePoint now = clock_();
    longest_ = std::max<Duration>(longest_, now - last_look_ - between_looks);
    last_look_ = now;
  }
}

}  // namespace cmap::sim
