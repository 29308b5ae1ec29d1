// One draw for each phase.
#include "sim/real/serve/model/fault_dice.hpp"

#include <array>
#include <utility>

namespace cmap::serve {

const FaultRates& FaultDice::rates(PeerPhase phase) const {
  switch (phase) {
    case PeerPhase::connect:
      return options_->connect;
    case PeerPhase::tls:
      return options_->tls;
    case PeerPhase::hello:
      return options_->hello;
    case PeerPhase::authenticate:
      return options_->authenticate;
    case PeerPhase::command:
      return options_->command;
  }
  return options_->command;
}

Disturbance FaultDice::draw(PeerPhase phase) {
  using Kind = Disturbance::Kind;
  const FaultRates& rate = rates(phase);
  const std::array<std::pair<Kind, std::uint64_t>, 5> shares{
      {{Kind::refuse, phase == PeerPhase::connect ? rate.refuse : 0},
       {Kind::hang, rate.hang},
       {Kind::reset, rate.reset},
       {Kind::garbage, rate.garbage},
       {Kind::slow, rate.slow}}};
  std::uint64_t draw = prng_.below(1000);
  for (const auto& [kind, share] : shares) {
    if (draw >= share) {
      draw -= share;
      continue;
    }
    if (kind != Kind::slow || options_->max_delay <= Duration::zero()) return {.kind = kind};
    const auto longest = static_cast<std::uint64_t>(options_->max_delay.count());
    return {.kind = kind, .delay = Duration(prng_.below(longest) + 1)};
  }
  return {};
}

}  // namespace cmap::serve
