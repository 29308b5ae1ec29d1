// What the heap holds for one more waiter, deadline or connection.
#include <chrono>
#include <malloc.h>
#include <vector>

#include <fmt/format.h>

#include "tools/bench/beside/comparisons.hpp"

namespace cmap::bench {
namespace {

using namespace std::chrono_literals;

double heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

void show(const char* what, double bytes, double count) {
  fmt::print("  {:<44} {:>8.0f}\n", what, bytes / count);
}

void show_waiters(const Address& address, bool with_deadline) {
  constexpr int waiters = 10'000;
  CmapPool pool(address, {.max_pool_size = 1}, /*observed=*/false);
  ConnectionHandle held = pool->check_out();
  CheckOutRequest request;
  if (with_deadline) {
    request.deadline = TimePoint(std::chrono::steady_clock::now().time_since_epoch()) + 1h;
  }
  const double before = heap_bytes();
  for (int i = 0; i < waiters; ++i) pool->check_out(request, [](CheckOutResult) {});
  show(with_deadline ? "a callback that waits, with a deadline" : "a callback that waits",
       heap_bytes() - before, waiters);
}

void show_connections(const Address& address, bool tls) {
  constexpr int connections = 1'000;
  NetworkOptions network;
  network.tls.enabled = tls;
  network.tls.allow_invalid_certificates = true;
  CmapPool pool(address, {.max_pool_size = 0, .max_connecting = 8}, /*observed=*/false, network);
  pool.fill(1);
  const double before = heap_bytes();
  pool.fill(connections + 1);
  show(tls ? "an available connection, TLS" : "an available connection, TCP", heap_bytes() - before,
       connections);
}

}  // namespace

void show_memory(const Servers& servers) {
  fmt::print("\nmemory, bytes of heap each (not the system's buffers of the sockets)\n");
  show_waiters(servers.tcp.address(), false);
  show_waiters(servers.tcp.address(), true);
  show_connections(servers.tcp.address(), false);
  show_connections(servers.tls.address(), true);
}

}  // namespace cmap::bench
