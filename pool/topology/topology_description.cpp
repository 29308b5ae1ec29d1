// Names, look-up, equality, and what people read.
#include "pool/topology/topology_description.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace cmap {
namespace {

/// In the order of TopologyType.
constexpr std::array<std::string_view, 6> topology_type_names = {
    "Unknown", "Single", "ReplicaSetNoPrimary", "ReplicaSetWithPrimary", "Sharded", "LoadBalanced",
};

auto shared_fields(const TopologyDescription& topology) {
  return std::tie(topology.type, topology.set_name, topology.max_set_version,
                  topology.max_election_id, topology.compatibility_error,
                  topology.logical_session_timeout_minutes);
}

}  // namespace

const ServerDescription* TopologyDescription::find(const Address& address) const {
  for (const ServerPtr& server : servers) {
    if (server->address == address) return server.get();
  }
  return nullptr;
}

bool TopologyDescription::operator==(const TopologyDescription& other) const {
  const auto same = [](const ServerPtr& a, const ServerPtr& b) { return a == b || *a == *b; };
  return shared_fields(*this) == shared_fields(other) &&
         std::equal(servers.begin(), servers.end(), other.servers.begin(), other.servers.end(),
                    same);
}

bool needs_pool(const TopologyDescription& topology, ServerType type) {
  const bool is_known = type != ServerType::unknown;
  return is_data_bearing(type) || (topology.type == TopologyType::single && is_known);
}

std::string_view topology_type_name(TopologyType type) {
  return topology_type_names[static_cast<std::size_t>(type)];
}

std::optional<TopologyType> topology_type_from_name(std::string_view name) {
  const auto found = std::find(topology_type_names.begin(), topology_type_names.end(), name);
  if (found == topology_type_names.end()) return std::nullopt;
  return static_cast<TopologyType>(found - topology_type_names.begin());
}

std::string text_of(const TopologyDescription& topology) {
  std::string text(topology_type_name(topology.type));
  if (topology.set_name) text += " " + *topology.set_name;
  const char* separator = ": ";
  for (const ServerPtr& server : topology.servers) {
    text += std::exchange(separator, ", ") + server->address.text() + " " +
            std::string(server_type_name(server->type));
    if (server->error) text += " (" + server->error->message + ")";
  }
  return text;
}

}  // namespace cmap
