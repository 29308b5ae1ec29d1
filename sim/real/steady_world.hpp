// The world of the steady clock: real time, real sockets, a real thread for every actor.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "sim/pool_under_test.hpp"
#include "sim/real/steady_peer.hpp"
#include "sim/trace.hpp"
#include "sim/world.hpp"

namespace cmap::sim {

/// Runs scenarios as the specification's test runner is described. Nobody chooses an order and no
/// time is exact, so only the causal order means something: what a scenario waits for. The checkers
/// over the events hold nevertheless. Runs may overlap as far as their peers allow.
class SteadyWorld {
 public:
  struct Options {
    SteadyPeerFactory peers;
    /// An operation of the pool, or a thread that is waited for, which takes longer is a deadlock.
    Duration patience = std::chrono::seconds(60);
    /// A run during which the machine stood still for longer says nothing: scenarios in real time
    /// have windows of 50 ms and more. It is made again, a few times.
    Duration tolerated_stall = std::chrono::milliseconds(40);
  };
  explicit SteadyWorld(Options options) : options_(std::move(options)) {}

  /// `factory` makes a pool that many threads may use. Of `options` only `record_entries` and
  /// `oracles` count. Times are since the start of the run; there are no steps and no digest.
  /// Throws what the factory and the peer throw.
  [[nodiscard]] Trace run(const Scenario& scenario, const PoolFactory& factory,
                          const RunOptions& options) const;

  /// What in this scenario needs the virtual clock; nothing: it can be run here.
  [[nodiscard]] static std::optional<std::string> only_virtual(const Scenario& scenario);

 private:
  const Options options_;
};

}  // namespace cmap::sim
