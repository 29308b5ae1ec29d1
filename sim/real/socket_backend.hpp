// Carries out the plans of one run on real sockets.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "sim/connection_backend.hpp"
#include "sim/real/real_peers.hpp"

namespace cmap::sim {

/// The calls come from the runner's thread; what sockets and servers tell comes from theirs.
class SocketBackend final : public ConnectionBackend, private TransportListener {
 public:
  SocketBackend(RealPeers& peers, const ServerSetup& setup, bool load_balanced, bool tls);
  ~SocketBackend() override;

  void begin(ConnectionRef connection, const EstablishmentScript& script,
             const EstablishmentPlan& plan) override;
  std::optional<ServiceId> hello(ConnectionRef connection) override;
  ErrorPtr outcome(ConnectionRef connection) override;
  ErrorPtr time_out(ConnectionRef connection, EstablishmentPhase phase) override;
  void interrupt(ConnectionRef connection, const ErrorPtr& error) override;
  void close(ConnectionRef connection, TransportClose how) override;
  ErrorPtr peer_closes(ConnectionRef connection, NetworkFault fault,
                       EstablishmentPhase phase) override;

 private:
  /// One connection; guarded by mutex_ but for what only the runner touches.
  struct Link {
    // Only the runner's, but for the peer: others look whether it is theirs.
    RealPeers::Reached peer;
    const EstablishmentScript* script = nullptr;
    const EstablishmentPlan* plan = nullptr;
    Transport* transport = nullptr;
    bool begun = false;
    // Guarded:
    std::uint64_t number = 0;  ///< that its server gave it; 0: not accepted yet
    serve::PeerPhase gate{};   ///< where it stands, if `proceed` is set
    serve::Proceed proceed{};
    bool hello_told = false;
    std::optional<ServiceId> service{};
    bool established = false;
    ErrorPtr error{};  ///< what came last
    bool closed = false;
  };
  using Lock = std::unique_lock<std::mutex>;

  void hello_completed(ConnectionRef connection, std::optional<ServiceId> service) override;
  void established(ConnectionRef connection) override;
  void failed(ConnectionRef connection, ErrorPtr error) override;
  void transport_closed(ConnectionRef connection) override;
  bool at_gate(const serve::Server& server, const serve::Peer& peer, serve::Proceed& proceed);

  void choose_peer(Link& link);
  void start(ConnectionRef connection, Link& link);
  Transport& transport_to(const RealPeers::Reached& peer);
  [[nodiscard]] Link& link_of(ConnectionRef connection);
  template <typename Condition>
  void wait(Lock& lock, Condition&& condition);
  void pass_gate(Lock& lock, Link& link);
  void pass_gates_before(Lock& lock, Link& link, EstablishmentPhase phase);

  RealPeers& peers_;
  const ServerSetup& setup_;
  const bool load_balanced_;
  const bool tls_;
  std::map<std::string, std::unique_ptr<Transport>> transports_;  ///< by address

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<ConnectionRef, std::unique_ptr<Link>> links_;
  Link* awaited_ = nullptr;  ///< whose connection the server accepts next
};

}  // namespace cmap::sim
