// Our own random numbers: the standard library's distributions differ between implementations.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cmap::sim {

/// Mixes 64 bits into 64 bits (the finalizer of splitmix64).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// The seed of one stream of chance: a new draw in one stream does not shift the others.
constexpr std::uint64_t derive_seed(std::uint64_t root, std::string_view stream) {
  std::uint64_t hash = mix(root);
  for (const char c : stream) hash = mix(hash ^ static_cast<unsigned char>(c));
  return hash;
}

/// xoshiro256** with a bounded draw. Same sequence everywhere.
class Prng {
 public:
  explicit constexpr Prng(std::uint64_t seed) {
    for (auto& word : state_) word = seed = mix(seed);
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate_left(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound); `bound` > 0. Rejects the draws that would favour small numbers.
  constexpr std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    for (;;) {
      const std::uint64_t draw = next();
      if (draw >= threshold) return draw % bound;
    }
  }

  /// True in `numerator` of `denominator` cases.
  constexpr bool ratio(std::uint64_t numerator, std::uint64_t denominator) {
    return below(denominator) < numerator;
  }

 private:
  static constexpr std::uint64_t rotate_left(std::uint64_t x, int bits) {
    return (x << bits) | (x >> (64 - bits));
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace cmap::sim
