// Who the client is towards servers, and the rules for what must be given (D-AU-2, D-AU-8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pool/wire/result.hpp"

namespace cmap::wire {

enum class AuthenticationMechanism : std::uint8_t { scram_sha_1, scram_sha_256, x509 };

/// "SCRAM-SHA-1", "SCRAM-SHA-256", "MONGODB-X509".
std::string_view mechanism_name(AuthenticationMechanism mechanism);
/// Nothing for any other text.
std::optional<AuthenticationMechanism> mechanism_from_name(std::string_view name);

struct Credential {
  /// Nothing: SCRAM, with the hash that the server prefers for this user.
  std::optional<AuthenticationMechanism> mechanism{};
  /// X.509: may be empty, the server then takes the name from the certificate.
  std::string user{};
  std::string password{};
  /// The database that knows the user.
  std::string source = "admin";
  bool operator==(const Credential&) const = default;
};

/// The source for what a connection string says: authSource, else its database, else "admin"; with
/// X.509 always "$external". Fails for an authSource that is empty, or not X.509's.
Result<std::string> authentication_source(std::optional<AuthenticationMechanism> mechanism,
                                          const std::optional<std::string>& auth_source,
                                          std::string_view uri_database);

/// Nothing: it can be used.
std::optional<Failure> check(const Credential& credential);

}  // namespace cmap::wire
