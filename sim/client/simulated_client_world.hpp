// The simulated world for tests of clients: one canonical run, the same every time.
#pragma once

#include <memory>

#include "sim/client/client_world.hpp"

namespace cmap::sim {

/// A replica set has three members; its first one is primary.
class SimulatedClientWorlds final : public ClientWorlds {
 public:
  [[nodiscard]] std::unique_ptr<ClientWorld> make(const ClientWorldOptions& options) const override;
};

}  // namespace cmap::sim
