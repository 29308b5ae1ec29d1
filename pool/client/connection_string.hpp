// Connection strings: mongodb://user:password@host:port,host:port/database?option=value&...
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/api/address.hpp"
#include "pool/api/tls_options.hpp"
#include "pool/wire/credential.hpp"
#include "pool/wire/result.hpp"

namespace cmap {

/// What a connection string says, checked as far as that is possible without a network.
struct ConnectionString {
  std::vector<Address> hosts;  ///< at least one
  std::string database{};      ///< empty: none
  std::optional<wire::Credential> credential{};
  TlsOptions tls{};
  std::string app_name{};
  bool direct_connection = false;  ///< talk to this one host, whatever set it is a member of
  /// What has no effect or is said again, one line each.
  std::vector<std::string> warnings{};
};

/// Failures and warnings never show a password.
wire::Result<ConnectionString> parse_connection_string(std::string_view text);

/// To be shown: the same text with "***" for the password of the user and for that of the private
/// key (tlsCertificateKeyFilePassword), whatever the scheme, and whether or not it can be parsed.
std::string without_password(std::string_view given);

}  // namespace cmap
