// What every run must hold: the properties that the fuzzer looks for a breach of.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/choice.hpp"
#include "sim/pool_under_test.hpp"
#include "sim/scenario.hpp"
#include "sim/trace.hpp"
#include "sim/world.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::fuzz {

/// A breach of one clause.
struct Finding {
  /// "A-POOL-4", "PROGRESS", "INVARIANT", ...: as RunFailure has it; "MODEL" where the pool does
  /// something else than the reference model, "DETERMINISM" where it does not do the same twice.
  std::string clause;
  std::string message;
  /// The clause, and for those that say little what kind of breach: what two findings of one bug
  /// have in common.
  std::string signature;
};

/// One run of the pool under test, and what was wrong with it.
struct Tested {
  std::optional<Finding> finding;
  sim::Trace trace;
  std::vector<sim::RecordedChoice> schedule;  ///< every choice that was made
  /// Why PropertyOptions::world did not run it; nothing: it did, or nothing asked for it.
  std::optional<std::string> impossible{};
};

struct PropertyOptions {
  /// The reference model must do exactly the same: events, outcomes, times.
  bool compare_with_model = true;
  /// The same choices again must give the same run. Where the model has given it, too, that is
  /// said.
  bool run_twice = true;
  /// The trace has what `hits_of` needs.
  bool note_coverage = false;
  /// Another world must do the same on the same choices ("PARITY"). Empty: there is none.
  spec_tests::RunnerOptions::World world{};
  /// Says why that world cannot make a scenario; with `world`.
  std::function<std::optional<std::string>(const sim::Scenario&)> impossible{};
  /// A run of right size takes a few hundred steps; what takes so much more never ends
  /// ("NO-LIVELOCK").
  std::uint64_t work_budget = 2'000'000;
};

/// How `test` runs the pool under test by itself: to the end, where nothing may be left over.
sim::RunOptions run_options(std::uint64_t work_budget = PropertyOptions().work_budget);

/// Runs the scenario with all oracles on and to its end, where nothing may be left over.
Tested test(const sim::Scenario& scenario, sim::ChoiceSource& choices,
            const sim::PoolFactory& factory, const PropertyOptions& options = {});

/// Stands in for `test`: where the pool may end the process.
using Tester =
    std::function<Tested(const sim::Scenario& scenario, sim::ChoiceSource& choices,
                         const sim::PoolFactory& factory, const PropertyOptions& options)>;

}  // namespace cmap::fuzz
