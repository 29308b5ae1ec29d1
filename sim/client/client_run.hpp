// One run of a client in a simulated deployment, and what the oracles say of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/checkers/violation.hpp"
#include "sim/choice.hpp"
#include "sim/client/client_ingredients.hpp"
#include "sim/client/client_plan.hpp"
#include "sim/client/client_trace.hpp"

namespace cmap::sim {

/// Of the violation that an assertion is which fails; its message says which one.
inline constexpr std::string_view assertions_clause = "section G";

struct ClientRunResult {
  std::optional<Violation> violation{};
  /// Of all events and outcomes, with their times.
  std::uint64_t digest = 0;
  std::uint64_t steps = 0;
  std::uint64_t pool_events = 0;
  std::uint64_t heartbeat_events = 0;
  std::uint64_t topology_events = 0;
  std::uint64_t calls_succeeded = 0;
  std::uint64_t calls_failed = 0;
  std::uint64_t clears = 0;      ///< of pools
  std::uint64_t removed = 0;     ///< servers, but at close
  std::size_t sockets_left = 0;  ///< when all was dropped: none, also after a violation
  TimePoint end{};
  ClientIngredients ingredients{};

  bool operator==(const ClientRunResult& other) const {
    return digest == other.digest && steps == other.steps && end == other.end;
  }
};

/// Runs the plan until nothing can happen any more. After every step the client checks itself: no
/// server that can be selected has a paused pool (D-SD-2). After the trouble the client must know
/// the deployment as it is, and have a connection to the primary; after close nothing may be left.
/// Throws nothing but std::bad_alloc: an assertion that fails is a violation. `trace`: what
/// happened is added to it, until the step that breaks a clause.
ClientRunResult run_client(const ClientPlan& plan, ChoiceSource& choices,
                           ClientTrace* trace = nullptr);

}  // namespace cmap::sim
