// From the system's form of an address to text.
#include "sim/real/serve/sockets/client_address.hpp"

#include <cstring>

#include <boost/asio/ip/tcp.hpp>

namespace cmap::serve {

ClientAddress client_address(const Socket& socket) {
  boost::system::error_code error;
  const auto generic = socket.remote_endpoint(error);
  if (error) return {.text = "gone"};
  const int family = generic.data()->sa_family;
  if (family != AF_INET && family != AF_INET6) return {};
  boost::asio::ip::tcp::endpoint endpoint;
  std::memcpy(endpoint.data(), generic.data(), generic.size());
  endpoint.resize(generic.size());
  std::string text = endpoint.address().to_string();
  if (family == AF_INET6) text = '[' + text + ']';
  text += ':';
  text += std::to_string(endpoint.port());
  return {.text = std::move(text), .port = endpoint.port()};
}

}  // namespace cmap::serve
