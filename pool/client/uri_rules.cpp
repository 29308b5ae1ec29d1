// One function for each group of options that know of each other.
#include "pool/client/uri_rules.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "pool/client/uri_text.hpp"

namespace cmap {
namespace {

using wire::Failure;
using Problem = std::optional<Failure>;

constexpr std::size_t longest_app_name = 128;

/// Both are there: that is enough, whatever their values (D-URI-5).
Problem tls_pairs(const UriOptions& options) {
  struct Keys {
    const char* first;
    const char* second;
  };
  constexpr std::array<Keys, 7> pairs{{
      {"tlsInsecure", "tlsAllowInvalidCertificates"},
      {"tlsInsecure", "tlsAllowInvalidHostnames"},
      {"tlsInsecure", "tlsDisableOCSPEndpointCheck"},
      {"tlsInsecure", "tlsDisableCertificateRevocationCheck"},
      {"tlsAllowInvalidCertificates", "tlsDisableOCSPEndpointCheck"},
      {"tlsAllowInvalidCertificates", "tlsDisableCertificateRevocationCheck"},
      {"tlsDisableOCSPEndpointCheck", "tlsDisableCertificateRevocationCheck"},
  }};
  for (const Keys& pair : pairs) {
    if (options.has(lower_case(pair.first)) && options.has(lower_case(pair.second))) {
      return Failure{std::string(pair.first) + " and " + pair.second +
                     " exclude each other, whatever they say: leave one of them out"};
    }
  }
  return std::nullopt;
}

Problem topology(const UriOptions& options, std::size_t hosts) {
  const ClientOptions& client = options.client;
  if (client.direct_connection && hosts > 1) {
    return Failure{"directConnection=true is for one host"};
  }
  if (options.srv_max_hosts || options.has("srvmaxhosts") || options.has("srvservicename")) {
    return Failure{"srvMaxHosts and srvServiceName are for mongodb+srv only"};
  }
  if (!client.load_balanced) return std::nullopt;
  if (hosts > 1) return Failure{"loadBalanced=true is for one host"};
  if (!client.replica_set.empty()) return Failure{"loadBalanced=true excludes replicaSet"};
  if (client.direct_connection) return Failure{"loadBalanced=true excludes directConnection=true"};
  return std::nullopt;
}

Problem proxy(const UriOptions& options) {
  for (const char* name : {"proxyPort", "proxyUsername", "proxyPassword"}) {
    if (options.has(lower_case(name)) && !options.has("proxyhost")) {
      return Failure{std::string(name) + " needs proxyHost"};
    }
  }
  if (options.has("proxyusername") == options.has("proxypassword")) return std::nullopt;
  return Failure{"proxyUsername and proxyPassword need each other"};
}

Problem read_preference(const ReadPreference& preference) {
  const bool has_tags =
      std::ranges::any_of(preference.tag_sets, [](const TagSet& tags) { return !tags.empty(); });
  if (preference.mode != ReadPreferenceMode::primary) return std::nullopt;
  if (has_tags) return Failure{"readPreferenceTags needs a readPreference other than primary"};
  if (preference.max_staleness) {
    return Failure{"maxStalenessSeconds needs a readPreference other than primary"};
  }
  return std::nullopt;
}

/// The text is silent on what to do (F-12): the one that says too much is ignored.
void pool_sizes(UriOptions& options) {
  PoolOptions& pool = options.client.pool;
  const ResolvedPoolOptions sizes = resolve(pool);
  if (sizes.max_pool_size == 0 || sizes.min_pool_size <= sizes.max_pool_size) return;
  options.warnings.push_back("minPoolSize=" + std::to_string(sizes.min_pool_size) +
                             " has no effect: expected at most maxPoolSize, which is " +
                             std::to_string(sizes.max_pool_size));
  pool.min_pool_size.reset();
}

void deprecated_w_timeout(UriOptions& options) {
  if (!options.has("wtimeout")) return;
  const bool is_replaced = options.has("wtimeoutms");
  options.warnings.emplace_back(is_replaced ? "wtimeout has no effect: wTimeoutMS is there, too"
                                            : "wtimeout is deprecated: write wTimeoutMS");
  if (!is_replaced) options.client.unused.w_timeout = options.deprecated_w_timeout;
}

void notes(UriOptions& options) {
  const ClientOptions& client = options.client;
  const auto note = [&](std::string text) { options.notes.push_back(std::move(text)); };
  if (!client.tls.enabled && !options.last_tls_option.empty()) {
    note(options.last_tls_option + " has no effect without tls=true");
  }
  const bool tls_is_unclear = (options.has("tls") || options.has("ssl")) && !options.tls;
  if (tls_is_unclear)
    options.warnings.emplace_back("connections are not encrypted: tls says neither");
  if (client.timeout && client.pool.wait_queue_timeout) {  // D-CSOT-1
    note("waitQueueTimeoutMS has no effect: timeoutMS is there, too");
  }
}

/// The name of the user is in a certificate, which only TLS shows.
void certificate_to_log_in_with(const TlsOptions& tls, std::vector<std::string>& notes) {
  std::string missing;
  if (!tls.enabled) missing = "tls=true";
  if (tls.certificate_key_file.empty()) {
    missing += missing.empty() ? "" : " and ";
    missing += "tlsCertificateKeyFile";
  }
  if (!missing.empty()) notes.push_back("authMechanism=MONGODB-X509 needs " + missing);
}

/// Nothing without credentials: a database or an authSource alone asks for none (D-URI-10).
Problem credential(const UriOptions& options, const UserInfo& info, ConnectionString& result) {
  if (!info.user && !options.auth_mechanism) return std::nullopt;
  std::optional<wire::AuthenticationMechanism> mechanism;
  if (options.auth_mechanism) {
    mechanism = wire::mechanism_from_name(*options.auth_mechanism);
    if (!mechanism) {
      result.unsupported = "authMechanism=" + *options.auth_mechanism +
                           " is not supported; expected SCRAM-SHA-1, SCRAM-SHA-256 or MONGODB-X509";
      return std::nullopt;
    }
  }
  const auto source = wire::authentication_source(mechanism, options.auth_source, result.database);
  if (!source) return source.failure();
  wire::Credential made{.mechanism = mechanism,
                        .user = info.user.value_or(""),
                        .password = info.password,
                        .source = *source};
  if (auto problem = wire::check(made)) return problem;
  if (mechanism == wire::AuthenticationMechanism::x509) {
    certificate_to_log_in_with(result.options.tls, result.notes);
  }
  result.options.credential = std::move(made);
  return std::nullopt;
}

}  // namespace

std::optional<Failure> apply_options(UriOptions options, const UserInfo& user,
                                     ConnectionString& result) {
  for (auto&& problem : {tls_pairs(options), topology(options, result.hosts.size()), proxy(options),
                         read_preference(options.client.read_preference)}) {
    if (problem) return problem;
  }
  if (options.client.app_name.size() > longest_app_name) {
    return Failure{"appName must have at most 128 bytes"};
  }
  pool_sizes(options);
  deprecated_w_timeout(options);
  if (!options.auth_mechanism_properties.empty()) {
    options.notes.emplace_back("authMechanismProperties has no effect: no mechanism needs it here");
  }
  notes(options);
  if (options.has("proxyhost")) {
    result.unsupported = "proxyHost is not supported: this client connects directly";
  }
  result.options = std::move(options.client);
  result.warnings = std::move(options.warnings);
  std::ranges::move(options.notes, std::back_inserter(result.notes));
  return credential(options, user, result);
}

}  // namespace cmap
