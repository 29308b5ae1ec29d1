// The rules.
#include "pool/wire/credential.hpp"

namespace cmap::wire {
namespace {

constexpr std::string_view external = "$external";

}  // namespace

std::string_view mechanism_name(AuthenticationMechanism mechanism) {
  switch (mechanism) {
    case AuthenticationMechanism::scram_sha_1:
      return "SCRAM-SHA-1";
    case AuthenticationMechanism::scram_sha_256:
      return "SCRAM-SHA-256";
    case AuthenticationMechanism::x509:
      return "MONGODB-X509";
  }
  return "?";
}

std::optional<AuthenticationMechanism> mechanism_from_name(std::string_view name) {
  for (const auto mechanism :
       {AuthenticationMechanism::scram_sha_1, AuthenticationMechanism::scram_sha_256,
        AuthenticationMechanism::x509}) {
    if (name == mechanism_name(mechanism)) return mechanism;
  }
  return std::nullopt;
}

Result<std::string> authentication_source(std::optional<AuthenticationMechanism> mechanism,
                                          const std::optional<std::string>& auth_source,
                                          std::string_view uri_database) {
  if (auth_source && auth_source->empty()) return Failure{"authSource must not be empty"};
  if (mechanism == AuthenticationMechanism::x509) {
    if (auth_source && *auth_source != external) {
      return Failure{"authSource of MONGODB-X509 must be $external"};
    }
    return std::string(external);
  }
  if (auth_source) return *auth_source;
  return uri_database.empty() ? std::string("admin") : std::string(uri_database);
}

std::optional<Failure> check(const Credential& credential) {
  if (credential.source.empty()) return Failure{"the authentication source must not be empty"};
  if (credential.mechanism == AuthenticationMechanism::x509) {
    if (!credential.password.empty()) return Failure{"MONGODB-X509 has no password"};
    if (credential.source != external) return Failure{"the source of MONGODB-X509 is $external"};
    return std::nullopt;
  }
  if (credential.user.empty()) return Failure{"a user name is missing"};
  return std::nullopt;
}

}  // namespace cmap::wire
