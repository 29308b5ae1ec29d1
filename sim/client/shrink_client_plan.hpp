// A plan that breaks a rule, made small.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "sim/checkers/violation.hpp"
#include "sim/client/client_plan.hpp"

namespace cmap::sim {

struct ShrunkClientPlan {
  ClientPlan plan;
  Violation violation;   ///< its own: the message may be another one than of the whole plan
  std::size_t runs = 0;  ///< so many plans were tried
};

struct ClientShrinking {
  /// What a plan breaks; nothing if all is well. The same each time.
  std::function<std::optional<Violation>(const ClientPlan&)> test;
  std::size_t most_runs = 2000;
  /// Asked before each run; empty: it does.
  std::function<bool()> goes_on{};
};

/// Leaves out what can be left out, and what makes the client and its deployment special, so that
/// the same rule is still broken (is_same_breach). `violation`: what the plan has broken.
ShrunkClientPlan shrink_client_plan(ClientPlan plan, Violation violation,
                                    const ClientShrinking& shrinking);

}  // namespace cmap::sim
