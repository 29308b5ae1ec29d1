// From left to right: scheme, credentials, hosts, database; then the options.
#include "pool/client/connection_string.hpp"

#include <optional>
#include <utility>

#include "pool/client/uri_options.hpp"
#include "pool/client/uri_rules.hpp"
#include "pool/client/uri_text.hpp"

namespace cmap {
namespace {

using wire::Failure;
using wire::Result;

constexpr std::string_view scheme = "mongodb://";
constexpr std::string_view srv_scheme = "mongodb+srv://";

class Parser {
 public:
  Result<ConnectionString> parse(std::string_view text) {
    if (text.starts_with(srv_scheme)) {
      return ConnectionString{
          .unsupported = "mongodb+srv is not supported; name the hosts: mongodb://HOST,HOST/"};
    }
    if (!text.starts_with(scheme)) return Failure{"a connection string begins with mongodb://"};
    std::string_view rest = text.substr(scheme.size());
    std::string_view authority = rest.substr(0, authority_size(rest));
    rest.remove_prefix(authority.size());
    // A password with a slash or a question mark ends up there.
    if (rest.substr(0, rest.find('=')).find('@') != std::string_view::npos) {
      return Failure{not_encoded};
    }
    if (rest.starts_with('/')) rest.remove_prefix(1);
    const std::string_view database = take_until(rest, '?');
    if (!read_credentials(authority) || !read_hosts(authority) || !read_database(database)) {
      return std::move(failure_);
    }
    auto options = read_uri_options(rest);
    if (!options) return options.failure();
    if (auto failure = apply_options(std::move(*options), user_, result_)) {
      return std::move(*failure);
    }
    return std::move(result_);
  }

 private:
  bool fail(std::string message) {
    failure_.message = std::move(message);
    return false;
  }

  bool read_credentials(std::string_view& authority) {
    const std::size_t at = authority.rfind('@');
    if (at == std::string_view::npos) return true;
    std::string_view password = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const std::string_view user = take_until(password, ':');
    const auto decoded_user = percent_decoded(user);
    const auto decoded_password = percent_decoded(password);
    const bool has_reserved = password.find_first_of(":@") != std::string_view::npos ||
                              user.find('@') != std::string_view::npos;
    if (!decoded_user || !decoded_password || has_reserved) return fail(not_encoded);
    if (user.empty()) return fail("a user name is missing in front of the @");
    user_ = {.user = *decoded_user, .password = *decoded_password};
    return true;
  }

  bool read_hosts(std::string_view authority) {
    if (authority.empty()) return fail("a host is missing");
    bool is_last = false;
    while (!is_last) {
      is_last = authority.find(',') == std::string_view::npos;
      if (!read_host(take_until(authority, ','))) return false;
    }
    return true;
  }

  bool read_host(std::string_view text) {
    const auto decoded = percent_decoded(text);
    if (!decoded) return fail("the host " + quoted(text) + ": a % is no percent-encoding");
    if (decoded->ends_with(".sock")) {
      result_.hosts.push_back(Address::unix_socket(*decoded));
      return true;
    }
    std::string_view host = *decoded;
    std::string_view port;
    bool has_port = false;
    if (host.starts_with('[') && host.find(']') != std::string_view::npos) {
      const std::string_view rest = host.substr(host.find(']') + 1);
      host = host.substr(1, host.find(']') - 1);
      has_port = rest.starts_with(':');
      if (!has_port && !rest.empty()) return fail(bad_host(*decoded));
      if (has_port) port = rest.substr(1);
    } else {
      has_port = host.find(':') != std::string_view::npos;
      port = host;
      host = take_until(port, ':');
    }
    const auto number = has_port ? port_number(port) : Address::default_port;
    if (host.empty() || !number) return fail(bad_host(*decoded));
    result_.hosts.emplace_back(std::string(host), *number);
    return true;
  }

  static std::optional<std::uint16_t> port_number(std::string_view text) {
    constexpr std::int64_t most = 65535;
    const auto port = integer_of(text);
    if (!port || *port < 1 || *port > most) return std::nullopt;
    return static_cast<std::uint16_t>(*port);
  }

  /// Without its port, which may be a password in front of which the user name is missing.
  static std::string bad_host(std::string_view text) {
    const bool is_bare = !text.starts_with('[') && std::count(text.begin(), text.end(), ':') > 1;
    if (is_bare) return "a host with several \":\": an IPv6 address stands in brackets, as [::1]";
    if (!text.starts_with('[')) text = text.substr(0, text.find(':'));
    return "the host " + quoted(text) + ": expected HOST or HOST:PORT, with a port from 1 to 65535";
  }

  bool read_database(std::string_view text) {
    const auto decoded = percent_decoded(text);
    if (!decoded) return fail("the database: a % is no percent-encoding");
    if (decoded->find_first_of("/\\ \"$") != std::string::npos) {
      return fail("the database " + quoted(*decoded) + " must have none of / \\ \" $ and no space");
    }
    if (decoded->find('=') != std::string::npos) {
      // Not shown: it may be the rest of a password.
      result_.notes.emplace_back("the name of the database has a =; options begin with ?");
    }
    result_.database = *decoded;
    return true;
  }

  static constexpr const char* not_encoded =
      "in user name and password, the characters : / ? # [ ] @ % must be percent-encoded";

  ConnectionString result_;
  Failure failure_;
  UserInfo user_;
};

}  // namespace

Result<ConnectionString> read_connection_string(std::string_view text) {
  return Parser().parse(text);
}

Result<ConnectionString> parse_connection_string(std::string_view text) {
  auto result = read_connection_string(text);
  if (result && !result->unsupported.empty()) return Failure{std::move(result->unsupported)};
  return result;
}

}  // namespace cmap
