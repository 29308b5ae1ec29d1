// What must hold of the events of a client, of all its pools, monitors and of its topology together
// (D.1, D.2): the oracle that needs nothing but the events.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pool/api/events.hpp"
#include "pool/client/heartbeat_events.hpp"
#include "pool/topology/topology_events.hpp"
#include "sim/checkers/event_checkers.hpp"
#include "sim/checkers/pool_owner.hpp"
#include "sim/client/heartbeat_checker.hpp"
#include "sim/client/pool_error_checker.hpp"
#include "sim/client/topology_checker.hpp"

namespace cmap::sim {

/// Give it every event of one client from the first on, in their one order. Their times must be
/// exact: what one transition does has one time, and has to be done when the time goes on.
class ClientCheckers {
 public:
  /// `options` as the client got them.
  explicit ClientCheckers(const ClientOptions& options) : options_(options), topologies_(options) {}

  // Nothing is looked at any more after the first violation.
  void observe(const Event& event);
  void observe(const HeartbeatEvent& event);
  void observe(const TopologyEvent& event);

  /// A user has checked the connection out, and tells nobody of its errors. Before its check-in.
  void hold(const Address& address, ConnectionId connection);
  /// A command, or its check-out, has ended with the error. What follows from that has been
  /// observed: the events of its judgement come first.
  void command_failed(const ErrorPtr& error, TimePoint now);

  /// After close, when everything has come to rest: nothing may be left over.
  void finish();

  [[nodiscard]] const std::optional<Violation>& violation() const { return report_.violation(); }

 private:
  struct Pool : OwnedEvents {
    explicit Pool(const PoolOptions& options) : checkers(options), errors(options.load_balanced) {}
    EventCheckers checkers;
    PoolErrorChecker errors;
    bool is_ready = false;
  };
  /// What has to become of the newest pool before the time goes on.
  enum class Owed : std::uint8_t { nothing, ready, clear, close };
  struct Server {
    ServerPtr description;  ///< null: it is not part of the topology
    std::optional<HeartbeatChecker> heartbeats;
    ErrorPtr failed_check;         ///< of which the topology is about to hear
    bool check_succeeded = false;  ///< the same
    Owed owed = Owed::nothing;
    bool owes_interruption = false;
    /// One after the other: of a server that comes back, connections of an older pool may still be
    /// in use.
    std::list<Pool> pools;
  };
  enum class Life : std::uint8_t { fresh, open, closed };

  void advance(TimePoint now);
  void demand_paid(const Address& address, const Server& server);
  void check_known(const Server& server, bool is_told_by_check);

  // client_pool_checkers.cpp
  void begin_pool(Server& server, const Event& event);
  static bool has_ready_pool(const Server& server);
  void observe(Pool& pool, const Event& event);
  void take_over(const Address& address, const EventCheckers& checkers);
  void pay(Server& server, const Event& event);
  void pay_clear(Server& server, const Event& event);
  void pay_clear_of_service(const Event& event);
  void owe_clear(Server& server, bool interrupts);
  static bool expect_handshake(Server& server, const Event& cleared);
  void owe_for(Server& server, const ErrorPtr& error, TimePoint now);
  static bool is_perhaps_of_past(const Server& server);
  [[nodiscard]] bool was_judged(const Server& server, const ErrorPtr& error) const;
  [[nodiscard]] bool needs_pool(ServerType type) const;

  void on(const TopologyOpeningEvent& event);
  void on(const TopologyDescriptionChangedEvent& event);
  void on(const ServerOpeningEvent& event);
  void on(const ServerDescriptionChangedEvent& event);
  void on(const ServerClosedEvent& event);
  void on(const TopologyClosedEvent& event);

  const ClientOptions options_;
  std::map<std::string, Server> servers_;  ///< by address
  TopologyPtr topology_;
  TopologyChecker topologies_;
  Life life_ = Life::fresh;
  TimePoint now_{};
  std::vector<ErrorPtr> failed_check_outs_;  ///< what their callers get, now
  Report report_;
};

}  // namespace cmap::sim
