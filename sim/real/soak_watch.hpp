// Watches one pool of a soak from both sides: its events, through the checkers, and what its
// callers were told.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/connection_pool.hpp"
#include "pool/wire/bson.hpp"
#include "sim/checkers/event_checkers.hpp"

namespace cmap::sim {

/// Of all rounds of a soak.
struct SoakTotals {
  std::uint64_t rounds = 0;
  std::uint64_t steps = 0;
  std::uint64_t events = 0;
  std::uint64_t created = 0;      ///< connections
  std::uint64_t established = 0;  ///< of them
  std::uint64_t check_outs = 0;
  std::uint64_t checked_out = 0;  ///< of them; the others failed
  std::uint64_t commands = 0;
  std::uint64_t answered = 0;  ///< of them
  std::uint64_t clears = 0;    ///< that changed the state

  SoakTotals& operator+=(const SoakTotals& other);
};

/// For a listener to throw: the pool must bear it and report it.
class SoakThrows : public std::exception {};

/// Thread-safe. Keeps the first violation. Outlives the pool and everything that calls back.
class SoakWatch {
 public:
  using Filter = std::function<bool(const Event&)>;

  /// `sees` tells which events it sees; empty: all, as it should be.
  SoakWatch(const PoolOptions& options, Filter sees);

  [[nodiscard]] PoolHooks hooks();

  // What callers do and are told.
  void check_out_begins();
  void check_out_ends(const ConnectionHandle& connection);
  void check_out_ends(const Error& error);
  void command_begins();
  /// `error` is null if there is a reply. `abandoned`: its handle has ended before.
  void command_ends(const Error* error, const wire::Document& reply, bool abandoned = false);
  void step_ends() { steps_.fetch_add(1, std::memory_order_relaxed); }

  /// Asks the pool what must hold at any time.
  void look_at(const ConnectionPool& pool);
  /// Whatever else a caller expects.
  void demand(bool holds, const Rule& rule, std::string_view detail);

  /// At the end, when nothing goes on any more.
  void finish();

  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::optional<Violation> violation() const;
  /// The last ones until the violation, one in a line.
  [[nodiscard]] std::vector<std::string> last_events() const;
  [[nodiscard]] SoakTotals totals() const;
  /// Steps, check-outs and commands that came to their end. Events do not count: a pool may
  /// populate itself for ever while everybody waits.
  [[nodiscard]] std::uint64_t ended() const;

 private:
  void observe(const Event& event);
  void count(const Event& event);
  void callback_failed(const std::exception_ptr& what);
  /// With the lock held. Only the first violation counts, whoever finds it.
  template <typename Detail>
  void check(bool holds, const Rule& rule, const Detail& detail) {
    if (holds || failed()) return;
    report_.demand(holds, rule, detail);
    failed_ = true;
  }

  const ResolvedPoolOptions options_;
  const Filter sees_;

  // Asked and counted in every step, without a lock that would keep races from being seen.
  std::atomic<bool> failed_ = false;
  std::atomic<std::uint64_t> steps_ = 0;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  EventCheckers checkers_;
  Report report_;  ///< of what callers find
  std::deque<Event> last_events_;
  std::vector<bool> seen_checked_out_;  ///< by check-out
  SoakTotals totals_;
  std::uint64_t started_events_ = 0;
  std::uint64_t checked_out_events_ = 0;
  std::uint64_t failed_events_ = 0;
  std::uint64_t failed_check_outs_ = 0;
  std::uint64_t ended_commands_ = 0;
};

}  // namespace cmap::sim
