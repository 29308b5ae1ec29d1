// What is known about a deployment: its type and its servers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/topology/server_description.hpp"

namespace cmap {

enum class TopologyType : std::uint8_t {
  unknown,
  single,
  replica_set_no_primary,
  replica_set_with_primary,
  sharded,
  load_balanced,
};

/// An immutable value: every change of the topology makes a new one.
struct TopologyDescription {
  TopologyType type = TopologyType::unknown;
  std::optional<std::string> set_name{};
  /// The greatest that a primary ever reported, together (D-SD-6).
  std::optional<std::int64_t> max_set_version{};
  std::optional<ObjectId> max_election_id{};
  /// In the order in which they became known: seeds first.
  std::vector<ServerPtr> servers{};
  /// Set: this client cannot talk to one of the servers, so no operation may be sent to any.
  std::optional<std::string> compatibility_error{};
  /// The least of all data-bearing servers; nothing: sessions are not supported.
  std::optional<std::int64_t> logical_session_timeout_minutes{};

  /// Null if it has no such server.
  [[nodiscard]] const ServerDescription* find(const Address& address) const;
  [[nodiscard]] bool is_compatible() const { return !compatibility_error; }
  bool operator==(const TopologyDescription& other) const;
};

/// A server of this type has a pool in such a topology, and it is ready (D-SD-1).
[[nodiscard]] bool needs_pool(const TopologyDescription& topology, ServerType type);

/// Shared and immutable; never null.
using TopologyPtr = std::shared_ptr<const TopologyDescription>;

/// The wire versions that this client speaks.
inline constexpr std::int32_t client_min_wire_version = 8;
inline constexpr std::int32_t client_max_wire_version = 29;

/// As the specification spells it: "ReplicaSetWithPrimary", "Unknown", ...
std::string_view topology_type_name(TopologyType type);
std::optional<TopologyType> topology_type_from_name(std::string_view name);

/// For people: "ReplicaSetNoPrimary rs: a:1 RSSecondary, b:2 Unknown (connection refused)".
std::string text_of(const TopologyDescription& topology);

}  // namespace cmap
