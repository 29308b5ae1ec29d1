// The time that the pool computes with: nanoseconds on a clock that only an environment can read.
#pragma once

#include <chrono>
#include <cstdint>

namespace cmap {

using Duration = std::chrono::nanoseconds;

/// Tags time points of the injected monotonic clock. It has no `now()` on purpose: the core takes
/// the time as an argument, and only an Environment reads a clock.
struct PoolClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<PoolClock>;
  static constexpr bool is_steady = true;
};

/// Its epoch is arbitrary: only differences mean something.
using TimePoint = PoolClock::time_point;

/// The sum, or the end (the beginning) of what can be counted where it would lie behind it: whoever
/// waits for longer than there is time waits until the end of time.
[[nodiscard]] constexpr Duration saturating_sum(Duration a, Duration b) {
  if (b > Duration::zero() && a > Duration::max() - b) return Duration::max();
  if (b < Duration::zero() && a < Duration::min() - b) return Duration::min();
  return a + b;
}
[[nodiscard]] constexpr TimePoint saturating_sum(TimePoint time, Duration duration) {
  return TimePoint(saturating_sum(time.time_since_epoch(), duration));
}

}  // namespace cmap
