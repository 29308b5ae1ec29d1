// The world of real sockets for tests of clients: a server in this process, the steady clock.
#pragma once

#include <memory>
#include <mutex>

#include "sim/client/client_world.hpp"

namespace cmap::sim {

class TemporaryCertificates;

/// As in the simulation, a replica set has three members. Must outlive its worlds.
class ServedClientWorlds final : public ClientWorlds {
 public:
  explicit ServedClientWorlds(bool tls = false) : tls_(tls) {}
  ~ServedClientWorlds() override;

  /// Throws std::system_error where it cannot listen.
  [[nodiscard]] std::unique_ptr<ClientWorld> make(const ClientWorldOptions& options) const override;

 private:
  const bool tls_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<TemporaryCertificates> certificates_;  ///< guarded by mutex_; when needed
};

}  // namespace cmap::sim
