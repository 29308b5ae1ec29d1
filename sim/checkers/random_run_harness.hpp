// For tests of the checkers: a pool that is right, and everything that can happen to it, by chance.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "pool/core/pool_core.hpp"
#include "sim/prng.hpp"

namespace cmap::sim {

inline PoolOptions random_pool_options(Prng& prng, bool load_balanced) {
  const auto up_to = [&prng](std::int64_t most) {
    return static_cast<std::int64_t>(prng.below(static_cast<std::uint64_t>(most) + 1));
  };
  PoolOptions options{.max_pool_size = up_to(4),
                      .max_idle_time = std::chrono::milliseconds(up_to(3)),
                      .max_connecting = 1 + up_to(2),
                      .wait_queue_timeout = std::chrono::milliseconds(up_to(6)),
                      .establishment_timeout = std::chrono::milliseconds(up_to(4))};
  options.min_pool_size = up_to(*options.max_pool_size == 0 ? 3 : *options.max_pool_size);
  options.background_interval =
      prng.ratio(1, 3) ? std::chrono::milliseconds(-1) : std::chrono::milliseconds(1 + up_to(4));
  options.load_balanced = load_balanced;
  return options;
}

/// One pool, its transport and its callers, all moved by chance. Inputs go in one after the other,
/// as the deliverer of the shell would put them in; events are those of the outbox.
class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed)
      : prng_(seed),
        load_balanced_(prng_.ratio(1, 4)),
        options_(random_pool_options(prng_, load_balanced_)),
        core_(PoolId{1}, Address(), options_, now_, outbox_) {
    if (prng_.ratio(4, 5)) core_.ready(now_);
    drain();
  }

  void make_steps(int count) {
    for (int i = 0; i < count; ++i) {
      step();
      core_.check_invariants();
      drain();
    }
  }

  /// Peers answer, leases come back, time passes.
  void come_to_rest() {
    for (int i = 0; i < 200; ++i) {
      while (!leases_.empty()) check_in();
      if (!pending_.empty()) answer(true);
      if (i % 4 == 0) pass_time(1);
      drain();
    }
    while (!pending_.empty() || !leases_.empty()) {
      if (!pending_.empty()) answer(true);
      while (!leases_.empty()) check_in();
      drain();
    }
  }

  [[nodiscard]] const PoolOptions& options() const { return options_; }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  /// No check-out waits, on a pool that stays paused or without room.
  [[nodiscard]] bool is_at_rest() const { return unfinished_.empty(); }

 private:
  void step() {
    switch (prng_.below(16)) {
      case 0:
      case 1:
      case 2:
        return check_out();
      case 3:
      case 4:
        return check_in();
      case 5:
      case 6:
      case 7:
        return answer(prng_.ratio(3, 4));
      case 8:
      case 9:
        return pass_time(static_cast<std::int64_t>(prng_.below(4)));
      case 10:
      case 11:
        return core_.ready(now_);
      case 12:
        return prng_.ratio(1, 2) ? clear() : ended(available_or_in_use());
      case 13:
        if (!unfinished_.empty()) core_.cancel(pick(unfinished_), now_);
        return;
      case 14:
        if (!leases_.empty()) {
          core_.report_error(pick(leases_), network_error(), random_verdict(), now_);
        }
        return;
      case 15:
        if (prng_.ratio(1, 12)) core_.reset_after_fork(now_);
        if (prng_.ratio(1, 40)) core_.close(now_);
        return;
      default:
        return;
    }
  }

  void check_out() {
    CheckOutRequest request;
    if (prng_.ratio(1, 4)) {
      request.deadline =
          now_ + std::chrono::milliseconds(static_cast<std::int64_t>(prng_.below(5)));
    }
    unfinished_.push_back(core_.check_out(request, 0, now_));
  }

  void check_in() {
    if (leases_.empty()) return;
    const std::size_t at = prng_.below(leases_.size());
    if (!core_.check_in(leases_[at], now_)) throw std::logic_error("a lease is not known");
    leases_.erase(leases_.begin() + static_cast<std::ptrdiff_t>(at));
    drain();
  }

  void clear() {
    if (load_balanced_) {
      core_.clear_service(random_service(), now_);
    } else {
      core_.clear({.interrupt_in_use_connections = prng_.ratio(1, 2)}, now_);
    }
  }

  void answer(bool well) {
    if (pending_.empty()) return;
    const ConnectionRef connection = pending_[prng_.below(pending_.size())];
    if (load_balanced_ && prng_.ratio(9, 10)) {
      core_.hello_completed(connection, random_service(), now_);
    }
    std::erase(pending_, connection);
    if (well) {
      core_.established(connection, now_);
      live_.push_back(connection);
    } else {
      ended(connection);
    }
  }

  void ended(std::optional<ConnectionRef> connection) {
    if (connection) core_.failed(*connection, network_error(), random_verdict(), now_);
  }

  /// In steps of deadlines, or late, as a busy real timer is.
  void pass_time(std::int64_t milliseconds_passed) {
    const TimePoint until = now_ + std::chrono::milliseconds(milliseconds_passed);
    const bool late = prng_.ratio(1, 8);
    while (!late && core_.next_deadline() && *core_.next_deadline() <= until) {
      now_ = std::max(now_, *core_.next_deadline());
      core_.advance(now_);
      drain();
    }
    now_ = until;
    core_.advance(now_);
  }

  std::optional<ConnectionRef> available_or_in_use() {
    if (live_.empty()) return std::nullopt;
    return pick(live_);
  }

  void drain() {
    while (!outbox_.empty()) {
      const Outbox effects = std::exchange(outbox_, {});
      for (const Effect& effect : effects) carry_out(effect);
    }
  }

  void carry_out(const Effect& effect) {
    if (const auto* event = std::get_if<Event>(&effect)) {
      events_.push_back(*event);
    } else if (const auto* completed = std::get_if<CheckOutCompleted>(&effect)) {
      std::erase(unfinished_, completed->check_out);
      if (!completed->error) leases_.push_back(completed->lease);
    } else if (const auto* start = std::get_if<StartEstablishing>(&effect)) {
      pending_.push_back(start->connection);
    } else if (const auto* time_out = std::get_if<TimeOutEstablishing>(&effect)) {
      std::erase(pending_, time_out->connection);
      ended(time_out->connection);
    } else if (const auto* close = std::get_if<CloseTransport>(&effect)) {
      std::erase(pending_, close->connection);
      std::erase(live_, close->connection);
      core_.transport_closed(close->connection, now_);
    }
  }

  template <typename Items>
  typename Items::value_type pick(const Items& items) {
    return items[prng_.below(items.size())];
  }
  ErrorVerdict random_verdict() {
    return prng_.ratio(1, 3) ? ErrorVerdict::clear : ErrorVerdict::keep;
  }
  ServiceId random_service() {
    return ServiceId(ServiceId::Bytes{static_cast<std::uint8_t>(prng_.below(2))});
  }
  static ErrorPtr network_error() {
    return establishment_error(Address(), NetworkFault::reset, EstablishmentPhase::hello);
  }

  Prng prng_;
  TimePoint now_;
  bool load_balanced_;
  PoolOptions options_;
  Outbox outbox_;
  PoolCore core_;
  std::vector<Event> events_;
  std::vector<CheckOutRef> unfinished_;
  std::vector<Lease> leases_;
  std::vector<ConnectionRef> pending_;
  std::vector<ConnectionRef> live_;
};

}  // namespace cmap::sim
