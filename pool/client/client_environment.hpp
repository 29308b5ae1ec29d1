// The world that a client lives in: that of its pools, and what monitors and selection need.
#pragma once

#include <cstddef>
#include <optional>

#include "pool/client/monitor_transport.hpp"
#include "pool/environment.hpp"
#include "pool/wire/bson.hpp"
#include "pool/wire/hello_command.hpp"

namespace cmap {

/// What an environment can do that a client's options may ask for.
struct ClientAbilities {
  bool tls = true;
  bool credential = true;  ///< its pools authenticate
  bool load_balanced = true;
};

/// What the sockets of a client say of it.
struct ClientIdentity {
  wire::Document client_metadata{};  ///< empty: none is sent
  std::optional<wire::ServerApi> server_api{};
  /// Monitors poll there, unless they are told otherwise (D-MON-5).
  bool on_function_service = false;
  ClientAbilities abilities{};
};

/// Must outlive the clients in it and all that is left of them: pools, handles.
class ClientEnvironment : public Environment, public MonitorTransport {
 public:
  [[nodiscard]] virtual ClientIdentity identity() const { return {}; }
  /// One of `count` numbers from 0 on, by chance; `count` is at least 2. Where several servers are
  /// as good as each other. Thread-safe where its world has threads.
  [[nodiscard]] virtual std::size_t choose(std::size_t count) = 0;
};

}  // namespace cmap
