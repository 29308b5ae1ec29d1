// For the examples: the server on the command line, or a small one inside.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "pool/api/address.hpp"
#include "sim/real/serve/server.hpp"

namespace example {

class Server {
 public:
  /// usage: example_... [HOST [PORT]]
  Server(int argc, char** argv) {
    if (argc > 1) {
      const int port = argc > 2 ? std::atoi(argv[2]) : cmap::Address::default_port;
      address_ = cmap::Address(argv[1], static_cast<std::uint16_t>(port));
      return;
    }
    inside_ = std::make_unique<cmap::serve::Server>(cmap::serve::ServerOptions{});
    inside_->start();
    address_ = cmap::Address("127.0.0.1", inside_->ports().front());
  }

  [[nodiscard]] const cmap::Address& address() const { return address_; }

 private:
  std::unique_ptr<cmap::serve::Server> inside_;
  cmap::Address address_;
};

}  // namespace example
