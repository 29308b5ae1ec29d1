// For tests: a server that runs, and whether it still does.
#pragma once

#include <cstdint>
#include <utility>

#include "sim/real/serve/client_harness.hpp"
#include "sim/real/serve/server.hpp"

namespace cmap::serve {

/// Started, on any port.
class Running : public Server {
 public:
  explicit Running(ServerOptions options = {}, Hooks hooks = {})
      : Server(std::move(options), std::move(hooks)) {
    start();
  }
  [[nodiscard]] std::uint16_t port() const { return ports().front(); }
};

/// Whether it answers.
inline bool is_alive(std::uint16_t port) {
  return is_ok(TestClient(port).ask(command_document("ping")));
}

}  // namespace cmap::serve
