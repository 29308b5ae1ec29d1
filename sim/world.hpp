// The simulated world: runs one scenario against one pool on a virtual clock, on one thread.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/choice.hpp"
#include "sim/connection_backend.hpp"
#include "sim/pool_under_test.hpp"
#include "sim/scenario.hpp"
#include "sim/trace.hpp"
#include "sim/twins.hpp"

namespace cmap::sim {

struct RunOptions {
  /// Also keep every step and operation in Trace::entries (for people and for trace files).
  bool record_entries = false;
  /// Run the checkers over the events and PoolUnderTest::check_invariants after every step.
  bool oracles = true;
  /// Also say in Trace::exercised which rules the oracles could have seen broken.
  bool note_exercised = false;
  /// A run that is more work, all in all or in one instant, is a livelock, or asks for more than
  /// anybody waits for. A step is as much work as `step_work` and one for each connection and
  /// each waiting check-out that there is (the oracles visit them all); what is kept, an event or a
  /// recorded entry, is `kept_work` more. The defaults take a few seconds, and are twice what a day
  /// of an idle pool with two connections is whose background Run comes every 10 ms.
  std::uint64_t work_budget = 100'000'000;
  std::uint64_t instant_work_budget = 50'000'000;
  static constexpr std::uint64_t step_work = 4;
  static constexpr std::uint64_t kept_work = 40;
  /// After the main thread ended: let all actors and transports come to rest and demand that
  /// nothing is left over (liveness at quiescence). Never changes `events`, `end` or the digest.
  bool drain = false;
  /// Of this scenario: whose names may be exchanged in Trace::stopped_at. Null: nobody's. Must
  /// outlive the run.
  const Twins* twins = nullptr;
  /// Carries out on real sockets what the simulated transport decides. Empty: nothing does.
  BackendFactory backend{};
  /// Carries out `turn` on a thread that belongs to the actor, and returns after it. Empty: all
  /// actors take their turns on the thread of `run`.
  std::function<void(ActorIndex actor, const std::function<void()>& turn)> on_thread_of{};
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
