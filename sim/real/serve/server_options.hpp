// What a loopback server is asked to be.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pool/api/time.hpp"

namespace cmap::serve {

/// Knows both SCRAM mechanisms.
struct User {
  std::string name;
  std::string password;
  std::string source = "admin";
};

struct TlsOptions {
  std::filesystem::path certificate_key_file;
  /// Signs the certificates of clients. Nothing: clients are not asked for one.
  std::optional<std::filesystem::path> ca_file{};
  bool require_client_certificate = false;
};

/// How often something goes wrong in one phase, in thousandths of its occurrences.
struct FaultRates {
  std::uint16_t refuse = 0;  ///< reset, and the port refuses for a while (connect only)
  std::uint16_t hang = 0;    ///< nothing is answered any more
  std::uint16_t reset = 0;
  std::uint16_t garbage = 0;  ///< bytes that nobody can read
  std::uint16_t slow = 0;     ///< goes on after up to `FaultOptions::max_delay`
};

/// Faults at random. What befalls the n-th connection depends on `seed` and n alone.
struct FaultOptions {
  std::uint64_t seed = 0;
  FaultRates connect{}, tls{}, hello{}, authenticate{}, command{};
  Duration max_delay = std::chrono::milliseconds(20);
  Duration refusal = std::chrono::milliseconds(5);
};

struct ServerOptions {
  /// One for each member; 0: any that is free. More than one only in a replica set.
  std::vector<std::uint16_t> ports{0};
  /// An address of this machine, IPv4 or IPv6.
  std::string bind = "127.0.0.1";
  /// A Unix socket that the first member listens on as well; `ports` may then be empty.
  std::optional<std::filesystem::path> unix_socket{};

  /// The name of the replica set. Nothing: one server, or one mongos if `load_balanced`.
  std::optional<std::string> replica_set{};
  bool load_balanced = false;
  std::size_t services = 1;   ///< behind the load balancer; 0: the mongos has none before it
  Duration election_time{0};  ///< how long a replica set has no primary
  std::optional<Duration> step_down_after{};

  bool authentication = false;  ///< commands are refused without it
  std::vector<User> users{};
  std::optional<TlsOptions> tls{};
  std::optional<FaultOptions> faults{};

  std::size_t max_document_bytes = 64 * 1024 * 1024;  ///< of all collections together
  std::size_t max_connections = 65'536;
  /// Of process ids, service ids and cursor ids; 0: unlike those of any other server.
  std::uint64_t seed = 0;
};

}  // namespace cmap::serve
