// Exhaustive search: every schedule of one scenario, breadth first, until a clause is broken or no
// new state is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fingerprint_set.hpp"
#include "fuzz/shrink.hpp"
#include "sim/twins.hpp"

namespace cmap::fuzz {

struct ExploreOptions {
  /// The search gives up where it would have to remember more.
  std::uint64_t most_states = 10'000'000;
  /// States that twins make of each other are one.
  bool prunes_twins = true;
};

/// What a run comes to that takes one choice more than another.
struct Successor {
  std::uint64_t state = 0;    ///< fingerprint of the pool's world and of the reference model's
  std::uint32_t options = 0;  ///< that its next choice has; 0: the run ended
  std::vector<sim::TracedEvent> events{};  ///< of the whole run so far
  std::optional<Failure> failure;
};

/// Makes the run that takes these options, where it has a choice, and stops before the next one.
/// Everything of `test` is demanded on the way and, where the run ends, at its end.
///
/// No choice is what commutes with everything else: deliveries of events, the bookkeeping of
/// actors. A run that ends earlier than others, with events that nobody saw, may be left out for
/// that: its events are the beginning of another run's. What happens after the end of the main
/// thread is looked at in one order. States that are the same but for the names of `twins` have one
/// fingerprint.
Successor follow(const sim::Scenario& scenario, const sim::PoolFactory& factory,
                 const sim::Twins& twins, const std::vector<std::uint32_t>& path);

struct ExploreTotals {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;  ///< between them; each was a run
  std::uint64_t ends = 0;         ///< transitions that ended the scenario
  std::uint64_t depth = 0;        ///< choices of the longest path
  bool cut_off = false;           ///< by `most_states`

  bool operator==(const ExploreTotals&) const = default;
};

/// Level after level: all states that so many choices lead to. A level's states can be expanded on
/// any number of threads, and are taken in their order: the totals and the failure are the same.
class Explorer {
 public:
  /// All must outlive it, and `factory` must be usable from several threads if `expand` is.
  Explorer(const sim::Scenario& scenario, const sim::PoolFactory& factory,
           const ExploreOptions& options = {});
  Explorer(const sim::Scenario& scenario, sim::PoolFactory&& factory,
           const ExploreOptions& options = {}) = delete;

  /// States whose choices were not taken yet. 0: it is over.
  [[nodiscard]] std::size_t level_size() const { return level_end_ - level_begin_; }
  using Expansion = std::vector<Successor>;
  /// Of one state of the level. Thread-safe against itself.
  [[nodiscard]] Expansion expand(std::size_t place) const;
  /// Of each state of the level, in their order.
  void take(const Expansion& expansion);
  /// After the last one: goes on to the next level.
  void end_level();
  /// All of it, on this thread. `go_on` is asked now and then; false ends it early.
  void run(const std::function<bool()>& go_on = {});

  /// The first one found: no other takes fewer choices.
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  [[nodiscard]] const ExploreTotals& totals() const { return totals_; }

 private:
  /// A state is known by how it was first reached.
  struct Node {
    std::uint32_t parent = 0;
    std::uint16_t option = 0;
    std::uint16_t options = 0;
  };

  void add(const Successor& successor, std::uint32_t parent, std::uint16_t option);
  [[nodiscard]] std::vector<std::uint32_t> path_to(std::size_t node) const;

  const sim::Scenario& scenario_;
  const sim::PoolFactory& factory_;
  const ExploreOptions options_;
  const sim::Twins twins_;
  std::vector<Node> nodes_;
  std::size_t level_begin_ = 0;
  std::size_t level_end_ = 0;
  std::size_t next_taken_ = 0;
  FingerprintSet states_;
  ExploreTotals totals_;
  std::optional<Failure> failure_;
};

}  // namespace cmap::fuzz
