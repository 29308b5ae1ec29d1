// A rolling 64-bit digest: tells whether two runs did the same things in the same order.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/prng.hpp"

namespace cmap::sim {

/// Folds 64-bit words, in order. The same words give the same value on every machine; it is made of
/// what is folded alone, never of addresses or of memory as it lies. Not for adversaries.
///
/// Texts are folded with their length and lists should be: then no two different sequences of
/// calls fold the same words.
class Digest {
 public:
  /// Loses nothing: for a given word the next state is a permutation of the last one, and the other
  /// way round, so runs that differ in one word only never meet again.
  constexpr void fold(std::uint64_t word) {
    const std::uint64_t product = (state_ ^ word) * multiplier;
    state_ = product ^ (product >> shift);
  }

  /// Two words for little more than the time of one: the second is scrambled beside the chain of
  /// states. Not the same value as two folds of one word.
  constexpr void fold(std::uint64_t first, std::uint64_t second) {
    const std::uint64_t product = second * other_multiplier;
    fold(first ^ product ^ (product >> shift));
  }

  constexpr void fold_text(std::string_view text) {
    const std::size_t size = text.size();
    if (size < bytes_of_word) {
      fold(size, short_word(text));
      return;
    }
    // The last word may overlap the one before it, which together with the size is unambiguous.
    const std::uint64_t last = whole_word(text.substr(size - bytes_of_word));
    for (; text.size() > bytes_of_word; text.remove_prefix(bytes_of_word)) {
      fold(whole_word(text.substr(0, bytes_of_word)));
    }
    fold(size, last);
  }

  /// Avalanched: every bit depends on everything folded so far.
  [[nodiscard]] constexpr std::uint64_t value() const { return mix(state_); }

  bool operator==(const Digest&) const = default;

 private:
  static constexpr std::size_t bytes_of_word = 8;
  static constexpr std::uint64_t multiplier = 0x9FB21C651E98DF25;  // odd, with well spread bits
  static constexpr std::uint64_t other_multiplier = 0xD6E8FEB86659FD93;
  static constexpr int shift = 32;

  /// First byte lowest, whatever the machine's order. Written out, because compilers make one load
  /// of it then, and not of a loop.
  static constexpr std::uint64_t whole_word(std::string_view bytes) {
    const auto byte = [bytes](std::size_t i) {
      return std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    };
    return byte(0) | byte(1) | byte(2) | byte(3) | byte(4) | byte(5) | byte(6) | byte(7);
  }

  static constexpr std::uint64_t short_word(std::string_view bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return word;
  }

  std::uint64_t state_ = 0x243F6A8885A308D3;
};

}  // namespace cmap::sim
