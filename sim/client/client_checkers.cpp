// One function for each kind of event of topologies; the demands are those of D.1.
#include "sim/client/client_checkers.hpp"

#include <utility>

namespace cmap::sim {
namespace {

constexpr Rule heartbeats_of_servers{"D-MON-7", "the servers of the topology have heartbeats"};
constexpr Rule order_of_events{"D-SD-9",
                               "topology and servers open first, close last, and change between"};
constexpr Rule chain_of_descriptions{"D-SD-9",
                                     "a previous description is the one that was new before"};
constexpr Rule told_by_somebody{"D-SD-8",
                                "what a server says to a check, or to a connection that is not "
                                "from before the last clear, makes "
                                "it known"};
constexpr Rule time_of_hello{
    "D-MON-8", "the round trip time is that of hello, without the time of connecting"};
constexpr Rule nothing_is_left{"D-SD-9", "after close everything has ended"};

std::string told(const Address& address, std::string_view what) {
  return address.text() + ": " + std::string(what);
}

bool is_empty(const TopologyDescription& topology) { return topology.servers.empty(); }

}  // namespace

/// What belongs to the transition before has to be done.
void ClientCheckers::advance(TimePoint now) {
  if (now == now_) return;
  now_ = now;
  failed_check_outs_.clear();
  for (auto& [name, server] : servers_) {
    server.failed_check = nullptr;
    server.check_succeeded = false;
    if (server.owed == Owed::nothing && !server.heartbeats && server.pools.empty()) continue;
    const Address address = Address::parse(name).value_or(Address());
    demand_paid(address, server);
    for (const Pool& pool : server.pools) {
      if (!pool.is_unclear) pool.errors.advance(address, now, report_);
    }
    if (server.heartbeats) server.heartbeats->advance(address, now, report_);
  }
}

// --- Heartbeats ------------------------------------------------------------------------------

void ClientCheckers::observe(const HeartbeatEvent& event) {
  if (report_.failed()) return;
  advance(event.time);
  Server& server = servers_[event.address.text()];
  demand_paid(event.address, server);
  if (!report_.demand(server.heartbeats.has_value(), heartbeats_of_servers,
                      [&] { return told(event.address, "there is no such server"); })) {
    return;
  }
  server.heartbeats->observe(event, report_);
  server.check_succeeded = std::holds_alternative<ServerHeartbeatSucceededEvent>(event.body);
  const auto* failure = std::get_if<ServerHeartbeatFailedEvent>(&event.body);
  if (!failure || failure->error->type == ErrorType::cancelled) return;
  server.failed_check = failure->error;
  owe_clear(server, failure->error->fault == NetworkFault::timeout);
}

// --- The topology ----------------------------------------------------------------------------

void ClientCheckers::observe(const TopologyEvent& event) {
  if (report_.failed()) return;
  advance(event.time);
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
  topologies_.observe(*topology_, report_);
}

void ClientCheckers::on(const ServerOpeningEvent& event) {
  Server& server = servers_[event.address.text()];
  report_.demand(!server.description, order_of_events,
                 [&] { return told(event.address, "opened twice"); });
  server.description = std::make_shared<const ServerDescription>(unknown_server(event.address));
  if (topology_->type != TopologyType::load_balanced) server.heartbeats.emplace(options_, now_);
}

void ClientCheckers::on(const ServerDescriptionChangedEvent& event) {
  Server& server = servers_[event.address.text()];
  const auto detail = [&] { return told(event.address, "its description changed"); };
  if (!report_.demand(server.description != nullptr, order_of_events, detail)) return;
  report_.demand(*event.previous_description == *server.description &&
                     *event.new_description != *event.previous_description,
                 chain_of_descriptions, detail);
  TopologyChecker::compare(*server.description, *event.new_description, report_);
  server.description = event.new_description;
  const ErrorPtr& error = server.description->error;
  const bool is_of_check = server.failed_check && error && *error == *server.failed_check;
  if (is_of_check) return;  // what it owes is known
  demand_paid(event.address, server);
  if (server.heartbeats && server.description->type != ServerType::unknown) {
    check_known(server, std::exchange(server.check_succeeded, false));
  }
  if (error) owe_for(server, error, now_);
  if (needs_pool(server.description->type) && !has_ready_pool(server)) server.owed = Owed::ready;
}

/// By a check, or by the hello of a connection of its pool.
void ClientCheckers::check_known(const Server& server, bool is_told_by_check) {
  const ServerDescription& known = *server.description;
  if (!is_told_by_check) {
    const bool has_pool = !server.pools.empty() && !server.pools.back().is_unclear;
    report_.demand(!has_pool || server.pools.back().errors.is_establishing(), told_by_somebody,
                   [&] { return told(known.address, "there is no such connection"); });
    return;
  }
  const auto sample = server.heartbeats->first_sample();
  report_.demand(!sample || known.round_trip_time == sample, time_of_hello,
                 [&] { return told(known.address, "its round trip time is another"); });
}

void ClientCheckers::on(const ServerClosedEvent& event) {
  Server& server = servers_[event.address.text()];
  if (!report_.demand(server.description != nullptr, order_of_events,
                      [&] { return told(event.address, "closed, but was not open"); })) {
    return;
  }
  // The description of a server that is removed says why, and makes no pool.
  if (server.owed != Owed::ready) demand_paid(event.address, server);
  report_.demand(!server.heartbeats || !server.heartbeats->is_running(), heartbeats_of_servers,
                 [&] { return told(event.address, "closed while one is under way"); });
  server.description = nullptr;
  server.heartbeats.reset();
  const bool has_pool = !server.pools.empty() && !server.pools.back().is_closed;
  server.owed = has_pool ? Owed::close : Owed::nothing;
}

void ClientCheckers::on(const TopologyClosedEvent&) {
  report_.demand(is_empty(*topology_), order_of_events,
                 [] { return std::string("closed with servers in it"); });
  life_ = Life::closed;
}

// --- All of it -------------------------------------------------------------------------------

void ClientCheckers::finish() {
  for (auto& entry : servers_) {
    Server& server = entry.second;
    const Address address = Address::parse(entry.first).value_or(Address());
    demand_paid(address, server);
    report_.demand(!server.description, nothing_is_left,
                   [&] { return told(address, "the server is open"); });
    for (Pool& pool : server.pools) {
      report_.demand(pool.is_closed, nothing_is_left,
                     [&] { return told(address, "the pool is open"); });
      if (pool.is_unclear) continue;
      pool.checkers.finish_quiescent();
      take_over(address, pool.checkers);
    }
  }
  report_.demand(life_ == Life::closed, nothing_is_left,
                 [] { return std::string("the topology is open"); });
}

}  // namespace cmap::sim
