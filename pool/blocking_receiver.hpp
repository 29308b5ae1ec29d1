// The thread that waits in a blocking check-out. Internal to the shell.
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#include "pool/pool_shell.hpp"

namespace cmap {

/// On the stack of a blocking check-out.
///
/// It sleeps at once. To yield a few times first would save a short wait its sleep; but where
/// connections are used before they come back, or many wait, each yield is one more switch between
/// threads that cannot go on (tools/bench/beside/hand_over.cpp: three times the time per cycle).
class BlockingReceiver final : public CheckOutReceiver {
 public:
  void receive(CheckOutResult result) override {
    // Notified with the lock held: the waiting thread destroys this as soon as it can go on.
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
    received_ = true;
    arrived_.notify_one();
  }

  CheckOutResult wait() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return received_; });
    return std::move(result_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  bool received_ = false;
  CheckOutResult result_;
};

}  // namespace cmap
