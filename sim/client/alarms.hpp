// Timers that come and go while the loop runs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "pool/environment.hpp"
#include "sim/loop.hpp"

namespace cmap::sim {

/// Calls somebody back when its time has come.
class Alarm final : public Runnable {
 public:
  explicit Alarm(std::uint32_t number)
      : Runnable({.action = ActionKind::pool_timer, .subject = number}) {}

  void run() override {
    const auto callback = callback_;  // which may give this alarm back
    if (callback) callback();
  }
  void set(std::function<void()> callback) { callback_ = std::move(callback); }

 private:
  std::function<void()> callback_;
};

/// The loop needs its runnables for as long as it is used: alarms that were given back are kept,
/// and taken again.
class Alarms {
 public:
  explicit Alarms(Loop& loop) : loop_(loop) {}

  Alarm& take(std::function<void()> callback);
  void give_back(Alarm& alarm);

  std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback);
  [[nodiscard]] Loop& loop() { return loop_; }

 private:
  Loop& loop_;
  std::vector<std::unique_ptr<Alarm>> alarms_;
  std::vector<Alarm*> free_;
};

}  // namespace cmap::sim
