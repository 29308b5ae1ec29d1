// For the examples: the server on the command line, or a small one inside.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string_view>
#include <system_error>

#include "pool/api/address.hpp"
#include "sim/real/serve/server.hpp"

namespace example {

class Server {
 public:
  /// usage: example_... [HOST [PORT]]
  Server(int argc, char** argv) {
    if (argc > 1) {
      address_ = cmap::Address(argv[1], argc > 2 ? port(argv[2]) : cmap::Address::default_port);
      return;
    }
    inside_ = std::make_unique<cmap::serve::Server>(cmap::serve::ServerOptions{});
    inside_->start();
    address_ = cmap::Address("127.0.0.1", inside_->ports().front());
  }

  [[nodiscard]] const cmap::Address& address() const { return address_; }

 private:
  static std::uint16_t port(std::string_view text) {
    std::uint16_t number = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    if (result.ec == std::errc() && result.ptr == end && number != 0) return number;
    std::cerr << "error: PORT " << text << ": expected an integer from 1 to 65535\n";
    std::exit(2);
  }

  std::unique_ptr<cmap::serve::Server> inside_;
  cmap::Address address_;
};

}  // namespace example
