// Faults at random, for soaks.
#pragma once

#include <cstdint>

#include "pool/api/time.hpp"
#include "sim/prng.hpp"
#include "sim/real/serve/hooks.hpp"
#include "sim/real/serve/server_options.hpp"

namespace cmap::serve {

struct Disturbance {
  enum class Kind : std::uint8_t { none, refuse, hang, reset, garbage, slow } kind = Kind::none;
  Duration delay{0};  ///< with slow
};

/// Of one connection: its faults depend on nothing that happens to others.
class FaultDice {
 public:
  FaultDice(const FaultOptions& options, std::uint64_t connection)
      : options_(&options), prng_(sim::mix(options.seed ^ sim::mix(connection))) {}

  Disturbance draw(PeerPhase phase);

 private:
  [[nodiscard]] const FaultRates& rates(PeerPhase phase) const;

  const FaultOptions* options_;
  sim::Prng prng_;
};

}  // namespace cmap::serve
