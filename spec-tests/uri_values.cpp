// A table of what the options of a client are called in connection strings.
#include "spec-tests/uri_values.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "pool/client/uri_text.hpp"

namespace cmap::spec_tests {
namespace {

Value value_of(bool value) { return Value(value); }
Value value_of(std::int64_t value) { return Value(value); }
Value value_of(const std::string& value) { return Value(value); }
Value value_of(Duration value) {
  return Value(std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(value).count()});
}
Value value_of(const std::variant<std::int64_t, std::string>& value) {
  return std::visit([](const auto& one) { return Value(one); }, value);
}
template <typename T>
Value value_of(const std::optional<T>& value) {
  return value ? value_of(*value) : Value();
}

Value value_of(const std::vector<std::string>& texts) {
  Value::Array list;
  for (const std::string& text : texts) list.emplace_back(text);
  return Value(std::move(list));
}

Value value_of(const std::vector<TagSet>& tag_sets) {
  Value::Array list;
  for (const TagSet& tags : tag_sets) {
    Value::Object object;
    for (const auto& [name, tag] : tags) object.push_back({name, {}, Value(tag)});
    list.emplace_back(std::move(object));
  }
  return Value(std::move(list));
}

Value value_of(ReadPreferenceMode mode) {
  switch (mode) {
    case ReadPreferenceMode::primary:
      return Value("primary");
    case ReadPreferenceMode::primary_preferred:
      return Value("primaryPreferred");
    case ReadPreferenceMode::secondary:
      return Value("secondary");
    case ReadPreferenceMode::secondary_preferred:
      return Value("secondaryPreferred");
    case ReadPreferenceMode::nearest:
      return Value("nearest");
  }
  return {};
}

Value value_of(ServerMonitoringMode mode) {
  switch (mode) {
    case ServerMonitoringMode::automatic:
      return Value("auto");
    case ServerMonitoringMode::stream:
      return Value("stream");
    case ServerMonitoringMode::poll:
      return Value("poll");
  }
  return {};
}

Value credential_member(const ClientOptions& o, std::string_view key) {
  return o.credential ? credential_value(*o.credential, key).value_or(Value()) : Value();
}

Value max_staleness(const ClientOptions& o) {
  using std::chrono::seconds;
  const auto& limit = o.read_preference.max_staleness;
  return limit ? Value(std::int64_t{std::chrono::duration_cast<seconds>(*limit).count()}) : Value();
}

struct NamedOption {
  std::string_view key;  ///< in lower case
  Value (*value)(const ClientOptions&);
};

// clang-format off
constexpr std::array named_options{
    NamedOption{"maxpoolsize", [](auto& o) { return value_of(o.pool.max_pool_size); }},
    NamedOption{"minpoolsize", [](auto& o) { return value_of(o.pool.min_pool_size); }},
    NamedOption{"maxidletimems", [](auto& o) { return value_of(o.pool.max_idle_time); }},
    NamedOption{"maxconnecting", [](auto& o) { return value_of(o.pool.max_connecting); }},
    NamedOption{"waitqueuetimeoutms", [](auto& o) { return value_of(o.pool.wait_queue_timeout); }},
    NamedOption{"connecttimeoutms", [](auto& o) { return value_of(o.connect_timeout); }},
    NamedOption{"sockettimeoutms", [](auto& o) { return value_of(o.socket_timeout); }},
    NamedOption{"timeoutms", [](auto& o) { return value_of(o.timeout); }},
    NamedOption{"heartbeatfrequencyms", [](auto& o) { return value_of(o.heartbeat_frequency); }},
    NamedOption{"serverselectiontimeoutms", [](auto& o) { return value_of(o.server_selection_timeout); }},
    NamedOption{"localthresholdms", [](auto& o) { return value_of(o.local_threshold); }},
    NamedOption{"servermonitoringmode", [](auto& o) { return value_of(o.server_monitoring_mode); }},
    NamedOption{"replicaset", [](auto& o) { return value_of(o.replica_set); }},
    NamedOption{"directconnection", [](auto& o) { return value_of(o.direct_connection); }},
    NamedOption{"loadbalanced", [](auto& o) { return value_of(o.load_balanced); }},
    NamedOption{"readpreference", [](auto& o) { return value_of(o.read_preference.mode); }},
    NamedOption{"readpreferencetags", [](auto& o) { return value_of(o.read_preference.tag_sets); }},
    NamedOption{"maxstalenessseconds", [](auto& o) { return max_staleness(o); }},
    NamedOption{"appname", [](auto& o) { return value_of(o.app_name); }},
    NamedOption{"authmechanism", [](auto& o) { return credential_member(o, "mechanism"); }},
    NamedOption{"authsource", [](auto& o) { return credential_member(o, "source"); }},
    NamedOption{"tls", [](auto& o) { return value_of(o.tls.enabled); }},
    NamedOption{"ssl", [](auto& o) { return value_of(o.tls.enabled); }},
    NamedOption{"tlscafile", [](auto& o) { return value_of(o.tls.ca_file); }},
    NamedOption{"tlscertificatekeyfile", [](auto& o) { return value_of(o.tls.certificate_key_file); }},
    NamedOption{"tlscertificatekeyfilepassword", [](auto& o) { return value_of(o.tls.certificate_key_file_password); }},
    NamedOption{"tlsallowinvalidcertificates", [](auto& o) { return value_of(o.tls.allow_invalid_certificates); }},
    NamedOption{"tlsallowinvalidhostnames", [](auto& o) { return value_of(o.tls.allow_invalid_hostnames); }},
    NamedOption{"tlsinsecure", [](auto& o) { return value_of(o.tls.allow_invalid_certificates && o.tls.allow_invalid_hostnames); }},
    NamedOption{"tlsdisableocspendpointcheck", [](auto& o) { return value_of(o.unused.tls_disable_ocsp_endpoint_check); }},
    NamedOption{"tlsdisablecertificaterevocationcheck", [](auto& o) { return value_of(o.unused.tls_disable_certificate_revocation_check); }},
    NamedOption{"readconcernlevel", [](auto& o) { return value_of(o.unused.read_concern_level); }},
    NamedOption{"w", [](auto& o) { return value_of(o.unused.w); }},
    NamedOption{"journal", [](auto& o) { return value_of(o.unused.journal); }},
    NamedOption{"wtimeoutms", [](auto& o) { return value_of(o.unused.w_timeout); }},
    NamedOption{"retryreads", [](auto& o) { return value_of(o.unused.retry_reads); }},
    NamedOption{"retrywrites", [](auto& o) { return value_of(o.unused.retry_writes); }},
    NamedOption{"maxadaptiveretries", [](auto& o) { return value_of(o.unused.max_adaptive_retries); }},
    NamedOption{"enableoverloadretargeting", [](auto& o) { return value_of(o.unused.enable_overload_retargeting); }},
    NamedOption{"serverselectiontryonce", [](auto& o) { return value_of(o.unused.server_selection_try_once); }},
    NamedOption{"compressors", [](auto& o) { return value_of(o.unused.compressors); }},
    NamedOption{"zlibcompressionlevel", [](auto& o) { return value_of(o.unused.zlib_compression_level); }},
};
// clang-format on

}  // namespace

std::optional<Value> uri_option_value(const ConnectionString& read, std::string_view key) {
  const auto* const option = std::ranges::find(named_options, lower_case(key), &NamedOption::key);
  if (option == named_options.end()) return std::nullopt;
  return option->value(read.options);
}

std::optional<Value> host_value(const Address& host, std::string_view key) {
  if (key == "host") return Value(host.host());
  if (key == "port") return host.port() ? Value(std::int64_t{*host.port()}) : Value();
  return std::nullopt;
}

std::optional<Value> credential_value(const wire::Credential& credential, std::string_view key) {
  if (key == "username") return Value(credential.user);
  if (key == "password") return Value(credential.password);
  if (key == "source") return Value(credential.source);
  if (key == "mechanism") {
    return credential.mechanism ? Value(std::string(mechanism_name(*credential.mechanism)))
                                : Value();
  }
  if (key == "mechanism_properties") return Value();
  return std::nullopt;
}

}  // namespace cmap::spec_tests
