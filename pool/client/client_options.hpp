// What a user may set for a client, by a connection string or from code, and what holds otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pool/api/options.hpp"
#include "pool/api/read_preference.hpp"
#include "pool/api/time.hpp"
#include "pool/api/tls_options.hpp"
#include "pool/wire/credential.hpp"

namespace cmap {

/// How servers are watched (D-MON-5); `automatic` is the URI's "auto".
enum class ServerMonitoringMode : std::uint8_t { automatic, stream, poll };

/// Understood and kept for whoever asks; this client sends commands as they are given to it, once,
/// and never compressed.
struct UnusedOptions {
  std::optional<std::string> read_concern_level{};
  std::optional<std::variant<std::int64_t, std::string>> w{};
  std::optional<bool> journal{};
  std::optional<Duration> w_timeout{};  ///< 0 = no limit
  std::optional<bool> retry_reads{}, retry_writes{};
  std::optional<std::int64_t> max_adaptive_retries{};
  std::optional<bool> enable_overload_retargeting{};
  std::optional<bool> server_selection_try_once{};
  /// Of "snappy", "zlib", "zstd", in the order of preference.
  std::vector<std::string> compressors{};
  std::optional<std::int64_t> zlib_compression_level{};  ///< -1 to 9
  std::optional<bool> tls_disable_ocsp_endpoint_check{};
  std::optional<bool> tls_disable_certificate_revocation_check{};
  bool operator==(const UnusedOptions&) const = default;
};

/// Plain values: those of a connection string are within their ranges. Each is named like its URI
/// option, in the style of this library.
struct ClientOptions {
  /// The same for the pools of all servers (A-OPT-7). establishment_timeout and handshake_timeout
  /// are the client's to set, from the times below.
  PoolOptions pool{};

  // Who the client is, and how it talks.
  std::string app_name{};  ///< at most 128 bytes; empty: none
  std::optional<wire::Credential> credential{};
  TlsOptions tls{};

  // What it is connected to (D-RS-1). loadBalanced excludes the two others.
  bool direct_connection = false;  ///< to this one host, whatever set it is a member of
  bool load_balanced = false;      ///< as PoolOptions::load_balanced
  std::string replica_set{};       ///< its name; empty: found out

  // Times (D-URI-8, D-CSOT-1 to 4).
  Duration connect_timeout = std::chrono::seconds(10);  ///< 0 = no limit
  std::optional<Duration> socket_timeout{};             ///< nothing, or 0 = no limit
  /// Bounds a whole operation, if set; 0 = no limit. Never a monitor's.
  std::optional<Duration> timeout{};

  // Watching servers (D-MON-2, D-MON-5).
  Duration heartbeat_frequency = std::chrono::seconds(10);  ///< at least 500 ms
  ServerMonitoringMode server_monitoring_mode = ServerMonitoringMode::automatic;

  // Selecting one (D-SEL-1).
  Duration server_selection_timeout = std::chrono::seconds(30);  ///< positive
  Duration local_threshold = std::chrono::milliseconds(15);      ///< 0 = only the fastest
  ReadPreference read_preference{};

  UnusedOptions unused{};
};

}  // namespace cmap
