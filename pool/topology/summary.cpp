// What follows from all servers together: whether this client can talk to them, and for how long
// sessions live.
#include <algorithm>

#include "pool/topology/discovery.hpp"

namespace cmap {
namespace {

/// The first MongoDB of client_min_wire_version.
constexpr std::string_view oldest_mongodb = "4.2";

std::optional<std::string> incompatibility(const ServerDescription& server) {
  if (server.type == ServerType::unknown || server.type == ServerType::load_balancer) {
    return std::nullopt;
  }
  const std::string server_at = "Server at " + server.address.text();
  if (server.min_wire_version > client_max_wire_version) {
    return server_at + " requires wire version " + std::to_string(server.min_wire_version) +
           ", but this version of cmap only supports up to " +
           std::to_string(client_max_wire_version) + ".";
  }
  if (server.max_wire_version < client_min_wire_version) {
    return server_at + " reports wire version " + std::to_string(server.max_wire_version) +
           ", but this version of cmap requires at least " +
           std::to_string(client_min_wire_version) + " (MongoDB " + std::string(oldest_mongodb) +
           ").";
  }
  return std::nullopt;
}

}  // namespace

void summarise_servers(TopologyDescription& topology) {
  topology.compatibility_error.reset();
  topology.logical_session_timeout_minutes.reset();
  bool is_first = true;
  for (const ServerPtr& server : topology.servers) {
    if (!topology.compatibility_error) topology.compatibility_error = incompatibility(*server);
    if (!is_data_bearing(server->type)) continue;
    // Absent is less than any: one server without sessions means that there are none.
    const std::optional<std::int64_t>& theirs = server->logical_session_timeout_minutes;
    std::optional<std::int64_t>& least = topology.logical_session_timeout_minutes;
    least = is_first ? theirs : std::min(least, theirs);
    is_first = false;
  }
}

}  // namespace cmap
