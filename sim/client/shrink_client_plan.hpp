// A plan that breaks a rule, made small.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/checkers/violation.hpp"
#include "sim/client/client_plan.hpp"

namespace cmap::sim {

struct ShrunkClientPlan {
  ClientPlan plan;
  Violation violation;   ///< its own: the message may be another one than of the whole plan
  std::size_t runs = 0;  ///< so many plans were tried
};

/// Leaves out what can be left out, and what makes the client and its deployment special, so that
/// the same rule is still broken with this seed of the schedule (is_same_breach). `violation`: what
/// the plan has broken. Tries at most `most_runs` plans.
ShrunkClientPlan shrink_client_plan(ClientPlan plan, std::uint64_t seed, Violation violation,
                                    std::size_t most_runs = 2000);

}  // namespace cmap::sim
