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
  /// What was not understood and has no effect, one line each.
  std::vector<std::string> warnings{};
};

/// Failures and warnings never show the password.
wire::Result<ConnectionString> parse_connection_string(std::string_view text);

/// To be shown: the same text with "***" for the password.
std::string without_password(std::string_view text);

}  // namespace cmap
