// The pool's clock in the real world is the steady clock; Asio's timers use it, too.
#pragma once

#include <chrono>

#include "pool/api/time.hpp"

namespace cmap {

inline TimePoint from_steady(std::chrono::steady_clock::time_point when) {
  return TimePoint(std::chrono::duration_cast<Duration>(when.time_since_epoch()));
}

inline std::chrono::steady_clock::time_point to_steady(TimePoint when) {
  return std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(when.time_since_epoch()));
}

inline TimePoint steady_now() { return from_steady(std::chrono::steady_clock::now()); }

}  // namespace cmap
