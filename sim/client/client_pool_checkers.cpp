// What the checks of servers, and the errors of operations, make of the pools.
#include <algorithm>

#include "pool/topology/state_change.hpp"
#include "sim/client/client_checkers.hpp"

namespace cmap::sim {
namespace {

constexpr Rule pools_belong_to_servers{
    "D-SD-1, D-SD-7", "a server of the topology that bears data has one pool, others have none"};
constexpr Rule known_makes_ready{
    "D-SD-1", "with the description that makes a server one that bears data its pool is ready"};
constexpr Rule error_clears{
    "D-SD-2, D-SD-3, D.2",
    "with the error of a check, and of an application that says so, the pool is cleared at once"};
constexpr Rule nothing_else_clears{
    "D-SD-5, D.2",
    "neither a newer primary nor a server that is not primary or recovers clears the pool"};
constexpr Rule unknown_before_clear{
    "D-SD-2", "a server is marked unknown first, and its pool cleared second"};
constexpr Rule timeout_of_check_interrupts{
    "D-SD-3", "a clear interrupts if, and only if, a check failed by a network timeout"};
constexpr Rule clears_service{"A-LB-3, A-LB-8",
                              "behind a load balancer only the service of the error is cleared"};
constexpr Rule state_change_counts{
    "D.2",
    "an error that says its server is not primary, recovers or shuts down marks it Unknown (behind "
    "a load balancer, of one that shuts down: clears its service), unless it is of the past"};
constexpr Rule removed_closes{"D-SD-7", "with its server a pool is closed"};

std::string of_pool(const Address& address, std::string_view what) {
  return address.text() + ": " + std::string(what);
}

bool says(const Error& error, std::string_view text) {
  return error.message.find(text) != std::string::npos;
}

/// What the topology found out by comparing: nothing is wrong with connections.
bool is_found_by_comparing(const Error& error) {
  return error.type == ErrorType::protocol &&
         (says(error, "primary marked stale due to") || says(error, "the server's replica set is"));
}

}  // namespace

void ClientCheckers::observe(const Event& event) {
  if (report_.failed()) return;
  advance(event.time);
  if (const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&event.body)) {
    failed_check_outs_.push_back(failed->error);
  }
  Server& server = servers_[event.address.text()];
  if (event.type() == EventType::pool_created) begin_pool(server, event);
  Pool* const pool = owner_in(server.pools, event);
  const auto detail = [&] { return of_pool(event.address, event_name(event.type())); };
  if (!report_.demand(pool != nullptr, pools_belong_to_servers, detail)) return;
  pay(server, event);
  observe(*pool, event);
}

void ClientCheckers::begin_pool(Server& server, const Event& event) {
  const bool is_alone = server.pools.empty() || server.pools.back().is_closed;
  const bool is_wanted = server.description && needs_pool(server.description->type);
  report_.demand(is_wanted && is_alone, pools_belong_to_servers,
                 [&] { return of_pool(event.address, "a pool is made"); });
  server.pools.emplace_back(*std::get<ConnectionPoolCreatedEvent>(event.body).options);
}

bool ClientCheckers::needs_pool(ServerType type) const {
  const bool is_single = topology_ && topology_->type == TopologyType::single;
  return is_data_bearing(type) || (is_single && type != ServerType::unknown);
}

bool ClientCheckers::has_ready_pool(const Server& server) {
  return !server.pools.empty() && server.pools.back().is_ready;
}

void ClientCheckers::observe(Pool& pool, const Event& event) {
  if (!pool.is_unclear) {
    pool.checkers.observe(event);
    take_over(event.address, pool.checkers);
    pool.errors.observe(event, report_);
  }
  const EventType type = event.type();
  if (type == EventType::pool_ready) pool.is_ready = true;
  if (type == EventType::pool_cleared || type == EventType::pool_closed) pool.is_ready = false;
  pool.note(event);
}

void ClientCheckers::take_over(const Address& address, const EventCheckers& checkers) {
  const auto& violation = checkers.violation();
  if (!violation) return;
  const Rule rule{violation->clause, violation->sentence};
  report_.demand(false, rule, [&] { return of_pool(address, violation->message); });
}

// --- What is owed ----------------------------------------------------------------------------

void ClientCheckers::owe_clear(Server& server, bool interrupts) {
  if (!has_ready_pool(server)) return;
  server.owed = Owed::clear;
  server.owes_interruption = interrupts;
}

/// An error that no check has told of: from a connection of the pool, or from the topology itself.
void ClientCheckers::owe_for(Server& server, const ErrorPtr& error, TimePoint now) {
  const bool is_monitored = server.heartbeats.has_value();
  const auto expect_cause = [&] {
    TopologyChecker::check_error(*error, report_);
    if (!server.pools.empty()) server.pools.back().errors.expect_cause(error, now);
  };
  if (is_found_by_comparing(*error)) {
    if (is_monitored && says(*error, "newer primary")) server.heartbeats->request_check(now);
    return;
  }
  switch (state_change(*error)) {
    case StateChange::none:
      expect_cause();
      if (is_monitored) server.heartbeats->cancel_check();
      return owe_clear(server, false);
    case StateChange::shutting_down:
      expect_cause();
      if (is_monitored) server.heartbeats->request_check(now);
      return owe_clear(server, false);
    case StateChange::recovering:
    case StateChange::not_primary:
      if (is_monitored) server.heartbeats->request_check(now);
      return;
  }
}

void ClientCheckers::hold(const Address& address, ConnectionId connection) {
  for (Pool& pool : servers_[address.text()].pools) {
    if (pool.outstanding->has_in_use(connection)) pool.errors.hold(connection);
  }
}

void ClientCheckers::command_failed(const ErrorPtr& error, TimePoint now) {
  if (report_.failed()) return;
  advance(now);
  const auto& not_sent = failed_check_outs_;  // errors of handshakes: what these do is looked at
  if (std::find(not_sent.begin(), not_sent.end(), error) != not_sent.end()) return;
  Server& server = servers_[error->address.text()];
  for (Pool& pool : server.pools) pool.errors.command_failed(error);
  if (state_change(*error) == StateChange::none || is_perhaps_of_past(server)) return;
  report_.demand(was_judged(server, error), state_change_counts,
                 [&] { return of_pool(error->address, error->message); });
}

/// It is not known on which connection the answer came.
bool ClientCheckers::is_perhaps_of_past(const Server& server) {
  if (!server.description || server.pools.empty() || server.pools.back().is_closed) return true;
  return std::any_of(server.pools.begin(), server.pools.end(), [](const Pool& pool) {
    return pool.is_unclear || pool.errors.has_use_of_past();
  });
}

bool ClientCheckers::was_judged(const Server& server, const ErrorPtr& error) const {
  if (options_.load_balanced) {
    return state_change(*error) != StateChange::shutting_down ||
           server.pools.back().errors.was_cleared(now_);
  }
  const ErrorPtr& known = server.description->error;
  return (known && *known == *error) || TopologyChecker::is_old(*error, *server.description);
}

void ClientCheckers::pay(Server& server, const Event& event) {
  const auto pays = [&](Owed owed, const Rule& rule) {
    report_.demand(server.owed == owed, rule,
                   [&] { return of_pool(event.address, event_name(event.type())); });
    server.owed = Owed::nothing;
  };
  if (event.type() == EventType::pool_ready) pays(Owed::ready, pools_belong_to_servers);
  if (event.type() == EventType::pool_closed) pays(Owed::close, removed_closes);
  if (event.type() != EventType::pool_cleared) return;
  pay_clear(server, event);
  server.owed = Owed::nothing;
}

void ClientCheckers::pay_clear_of_service(const Event& event) {
  const auto& cleared = std::get<ConnectionPoolClearedEvent>(event.body);
  report_.demand(cleared.service_id.has_value(), clears_service,
                 [&] { return of_pool(event.address, "all of the pool is cleared"); });
}

/// A connection that is pending has been told that the server is not primary or recovers: that does
/// clear (F-9). The server may have been Unknown by the same words before.
bool ClientCheckers::expect_handshake(Server& server, const Event& cleared) {
  const ErrorPtr& error = server.description->error;
  if (cleared.counts.pending == 0 || !error) return false;
  const StateChange change = state_change(*error);
  if (change != StateChange::recovering && change != StateChange::not_primary) return false;
  server.pools.back().errors.expect_cause(error, cleared.time);
  return true;
}

void ClientCheckers::pay_clear(Server& server, const Event& event) {
  if (options_.load_balanced) return pay_clear_of_service(event);
  const auto detail = [&] {
    return of_pool(event.address, server.description
                                      ? "the pool of a server is cleared that is " +
                                            std::string(server_type_name(server.description->type))
                                      : "the pool of a server is cleared that was removed");
  };
  const bool is_unknown = server.description && server.description->type == ServerType::unknown;
  if (!report_.demand(is_unknown, unknown_before_clear, detail)) return;
  const bool is_owed = server.owed == Owed::clear;
  if (!report_.demand(is_owed || expect_handshake(server, event), nothing_else_clears, detail)) {
    return;
  }
  const auto& cleared = std::get<ConnectionPoolClearedEvent>(event.body);
  const bool interrupts = cleared.interrupt_in_use_connections.value_or(false);
  const bool must_interrupt = is_owed && server.owes_interruption;
  report_.demand(interrupts == must_interrupt, timeout_of_check_interrupts, [&] {
    return of_pool(event.address, interrupts ? "it interrupts" : "it does not interrupt");
  });
}

void ClientCheckers::demand_paid(const Address& address, const Server& server) {
  report_.demand(server.owed != Owed::clear, error_clears,
                 [&] { return of_pool(address, "its pool was not cleared"); });
  report_.demand(server.owed != Owed::ready, known_makes_ready,
                 [&] { return of_pool(address, "its pool is not ready"); });
  report_.demand(server.owed != Owed::close, removed_closes,
                 [&] { return of_pool(address, "its pool is open"); });
}

}  // namespace cmap::sim
