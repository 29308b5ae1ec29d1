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
/// From there on, a state and the same with twins renamed have the same future, but for names.
/// Renamed are the actors wherever the state has them (what each has yet to do and what it waits
/// for, its timer, its place among those who wait) and their labels with what these hold. Nothing
/// else has to be: a pool knows check-outs and no actors, a peer knows connections by their
/// numbers, neither events nor errors name actors or labels, and whom main awaits first of those
/// who all have to end is nothing that anybody sees. So what breaks a clause after the one state
/// breaks it after the other, in as many steps, and a search that goes on from one of them finds
/// it. Every way to permute twins is a naming: all states that they make of each other have the
/// same set of fingerprints, of which the least can stand for the state. Of two pools that are
/// compared, it is of both by one naming.
///
/// Where this cannot be told from the programs alone, there are no twins: where a listener acts,
/// where others than main start or await threads. After the end of main, leases are checked in by
/// the order of their labels; nobody claims that what comes then is looked at in every order.
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
