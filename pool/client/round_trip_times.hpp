// How long hello takes to a server and back: the average and the minimum (D-MON-8).
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>

#include "pool/api/time.hpp"

namespace cmap {

/// A plain value. Whole nanoseconds, so that it is the same on every machine.
class RoundTripTimes {
 public:
  /// Not negative.
  void add(Duration sample) {
    // A weight of 0.2 for the new sample.
    average_ = average_ ? (sample + 4 * *average_) / 5 : sample;
    recent_.push_back(sample);
    if (recent_.size() > kept) recent_.pop_front();
  }
  void reset() { *this = {}; }

  /// Exponentially weighted; nothing without a sample.
  [[nodiscard]] std::optional<Duration> average() const { return average_; }
  /// Of the last ten samples; 0 while there are fewer than two.
  [[nodiscard]] Duration minimum() const {
    return recent_.size() < 2 ? Duration(0) : *std::min_element(recent_.begin(), recent_.end());
  }

 private:
  static constexpr std::size_t kept = 10;
  std::optional<Duration> average_;
  std::deque<Duration> recent_;
};

}  // namespace cmap
