// What a connection string says about the network.
#include "pool/asio/network_options.hpp"

namespace cmap {

NetworkOptions network_options(const ConnectionString& connection_string) {
  return {.tls = connection_string.tls,
          .application_name = connection_string.app_name,
          .credential = connection_string.credential};
}

}  // namespace cmap
