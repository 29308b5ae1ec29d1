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

}  // namespace cmap
