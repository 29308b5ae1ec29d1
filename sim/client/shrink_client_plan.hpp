// A plan that breaks a rule, made small.
#pragma once

#include <cstdint>
#include <string>

#include "sim/client/client_plan.hpp"

namespace cmap::sim {

struct ShrunkClientPlan {
  ClientPlan plan;
  std::size_t runs = 0;  ///< that were made
};

/// Leaves out what can be left out, and what makes the client and its deployment special, so that
/// the same clause is still broken with this seed of the schedule. Makes at most `most_runs` runs.
ShrunkClientPlan shrink_client_plan(ClientPlan plan, std::uint64_t seed, const std::string& clause,
                                    std::size_t most_runs = 2000);

}  // namespace cmap::sim
