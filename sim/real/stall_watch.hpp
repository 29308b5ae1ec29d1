// Notices that a machine stands still, which no test in real time can bear.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "pool/api/time.hpp"
#include "pool/asio/steady_time.hpp"

namespace cmap::sim {

/// A thread that wants to run every few milliseconds, and remembers how late it was at worst.
class StallWatch {
 public:
  explicit StallWatch(std::function<TimePoint()> clock = steady_now);
  ~StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  /// A stall that still goes on counts, too.
  [[nodiscard]] Duration longest() const;

 private:
  void watch();

  const std::function<TimePoint()> clock_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  // Guarded by mutex_:
  bool ends_ = false;
  TimePoint last_look_;
  Duration longest_{0};
  std::thread thread_;
};

}  // namespace cmap::sim
