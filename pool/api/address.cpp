// Composes the text of an address once, when it is made.
#include "pool/api/address.hpp"

#include <mutex>
#include <set>
#include <utility>

namespace cmap {
namespace {

std::string join(const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

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

}  // namespace cmap
