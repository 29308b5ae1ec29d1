// Runs that are made twice (principle 12), and what two of them that fail have in common.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/client/client_run.hpp"

namespace cmap::sim {

/// The result of the first of two runs. Where the second one is another run, that is the violation;
/// after a violation there is no second one.
ClientRunResult run_twice(const std::function<ClientRunResult()>& run);

/// `run_client`, twice, each time with the choices of the seed `schedule`.
/// `trace`: of the first one.
ClientRunResult run_client_twice(const ClientPlan& plan, std::uint64_t schedule,
                                 ClientTrace* trace = nullptr);

/// The same rule is broken: one clause may be several. Assertions are all of one rule: of them it
/// is the same one.
bool is_same_breach(const Violation& one, const Violation& other);

}  // namespace cmap::sim
