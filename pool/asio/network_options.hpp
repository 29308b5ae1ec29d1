// What the real transport needs to know besides the pool's options: TLS, who the client is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pool/wire/client_metadata.hpp"
#include "pool/wire/credential.hpp"
#include "pool/wire/hello_command.hpp"

namespace cmap {

/// Under the names of the URI options (tls...).
struct TlsOptions {
  bool enabled = false;
  std::string ca_file{};               ///< PEM; empty: the authorities that the system trusts
  std::string certificate_key_file{};  ///< PEM, certificate and private key; empty: none is shown
  std::string certificate_key_file_password{};
  bool allow_invalid_certificates = false;  ///< accepts any certificate, of any host
  bool allow_invalid_hostnames = false;     ///< accepts a certificate of another host
};

/// The same for every connection of a pool. Plain values, looked at when the environment is made.
struct NetworkOptions {
  TlsOptions tls{};
  std::string application_name{};            ///< at most 128 bytes; empty: none
  std::vector<wire::DriverInfo> wrappers{};  ///< libraries around this one, the outermost last
  std::optional<wire::Credential> credential{};
  std::optional<wire::ServerApi> server_api{};
  bool load_balanced = false;  ///< as PoolOptions::load_balanced of the pools
};

}  // namespace cmap
