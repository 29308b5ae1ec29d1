// Servers and environments, made when they are first asked for.
#include "sim/real/real_peers.hpp"

#include <utility>

namespace cmap::sim {
namespace {

constexpr const char* loopback = "127.0.0.1";

}  // namespace

RealPeers::RealPeers() = default;
RealPeers::~RealPeers() = default;

RealPeers::Reached RealPeers::server(const PeerKind& kind) {
  Entry& entry = entries_[kind];
  if (!entry.server) {
    auto gate = [this, &entry](const serve::Peer& peer, serve::Proceed proceed) {
      at_gate(*entry.server, peer, std::move(proceed));
    };
    entry.environment = std::make_unique<AsioEnvironment>(threads_, options_.of_client(kind));
    entry.server =
        std::make_unique<serve::Server>(options_.of_server(kind), serve::Hooks{.gate = gate});
    entry.server->start();
  }
  return {.address = Address(loopback, entry.server->ports().front()),
          .environment = entry.environment.get(),
          .server = entry.server.get()};
}

AsioEnvironment& RealPeers::plain_environment() { return *server(PeerKind{}).environment; }

RealPeers::Reached RealPeers::dead() {
  return {.address = Address(loopback, dead_port_.number()), .environment = &plain_environment()};
}

RealPeers::Reached RealPeers::silent() {
  return {.address = Address(loopback, silent_port_.number()), .environment = &plain_environment()};
}

RealPeers::Reached RealPeers::nowhere() {
  return {.address = Address("nowhere.invalid", 27017), .environment = &plain_environment()};
}

void RealPeers::add_gate(const void* owner, Gate gate) {
  const std::lock_guard lock(gate_mutex_);
  gates_.emplace_back(owner, std::move(gate));
}

void RealPeers::remove_gate(const void* owner) {
  const std::lock_guard lock(gate_mutex_);
  std::erase_if(gates_, [owner](const auto& gate) { return gate.first == owner; });
}

void RealPeers::at_gate(const serve::Server& server, const serve::Peer& peer,
                        serve::Proceed proceed) {
  const std::lock_guard lock(gate_mutex_);
  for (const auto& [owner, gate] : gates_) {
    if (gate(server, peer, proceed)) return;
  }
  proceed({.kind = serve::Verdict::Kind::close});
}

}  // namespace cmap::sim
