// Which actors do the same, so that it makes no difference which one does what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/scenario.hpp"

namespace cmap::sim {

/// Calls every actor by the name of an actor: main by its own, twins by each other's.
struct Naming {
  std::vector<ActorIndex> names;   ///< by actor
  std::vector<ActorIndex> actors;  ///< the other way round: who has a name
  std::vector<LabelIndex> labels;  ///< in the place of a label: the same one of whom has its name
};

/// Twins are actors whose programs are equal but for labels, each of which belongs to one of them
/// alone: no other actor uses it. Nobody names a twin but main, which starts them, gives them their
/// operations and, in the end, only awaits them, whatever comes of each.
///
/// From there on, a state and the same with twins renamed (their labels with them) have the same
/// future, but for names: pools know no actors, a peer knows connections by their numbers, an event
/// and an error name neither actors nor labels, and whom main awaits first among those who all have
/// to end is nothing that anybody sees. So what breaks a clause after the one breaks it after the
/// other, in as many steps; a search that goes on from only one of all these states finds it. That
/// is all states that a naming makes of each other, because every way to permute twins is a naming.
///
/// Where this could not be told from the programs, there are no twins: where a listener acts, or
/// where others than main start or await threads. What happens after the end of main (each label's
/// lease is checked in, in the order of labels) is looked at in one order anyway.
struct Twins {
  /// Calls everybody by its own name first.
  std::vector<Naming> namings;
  /// So many operations at the end of main are of the kind told above. Renaming is for states where
  /// main has begun with them.
  std::size_t last_waits = 0;
  /// By operation of the scenario: how many of its actor's come before it.
  std::vector<std::uint32_t> places;

  [[nodiscard]] bool has_any() const { return namings.size() > 1; }
};

/// All of them, or as many as there are most 120 namings for: five of a kind, for example.
Twins twins_of(const Scenario& scenario);
/// Everybody is alone.
Twins no_twins(const Scenario& scenario);

}  // namespace cmap::sim
