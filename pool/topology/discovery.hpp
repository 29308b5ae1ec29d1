// What one new description of a server does to the description of its topology (D-RS-1 to D-RS-6,
// D-SD-5, D-SD-6): a pure function, the heart of discovery.
#pragma once

#include <vector>

#include "pool/topology/topology_description.hpp"

namespace cmap {

struct Discovery {
  TopologyDescription topology;
  /// The server as the topology took it: a primary that turned out to be stale is unknown here. It
  /// may have been removed all the same.
  ServerDescription server;
  /// Primaries that this one made unknown. Their pools stay, they are to be checked (D-SD-5).
  std::vector<Address> stale_primaries;
};

/// `server` is part of `before`. `has_one_seed`: the user named one.
Discovery discover(const TopologyDescription& before, ServerDescription server, bool has_one_seed);

/// Fills in what depends on all servers: compatibility and the timeout of sessions.
void summarise_servers(TopologyDescription& topology);

}  // namespace cmap
