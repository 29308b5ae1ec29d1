// One round of a soak: a server, a pool, the threads on it, and the judgement when they have ended.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "sim/real/peer_kind.hpp"
#include "sim/real/serve/server.hpp"
#include "sim/real/soak.hpp"
#include "sim/real/soak_plan.hpp"

namespace cmap::sim {

/// Counts the connections that a server has.
class PeerCount {
 public:
  [[nodiscard]] serve::Hooks hooks();
  void wait_until_none();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t open_ = 0;
};

class SoakRun {
 public:
  /// All arguments outlive it.
  SoakRun(const SoakOptions& options, std::uint64_t round, IoThreads& io, PeerOptions& peers);

  /// `interlude` is called some times in a second with what was done so far, and may call `stop`.
  /// False: it is stuck, and neither this object nor its threads can be ended.
  bool run(std::size_t steps, const std::function<void(const SoakTotals&)>& interlude);
  void stop() { stopping_ = true; }

  [[nodiscard]] SoakTotals totals() const { return watch_.totals(); }
  [[nodiscard]] std::optional<SoakFailure> failure() const;

 private:
  /// What goes on at the end of a round, and the rule that is broken where it goes on for ever.
  struct Phase {
    Rule rule;
    const char* while_it_lasts;
  };

  void work(std::size_t thread, std::size_t steps);
  bool wait_for_workers(const std::function<void(const SoakTotals&)>& interlude);
  bool wait_for_wind_up();
  /// Until `ended`, asked with the lock; false: the number of `life` has not changed for too long.
  bool wait_while_alive(const std::function<bool()>& ended,
                        const std::function<std::uint64_t()>& life);
  void enter(const Phase& phase);
  void wind_up();
  void end_pool();
  void judge_what_is_left();
  void check_out_survivors();
  void check_out_once_more();
  void wait_until_drained();
  void judge_counts(const PoolCounts& expected, std::string_view when);

  const SoakOptions& options_;
  const std::uint64_t number_;
  const SoakRound round_;
  const PeerKind kind_;
  SoakWatch watch_;
  PeerCount peers_;
  serve::Server server_;
  AsioEnvironment environment_;
  std::unique_ptr<ConnectionPool> pool_;
  Subscription listening_;
  std::vector<ConnectionHandle> survivors_;

  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::size_t working_ = 0;
  bool drained_ = false;
  bool wound_up_ = false;
  std::optional<Phase> phase_;
  std::uint64_t phases_ = 0;
};

}  // namespace cmap::sim
