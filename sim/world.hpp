// The simulated world: runs one scenario against one pool on a virtual clock, on one thread.
#pragma once

#include <cstdint>

#include "sim/choice.hpp"
#include "sim/pool_under_test.hpp"
#include "sim/scenario.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {

struct RunOptions {
  /// Also keep every step and operation in Trace::entries (for people and for trace files).
  bool record_entries = false;
  /// Run the checkers over the events and PoolUnderTest::check_invariants after every step.
  bool oracles = true;
  /// A run of more steps, or of more steps in one instant, is a livelock.
  std::uint64_t step_budget = 1'000'000'000;
  std::uint64_t instant_step_budget = 1'000'000;
  /// After the main thread ended: let all actors and transports come to rest and demand that
  /// nothing is left over (liveness at quiescence). Never changes `events`, `end` or the digest.
  bool drain = false;
};

/// Runs the scenario from virtual time 0 until its main thread has ended, and tears everything
/// down. Deterministic: the same scenario, pool and answers of `choices` give the same trace, on
/// every compiler. Throws only what the factory throws.
Trace run(const Scenario& scenario, const PoolFactory& factory, ChoiceSource& choices,
          const RunOptions& options = {});

/// cmap::ConnectionPool itself, as a pool under test.
PoolFactory connection_pool();

/// The reference model: a slow, obvious pool that shares no code with pool/core.
PoolFactory reference_model();

}  // namespace cmap::sim
