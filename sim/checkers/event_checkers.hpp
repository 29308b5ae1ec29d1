// All checkers over the events of one pool: the oracle that needs nothing but the events.
#pragma once

#include <cstdint>
#include <optional>

#include "pool/api/events.hpp"
#include "sim/checkers/observed_pool.hpp"
#include "sim/checkers/violation.hpp"

namespace cmap::sim {

/// Give it every event of one pool from PoolCreated on, in their order. It judges by the decisions
/// R1 to R22, too. Memory follows what is alive in the pool.
class EventCheckers {
 public:
  /// `options` as the pool got them.
  explicit EventCheckers(const PoolOptions& options) : pool_(options) {}

  /// Nothing is looked at any more after the first violation.
  void observe(const Event& event);

  /// Optional, at the end: demands that nothing is left over. Only for a run that has come to rest:
  /// all leases were checked in, and the deadlines of check-outs that still wait have passed.
  /// Connections whose peers never answer may stay pending.
  void finish_quiescent();

  /// From now on it notes there what it demands; `exercised` must outlive it.
  void note_exercised(ExercisedRules& exercised) { report_.note_exercised(exercised); }

  [[nodiscard]] const std::optional<Violation>& violation() const { return report_.violation(); }
  /// Everything that what it will say depends on, while there is no violation.
  void visit_state(StateVisitor& visitor) const { pool_.visit_state(visitor); }

 private:
  void check_before(const Step& step);

  ObservedPool pool_;
  Report report_;
  std::uint64_t events_ = 0;
};

}  // namespace cmap::sim
