// A table of all options, and how a value of each kind is read.
#include "pool/client/uri_options.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>
#include <variant>

#include "pool/client/uri_text.hpp"

namespace cmap {
namespace {

constexpr std::int64_t int32_most = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t milliseconds_most =
    std::chrono::duration_cast<std::chrono::milliseconds>(Duration::max()).count();

struct Flag {
  void (*set)(UriOptions&, bool);
};
struct Number {
  std::int64_t least, most;
  void (*set)(UriOptions&, std::int64_t);
};
struct Text {
  void (*set)(UriOptions&, std::string);
};
/// `set` says whether the value can be used.
struct Other {
  std::string_view expected;
  bool (*set)(UriOptions&, const std::string&);
};

struct UriOption {
  std::string_view name;
  std::variant<Flag, Number, Text, Other> kind;
  std::string_view no_effect = {};  ///< why not
};

constexpr std::string_view sends_as_given = "this client sends commands as they are given to it";
constexpr std::string_view never_retries = "this client does not retry";
constexpr std::string_view never_compresses = "this client does not compress";
constexpr std::string_view never_revokes = "this client never looks up revoked certificates";

std::chrono::milliseconds ms(std::int64_t count) { return std::chrono::milliseconds(count); }

/// "key:value,key:value"; a value may have colons, and an empty text has no pairs.
std::optional<std::map<std::string, std::string>> pairs_of(std::string_view text) {
  std::map<std::string, std::string> pairs;
  while (!text.empty()) {
    std::string_view value = take_until(text, ',');
    const bool has_value = value.find(':') != std::string_view::npos;
    const std::string_view key = take_until(value, ':');
    if (!has_value || key.empty()) return std::nullopt;
    pairs.insert_or_assign(std::string(key), std::string(value));
  }
  return pairs;
}

bool read_mode(UriOptions& options, const std::string& name) {
  using Mode = ReadPreferenceMode;
  constexpr std::array<std::pair<std::string_view, Mode>, 5> modes{
      {{"primary", Mode::primary},
       {"primaryPreferred", Mode::primary_preferred},
       {"secondary", Mode::secondary},
       {"secondaryPreferred", Mode::secondary_preferred},
       {"nearest", Mode::nearest}}};
  const auto* const mode =
      std::ranges::find(modes, name, &std::pair<std::string_view, Mode>::first);
  if (mode == modes.end()) return false;
  options.client.read_preference.mode = mode->second;
  return true;
}

bool read_tags(UriOptions& options, const std::string& text) {
  auto tags = pairs_of(text);
  if (tags) options.client.read_preference.tag_sets.push_back(std::move(*tags));
  return tags.has_value();
}

bool read_staleness(UriOptions& options, const std::string& text) {
  constexpr std::int64_t least = 90;
  const auto seconds = integer_of(text);
  if (!seconds || *seconds > int32_most || (*seconds != -1 && *seconds < least)) return false;
  auto& limit = options.client.read_preference.max_staleness;
  limit.reset();
  if (*seconds != -1) limit = std::chrono::seconds(*seconds);
  return true;
}

bool read_monitoring_mode(UriOptions& options, const std::string& name) {
  using Mode = ServerMonitoringMode;
  if (name != "auto" && name != "stream" && name != "poll") return false;
  options.client.server_monitoring_mode = name == "auto"     ? Mode::automatic
                                          : name == "stream" ? Mode::stream
                                                             : Mode::poll;
  return true;
}

/// A number of members, or the name of a mode.
bool read_w(UriOptions& options, const std::string& text) {
  const auto number = integer_of(text);
  if (text.empty() || (number && (*number < 0 || *number > int32_most))) return false;
  if (number) {
    options.client.unused.w = *number;
  } else {
    options.client.unused.w = text;
  }
  return true;
}

/// Known ones are kept; the list as a whole is as good as it can be.
bool read_compressors(UriOptions& options, const std::string& text) {
  auto& kept = options.client.unused.compressors;
  kept.clear();
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view name = take_until(rest, ',');
    if (name == "snappy" || name == "zlib" || name == "zstd") {
      kept.emplace_back(name);
    } else {
      options.warnings.push_back("the compressor " + quoted(name) + " is unknown");
    }
  }
  return true;
}

bool read_mechanism_properties(UriOptions& options, const std::string& text) {
  auto pairs = pairs_of(text);
  if (pairs) options.auth_mechanism_properties = std::move(*pairs);
  return pairs.has_value();
}

// One line each, whatever its length: it is a table.
// clang-format off
const std::array uri_options{
    // Pools (A.1).
    UriOption{"maxPoolSize", Number{0, int32_most, [](auto& o, auto v) { o.client.pool.max_pool_size = v; }}},
    UriOption{"minPoolSize", Number{0, int32_most, [](auto& o, auto v) { o.client.pool.min_pool_size = v; }}},
    UriOption{"maxIdleTimeMS", Number{0, int32_most, [](auto& o, auto v) { o.client.pool.max_idle_time = ms(v); }}},
    UriOption{"maxConnecting", Number{1, int32_most, [](auto& o, auto v) { o.client.pool.max_connecting = v; }}},
    UriOption{"waitQueueTimeoutMS", Number{0, int32_most, [](auto& o, auto v) { o.client.pool.wait_queue_timeout = ms(v); }}},
    // Times.
    UriOption{"connectTimeoutMS", Number{0, int32_most, [](auto& o, auto v) { o.client.connect_timeout = ms(v); }}},
    UriOption{"socketTimeoutMS", Number{0, int32_most, [](auto& o, auto v) { o.client.socket_timeout = ms(v); }}},
    UriOption{"timeoutMS", Number{0, int32_most, [](auto& o, auto v) { o.client.timeout = ms(v); }}},
    UriOption{"heartbeatFrequencyMS", Number{500, int32_most, [](auto& o, auto v) { o.client.heartbeat_frequency = ms(v); }}},
    UriOption{"serverSelectionTimeoutMS", Number{1, int32_most, [](auto& o, auto v) { o.client.server_selection_timeout = ms(v); }}},
    UriOption{"localThresholdMS", Number{0, int32_most, [](auto& o, auto v) { o.client.local_threshold = ms(v); }}},
    // Servers.
    UriOption{"serverMonitoringMode", Other{"auto, stream or poll", read_monitoring_mode}},
    UriOption{"replicaSet", Text{[](auto& o, auto v) { o.client.replica_set = std::move(v); }}},
    UriOption{"directConnection", Flag{[](auto& o, bool v) { o.client.direct_connection = v; }}},
    UriOption{"loadBalanced", Flag{[](auto& o, bool v) { o.client.load_balanced = o.client.pool.load_balanced = v; }}},
    UriOption{"readPreference", Other{"primary, primaryPreferred, secondary, secondaryPreferred or nearest", read_mode}},
    UriOption{"readPreferenceTags", Other{"NAME:VALUE,NAME:VALUE", read_tags}},
    UriOption{"maxStalenessSeconds", Other{"-1, or an integer from 90 to 2147483647", read_staleness}},
    // Who the client is.
    UriOption{"appName", Text{[](auto& o, auto v) { o.client.app_name = std::move(v); }}},
    UriOption{"authSource", Text{[](auto& o, auto v) { o.auth_source = std::move(v); }}},
    UriOption{"authMechanism", Text{[](auto& o, auto v) { o.auth_mechanism = std::move(v); }}},
    UriOption{"authMechanismProperties", Other{"NAME:VALUE,NAME:VALUE", read_mechanism_properties}},
    // TLS.
    UriOption{"tls", Flag{[](auto& o, bool v) { o.client.tls.enabled = v; }}},
    UriOption{"ssl", Flag{[](auto& o, bool v) { o.client.tls.enabled = v; }}},
    UriOption{"tlsCAFile", Text{[](auto& o, auto v) { o.client.tls.ca_file = std::move(v); }}},
    UriOption{"tlsCertificateKeyFile", Text{[](auto& o, auto v) { o.client.tls.certificate_key_file = std::move(v); }}},
    UriOption{"tlsCertificateKeyFilePassword", Text{[](auto& o, auto v) { o.client.tls.certificate_key_file_password = std::move(v); }}},
    UriOption{"tlsAllowInvalidCertificates", Flag{[](auto& o, bool v) { o.client.tls.allow_invalid_certificates = v; }}},
    UriOption{"tlsAllowInvalidHostnames", Flag{[](auto& o, bool v) { o.client.tls.allow_invalid_hostnames = v; }}},
    UriOption{"tlsInsecure", Flag{[](auto& o, bool v) { o.client.tls.allow_invalid_certificates = o.client.tls.allow_invalid_hostnames = v; }}},
    UriOption{"tlsDisableOCSPEndpointCheck", Flag{[](auto& o, bool v) { o.client.unused.tls_disable_ocsp_endpoint_check = v; }}, never_revokes},
    UriOption{"tlsDisableCertificateRevocationCheck", Flag{[](auto& o, bool v) { o.client.unused.tls_disable_certificate_revocation_check = v; }}, never_revokes},
    // Kept (UnusedOptions).
    UriOption{"readConcernLevel", Text{[](auto& o, auto v) { o.client.unused.read_concern_level = std::move(v); }}, sends_as_given},
    UriOption{"w", Other{"an integer from 0 to 2147483647, or a name", read_w}, sends_as_given},
    UriOption{"journal", Flag{[](auto& o, bool v) { o.client.unused.journal = v; }}, sends_as_given},
    UriOption{"wTimeoutMS", Number{0, milliseconds_most, [](auto& o, auto v) { o.client.unused.w_timeout = ms(v); }}, sends_as_given},
    UriOption{"wtimeout", Number{0, milliseconds_most, [](auto& o, auto v) { o.deprecated_w_timeout = ms(v); }}, sends_as_given},
    UriOption{"retryReads", Flag{[](auto& o, bool v) { o.client.unused.retry_reads = v; }}, never_retries},
    UriOption{"retryWrites", Flag{[](auto& o, bool v) { o.client.unused.retry_writes = v; }}, never_retries},
    UriOption{"maxAdaptiveRetries", Number{0, int32_most, [](auto& o, auto v) { o.client.unused.max_adaptive_retries = v; }}, never_retries},
    UriOption{"enableOverloadRetargeting", Flag{[](auto& o, bool v) { o.client.unused.enable_overload_retargeting = v; }}, never_retries},
    UriOption{"serverSelectionTryOnce", Flag{[](auto& o, bool v) { o.client.unused.server_selection_try_once = v; }}, "it is for clients with one thread"},
    UriOption{"compressors", Other{"names, by comma", read_compressors}, never_compresses},
    UriOption{"zlibCompressionLevel", Number{-1, 9, [](auto& o, auto v) { o.client.unused.zlib_compression_level = v; }}, never_compresses},
    // Of what this client does not have; the rules say more.
    UriOption{"srvMaxHosts", Number{0, int32_most, [](auto& o, auto v) { o.srv_max_hosts = v; }}},
    UriOption{"srvServiceName", Text{[](auto&, auto) {}}},
    UriOption{"proxyHost", Text{[](auto&, auto) {}}},
    UriOption{"proxyPort", Number{1, 65535, [](auto&, auto) {}}},
    UriOption{"proxyUsername", Text{[](auto&, auto) {}}},
    UriOption{"proxyPassword", Text{[](auto&, auto) {}}},
};
// clang-format on

const UriOption* find_option(std::string_view key) {
  const auto* const option = std::ranges::find_if(
      uri_options, [&](const UriOption& candidate) { return lower_case(candidate.name) == key; });
  return option == uri_options.end() ? nullptr : option;
}

/// Other spellings than true and false are deprecated (D-URI-6).
std::optional<bool> boolean_of(std::string_view text) {
  constexpr std::array<std::string_view, 5> yes{"true", "1", "yes", "y", "t"};
  constexpr std::array<std::string_view, 6> no{"false", "0", "-1", "no", "n", "f"};
  if (std::ranges::find(yes, text) != yes.end()) return true;
  if (std::ranges::find(no, text) != no.end()) return false;
  return std::nullopt;
}

class OptionsReader {
 public:
  wire::Result<UriOptions> read(std::string_view rest) {
    while (!rest.empty() && failure_.message.empty()) {
      const std::string_view pair = take_until(rest, '&');
      if (!pair.empty()) read_pair(pair);
    }
    if (!failure_.message.empty()) return std::move(failure_);
    return std::move(result_);
  }

 private:
  void fail(std::string message) { failure_.message = std::move(message); }
  void warn(std::string message) { result_.warnings.push_back(std::move(message)); }

  void read_pair(std::string_view value) {
    const bool has_value = value.find('=') != std::string_view::npos;
    const std::string_view name = take_until(value, '=');
    const std::string key = lower_case(name);
    const UriOption* option = find_option(key);
    // What is unknown may be a piece of the password in front of it, with a & that is not encoded.
    const std::string shown = option == nullptr && follows_secret_ ? "\"***\"" : quoted(name);
    follows_secret_ = is_secret_option(key) || (option == nullptr && follows_secret_);
    const auto decoded = percent_decoded(value);
    if (!has_value || !decoded) {
      fail("the option " + shown +
           " has no good value: expected NAME=VALUE, where a % is followed "
           "by two hexadecimal digits");
    } else if (option == nullptr) {
      warn("the option " + shown + " is unknown and has no effect");
    } else {
      note_key(*option, key, name);
      if (failure_.message.empty()) read_option(*option, name, *decoded);
    }
  }

  void note_key(const UriOption& option, const std::string& key, std::string_view name) {
    const bool is_new = result_.keys.insert(key).second;
    const bool is_list = option.name == "readPreferenceTags";
    if (!is_new && key.starts_with("proxy")) {
      fail("the option " + quoted(name) + " must not be repeated");
    } else if (!is_new && !is_list) {
      warn("the option " + quoted(name) + " is repeated; the last one counts");
    }
    if (key.starts_with("tls") && key != "tls") result_.last_tls_option = name;
  }

  void read_option(const UriOption& option, std::string_view name, const std::string& value) {
    const std::size_t before = result_.warnings.size();
    if (const auto* flag = std::get_if<Flag>(&option.kind)) {
      read_flag(option, *flag, name, value);
    } else if (const auto* number = std::get_if<Number>(&option.kind)) {
      read_number(*number, name, value);
    } else if (const auto* other = std::get_if<Other>(&option.kind)) {
      if (!other->set(result_, value)) no_effect(name, value, other->expected);
    } else if (const auto* text = std::get_if<Text>(&option.kind)) {
      // Empty is wrong even where there are no credentials (D-URI-10).
      if (option.name == "authSource" && value.empty()) return fail("authSource must not be empty");
      if (option.name == "replicaSet" && value.empty()) return ignore_empty(name);
      text->set(result_, value);
    }
    if (!option.no_effect.empty() && result_.warnings.size() == before) {
      result_.notes.push_back(std::string(name) +
                              " has no effect: " + std::string(option.no_effect));
    }
  }

  void read_flag(const UriOption& option, const Flag& flag, std::string_view name,
                 const std::string& value) {
    if (value.empty()) return ignore_empty(name);
    const auto given = boolean_of(value);
    if (!given) return no_effect(name, value, "true or false");
    const std::string_view word = *given ? "true" : "false";
    if (value != word) {
      warn(std::string(name) + '=' + value + " is deprecated: write " + std::string(name) + '=' +
           std::string(word));
    }
    const bool is_tls = option.name == "tls" || option.name == "ssl";
    if (is_tls && result_.tls.value_or(*given) != *given) {
      return fail("tls and ssl mean the same and must not differ");
    }
    if (is_tls) result_.tls = given;
    flag.set(result_, *given);
  }

  void read_number(const Number& number, std::string_view name, const std::string& value) {
    if (value.empty()) return ignore_empty(name);
    const auto given = integer_of(value);
    if (given && *given >= number.least && *given <= number.most) {
      return number.set(result_, *given);
    }
    no_effect(
        name, value,
        "an integer from " + std::to_string(number.least) + " to " + std::to_string(number.most));
  }

  void ignore_empty(std::string_view name) {
    warn("the option " + quoted(name) + " is empty and has no effect");
  }

  void no_effect(std::string_view name, const std::string& value, std::string_view expected) {
    const bool hides = is_secret_option(lower_case(name));
    warn(std::string(name) + '=' + (hides ? "***" : value) + " has no effect: expected " +
         std::string(expected));
  }

  UriOptions result_;
  wire::Failure failure_;
  bool follows_secret_ = false;
};

}  // namespace

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

wire::Result<UriOptions> read_uri_options(std::string_view text) {
  return OptionsReader().read(text);
}

}  // namespace cmap
