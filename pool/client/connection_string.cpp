// From left to right: scheme, credentials, hosts, database, options.
#include "pool/client/connection_string.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace cmap {
namespace {

using wire::Failure;
using wire::Result;

constexpr std::string_view scheme = "mongodb://";
constexpr std::string_view srv_scheme = "mongodb+srv://";
constexpr std::size_t longest_app_name = 128;

/// The text up to `end`, which with what precedes it is taken off `rest`; all if there is none.
std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

std::optional<char> hex_byte(std::string_view digits) {
  std::uint8_t value = 0;
  if (digits.size() != 2) return std::nullopt;
  const auto result = std::from_chars(digits.data(), digits.data() + 2, value, 16);
  if (result.ec != std::errc() || result.ptr != digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = hex_byte(text.substr(i + 1, 2));
    if (!byte) return std::nullopt;
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

/// The authority is what precedes the first slash or question mark.
std::size_t authority_size(std::string_view rest) {
  return std::min(rest.find_first_of("/?"), rest.size());
}

/// Behind scheme://, or the beginning where a slip has spoilt that.
std::size_t scheme_end(std::string_view text) {
  constexpr std::string_view separator = "://";
  const std::size_t at = std::min(text.find_first_of(":/?@"), text.size());
  return text.substr(at).starts_with(separator) ? at + separator.size() : 0;
}

/// An & of a password that is not encoded does not end it: to show too little is better.
std::size_t option_value_size(std::string_view rest) {
  for (std::size_t end = rest.find('&'); end != std::string_view::npos;
       end = rest.find('&', end + 1)) {
    if (rest.find('=', end) < rest.find('&', end + 1)) return end;
  }
  return rest.size();
}

/// The same text with "***" for the password of the private key, wherever it is.
std::string without_key_password(std::string text) {
  constexpr std::string_view option = "tlscertificatekeyfilepassword=";
  for (std::size_t at = 0; (at = lower(text).find(option, at)) != std::string::npos;) {
    at += option.size();
    text.replace(at, option_value_size(std::string_view(text).substr(at)), "***");
  }
  return text;
}

/// Where the @ behind the credentials is, or where a reserved character in a password puts it: to
/// show too little is better than to show too much.
std::size_t credentials_end(std::string_view rest) {
  constexpr std::size_t none = std::string_view::npos;
  const std::size_t in_authority = rest.substr(0, authority_size(rest)).rfind('@');
  const std::size_t before_options = rest.substr(0, rest.find('=')).rfind('@');
  if (in_authority == none && before_options == none) return rest.rfind('@');
  if (in_authority == none || before_options == none) return std::min(in_authority, before_options);
  return std::max(in_authority, before_options);
}

class Parser {
 public:
  Result<ConnectionString> parse(std::string_view text) {
    if (text.starts_with(srv_scheme)) {
      return Failure{"mongodb+srv is not supported; name the hosts: mongodb://HOST,HOST/"};
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
    if (!read_credentials(authority) || !read_hosts(authority) || !read_database(database) ||
        !read_options(rest) || !finish()) {
      return std::move(failure_);
    }
    return std::move(result_);
  }

 private:
  bool fail(std::string message) {
    failure_.message = std::move(message);
    return false;
  }

  bool warn(std::string message) {
    result_.warnings.push_back(std::move(message));
    return true;
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
    user_ = *decoded_user;
    password_ = *decoded_password;
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
      std::string_view rest = host.substr(host.find(']') + 1);
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
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, port);
    if (result.ec != std::errc() || result.ptr != end || port == 0) return std::nullopt;
    return port;
  }

  /// Without its port, which may be a password in front of which the user name is missing.
  static std::string bad_host(std::string_view text) {
    if (!text.starts_with('[')) text = text.substr(0, text.find(':'));
    return "the host " + quoted(text) + ": expected HOST or HOST:PORT, with a port from 1 to 65535";
  }

  bool read_database(std::string_view text) {
    const auto decoded = percent_decoded(text);
    if (!decoded) return fail("the database: a % is no percent-encoding");
    result_.database = *decoded;
    return true;
  }

  bool read_options(std::string_view rest) {
    while (!rest.empty()) {
      std::string_view value = take_until(rest, '&');
      if (value.empty()) continue;
      const bool has_value = value.find('=') != std::string_view::npos;
      const std::string_view name = take_until(value, '=');
      const auto decoded = percent_decoded(value);
      // What has no value may be a piece of a password with an &.
      const bool hides = !has_value && seen_.contains("tlscertificatekeyfilepassword");
      if (!has_value || !decoded) {
        return fail("the option " + quoted(hides ? "***" : name) + " has no good value");
      }
      if (!read_option(name, *decoded)) return false;
    }
    return true;
  }

  /// Names of options are the same in any case.
  bool read_option(std::string_view name, const std::string& value) {
    const std::string key = lower(name);
    const std::map<std::string_view, bool*> flags{
        {"tls", &result_.tls.enabled},
        {"ssl", &result_.tls.enabled},
        {"tlsallowinvalidcertificates", &result_.tls.allow_invalid_certificates},
        {"tlsallowinvalidhostnames", &result_.tls.allow_invalid_hostnames},
        {"directconnection", &result_.direct_connection}};
    const std::map<std::string_view, std::string*> texts{
        {"tlscafile", &result_.tls.ca_file},
        {"tlscertificatekeyfile", &result_.tls.certificate_key_file},
        {"tlscertificatekeyfilepassword", &result_.tls.certificate_key_file_password},
        {"appname", &result_.app_name}};
    const auto flag = flags.find(key);
    const auto text = texts.find(key);
    if (flag == flags.end() && text == texts.end() && key != "authsource" &&
        key != "authmechanism") {
      return warn("the option " + quoted(name) + " is unknown and has no effect");
    }
    if (!seen_.insert(key).second) {
      warn("the option " + quoted(name) + " is repeated; the last one counts");
    }
    tls_option_ = key.starts_with("tls") && key != "tls" ? std::string(name) : tls_option_;
    if (flag != flags.end()) return read_flag(name, value, *flag->second);
    if (key == "authmechanism") return read_mechanism(value);
    if (key == "authsource") return read_auth_source(value);
    *text->second = value;
    return true;
  }

  /// What is neither true nor false is refused, not ignored: whoever means to use TLS must not go
  /// without.
  bool read_flag(std::string_view name, std::string_view value, bool& flag) {
    if (value.empty()) return warn("the option " + quoted(name) + " is empty and has no effect");
    const bool is_true = value == "true";
    if (!is_true && value != "false") {
      return fail(std::string(name) + '=' + std::string(value) + ": expected true or false");
    }
    const bool is_tls = &flag == &result_.tls.enabled;
    if (is_tls && tls_.value_or(is_true) != is_true) {
      return fail("tls and ssl mean the same and must not differ");
    }
    if (is_tls) tls_ = is_true;
    flag = is_true;
    return true;
  }

  /// Empty is wrong even where there are no credentials.
  bool read_auth_source(const std::string& value) {
    if (value.empty()) return fail("authSource must not be empty");
    auth_source_ = value;
    return true;
  }

  bool read_mechanism(const std::string& name) {
    mechanism_ = wire::mechanism_from_name(name);
    if (mechanism_) return true;
    return fail("authMechanism=" + name + ": expected SCRAM-SHA-1, SCRAM-SHA-256 or MONGODB-X509");
  }

  bool finish() {
    if (!result_.tls.enabled && !tls_option_.empty()) {
      warn(tls_option_ + " has no effect without tls=true");
    }
    if (result_.direct_connection && result_.hosts.size() > 1) {
      return fail("directConnection=true is for one host");
    }
    if (result_.app_name.size() > longest_app_name) {
      return fail("appName must have at most 128 bytes");
    }
    return !user_ && !mechanism_ ? true : make_credential();
  }

  bool make_credential() {
    const auto source = wire::authentication_source(mechanism_, auth_source_, result_.database);
    if (!source) return fail(source.error());
    wire::Credential credential{.mechanism = mechanism_,
                                .user = user_.value_or(""),
                                .password = password_,
                                .source = *source};
    if (const auto failure = wire::check(credential)) return fail(failure->message);
    result_.credential = std::move(credential);
    return true;
  }

  static constexpr const char* not_encoded =
      "in user name and password, the characters : / ? # [ ] @ % must be percent-encoded";

  ConnectionString result_;
  Failure failure_;
  std::optional<std::string> user_, auth_source_;
  std::string password_;
  std::optional<wire::AuthenticationMechanism> mechanism_;
  std::set<std::string> seen_;  ///< options, in lower case
  std::optional<bool> tls_;     ///< what tls and ssl say
  std::string tls_option_;      ///< the last one that says how to use TLS
};

}  // namespace

wire::Result<ConnectionString> parse_connection_string(std::string_view text) {
  return Parser().parse(text);
}

std::string without_password(std::string_view given) {
  const std::string text = without_key_password(std::string(given));
  const std::size_t begin = scheme_end(text);
  const std::string_view rest = std::string_view(text).substr(begin);
  const std::size_t at = credentials_end(rest);
  const std::size_t colon = rest.find(':');
  if (at == std::string_view::npos || colon > at) return text;
  return text.substr(0, begin + colon + 1) + "***" + std::string(rest.substr(at));
}

}  // namespace cmap
