// One function for each kind of event; the demands are those of D.1.
#include "sim/client/client_checkers.hpp"

#include <utility>

namespace cmap::sim {
namespace {

constexpr Rule unknown_before_clear{
    "D-SD-2", "a server is marked unknown first, and its pool cleared second"};
constexpr Rule out_of_reach_clears{
    "D-SD-3, D.2", "the pool of a server that is unknown by a network error is cleared"};
constexpr Rule pools_belong_to_servers{"D-SD-1, D-SD-7",
                                       "a server of the topology has one pool, others have none"};
constexpr Rule one_end_of_a_heartbeat{"D-MON-7", "each ServerHeartbeatStarted has exactly one end"};
constexpr Rule order_of_events{"D-SD-9",
                               "topology and servers open first, close last, and change between"};
constexpr Rule chain_of_descriptions{"D-SD-9",
                                     "a previous description is the one that was new before"};
constexpr Rule time_goes_on{"A-EV-2", "events are in the order of their times"};
constexpr Rule nothing_is_left{"D-SD-9", "after close everything has ended"};

std::string told(const Address& address, std::string_view what) {
  return address.text() + ": " + std::string(what);
}

bool is_empty(const TopologyDescription& topology) { return topology.servers.empty(); }

}  // namespace

// --- Pools -----------------------------------------------------------------------------------

void ClientCheckers::observe(const Event& event) {
  if (report_.failed()) return;
  observe_time(event.time);
  Server& server = servers_[event.address.text()];
  if (event.type() == EventType::pool_created && !server.is_unclear) begin_pool(server, event);
  Pool* const pool = pool_of(server, event);
  if (server.is_unclear) return;
  const auto detail = [&] { return told(event.address, event_name(event.type())); };
  if (!report_.demand(pool != nullptr, pools_belong_to_servers, detail)) return;
  demand_pool_in_order(server, event);
  observe(*pool, event);
}

void ClientCheckers::begin_pool(Server& server, const Event& event) {
  const bool is_alone = server.pools.empty() || server.pools.back().is_closed;
  report_.demand(server.description && is_alone, pools_belong_to_servers,
                 [&] { return told(event.address, "a pool is made"); });
  server.pools.emplace_back(*std::get<ConnectionPoolCreatedEvent>(event.body).options);
}

/// The newest, but for the end of a connection that only an older one has in use.
ClientCheckers::Pool* ClientCheckers::pool_of(Server& server, const Event& event) {
  if (server.pools.empty()) return nullptr;
  Pool* owner = &server.pools.back();
  const bool is_end =
      event.type() == EventType::checked_in || event.type() == EventType::connection_closed;
  if (!is_end) return owner;
  const ConnectionId id = connection_of(event.body);
  for (Pool& older : server.pools) {
    if (&older == &server.pools.back() || !older.in_use.contains(id)) continue;
    server.is_unclear |= owner->open.contains(id);
    owner = &older;
  }
  return owner;
}

void ClientCheckers::observe(Pool& pool, const Event& event) {
  pool.checkers.observe(event);
  take_over(event.address, pool.checkers);
  pool.is_closed |= event.type() == EventType::pool_closed;
  if (event.type() == EventType::pool_cleared || event.type() == EventType::pool_closed) {
    servers_[event.address.text()].owes_clear = false;
  }
  if (event.type() == EventType::connection_created) pool.open.insert(connection_of(event.body));
  if (event.type() == EventType::connection_closed) pool.open.erase(connection_of(event.body));
  if (event.type() == EventType::checked_out) pool.in_use.insert(connection_of(event.body));
  const bool is_over = event.type() == EventType::connection_closed ||
                       (event.type() == EventType::checked_in && !pool.is_closed);
  if (is_over) pool.in_use.erase(connection_of(event.body));
}

void ClientCheckers::take_over(const Address& address, const EventCheckers& checkers) {
  const auto& violation = checkers.violation();
  if (!violation) return;
  const Rule rule{violation->clause, violation->sentence};
  report_.demand(false, rule, [&] { return told(address, violation->message); });
}

void ClientCheckers::demand_pool_in_order(const Server& server, const Event& event) {
  if (event.type() == EventType::pool_cleared) {
    const bool is_unknown = server.description && server.description->type == ServerType::unknown;
    report_.demand(is_unknown, unknown_before_clear, [&] {
      return told(event.address, server.description
                                     ? "the pool of a server is cleared that is " +
                                           std::string(server_type_name(server.description->type))
                                     : "the pool of a server is cleared that was removed");
    });
  }
  if (event.type() == EventType::pool_ready) {
    const bool is_known = server.description && server.description->type != ServerType::unknown;
    report_.demand(is_known, pools_belong_to_servers,
                   [&] { return told(event.address, "ready, but nothing is known of it"); });
  }
}

// --- Heartbeats ------------------------------------------------------------------------------

void ClientCheckers::observe(const HeartbeatEvent& event) {
  if (report_.failed()) return;
  observe_time(event.time);
  Server& server = servers_[event.address.text()];
  const bool begins = std::holds_alternative<ServerHeartbeatStartedEvent>(event.body);
  report_.demand(server.has_heartbeat != begins, one_end_of_a_heartbeat, [&] {
    return told(event.address, begins ? "started while one is under way" : "ended twice");
  });
  report_.demand(!begins || server.description, one_end_of_a_heartbeat,
                 [&] { return told(event.address, "started for a server that is not there"); });
  server.has_heartbeat = begins;
}

// --- The topology ----------------------------------------------------------------------------

void ClientCheckers::observe(const TopologyEvent& event) {
  if (report_.failed()) return;
  observe_time(event.time);
  const bool is_first = std::holds_alternative<TopologyOpeningEvent>(event.body);
  report_.demand(is_first ? life_ == Life::fresh : life_ == Life::open, order_of_events,
                 [&] { return std::string(event_name(event.body)); });
  std::visit([this](const auto& body) { on(body); }, event.body);
}

void ClientCheckers::on(const TopologyOpeningEvent&) {
  life_ = Life::open;
  topology_ = std::make_shared<const TopologyDescription>();
}

void ClientCheckers::on(const TopologyDescriptionChangedEvent& event) {
  report_.demand(*event.previous_description == *topology_, chain_of_descriptions,
                 [] { return std::string("of the topology"); });
  report_.demand(*event.new_description != *event.previous_description, chain_of_descriptions,
                 [] { return std::string("nothing has changed in the topology"); });
  topology_ = event.new_description;
}

void ClientCheckers::on(const ServerOpeningEvent& event) {
  Server& server = servers_[event.address.text()];
  report_.demand(!server.description, order_of_events,
                 [&] { return told(event.address, "opened twice"); });
  server.description = std::make_shared<const ServerDescription>(unknown_server(event.address));
}

void ClientCheckers::on(const ServerDescriptionChangedEvent& event) {
  Server& server = servers_[event.address.text()];
  const auto detail = [&] { return told(event.address, "its description changed"); };
  if (!report_.demand(server.description != nullptr, order_of_events, detail)) return;
  report_.demand(*event.previous_description == *server.description &&
                     *event.new_description != *event.previous_description,
                 chain_of_descriptions, detail);
  report_.demand(!server.owes_clear || server.is_unclear, out_of_reach_clears,
                 [&] { return told(event.address, "its pool was not cleared"); });
  const ErrorPtr& error = event.new_description->error;
  server.owes_clear = error && error->type == ErrorType::network && !server.is_unclear &&
                      is_data_bearing(server.description->type) && !server.pools.empty();
  server.description = event.new_description;
}

void ClientCheckers::on(const ServerClosedEvent& event) {
  Server& server = servers_[event.address.text()];
  report_.demand(server.description != nullptr, order_of_events,
                 [&] { return told(event.address, "closed, but was not open"); });
  server.description = nullptr;
}

void ClientCheckers::on(const TopologyClosedEvent&) {
  report_.demand(is_empty(*topology_), order_of_events,
                 [] { return std::string("closed with servers in it"); });
  life_ = Life::closed;
}

// --- All of it -------------------------------------------------------------------------------

void ClientCheckers::observe_time(TimePoint time) {
  report_.demand(time >= last_time_, time_goes_on, [] { return std::string("time goes back"); });
  last_time_ = time;
}

void ClientCheckers::finish() {
  report_.demand(life_ == Life::closed, nothing_is_left,
                 [] { return std::string("the topology is open"); });
  for (auto& entry : servers_) {
    const std::string& address = entry.first;
    Server& server = entry.second;
    const auto left = [&](const char* what) { return [&, what] { return address + ": " + what; }; };
    report_.demand(!server.description, nothing_is_left, left("the server is open"));
    report_.demand(!server.has_heartbeat, one_end_of_a_heartbeat, left("a heartbeat has no end"));
    if (server.is_unclear) continue;
    for (Pool& pool : server.pools) {
      report_.demand(pool.is_closed, nothing_is_left, left("the pool is open"));
      pool.checkers.finish_quiescent();
      take_over(Address::parse(address).value_or(Address()), pool.checkers);
    }
  }
}

}  // namespace cmap::sim
