// Options of servers and clients that fit each other.
#include "sim/real/real_peers.hpp"

#include <utility>

namespace cmap::sim {
namespace {

constexpr const char* loopback = "127.0.0.1";
constexpr const char* user = "user";
constexpr const char* password = "pencil";

}  // namespace

RealPeers::RealPeers() = default;
RealPeers::~RealPeers() = default;

const serve::TestCertificates& RealPeers::certificates() {
  if (!certificates_) certificates_ = std::make_unique<TemporaryCertificates>();
  return certificates_->files();
}

serve::ServerOptions RealPeers::server_options(const PeerKind& kind) {
  serve::ServerOptions options{.load_balanced = kind.load_balanced_server};
  if (kind.authentication) options.users.push_back({.name = user, .password = password});
  options.authentication = kind.authentication;
  if (kind.tls) {
    options.tls = serve::TlsOptions{
        .certificate_key_file = kind.wrong_certificate ? certificates().other_server_key_file
                                                       : certificates().server_key_file};
  }
  return options;
}

NetworkOptions RealPeers::network_options(const PeerKind& kind) {
  NetworkOptions options{.load_balanced = kind.load_balanced_client};
  if (kind.tls) options.tls = {.enabled = true, .ca_file = certificates().ca_file};
  if (kind.authentication)
    options.credential = wire::Credential{.user = user, .password = password};
  return options;
}

RealPeers::Reached RealPeers::server(const PeerKind& kind) {
  Entry& entry = entries_[kind];
  if (!entry.server) {
    auto gate = [this](const serve::Peer& peer, serve::Proceed proceed) {
      at_gate(peer, std::move(proceed));
    };
    entry.environment = std::make_unique<AsioEnvironment>(threads_, network_options(kind));
    entry.server =
        std::make_unique<serve::Server>(server_options(kind), serve::Hooks{.gate = gate});
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

void RealPeers::at_gate(const serve::Peer& peer, serve::Proceed proceed) {
  const std::lock_guard lock(gate_mutex_);
  for (const auto& [owner, gate] : gates_) {
    if (gate(peer, proceed)) return;
  }
  proceed({.kind = serve::Verdict::Kind::close});
}

}  // namespace cmap::sim
