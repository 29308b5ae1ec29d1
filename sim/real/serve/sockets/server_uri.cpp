// What a server is asked to be, checked; and where clients find it.
#include <algorithm>
#include <set>
#include <stdexcept>

#include <boost/asio/ip/address.hpp>

#include "sim/real/serve/sockets/server_core.hpp"

namespace cmap::serve {
namespace {

void require(bool condition, const char* message) {
  if (!condition) throw std::invalid_argument(message);
}

/// As a connection string wants the path of a socket.
std::string percent_encoded(const std::string& path) {
  constexpr std::string_view hexadecimal = "0123456789ABCDEF";
  std::string text;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (plain) {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += hexadecimal[byte >> 4];
    text += hexadecimal[byte & 15];
  }
  return text;
}

}  // namespace

void check(const ServerOptions& options) {
  boost::system::error_code wrong;
  boost::asio::ip::make_address(options.bind, wrong);
  if (wrong) throw std::invalid_argument("not an IP address to listen on: " + options.bind);
  require(!options.ports.empty() || options.unix_socket, "a server needs a port or a socket");
  require(options.ports.size() <= 1 || options.replica_set,
          "several ports are for a replica set; it needs a name");
  require(!options.replica_set || !options.ports.empty(), "a replica set needs ports");
  require(!options.replica_set || !options.replica_set->empty(), "a replica set needs a name");
  require(!options.replica_set || !options.load_balanced,
          "a replica set is not behind a load balancer");
  std::set<std::uint16_t> ports;
  for (const std::uint16_t port : options.ports) {
    require(port == 0 || ports.insert(port).second, "two members cannot have the same port");
  }
}

std::string ServerCore::host_of(std::size_t member) const {
  if (options_.ports.empty()) return options_.unix_socket->string();
  auto address = boost::asio::ip::make_address(options_.bind);
  // Listening everywhere; clients are told one place where that is.
  if (address.is_unspecified()) {
    address = boost::asio::ip::make_address(address.is_v6() ? "::1" : "127.0.0.1");
  }
  std::string host = address.to_string();
  if (address.is_v6()) host = '[' + host + ']';
  host += ':';
  host += std::to_string(ports_.at(member));
  return host;
}

std::string ServerCore::uri() const {
  std::string text = "mongodb://";
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    if (i > 0) text += ',';
    text += host_of(i);
  }
  if (ports_.empty()) text += percent_encoded(options_.unix_socket->string());
  text += '/';
  char separator = '?';
  const auto add = [&](std::string_view option) {
    text += separator;
    text += option;
    separator = '&';
  };
  if (options_.replica_set) add("replicaSet=" + *options_.replica_set);
  if (options_.load_balanced) add("loadBalanced=true");
  if (options_.tls) add("tls=true");
  return text;
}

}  // namespace cmap::serve
