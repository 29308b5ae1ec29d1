// Lets the end of an environment wait for the callbacks that are running.
#pragma once

#include <atomic>
#include <cstdint>

namespace cmap {

/// A callback may be what keeps a pool a moment longer than its last owner does, and the pool uses
/// its environment. No lock: what others held at a fork would be held in the child for ever.
class RunningCallbacks {
 public:
  class Scope {
   public:
    explicit Scope(RunningCallbacks& running) : running_(running) { ++running_.count_; }
    ~Scope() {
      if (--running_.count_ == 0) running_.count_.notify_all();
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    RunningCallbacks& running_;
  };

  void wait_until_none() {
    while (const std::uint32_t count = count_) count_.wait(count);
  }

 private:
  std::atomic<std::uint32_t> count_ = 0;
};

}  // namespace cmap
