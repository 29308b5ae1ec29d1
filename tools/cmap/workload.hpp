// Pings without end, so that there is something to see.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pool/client/client.hpp"

namespace cmap::tools {

/// Begins when it is made. The client outlives it.
class Workload {
 public:
  using Failed = std::function<void(const Error&)>;

  /// `concurrent` pings at the same time, one after the other; or, with 0, a single one, which is
  /// repeated until a server answers it, be it with an error. `failed` is called from many threads,
  /// not after `stop`.
  Workload(Client& client, ReadPreference preference, std::size_t concurrent, Failed failed);
  /// Waits for the pings that are under way; a client that is closed ends those that wait.
  ~Workload();
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  /// No further ones.
  void stop();
  /// True if, after `stop`, all have ended within `time`.
  bool wait_for_end(std::chrono::milliseconds time);

 private:
  void ping_until_stopped(bool once);
  enum class Outcome : std::uint8_t {
    worked,
    refused,     ///< a server has answered: the same again would bring the same
    unanswered,  ///< there was no server, or it broke
  };
  Outcome ping();

  Client& client_;
  const ClientCommand how_;
  const Failed failed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;    ///< below mutex_
  std::size_t running_ = 0;  ///< below mutex_
  std::vector<std::thread> threads_;
};

}  // namespace cmap::tools
