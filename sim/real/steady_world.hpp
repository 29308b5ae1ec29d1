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
    /// An answer of the pool, or a thread that a scenario waits for, which takes longer is a
    /// deadlock. A call of the pool that does not return at all hangs the run, and so does a
    /// thread inside of one that is joined at the end: nobody can end them.
    Duration patience = std::chrono::seconds(60);
    /// If the machine stood still for longer, the trace says so: scenarios in real time have
    /// windows of 50 ms and more. Whether it matters is for who judges the run.
    Duration tolerated_stall = std::chrono::milliseconds(40);
  };
  explicit SteadyWorld(Options options) : options_(std::move(options)) {}

  /// `factory` makes a pool that many threads may use. Of `options` only `record_entries` and
  /// `oracles` count. Times are since the start of the run; there are no steps and no digest.
  /// Throws what the factory throws, and the peer before the scenario begins.
  [[nodiscard]] Trace run(const Scenario& scenario, const PoolFactory& factory,
                          const RunOptions& options) const;

  /// What in this scenario needs the virtual clock; nothing: it can be run here.
  [[nodiscard]] static std::optional<std::string> only_virtual(const Scenario& scenario);

 private:
  const Options options_;
};

}  // namespace cmap::sim
