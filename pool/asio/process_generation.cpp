// A handler that fork() calls in the child.
#include "pool/asio/process_generation.hpp"

#include <atomic>
#include <pthread.h>

namespace cmap {
namespace {

std::atomic<std::uint64_t> generation{0};

const int registered =
    pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); });

}  // namespace

std::uint64_t current_process_generation() {
  static_cast<void>(registered);
  return generation.load(std::memory_order_relaxed);
}

}  // namespace cmap
