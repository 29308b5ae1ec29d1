// What is compared.
#pragma once

#include <cstddef>

#include "tools/bench/beside/contestants.hpp"

namespace cmap::bench {

struct Servers {
  const ServerProcess& tcp;
  const ServerProcess& tls;
};

/// One thread checks out and in; two threads do.
void compare_cycles(const Servers& servers, std::size_t rounds);
/// 8 and 64 contenders for two connections, handed over each time.
void compare_hand_over(const Servers& servers, std::size_t rounds);
/// Connections made per second.
void compare_establishing(const Servers& servers, std::size_t rounds);
/// Bytes per waiter and per connection.
void show_memory(const Servers& servers);

}  // namespace cmap::bench
