// Who can be run on the steady clock, and the run.
#include "sim/real/steady_world.hpp"

#include "sim/real/stall_watch.hpp"
#include "sim/real/steady_run.hpp"

namespace cmap::sim {
namespace {

using Reason = std::optional<std::string>;

/// Nobody waits for that in real time.
constexpr std::chrono::seconds longest_wait{60};

Reason only_virtual(const OperationBody& body) {
  if (std::holds_alternative<PeerCloses>(body)) return "a peer that ends a connection by its id";
  if (std::holds_alternative<CheckInForeign>(body)) return "a lease of another pool";
  if (const auto* state = std::get_if<ExpectState>(&body)) {
    if (state->interrupts || state->open_transports) return "a look inside of the transport";
  }
  const auto* wait = std::get_if<Wait>(&body);
  if (wait && wait->duration > longest_wait) {
    return "a wait of " + milliseconds_text(wait->duration) + " ms";
  }
  return std::nullopt;
}

}  // namespace

Trace SteadyWorld::run(const Scenario& scenario, const PoolFactory& factory,
                       const RunOptions& options) const {
  const StallWatch watch;
  const std::unique_ptr<SteadyPeer> peer = options_.peers(scenario);
  Trace trace = SteadyRun(scenario, factory, *peer, options, options_.patience).run();
  trace.machine_stood_still = watch.longest() > options_.tolerated_stall;
  return trace;
}

Reason SteadyWorld::only_virtual(const Scenario& scenario) {
  if (scenario.needs_virtual_clock) return "exact times";
  if (!scenario.server.establishments.empty()) return "a script of establishments";
  for (const ListenerAction& action : scenario.listener_actions) {
    if (action.what == ListenerAction::What::spend_time) return "a listener that takes its time";
  }
  for (const Operation& operation : scenario.operations) {
    if (auto reason = sim::only_virtual(operation.body)) return reason;
  }
  return std::nullopt;
}

}  // namespace cmap::sim
