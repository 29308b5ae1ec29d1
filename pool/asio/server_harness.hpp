// What the tests of the real world share: a server, threads, and pools that reach it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/connection_pool.hpp"
#include "sim/real/serve/server.hpp"
#include "sim/real/temporary_certificates.hpp"

namespace cmap::test {

inline const sim::TemporaryCertificates& temporary_certificates() {
  static const sim::TemporaryCertificates certificates;
  return certificates;
}

inline const serve::TestCertificates& test_certificates() {
  return temporary_certificates().files();
}

/// Notes events and lets a test wait for the n-th of a type.
class EventLog {
 public:
  [[nodiscard]] EventListener listener() {
    return [this](const Event& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
      changed_.notify_all();
    };
  }
  /// Returns the n-th event of a type, from 1.
  Event wait_for(EventType type, int count = 1) {
    std::unique_lock lock(mutex_);
    const Event* found = nullptr;
    changed_.wait(lock, [&] { return (found = find(type, count)) != nullptr; });
    return *found;
  }
  [[nodiscard]] int count(EventType type) {
    const std::lock_guard lock(mutex_);
    int result = 0;
    for (const Event& event : events_) result += event.type() == type ? 1 : 0;
    return result;
  }

 private:
  const Event* find(EventType type, int count) {
    for (const Event& event : events_) {
      if (event.type() == type && --count == 0) return &event;
    }
    return nullptr;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Event> events_;
};

/// A server and the way to it. Declared before the pools that use it.
struct RealWorld {
  explicit RealWorld(serve::ServerOptions server_options = {}, NetworkOptions network = {},
                     serve::Hooks hooks = {})
      : server(std::move(server_options), std::move(hooks)), environment(threads, network) {
    server.start();
    address = Address("127.0.0.1", server.ports().front());
  }

  std::unique_ptr<ConnectionPool> make_pool(PoolOptions options = {}) {
    auto pool = std::make_unique<ConnectionPool>(address, options, environment,
                                                 PoolHooks{.listeners = {events.listener()}});
    pool->ready();
    return pool;
  }

  EventLog events;
  IoThreads threads{2};
  serve::Server server;
  AsioEnvironment environment;
  Address address;
};

/// The error that the call throws; fails the test if it throws none.
template <typename Call>
Error thrown_error(Call&& call) {
  try {
    call();
  } catch (const PoolError& error) {
    return error.error();
  }
  return {.type = ErrorType::usage, .message = "nothing was thrown"};
}

}  // namespace cmap::test
