// Lets calls through to something that may end, and lets its end wait for those that are inside.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

namespace cmap {

/// Thread-safe. Any number of calls at a time; no lock is held during a call.
class CallGate {
 public:
  CallGate() = default;
  CallGate(const CallGate&) = delete;
  CallGate& operator=(const CallGate&) = delete;

  /// Calls, unless the gate was closed.
  template <typename Call>
  void pass(Call&& call) {
    if (!enter()) return;
    const Leaving leaving(*this);
    std::forward<Call>(call)();
  }

  /// No call begins after this. Returns when none is running but those that this thread is in.
  void close();

 private:
  struct Leaving {
    explicit Leaving(CallGate& left) : gate(left) {}
    ~Leaving() { gate.leave(); }
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    CallGate& gate;
  };

  bool enter();
  void leave();

  std::mutex mutex_;
  std::condition_variable left_;
  std::size_t inside_ = 0;
  bool closed_ = false;
};

}  // namespace cmap
