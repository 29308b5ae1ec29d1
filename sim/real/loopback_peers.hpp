// A loopback server for each run on the steady clock, so that runs do not see each other's faults.
#pragma once

#include "sim/real/peer_kind.hpp"
#include "sim/real/steady_peer.hpp"

namespace cmap::sim {

/// Outlives the peers that it makes. Thread-safe.
class LoopbackPeers {
 public:
  /// `tls`: always; else only where a scenario says so.
  explicit LoopbackPeers(bool tls) : tls_(tls) {}

  [[nodiscard]] std::unique_ptr<SteadyPeer> make(const Scenario& scenario);

 private:
  const bool tls_;
  PeerOptions options_;
};

}  // namespace cmap::sim
