// What is known about one server: the outcome of its last check.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/api/time.hpp"
#include "pool/api/topology_version.hpp"

namespace cmap {

enum class ServerType : std::uint8_t {
  unknown,  ///< not checked yet, or the last check or an operation failed
  standalone,
  mongos,
  rs_primary,
  rs_secondary,
  rs_arbiter,
  rs_other,  ///< a member that serves nobody: hidden, starting up, recovering
  rs_ghost,  ///< a member without a configuration
  load_balancer,
};

/// An immutable value once it is part of a topology. Of a server of type `unknown` nothing but
/// `address`, `error`, `topology_version` and `last_update_time` means anything.
struct ServerDescription {
  Address address;
  ServerType type = ServerType::unknown;
  /// Why it is unknown; null if it was never checked.
  ErrorPtr error{};

  /// Average (EWMA) and minimum of the last samples, from the monitor; nothing: not measured.
  std::optional<Duration> round_trip_time{};
  Duration minimum_round_trip_time{};
  /// By the server's clock, since 1970.
  std::optional<std::chrono::milliseconds> last_write_date{};
  /// When the reply came, by the client's clock.
  TimePoint last_update_time{};

  std::int32_t min_wire_version = 0;
  std::int32_t max_wire_version = 0;
  std::optional<TopologyVersion> topology_version{};
  std::optional<std::int64_t> logical_session_timeout_minutes{};

  // Of a replica set's member. Addresses are in lower case (D-RS-2).
  std::optional<std::string> set_name{};
  std::optional<std::int64_t> set_version{};
  std::optional<ObjectId> election_id{};
  std::optional<Address> me{};
  std::optional<Address> primary{};
  std::vector<Address> hosts{};
  std::vector<Address> passives{};
  std::vector<Address> arbiters{};
  std::map<std::string, std::string> tags{};

  /// All that tells two states of a server apart: not its round trip times, not the dates of its
  /// writes and of its check. Hosts count as sets. Equal descriptions make no event.
  bool operator==(const ServerDescription& other) const;
};

/// Shared and immutable: events, topologies and selections show the same description. Never null.
using ServerPtr = std::shared_ptr<const ServerDescription>;

/// Operations can be sent to it, so it has a pool (D-SD-1).
[[nodiscard]] bool is_data_bearing(ServerType type);

/// As the specification spells it: "RSPrimary", "Unknown", ...
std::string_view server_type_name(ServerType type);
std::optional<ServerType> server_type_from_name(std::string_view name);

/// A server of which nothing is known, because of `error`, which may be null.
ServerDescription unknown_server(Address address, ErrorPtr error = nullptr);

}  // namespace cmap
