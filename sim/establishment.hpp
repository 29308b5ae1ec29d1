// How one simulated establishment will go, worked out when it begins.
#pragma once

#include <array>
#include <optional>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "sim/faults.hpp"
#include "sim/server.hpp"

namespace cmap::sim {

/// One end per phase, counted from the begin of the establishment. The plan stops at the phase that
/// fails or hangs.
struct EstablishmentPlan {
  static constexpr std::size_t phases = static_cast<std::size_t>(EstablishmentPhase::done);

  std::array<Duration, phases> ends{};
  EstablishmentPhase last = EstablishmentPhase::done;          ///< the phase that fails, or done
  bool hangs = false;                                          ///< in `last`
  ErrorPtr error;                                              ///< of `last`, if it fails
  EstablishmentPhase final_phase = EstablishmentPhase::hello;  ///< of those that there are

  /// The phase at a time since the begin: what a timeout interrupts. Never done: what has ended in
  /// this very instant has not told it yet.
  [[nodiscard]] EstablishmentPhase phase_at(Duration since_begin) const;
  [[nodiscard]] Duration end_of(EstablishmentPhase phase) const {
    return ends.at(static_cast<std::size_t>(phase));
  }
  /// When it is decided; meaningless if it hangs.
  [[nodiscard]] Duration end() const;
};

/// `hit`: what the fail point does to this establishment, if it strikes.
EstablishmentPlan plan_establishment(const Address& address, const ServerSetup& setup,
                                     const EstablishmentScript& script,
                                     const std::optional<FailPointHit>& hit);

/// Of one that answers inside of the call that begins it: the phases of its script do not matter.
EstablishmentPlan plan_inside_of_the_call(const Address& address, EstablishmentScript::Inline how);

}  // namespace cmap::sim
