// What must hold of the events of a client, of all its pools, monitors and of its topology together
// (D.1): the oracle that needs nothing but the events.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "pool/api/events.hpp"
#include "pool/client/heartbeat_events.hpp"
#include "pool/topology/topology_events.hpp"
#include "sim/checkers/event_checkers.hpp"

namespace cmap::sim {

/// Give it every event of one client from the first on, in their one order.
class ClientCheckers {
 public:
  // Nothing is looked at any more after the first violation.
  void observe(const Event& event);
  void observe(const HeartbeatEvent& event);
  void observe(const TopologyEvent& event);

  /// After close, when everything has come to rest: nothing may be left over.
  void finish();

  [[nodiscard]] const std::optional<Violation>& violation() const { return report_.violation(); }

 private:
  struct Pool {
    explicit Pool(const PoolOptions& options) : checkers(options) {}
    EventCheckers checkers;
    bool is_closed = false;
    std::set<ConnectionId> open;    ///< created and not closed
    std::set<ConnectionId> in_use;  ///< until their end, once it is closed
  };
  struct Server {
    ServerPtr description;  ///< null: it is not part of the topology
    bool has_heartbeat = false;
    bool owes_clear = false;  ///< it was found out of reach, and its pool was not cleared since
    /// One after the other: of a server that comes back, connections of an older pool may still be
    /// in use.
    std::list<Pool> pools;
    bool is_unclear = false;  ///< an event could be about a connection of either of two of them
  };
  enum class Life : std::uint8_t { fresh, open, closed };

  void observe_time(TimePoint time);
  void begin_pool(Server& server, const Event& event);
  static Pool* pool_of(Server& server, const Event& event);
  void observe(Pool& pool, const Event& event);
  void demand_pool_in_order(const Server& server, const Event& event);
  void take_over(const Address& address, const EventCheckers& checkers);
  void on(const TopologyOpeningEvent& event);
  void on(const TopologyDescriptionChangedEvent& event);
  void on(const ServerOpeningEvent& event);
  void on(const ServerDescriptionChangedEvent& event);
  void on(const ServerClosedEvent& event);
  void on(const TopologyClosedEvent& event);

  std::map<std::string, Server> servers_;  ///< by address
  TopologyPtr topology_;
  Life life_ = Life::fresh;
  TimePoint last_time_{};
  Report report_;
};

}  // namespace cmap::sim
