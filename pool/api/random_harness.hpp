// Chance for tests of the pool, which know nothing of the simulator's.
#pragma once

#include <cstdint>

namespace cmap::test {

/// Numerical Recipes' generator: the same on every machine. One for each thread.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33U) % limit;
  }

 private:
  std::uint64_t state_;
};

}  // namespace cmap::test
