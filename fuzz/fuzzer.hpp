// The search: run after run, each a scenario and a schedule, until one breaks a clause.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "fuzz/corpus.hpp"
#include "fuzz/coverage.hpp"
#include "fuzz/property.hpp"
#include "fuzz/shrink.hpp"
#include "fuzz/strategies.hpp"

namespace cmap::fuzz {

struct FuzzOptions {
  std::uint64_t seed = 1;
  Strategy strategy = Strategy::portfolio;
  /// With `note_coverage` the search counts what its runs hit.
  PropertyOptions property{};
  /// Every 16th run counts what it hits, whatever `property` says: it takes a third of the time of
  /// a run, and a search has many.
  bool samples_coverage = false;
};

/// What came of one run.
struct FuzzRun {
  std::optional<Failure> failure;
  CorpusEntry made_by;
  std::vector<std::uint64_t> states;  ///< abstract states that it went through, each once
  std::uint64_t steps = 0;
  std::optional<Hits> hits;               ///< none: nothing asked for them
  std::optional<std::string> impossible;  ///< why it did not run in the other world
};

struct FuzzTotals {
  std::uint64_t runs = 0;
  std::uint64_t steps = 0;
  std::uint64_t states = 0;  ///< different ones, of all runs
  std::uint64_t corpus = 0;  ///< runs that are mutated
  /// Runs that the other world could not make, by the reason.
  std::map<std::string, std::uint64_t> impossible{};
};

/// A run depends on the seed, on its number and on the corpus as it was at the end of the last
/// epoch: the same search on any number of threads.
class Fuzzer {
 public:
  static constexpr std::uint64_t runs_of_epoch = 512;

  /// `factory` must outlive it, and be usable from several threads if `run` is.
  Fuzzer(const FuzzOptions& options, const sim::PoolFactory& factory)
      : options_(options), factory_(factory) {}

  /// Of the epoch that is going on. Thread-safe against itself.
  [[nodiscard]] FuzzRun run(std::uint64_t number, const Tester& tester = test) const;
  /// The same run without the pool under test, which may end the program: what it was to do, on the
  /// schedule that the reference model takes with the same choices. The finding is the caller's.
  [[nodiscard]] Failure composed(std::uint64_t number) const;
  /// The run that an entry was made of. Where the code has changed since, the nearest one.
  [[nodiscard]] FuzzRun run_again(const CorpusEntry& entry, const Tester& tester = test) const;
  /// Before the first run: an entry of an earlier search. It counts as no run.
  void begin_with(FuzzRun run_again);
  /// Every run of the epoch, in the order of their numbers.
  void take(FuzzRun run);
  /// After the last run of an epoch.
  void end_epoch();

  [[nodiscard]] FuzzTotals totals() const;
  /// Of the runs that were taken; empty unless asked for.
  [[nodiscard]] const Coverage& coverage() const { return coverage_; }
  /// Entries that together went through every state that is in the corpus, but for the states of
  /// those it began with; the one that shows most for its size first.
  [[nodiscard]] std::vector<CorpusEntry> worth_keeping() const;

 private:
  static constexpr std::size_t most_entries = 4096;

  struct Found {
    CorpusEntry entry;
    std::vector<std::uint64_t> states;
  };
  /// Where the choices of a run come from.
  struct Sources {
    std::unique_ptr<sim::ChoiceSource> scenario;
    std::unique_ptr<sim::ChoiceSource> schedule;
  };

  [[nodiscard]] Sources sources_of(std::uint64_t number) const;
  /// Half of the time only the schedule is another.
  static Sources mutated(const CorpusEntry& entry, std::uint64_t seed);
  [[nodiscard]] Strategy strategy_of(std::uint64_t run_seed) const;
  [[nodiscard]] FuzzRun run_of(sim::ChoiceSource& composing, sim::ChoiceSource& schedule,
                               const Tester& tester, const PropertyOptions& property) const;
  void keep_if_new(FuzzRun run);

  const FuzzOptions options_;
  const sim::PoolFactory& factory_;
  std::vector<Found> corpus_;
  std::vector<Found> found_;  ///< in this epoch
  std::unordered_set<std::uint64_t> states_at_the_beginning_;
  std::size_t next_entry_ = 0;  ///< to be replaced once the corpus is full
  std::unordered_set<std::uint64_t> states_;
  Coverage coverage_;
  std::uint64_t runs_ = 0;
  std::uint64_t steps_ = 0;
  std::map<std::string, std::uint64_t> impossible_;
};

/// A failure and the number of its run.
struct Found {
  std::uint64_t number = 0;
  Failure failure;
};

/// The first failure, on this thread. `go_on` is asked before each run, with its number.
std::optional<Found> find_first(const FuzzOptions& options, const sim::PoolFactory& factory,
                                const std::function<bool(std::uint64_t)>& go_on);

}  // namespace cmap::fuzz
