// hello as a command: the first one of every socket, and the checks of a monitor (D-HS-1 to 4).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "pool/wire/bson.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap::wire {

/// The Stable API that a client declares with every command.
struct ServerApi {
  std::string version = "1";
  std::optional<bool> strict{};
  std::optional<bool> deprecation_errors{};
  bool operator==(const ServerApi&) const = default;
};

/// apiVersion and its companions.
void add_server_api(DocumentBuilder& command, const ServerApi& api);

using cmap::TopologyVersion;

struct HelloOptions {
  Document client_metadata{};  ///< empty: none is sent
  bool load_balanced = false;
  std::optional<ServerApi> server_api{};
  // Not for monitors, which never authenticate.
  std::optional<std::string> sasl_supported_mechs{};
  std::optional<Document> speculative_authenticate{};
};

/// The first command of a socket. Legacy (isMaster), unless load balancing or the Stable API say
/// that the server knows hello.
Document hello_command(const HelloOptions& options);

struct CheckOptions {
  bool hello_ok = false;  ///< the first reply of this socket said so
  std::optional<ServerApi> server_api{};
  /// Both or none: the server may wait with its answer until it has news.
  std::optional<TopologyVersion> topology_version{};
  std::optional<std::chrono::milliseconds> max_await_time{};
};

/// A later check on a monitor's socket.
Document check_command(const CheckOptions& options);

}  // namespace cmap::wire
