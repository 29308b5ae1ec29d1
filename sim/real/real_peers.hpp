// The peers of the socket world: loopback servers of every kind, and the environments to reach
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "sim/real/peer_kind.hpp"
#include "sim/real/ports.hpp"
#include "sim/real/serve/server.hpp"

namespace cmap::sim {

/// Made when first needed, and kept.
class RealPeers {
 public:
  /// Sees a connection of a server at a gate; true: it is this one's, which has taken `proceed`.
  /// Each server numbers its connections from 1.
  using Gate = std::function<bool(const serve::Server& server, const serve::Peer& peer,
                                  serve::Proceed& proceed)>;

  RealPeers();
  ~RealPeers();

  struct Reached {
    Address address;
    AsioEnvironment* environment = nullptr;
    serve::Server* server = nullptr;  ///< null: there is none
  };
  [[nodiscard]] Reached server(const PeerKind& kind);
  /// Connecting is refused there.
  [[nodiscard]] Reached dead();
  /// Connecting never ends there.
  [[nodiscard]] Reached silent();
  /// Its name cannot be resolved.
  [[nodiscard]] Reached nowhere();

  /// Gates are asked one after the other; a connection that is nobody's is sent away.
  void add_gate(const void* owner, Gate gate);
  /// Waits for a call that is running.
  void remove_gate(const void* owner);

 private:
  void at_gate(const serve::Server& server, const serve::Peer& peer, serve::Proceed proceed);
  [[nodiscard]] AsioEnvironment& plain_environment();

  struct Entry {
    std::unique_ptr<serve::Server> server;
    std::unique_ptr<AsioEnvironment> environment;
  };

  PeerOptions options_;
  IoThreads threads_;
  std::mutex gate_mutex_;
  std::vector<std::pair<const void*, Gate>> gates_;
  DeadPort dead_port_;
  SilentPort silent_port_;
  std::map<PeerKind, Entry> entries_;
};

}  // namespace cmap::sim
