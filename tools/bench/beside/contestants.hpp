// The pools that are compared, with two connections to one server each, both available.
#pragma once

#include <cstdint>
#include <memory>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/connection_pool.hpp"

namespace cmap::bench {

/// A `cmap serve` in a process of its own, so that its work and its memory are not counted.
class ServerProcess {
 public:
  /// Forks: call it before there are threads.
  explicit ServerProcess(bool tls);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  [[nodiscard]] Address address() const { return {"127.0.0.1", port_}; }

 private:
  int process_ = 0;
  std::uint16_t port_ = 0;
};

/// Ours, on sockets.
class CmapPool {
 public:
  CmapPool(const Address& address, const PoolOptions& options, bool observed,
           const NetworkOptions& network = {});
  [[nodiscard]] ConnectionPool& operator*() { return pool_; }
  [[nodiscard]] ConnectionPool* operator->() { return &pool_; }
  /// Makes so many connections, which are available then.
  void fill(std::size_t connections);

 private:
  std::uint64_t seen_ = 0;  ///< by the listener
  IoThreads threads_;
  AsioEnvironment environment_;
  ConnectionPool pool_;
};

/// libmongoc's client pool: `cycle` pops a client and pushes it back.
class LibmongocPool {
 public:
  /// Null where libmongoc was not found at build time.
  [[nodiscard]] static std::unique_ptr<LibmongocPool> make(const Address& address);
  explicit LibmongocPool(const Address& address);
  ~LibmongocPool();
  LibmongocPool(const LibmongocPool&) = delete;
  LibmongocPool& operator=(const LibmongocPool&) = delete;

  void* pop();
  void push(void* client);

 private:
  void* pool_ = nullptr;
};

}  // namespace cmap::bench
