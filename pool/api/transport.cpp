// What a transport does that carries no messages.
#include "pool/api/transport.hpp"

namespace cmap {

void Transport::exchange(ConnectionRef, Exchange exchange) {
  exchange.done(usage_error(Address(), "This transport carries no commands"), {});
}

}  // namespace cmap
