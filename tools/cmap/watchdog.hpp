// Ends the program when something that must go on does not: a pool under test that never returns.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "pool/api/time.hpp"

namespace cmap::tools {

/// While it lives, `going_on` must be called at least once in every `limit` of real time. If not,
/// it writes `text` to standard error, calls `last_words` (which may be empty) on its own thread,
/// and the program ends at once with `status`: what hangs cannot be asked to stop. Thread-safe.
class Watchdog {
 public:
  Watchdog(Duration limit, std::string text, int status, std::function<void()> last_words = {});
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void going_on();

 private:
  void watch();

  const Duration limit_;
  const std::string text_;
  const int status_;
  const std::function<void()> last_words_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t progress_ = 0;  ///< guarded by mutex_
  bool ended_ = false;          ///< guarded by mutex_
  std::thread thread_;
};

}  // namespace cmap::tools
