// Connection strings: mongodb://user:password@host:port,host:port/database?option=value&...
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pool/api/address.hpp"
#include "pool/client/client_options.hpp"
#include "pool/wire/result.hpp"

namespace cmap {

/// What a connection string says, checked as far as that is possible without a network.
struct ConnectionString {
  std::vector<Address> hosts{};  ///< at least one, as they are written
  std::string database{};        ///< empty: none
  ClientOptions options{};
  /// One line each: options that are unknown (D-URI-4), repeated (D-URI-5), or have a value that
  /// cannot be used (D-URI-1) and are ignored; deprecated spellings (D-URI-6).
  std::vector<std::string> warnings{};
  /// One line each: what is right and has no effect here (UnusedOptions, and TLS without tls=true),
  /// or cannot work without another option (X.509 without a certificate).
  std::vector<std::string> notes{};
  /// Why this client cannot do what is asked, though it is asked in the right way: it has no
  /// mongodb+srv, no proxy and no other mechanisms than AuthenticationMechanism. Empty: it can.
  std::string unsupported{};
};

/// By all rules of connection strings. Fails for what they call an error (D-URI-7, D-URI-10). What
/// is `unsupported` must not be used to connect. Nothing that it returns shows a password, but the
/// credential and the password of the private key.
wire::Result<ConnectionString> read_connection_string(std::string_view text);

/// To connect with: the same; what is unsupported fails, too.
wire::Result<ConnectionString> parse_connection_string(std::string_view text);

/// To be shown: the same text with "***" for the password of the user and for the options that hold
/// secrets (tlsCertificateKeyFilePassword, proxyPassword, authMechanismProperties), whatever the
/// scheme, and whether or not it can be parsed.
std::string without_password(std::string_view given);

}  // namespace cmap
