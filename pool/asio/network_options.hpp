// What the real transport needs to know besides the pool's options: TLS, who the client is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pool/api/tls_options.hpp"
#include "pool/asio/host_lookup.hpp"
#include "pool/client/connection_string.hpp"
#include "pool/wire/client_metadata.hpp"
#include "pool/wire/credential.hpp"
#include "pool/wire/hello_command.hpp"

namespace cmap {

/// The same for every connection of a pool. Plain values, looked at when the environment is made.
struct NetworkOptions {
  TlsOptions tls{};
  std::string application_name{};            ///< at most 128 bytes; empty: none
  std::vector<wire::DriverInfo> wrappers{};  ///< libraries around this one, the outermost last
  std::optional<wire::Credential> credential{};
  std::optional<wire::ServerApi> server_api{};
  HostLookup look_up{};        ///< empty: as the system does it; literal addresses never get there
  bool load_balanced = false;  ///< as PoolOptions::load_balanced of the pools
};

/// For the hosts of a connection string.
NetworkOptions network_options(const ConnectionString& connection_string);

}  // namespace cmap
