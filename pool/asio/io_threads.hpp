// Threads for those who have no io_context of their own.
#pragma once

#include <cstddef>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

namespace cmap {

/// Runs an io_context on threads of its own. After a fork the child gets a new one, with new
/// threads, at the first call of `executor`.
class IoThreads {
 public:
  explicit IoThreads(std::size_t threads = 1);
  /// Ends after the handlers that are running; what waits is destroyed. Not from one of its
  /// threads.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  /// Thread-safe.
  [[nodiscard]] boost::asio::any_io_executor executor();

 private:
  class Running;
  std::unique_ptr<Running> running_;
  const std::size_t threads_;
};

}  // namespace cmap
