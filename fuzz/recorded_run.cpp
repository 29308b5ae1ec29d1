// Follows connections, check-outs and the queue through the events.
#include "fuzz/recorded_run.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "sim/checkers/observed_pool.hpp"

namespace cmap::fuzz {
namespace {

using sim::check_out_of;

struct Followed {
  Seen::Life life = Seen::Life::pending;
  Duration since{};
  Duration last_hold{};
  bool populated = true;
  bool stale = false;
  bool interrupted = false;
  std::optional<CheckOutId> bound{};
  std::optional<ErrorType> given_up{};
};

class Follower {
 public:
  Seen see(const sim::TracedEvent& traced) {
    const Event& event = traced.event;
    Seen seen{.event = &event,
              .time = traced.time,
              .state = state_,
              .waiting = queue_.size(),
              .connection = connection_of(event.body),
              .queued = std::count(queue_.begin(), queue_.end(), check_out_of(event)) > 0};
    if (const auto found = connections_.find(seen.connection); found != connections_.end()) {
      describe(found->second, seen);
      if (event.type() == EventType::connection_closed && seen.connection == checked_in_last_) {
        seen.life = Seen::Life::in_use;
      }
    }
    checked_in_last_ = event.type() == EventType::checked_in ? seen.connection : ConnectionId::none;
    follow(event, seen);
    return seen;
  }

 private:
  static void describe(const Followed& connection, Seen& seen) {
    seen.life = connection.life;
    seen.for_so_long = seen.time - connection.since;
    seen.last_hold = connection.last_hold;
    seen.populated = connection.populated;
    seen.stale = connection.stale;
    seen.had_holder_before_clear = connection.interrupted;
    seen.given_up = connection.given_up;
  }

  void follow(const Event& event, Seen& seen) {
    switch (event.type()) {
      case EventType::pool_created:
        return;
      case EventType::pool_ready:
        state_ = PoolState::ready;
        return;
      case EventType::pool_cleared:
        return clear(*seen.as<ConnectionPoolClearedEvent>());
      case EventType::pool_closed:
        state_ = PoolState::closed;
        return;
      case EventType::connection_created:
        return create(event, seen);
      case EventType::connection_ready:
        return become(connections_[seen.connection], Seen::Life::available, seen.time);
      case EventType::connection_closed:
        connections_.erase(seen.connection);
        return;
      case EventType::check_out_started:
        if (state_ == PoolState::ready) queue_.push_back(check_out_of(event));
        return;
      case EventType::check_out_failed:
        return fail(*seen.as<ConnectionCheckOutFailedEvent>());
      case EventType::checked_out:
        std::erase(queue_, check_out_of(event));
        return become(connections_[seen.connection], Seen::Life::in_use, seen.time);
      case EventType::checked_in: {
        Followed& connection = connections_[seen.connection];
        connection.last_hold = seen.time - connection.since;
        return become(connection, Seen::Life::available, seen.time);
      }
    }
  }

  static void become(Followed& connection, Seen::Life life, Duration time) {
    connection.life = life;
    connection.since = time;
  }

  void clear(const ConnectionPoolClearedEvent& cleared) {
    if (cleared.service_id) return;  // whose connections these are no event tells
    state_ = PoolState::paused;
    for (auto& [id, connection] : connections_) {
      connection.stale = true;
      const bool held = connection.life == Seen::Life::in_use;
      if (held && cleared.interrupt_in_use_connections.value_or(false)) {
        connection.interrupted = true;
      }
    }
  }

  /// The head has left the queue if that is shorter than it was.
  void create(const Event& event, Seen& seen) {
    Followed& connection = connections_[seen.connection];
    connection.since = seen.time;
    if (event.counts.waiting < queue_.size()) {
      connection.populated = false;
      connection.bound = queue_.front();
      queue_.pop_front();
    }
    describe(connection, seen);
  }

  void fail(const ConnectionCheckOutFailedEvent& failed) {
    std::erase(queue_, failed.check_out);
    for (auto& [id, connection] : connections_) {
      if (connection.life == Seen::Life::pending && connection.bound == failed.check_out) {
        connection.given_up = failed.error->type;
      }
    }
  }

  PoolState state_ = PoolState::paused;
  std::deque<CheckOutId> queue_;
  std::map<ConnectionId, Followed> connections_;
  ConnectionId checked_in_last_ = ConnectionId::none;
};

}  // namespace

RecordedRun read_run(const sim::Scenario& scenario, const sim::Trace& trace) {
  RecordedRun run{
      .scenario = scenario, .trace = trace, .options = resolve(scenario.options), .events = {}};
  Follower follower;
  for (const sim::TracedEvent& event : trace.events) run.events.push_back(follower.see(event));
  return run;
}

}  // namespace cmap::fuzz
