// Where a connection comes from.
#pragma once

#include <cstdint>
#include <string>

#include "sim/real/serve/sockets/stream.hpp"

namespace cmap::serve {

struct ClientAddress {
  std::string text = "unix socket";  ///< "127.0.0.1:40123"
  std::uint16_t port = 0;
};

/// A client that is gone already has none.
ClientAddress client_address(const Socket& socket);

}  // namespace cmap::serve
