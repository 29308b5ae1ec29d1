// The reference model of the pool, and copies of it that are broken on purpose.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/pool_under_test.hpp"
#include "sim/world.hpp"

namespace cmap::sim {

/// One wrong line in the model, as somebody might write it. Scenarios and checkers are tested with
/// these: what passes a broken pool checks nothing.
enum class Defect : std::uint8_t {
  none,
  lifo_queue,                 ///< serves the newest waiter first
  keeps_stale,                ///< never notices that a connection is stale
  forgets_permit,             ///< a failed establishment goes on holding its permit
  ignores_max,                ///< creates above maxPoolSize
  ignores_max_connecting,     ///< establishes more than maxConnecting at the same time
  no_failed_event,            ///< a check-out fails without ConnectionCheckOutFailed
  wrong_reason,               ///< stale connections are closed as `idle`
  clears_after_eviction,      ///< PoolCleared comes after the waiters were evicted
  zero_duration,              ///< all durations are 0
  no_run_after_clear,         ///< clear() leaves pruning to the next regular Run
  pending_survive_interrupt,  ///< clear(interrupt) leaves pending connections alone
  closes_under_holder,        ///< close() closes connections in use too
  deadline_ends_with_queue,   ///< the deadline of a check-out does not bound establishing
};

/// All but `none`.
std::span<const Defect> every_defect();
/// "lifo-queue": as options and files name it.
std::string_view defect_name(Defect defect);
std::optional<Defect> defect_named(std::string_view name);

/// `reference_model()` with one defect.
PoolFactory broken_reference_model(Defect defect);

}  // namespace cmap::sim
