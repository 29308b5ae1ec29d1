// Names, and what makes two descriptions equal.
#include "pool/topology/server_description.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace cmap {
namespace {

/// In the order of ServerType.
constexpr std::array<std::string_view, 9> server_type_names = {
    "Unknown",   "Standalone", "Mongos",  "RSPrimary",    "RSSecondary",
    "RSArbiter", "RSOther",    "RSGhost", "LoadBalancer",
};

bool same_hosts(const std::vector<Address>& a, const std::vector<Address>& b) {
  return std::is_permutation(a.begin(), a.end(), b.begin(), b.end());
}

bool same_error(const ErrorPtr& a, const ErrorPtr& b) { return a && b ? *a == *b : a == b; }

auto plain_fields(const ServerDescription& server) {
  return std::tie(server.address, server.type, server.min_wire_version, server.max_wire_version,
                  server.topology_version, server.logical_session_timeout_minutes, server.set_name,
                  server.set_version, server.election_id, server.me, server.primary, server.tags);
}

}  // namespace

bool ServerDescription::operator==(const ServerDescription& other) const {
  return plain_fields(*this) == plain_fields(other) && same_error(error, other.error) &&
         same_hosts(hosts, other.hosts) && same_hosts(passives, other.passives) &&
         same_hosts(arbiters, other.arbiters);
}

bool is_data_bearing(ServerType type) {
  switch (type) {
    case ServerType::standalone:
    case ServerType::mongos:
    case ServerType::rs_primary:
    case ServerType::rs_secondary:
    case ServerType::load_balancer:
      return true;
    case ServerType::unknown:
    case ServerType::rs_arbiter:
    case ServerType::rs_other:
    case ServerType::rs_ghost:
      return false;
  }
  return false;
}

std::string_view server_type_name(ServerType type) {
  return server_type_names[static_cast<std::size_t>(type)];
}

std::optional<ServerType> server_type_from_name(std::string_view name) {
  const auto found = std::find(server_type_names.begin(), server_type_names.end(), name);
  if (found == server_type_names.end()) return std::nullopt;
  return static_cast<ServerType>(found - server_type_names.begin());
}

ServerDescription unknown_server(Address address, ErrorPtr error) {
  return ServerDescription{.address = std::move(address), .error = std::move(error)};
}

}  // namespace cmap
