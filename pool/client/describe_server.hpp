// From what a server says about itself to the description that discovery works with (D-RS-3).
#pragma once

#include "pool/topology/server_description.hpp"
#include "pool/wire/hello_reply.hpp"

namespace cmap {

/// `address`: the one that was asked, in lower case. Of a reply with `ok: 0` the type is unknown
/// and the error is set. Hosts that are no addresses are left out. The times are the caller's.
[[nodiscard]] ServerDescription describe_server(const Address& address,
                                                const wire::HelloReply& reply);

}  // namespace cmap
