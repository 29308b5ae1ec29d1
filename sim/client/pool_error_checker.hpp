// What must hold of one pool's connections and their errors (D.2): which errors clear it, and that
// no other does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "pool/api/events.hpp"
#include "sim/checkers/violation.hpp"

namespace cmap::sim {

/// Give it every event of one pool, and tell it of every error of an application that marks the
/// pool's server Unknown, before the event that the pool is cleared.
class PoolErrorChecker {
 public:
  explicit PoolErrorChecker(bool is_load_balanced) : is_load_balanced_(is_load_balanced) {}

  void observe(const Event& event, Report& report);
  /// One of the pool's connections must have had this error, now.
  void expect_cause(const ErrorPtr& error, TimePoint now);
  /// A user has checked it out, and tells nobody of its errors.
  void hold(ConnectionId connection);
  /// A command has ended with it. Before the event that its connection is closed.
  void command_failed(const ErrorPtr& error);
  /// Nothing is left that had to happen before `now`.
  void advance(const Address& address, TimePoint now, Report& report) const;

  /// A connection is being established that is not from before the last clear.
  [[nodiscard]] bool is_establishing() const;
  /// A command uses a connection from before the last clear, or of a pool that is closed.
  [[nodiscard]] bool has_use_of_past() const;
  [[nodiscard]] bool was_cleared(TimePoint now) const { return cleared_at_ == now; }

 private:
  struct Connection {
    std::uint64_t generation = 0;
    bool is_ready = false;
    bool is_held = false;
    bool is_in_use = false;
  };
  struct Cause {
    ErrorPtr error;  ///< null: behind a load balancer nobody says
    std::uint64_t generation = 0;
    TimePoint time;
  };

  void end(const Event& event, Report& report);
  void note_cause(const Connection& connection, const Event& event, Report& report);
  void demand_clear(const Connection& connection, const Event& event, Report& report);
  void demand_clear_after_use(const Event& event, Report& report);

  const bool is_load_balanced_;
  bool is_closed_ = false;
  std::uint64_t generation_ = 0;  ///< by the events: behind a load balancer any clear counts
  std::map<ConnectionId, Connection> open_;
  std::optional<Cause> cause_;  ///< that was not seen yet
  std::optional<TimePoint> cleared_at_;
  std::set<ErrorPtr> of_commands_;  ///< that are to be seen where connections end
};

}  // namespace cmap::sim
