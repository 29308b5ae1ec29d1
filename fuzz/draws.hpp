// Chance for a generator: every draw is a choice, so that whatever answers choices composes
// scenarios.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "pool/api/assert.hpp"
#include "sim/choice.hpp"

namespace cmap::fuzz {

/// Small numbers, the dullest first: whoever answers 0 always composes the dullest scenario.
class Draws {
 public:
  static constexpr std::size_t most = 256;

  /// `source` must outlive it.
  explicit Draws(sim::ChoiceSource& source) : source_(source) {}

  /// 0 to bound - 1; `bound` from 1 to `most`. One possibility is no choice.
  std::size_t below(std::size_t bound) {
    CMAP_ASSERT(bound > 0 && bound <= most);
    if (bound == 1) return 0;
    return source_.choose(sim::ChoiceKind::scenario, std::span(numbers).first(bound));
  }
  /// True in `of` of `all` cases; false is the dull answer.
  bool chance(std::size_t of, std::size_t all) { return below(all) >= all - of; }

  template <typename T>
  T pick(std::initializer_list<T> values) {
    return *(values.begin() + below(values.size()));
  }

 private:
  static constexpr std::array<sim::Option, most> numbers = [] {
    std::array<sim::Option, most> all{};
    for (std::uint32_t i = 0; i < most; ++i) all[i] = {sim::ActionKind::draw, i};
    return all;
  }();

  sim::ChoiceSource& source_;
};

}  // namespace cmap::fuzz
