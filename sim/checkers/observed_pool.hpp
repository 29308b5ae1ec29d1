// What the events so far told about a pool: the common knowledge of all checkers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pool/api/events.hpp"
#include "pool/api/requests.hpp"
#include "pool/core/state_visitor.hpp"
#include "sim/checkers/live_list.hpp"

namespace cmap::sim {

/// A ready connection that nobody holds counts as available.
enum class ConnectionLife : std::uint8_t { pending, available, in_use };

std::string_view life_name(ConnectionLife life);

struct ObservedConnection {
  ConnectionId id = ConnectionId::none;
  bool gone = false;
  ConnectionLife life = ConnectionLife::pending;
  std::int64_t clears_before = 0;  ///< ObservedPool::clears when it was created
  TimePoint created;
  TimePoint available_since;
};

/// A check-out without outcome.
struct ObservedCheckOut {
  CheckOutId id = CheckOutId::none;
  bool gone = false;
  TimePoint started;
};

/// The last event, as far as the next one depends on it.
struct LastEvent {
  EventType type = EventType::pool_created;
  ConnectionId connection = ConnectionId::none;
  /// The connection it was about had perished, as far as events tell, or the pool was closed.
  bool on_perished_connection = false;
  /// The event ended a connection that had not been ready.
  bool ended_pending = false;
};

class ObservedPool {
 public:
  explicit ObservedPool(const PoolOptions& options)
      : options_(resolve(options)), shown_options_(non_default(options)) {}

  /// Takes an event into account that no checker complained about.
  void apply(const Event& event, ObservedConnection* connection, ObservedCheckOut* check_out);

  [[nodiscard]] ObservedConnection* find(ConnectionId id) { return connections_.find(id); }
  [[nodiscard]] ObservedCheckOut* find(CheckOutId id) { return check_outs_.find(id); }

  [[nodiscard]] const ResolvedPoolOptions& options() const { return options_; }
  /// What PoolCreated has to show.
  [[nodiscard]] const PoolOptions& shown_options() const { return shown_options_; }

  [[nodiscard]] bool created() const { return created_; }
  [[nodiscard]] PoolState state() const { return state_; }
  [[nodiscard]] bool closed() const { return state_ == PoolState::closed; }
  /// Inside close(): something ended with reason poolClosed, and PoolClosed is still to come.
  [[nodiscard]] bool closing() const { return closing_; }
  /// The last clear asked to interrupt, and the pool was not ready since.
  [[nodiscard]] bool cleared_with_interrupt() const { return cleared_with_interrupt_; }
  /// How many PoolCleared there were. Further clears of a paused pool raise the generation without
  /// an event (A-CLR-2), but make no difference: all connections are older than the first one.
  [[nodiscard]] std::int64_t clears() const { return clears_; }
  /// Created before the last clear. Behind a load balancer generations are the services', and no
  /// event tells the service of a connection: there, it is false always.
  [[nodiscard]] bool is_stale(const ObservedConnection& connection) const {
    return !options_.load_balanced && connection.clears_before != clears_;
  }

  [[nodiscard]] const LiveList<ObservedConnection>& connections() const { return connections_; }
  [[nodiscard]] const LiveList<ObservedCheckOut>& check_outs() const { return check_outs_; }
  [[nodiscard]] ConnectionId last_connection() const { return last_connection_; }
  [[nodiscard]] CheckOutId last_check_out() const { return last_check_out_; }
  /// Recounted from the events alone; `waiting` cannot be and stays 0.
  [[nodiscard]] const PoolCounts& counts() const { return counts_; }
  [[nodiscard]] TimePoint time() const { return time_; }
  [[nodiscard]] const Address& address() const { return address_; }
  /// Not before the first event.
  [[nodiscard]] const LastEvent& last() const { return last_; }
  void visit_state(StateVisitor& visitor) const;

 private:
  void move(ObservedConnection& connection, ConnectionLife life, TimePoint time);
  [[nodiscard]] std::uint32_t& count_of(ConnectionLife life);
  void apply_to_pool(const Event& event);

  const ResolvedPoolOptions options_;
  const PoolOptions shown_options_;

  Address address_;
  bool created_ = false;
  bool closing_ = false;
  bool cleared_with_interrupt_ = false;
  PoolState state_ = PoolState::paused;
  std::int64_t clears_ = 0;
  TimePoint time_;
  LastEvent last_;

  LiveList<ObservedConnection> connections_;
  LiveList<ObservedCheckOut> check_outs_;
  ConnectionId last_connection_ = ConnectionId::none;
  CheckOutId last_check_out_ = CheckOutId::none;
  PoolCounts counts_;
};

/// One event and what was known before it. `connection` and `check_out` are those that the event
/// names: null if it names none or one that is not alive.
struct Step {
  const Event& event;
  EventType type;
  const ObservedPool& pool;
  ConnectionId connection_id;
  CheckOutId check_out_id;
  const ObservedConnection* connection;
  const ObservedCheckOut* check_out;

  template <typename Body>
  [[nodiscard]] const Body& as() const {
    return *std::get_if<Body>(&event.body);
  }
};

/// The connection and the check-out that an event names, or none.
struct Subjects {
  ConnectionId connection = ConnectionId::none;
  CheckOutId check_out = CheckOutId::none;
};
Subjects subjects_of(const Event& event);
inline CheckOutId check_out_of(const Event& event) { return subjects_of(event).check_out; }

// For messages.
std::string name_of(ConnectionId id);
std::string name_of(CheckOutId id);
std::string text_of(const PoolCounts& counts);

}  // namespace cmap::sim
