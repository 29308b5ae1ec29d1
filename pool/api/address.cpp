// Composes the text of an address once, when it is made.
#include "pool/api/address.hpp"

#include <charconv>
#include <mutex>
#include <set>
#include <utility>

namespace cmap {
namespace {

std::string join(const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<std::uint16_t> port_from(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, port);
  if (result.ec != std::errc() || result.ptr != end || port == 0) return std::nullopt;
  return port;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

/// Never destroyed: other statics may still use their addresses when the process ends.
const Address::Parts* Address::kept(Parts parts) {
  static std::mutex& mutex = *new std::mutex;
  static std::set<Parts>& all = *new std::set<Parts>;
  const std::lock_guard lock(mutex);
  return &*all.insert(std::move(parts)).first;
}

Address::Address(std::string host, std::uint16_t port)
    : Address(Parts{host, port, join(host, port)}) {}

Address Address::unix_socket(std::string path) { return Address(Parts{path, std::nullopt, path}); }

std::optional<Address> Address::parse(std::string_view text) {
  if (text.ends_with(".sock")) return unix_socket(std::string(text));
  const bool in_brackets = text.starts_with('[');
  const std::size_t end = text.find(in_brackets ? ']' : ':');
  const std::string_view host = text.substr(0, end).substr(in_brackets ? 1 : 0);
  if (host.empty() || (in_brackets && end == std::string_view::npos)) return std::nullopt;
  std::string_view rest = end == std::string_view::npos ? "" : text.substr(end);
  if (in_brackets) rest.remove_prefix(1);
  if (rest.empty()) return Address(std::string(host), default_port);
  const auto port = rest.starts_with(':') ? port_from(rest.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  return Address(std::string(host), *port);
}

Address Address::in_lower_case() const {
  if (!port()) return *this;
  std::string lowered = host();
  for (char& c : lowered) c = lower(c);
  return lowered == host() ? *this : Address(std::move(lowered), *port());
}

}  // namespace cmap
