// What a connection string says about the network.
#include "pool/asio/network_options.hpp"

namespace cmap {

NetworkOptions network_options(const ConnectionString& connection_string) {
  const ClientOptions& options = connection_string.options;
  return {.tls = options.tls,
          .application_name = options.app_name,
          .credential = options.credential,
          .load_balanced = options.load_balanced};
}

}  // namespace cmap
