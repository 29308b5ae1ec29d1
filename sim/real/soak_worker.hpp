// One thread of a soak: takes its steps, and keeps what it has checked out for a while.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "pool/connection_pool.hpp"
#include "sim/real/soak_plan.hpp"
#include "sim/real/soak_watch.hpp"

namespace cmap::sim {

/// What a worker has, and what is still to come to it. Shared with its callbacks.
class SoakHand {
 public:
  /// One more that will call `done`.
  void expect();
  /// Called last by a callback: nothing it has may be used after it.
  void done();
  /// Kept until somebody takes it; after `drop_all` it is checked in at once.
  void keep(ConnectionHandle connection);
  /// Empty if there is none.
  ConnectionHandle take(std::size_t pick);
  [[nodiscard]] std::size_t size() const;
  /// Nothing is kept and nothing is to come: a wait without a limit keeps nobody else waiting.
  [[nodiscard]] bool is_free() const;
  /// Checks everything in, and waits for all that was expected.
  void drop_all();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::vector<ConnectionHandle> kept_;
  std::size_t expected_ = 0;
  bool dropping_ = false;
};

class SoakWorker {
 public:
  /// `pool` and `watch` outlive `run`.
  SoakWorker(ConnectionPool& pool, SoakWatch& watch, SoakSteps steps);

  /// Ends early when `stopping` is true or something is wrong. Then, or after `steps` steps, all is
  /// checked in and nothing is to come any more.
  void run(std::size_t steps, std::optional<std::size_t> closes_at,
           const std::atomic<bool>& stopping);

 private:
  void take(const SoakStep& step);
  void check_out(const SoakStep& step);
  void check_out_later(const SoakStep& step);
  void check_out_and_cancel(const SoakStep& step);
  void check_in(const SoakStep& step);
  void check_in_by_lease(ConnectionHandle connection);
  void ping(const SoakStep& step);
  void ping_later(const SoakStep& step);
  void interrupt(const SoakStep& step);
  void abandon(const SoakStep& step);
  void report_error(const SoakStep& step);
  void look();
  void subscribe(const SoakStep& step);
  void unsubscribe(const SoakStep& step);

  enum class Afterwards : std::uint8_t { check_in, leave, abandoned };
  /// A ping with a callback, which does with the connection what `afterwards` says.
  void start_ping(const SoakStep& step, const std::shared_ptr<ConnectionHandle>& connection,
                  Afterwards afterwards);
  [[nodiscard]] CheckOutRequest request_of(const SoakStep& step) const;

  ConnectionPool& pool_;
  SoakWatch& watch_;
  SoakSteps steps_;
  const std::shared_ptr<SoakHand> hand_ = std::make_shared<SoakHand>();
  std::vector<Subscription> subscriptions_;
  Generation generation_ = Generation::initial;
};

}  // namespace cmap::sim
