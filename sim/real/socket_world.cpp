// A run with sockets and threads, and who cannot have one.
#include "sim/real/socket_world.hpp"

#include "sim/real/actor_threads.hpp"
#include "sim/real/socket_backend.hpp"

namespace cmap::sim {
namespace {

using Reason = std::optional<std::string>;

/// Where on the way a fault can happen by itself.
bool can_happen(NetworkFault fault, EstablishmentPhase phase) {
  switch (fault) {
    case NetworkFault::none:
      return true;
    case NetworkFault::dns:
      return phase == EstablishmentPhase::resolve;
    case NetworkFault::refused:
      return phase == EstablishmentPhase::connect;
    case NetworkFault::certificate:
      return phase == EstablishmentPhase::tls;
    case NetworkFault::reset:
    case NetworkFault::eof:
      return phase >= EstablishmentPhase::connect;
    case NetworkFault::timeout:
    case NetworkFault::proxy:
      return false;
  }
  return false;
}

Reason only_simulated(const EstablishmentScript& script) {
  // The phases of others do not matter.
  if (script.answer_inline != EstablishmentScript::Inline::no) return std::nullopt;
  for (const PhaseScript& phase : script.phases) {
    if (phase.garbage && phase.phase < EstablishmentPhase::tls) {
      return "garbage in the phase " + std::string(phase_name(phase.phase));
    }
    if (can_happen(phase.fault, phase.phase)) continue;
    return "the fault " + std::string(fault_name(phase.fault)) + " in the phase " +
           std::string(phase_name(phase.phase));
  }
  return std::nullopt;
}

Reason only_simulated(const OperationBody& body) {
  const auto* closes = std::get_if<PeerCloses>(&body);
  if (!closes || closes->fault == NetworkFault::eof || closes->fault == NetworkFault::reset) {
    return std::nullopt;
  }
  return "a peer that ends a connection with the fault " + std::string(fault_name(closes->fault));
}

}  // namespace

SocketWorld::SocketWorld(const Options& options)
    : options_(options), peers_(std::make_unique<RealPeers>()) {}

SocketWorld::~SocketWorld() = default;

Trace SocketWorld::run(const Scenario& scenario, const PoolFactory& factory, ChoiceSource& choices,
                       const RunOptions& options) {
  ActorThreads threads;
  RunOptions with_sockets = options;
  with_sockets.on_thread_of = [&](ActorIndex actor, const std::function<void()>& turn) {
    threads.run(actor, turn);
  };
  with_sockets.backend = [this](const ServerSetup& setup, bool load_balanced) {
    return std::make_unique<SocketBackend>(*peers_, setup, load_balanced, options_.tls);
  };
  return sim::run(scenario, factory, choices, with_sockets);
}

Reason SocketWorld::only_simulated(const Scenario& scenario) {
  for (const EstablishmentScript& script : scenario.server.establishments) {
    if (auto reason = sim::only_simulated(script)) return reason;
  }
  for (const Operation& operation : scenario.operations) {
    if (auto reason = sim::only_simulated(operation.body)) return reason;
  }
  return std::nullopt;
}

}  // namespace cmap::sim
