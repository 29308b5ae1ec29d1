// How schedules are chosen: each strategy finds other bugs soon.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/choice.hpp"

namespace cmap::fuzz {

enum class Strategy : std::uint8_t {
  portfolio,  ///< each run draws one of the others
  random,     ///< every option is as likely as every other
  pct,        ///< actors have priorities, which change a few times
  delays,     ///< canonical, but a few things are held back for a while
  mutation,   ///< what found something new before, changed a little; random while there is nothing
};

std::string_view strategy_name(Strategy strategy);

/// Probabilistic concurrency testing: of all actors, connections and timers that could go on, the
/// one with the highest priority does, until one of a few steps at random, where it falls behind
/// all others. A bug that needs d things in order is met with a probability that does not depend on
/// how many other orders there are. After a while the choice is random: what only unfair schedules
/// never do is no bug.
std::unique_ptr<sim::ChoiceSource> pct_choices(std::uint64_t seed);

/// The canonical run, in which a few things are held back until others have gone before.
std::unique_ptr<sim::ChoiceSource> delaying_choices(std::uint64_t seed);

/// Answers as in `recorded`, but for a few that are left out or drawn anew; where the record ends
/// or does not fit, uniform draws.
std::unique_ptr<sim::ChoiceSource> mutated_choices(std::vector<sim::RecordedChoice> recorded,
                                                   std::uint64_t seed);

}  // namespace cmap::fuzz
