// A value that one thread waits for and another one brings. Internal.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace cmap {

/// On the stack of a blocking call.
template <typename Value>
class Awaited {
 public:
  void bring(Value value) {
    // Notified with the lock held: the waiting thread destroys this as soon as it can go on.
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    arrived_.notify_one();
  }

  Value wait() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return value_.has_value(); });
    return *std::move(value_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<Value> value_;
};

}  // namespace cmap
