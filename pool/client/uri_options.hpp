// The options of a connection string, each by itself: its name, what it may be, where it goes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pool/client/client_options.hpp"
#include "pool/wire/result.hpp"

namespace cmap {

/// What they say, before anything is known about hosts and credentials.
struct UriOptions {
  ClientOptions client{};

  // What only the rules across options need.
  std::optional<std::string> auth_source{}, auth_mechanism{};
  std::map<std::string, std::string> auth_mechanism_properties{};
  std::optional<bool> tls{};  ///< what tls and ssl say
  std::optional<Duration> deprecated_w_timeout{};
  std::optional<std::int64_t> srv_max_hosts{};
  std::set<std::string> keys{};  ///< of all known options that are there, in lower case
  std::string last_tls_option{};

  std::vector<std::string> warnings{};
  std::vector<std::string> notes{};

  [[nodiscard]] bool has(const std::string& key) const { return keys.contains(key); }
};

/// `text` is what follows the question mark. Fails for an option without a value, for one that
/// cannot be decoded, for an empty authSource, and for a proxy option that is repeated.
wire::Result<UriOptions> read_uri_options(std::string_view text);

/// "\"text\"".
std::string quoted(std::string_view text);

}  // namespace cmap
