// Runs one scenario file against a pool in simulation and judges every run.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sim/pool_under_test.hpp"
#include "sim/trace.hpp"
#include "sim/world.hpp"
#include "spec-tests/scenario_file.hpp"
#include "spec-tests/verdict.hpp"

namespace cmap::spec_tests {

struct RunnerOptions {
  /// Besides the canonical schedule, or the file's own: nothing; all schedules if there are at most
  /// `max_enumerated`, else `schedule_count` seeds; or all if there are at most `schedule_count`,
  /// else that many seeds. Should one of the first schedules of a long enumeration fail, no seeds
  /// are tried.
  enum class Schedules : std::uint8_t { none, all, some } schedules = Schedules::none;
  std::uint64_t schedule_count = 1'000;
  std::uint64_t max_enumerated = 20'000;
  /// The seeds are base_seed, base_seed + 1, ...
  std::uint64_t base_seed = 1;
  /// Makes one run with this seed instead of all others: how a failing schedule is repeated.
  std::optional<std::uint64_t> only_seed;
  bool require_no_surplus = true;
  /// Where it runs. Empty: sim::run.
  using World =
      std::function<sim::Trace(const sim::Scenario& scenario, const sim::PoolFactory& factory,
                               sim::ChoiceSource& choices, const sim::RunOptions& options)>;
  World world{};
  /// Messages of errors may say more than expected, and not always the same.
  bool is_real = false;
  /// Its clock is real: the order of what nobody waits for is chance, no time is exact, and only
  /// the file's own expectations count, as often as `repeat` says. No other schedules. If the
  /// machine stood still, and that can be all there is to a failure, the run is made again, a few
  /// times; nothing else that a run shows is ever left out.
  bool is_steady = false;
  /// Says why a file cannot run there: it is then skipped. Empty: all can.
  std::function<std::optional<std::string>(const ScenarioFile&)> impossible{};
  sim::ServerFacts server{};  ///< what `runOn` is compared with
  /// Runs every schedule but the enumerated ones, too; both traces must be equal (parity). Empty:
  /// nothing to compare with.
  World compared_world{};
  /// How often the canonical schedule, or the file's own, is compared, with itself included.
  std::uint64_t repeat = 1;
  /// Of the run that is judged by everything. Other schedules run without recorded entries. At the
  /// end everybody checks in and the pool closes: nothing may be left.
  sim::RunOptions run{.drain = true};
};

/// How many other schedules there were, and on how many the file's own list held.
struct ScheduleReport {
  std::uint64_t held = 0;
  std::uint64_t tried = 0;
  bool complete = false;  ///< these are all that there are
  bool seeded = false;    ///< made by seeds, else by enumeration
  bool operator==(const ScheduleReport&) const = default;
};

/// What became of the file's own schedule in changed code.
struct Drift {
  std::uint64_t missed = 0;   ///< choices that were not on offer
  std::uint64_t choices = 0;  ///< that the run asked for before the schedule was used up
  bool operator==(const Drift&) const = default;
};

struct Result {
  enum class Outcome : std::uint8_t {
    pass,
    fail,
    skipped,  ///< `message` is the skip reason
    error,    ///< the pool under test threw; `message` says what
  } outcome = Outcome::pass;
  std::string message;
  Verdict verdict;
  /// Of the run that `verdict` is about: the first failing one, else the one that is judged first.
  sim::Trace trace;
  std::optional<ScheduleReport> schedules;
  std::optional<Drift> drift;    ///< of a file with a schedule
  std::uint64_t made_again = 0;  ///< runs on the steady clock: the machine stood still
  /// Of the failing schedule, if a seed made it.
  std::optional<std::uint64_t> seed;
  /// Of the failing schedule, if enumeration made it: 1, 2, 3, ...
  std::optional<std::uint64_t> interleaving;
};

/// The file's own schedule, or else the canonical one, run twice with digests compared, is judged
/// by everything the file expects; other schedules by the file's own list, its error and the
/// absence of surplus events.
Result run_file(const ScenarioFile& file, const sim::PoolFactory& factory,
                const RunnerOptions& options = {});

}  // namespace cmap::spec_tests
