// Measuring side by side: rounds of all contestants in turn, so that a busy moment of the machine
// meets them all, and medians of them.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cmap::bench {

/// What one round of a contestant showed.
struct Sample {
  double value = 0;
  std::vector<double> waits{};     ///< of single operations, where they are of interest
  std::optional<double> sleeps{};  ///< of threads, per operation: how often one gave up its turn
};

struct Contestant {
  std::string name;
  std::function<Sample()> round;
};

/// A table: one row for each contestant, each value as a multiple of the first one's.
struct Comparison {
  std::string title;
  std::string unit;
  std::vector<Contestant> contestants;
  bool more_is_better = false;
};

/// The value at this share, 0 to 1, of the sorted values. Not empty.
double quantile(std::vector<double> values, double share);

/// Prints the table when all rounds are done.
void compare(const Comparison& comparison, std::size_t rounds);

/// Nanoseconds that `body` takes.
double time_of(const std::function<void()>& body);

}  // namespace cmap::bench
