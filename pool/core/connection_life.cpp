// From ConnectionCreated to ConnectionClosed: establishing, failing, perishing (A.2, A.5).
#include <utility>

#include "pool/api/assert.hpp"
#include "pool/core/pool_core.hpp"
#include "pool/core/probe.hpp"

namespace cmap {

bool PoolCore::may_create() const {
  const auto below = [](std::uint32_t count, std::int64_t limit) {
    return static_cast<std::int64_t>(count) < limit;
  };
  const bool room = options_.max_pool_size == 0 || below(counts().total(), options_.max_pool_size);
  return room && below(pending_, options_.max_connecting);
}

/// No I/O (A-EST-1): that is StartEstablishing's, once the event was delivered.
Connection& PoolCore::create_connection(bool for_population) {
  Connection& connection = connections_.acquire();
  connection.created = now_;
  connection.for_population = for_population;
  if (!options_.load_balanced) connection.generation = generation_;
  if (for_population) populating_ = true;
  live_.push_back(connection);
  move(connection, ConnectionState::pending);
  emit(ConnectionCreatedEvent{connection.ref.id});
  outbox_.emplace_back(StartEstablishing{connection.ref});
  bound_establishment(connection, options_.establishment_timeout);
  return connection;
}

/// From now on; replaces the bound there was.
void PoolCore::bound_establishment(Connection& connection, Duration timeout) {
  deadlines_.disarm(connection.deadline);
  if (timeout == Duration::zero()) return;
  connection.deadline = deadlines_.arm({.when = saturating_sum(now_, timeout),
                                        .owner = Deadlines::Owner::establishment,
                                        .id = number(connection.ref.id),
                                        .slot = connection.ref.slot});
}

void PoolCore::handshake_command_begins(ConnectionRef ref, TimePoint now) {
  enter(now);
  if (!options_.handshake_timeout) return;
  Connection* connection = connections_.find(ref);
  const bool establishing =
      connection && connection->state == ConnectionState::pending && !connection->timed_out;
  if (establishing) bound_establishment(*connection, *options_.handshake_timeout);
}

/// Also of one whose time is over: what it fails with belongs to its service, if hello was answered
/// before (A-LB-8).
void PoolCore::hello_completed(ConnectionRef ref, std::optional<ServiceId> service, TimePoint now) {
  enter(now);
  Connection* connection = connections_.find(ref);
  const bool waits_for_hello =
      connection && connection->state == ConnectionState::pending && !connection->service;
  if (!options_.load_balanced || !waits_for_hello) return;
  if (!service) {
    if (connection->timed_out) return;
    CMAP_PROBE("hello without a service");
    fail_pending(*connection, not_load_balanced_error(address_), ErrorVerdict::keep);
    return;
  }
  connection->service = service;
  connection->generation = services_.add_connection(*service);
}

void PoolCore::established(ConnectionRef ref, TimePoint now) {
  enter(now);
  Connection* connection = connections_.find(ref);
  const bool awaited =
      connection && connection->state == ConnectionState::pending && !connection->timed_out;
  CMAP_PROBE_IF(!connection, "late success after the end");
  CMAP_PROBE_IF(connection && connection->timed_out, "late success after the timeout");
  if (!awaited) return;  // a late answer
  if (!connection->generation) {
    CMAP_PROBE("established without a service");
    fail_pending(*connection, not_load_balanced_error(address_), ErrorVerdict::keep);
    return;
  }
  if (is_stale(*connection)) {
    CMAP_PROBE("cleared while it was established");
    end_stale_pending(*connection);
    return;
  }
  const bool populated = connection->for_population;
  const CheckOutRef bound = std::exchange(connection->bound, {});
  emit(ConnectionReadyEvent{ref.id, now_ - connection->created});
  CMAP_PROBE_IF(check_outs_.find(bound), "established for its check-out");
  CMAP_PROBE_IF(populated, "established for the population");
  CMAP_PROBE_IF(!populated && bound == CheckOutRef{}, "established for nobody any more");
  make_available(*connection);  // before anybody is served with its permit (A-POP-4)
  if (CheckOut* check_out = check_outs_.find(bound)) hand_out(*connection, *check_out);
  service_wait_queue();
  CMAP_PROBE_IF(populated && counts().total() < options_.min_pool_size,
                "population goes on at once");
  if (populated && counts().total() < options_.min_pool_size) request_run();
}

/// Cleared while it was being established: never handed out (R11).
void PoolCore::end_stale_pending(Connection& connection) {
  const CheckOutRef bound = connection.bound;
  const ErrorPtr cause = connection.service ? services_.cause(*connection.service) : clear_cause_;
  close_connection(connection, ConnectionClosedReason::stale);
  fail_bound(bound, CheckOutFailedReason::connection_error, pool_cleared_error(address_, cause));
  service_wait_queue();
}

void PoolCore::failed(ConnectionRef ref, const ErrorPtr& error, ErrorVerdict verdict,
                      TimePoint now) {
  CMAP_ASSERT(error);
  enter(now);
  Connection* connection = connections_.find(ref);
  CMAP_PROBE_IF(!connection, "late failure");
  if (!connection) return;  // a late answer
  if (connection->state == ConnectionState::pending) {
    fail_pending(*connection, error, verdict);
  } else {
    // The peer is gone. That says nothing about the pool: only what is done on a connection does.
    perish(*connection, error, ErrorVerdict::keep);
  }
}

bool PoolCore::report_error(const Lease& lease, const ErrorPtr& error, ErrorVerdict verdict,
                            TimePoint now) {
  CMAP_ASSERT(error);
  enter(now);
  Connection* connection = find_held(lease);
  if (!connection) return false;
  perish(*connection, error, verdict);
  return true;
}

/// It is closed when it is met: at check-in, at a check-out, or by a Run.
void PoolCore::perish(Connection& connection, const ErrorPtr& error, ErrorVerdict verdict) {
  CMAP_PROBE_IF(connection.interrupted, "an interrupted connection fails");
  CMAP_PROBE_IF(connection.error, "an errored connection fails again");
  CMAP_PROBE_IF(connection.state == ConnectionState::available, "an available connection fails");
  if (connection.interrupted) return;  // a consequence of the interruption (F-17)
  if (!connection.error) connection.error = error;
  apply_verdict(connection, error, verdict);
}

/// In the order of R10: the error handler's clear, Closed, CheckOutFailed, and only then the queue.
void PoolCore::fail_pending(Connection& connection, const ErrorPtr& error, ErrorVerdict verdict) {
  const CheckOutRef bound = connection.bound;
  apply_verdict(connection, error, verdict);
  connection.error = error;
  close_connection(connection, ConnectionClosedReason::error);
  fail_bound(bound, CheckOutFailedReason::connection_error, error);
  service_wait_queue();
}

/// An error of an older generation says nothing about the present one (D.2).
void PoolCore::apply_verdict(const Connection& connection, const ErrorPtr& error,
                             ErrorVerdict verdict) {
  const bool current = connection.generation && !is_stale(connection);
  CMAP_PROBE_IF(verdict == ErrorVerdict::clear && !current, "an old error clears nothing");
  if (verdict == ErrorVerdict::keep || !current || state_ == PoolState::closed) return;
  if (connection.service) {
    CMAP_PROBE("an error clears a service");
    invalidate_service(*connection.service, error);
  } else {
    CMAP_PROBE("an error clears the pool");
    invalidate({.interrupt_in_use_connections = false, .cause = error});
  }
}

void PoolCore::transport_closed(ConnectionRef, TimePoint now) {
  enter(now);
  CMAP_ASSERT(closing_transports_ > 0);
  --closing_transports_;
  drain_if_done();
}

void PoolCore::make_available(Connection& connection) {
  connection.available_since = now_;
  connection.holder = CheckOutId::none;
  move(connection, ConnectionState::available);
}

/// State and counts first, then the event, then the teardown (A-EST-5).
void PoolCore::close_connection(Connection& connection, ConnectionClosedReason reason) {
  const ConnectionRef ref = connection.ref;
  const bool abandoned = connection.abandoned;
  const bool by_error = reason == ConnectionClosedReason::error;
  ErrorPtr error = by_error ? std::move(connection.error) : nullptr;
  CMAP_PROBE_IF(abandoned, "closed without a word on the wire");
  move(connection, ConnectionState::closed);
  if (connection.service) services_.remove_connection(*connection.service);
  live_.erase(connection);
  connections_.release(connection);

  emit(ConnectionClosedEvent{ref.id, reason, std::move(error)});
  outbox_.emplace_back(
      CloseTransport{ref, abandoned ? TransportClose::abandon : TransportClose::graceful});
  ++closing_transports_;
}

/// The one place where a connection's state, and with it every count, changes (A-CON-6).
void PoolCore::move(Connection& connection, ConnectionState state) {
  count(connection, -1);
  if (connection.state == ConnectionState::available) available_.erase(connection);
  if (connection.state == ConnectionState::pending) {
    deadlines_.disarm(connection.deadline);
    if (connection.for_population) populating_ = false;
    connection.for_population = false;
  }
  connection.state = state;
  if (state == ConnectionState::available) available_.push_back(connection);
  count(connection, +1);
}

void PoolCore::count(const Connection& connection, std::int32_t change) {
  switch (connection.state) {
    case ConnectionState::closed:
    case ConnectionState::available:
      return;  // not counted; counted by its list
    case ConnectionState::pending:
      pending_ += static_cast<std::uint32_t>(change);
      return;
    case ConnectionState::in_use:
      break;
  }
  in_use_ += static_cast<std::uint32_t>(change);
  switch (connection.purpose) {
    case CheckOutPurpose::other:
      purposes_.other += change;
      return;
    case CheckOutPurpose::cursor:
      purposes_.cursor += change;
      return;
    case CheckOutPurpose::transaction:
      purposes_.transaction += change;
      return;
  }
}

Connection* PoolCore::find_held(const Lease& lease) {
  Connection* connection = lease.pool == id_ ? connections_.find(lease.connection) : nullptr;
  const bool held = connection && connection->state == ConnectionState::in_use &&
                    connection->holder == lease.check_out;
  return held ? connection : nullptr;
}

bool PoolCore::is_stale(const Connection& connection) const {
  if (!connection.generation) return false;
  const Generation current =
      connection.service ? services_.generation(*connection.service) : generation_;
  return *connection.generation != current;
}

bool PoolCore::is_idle(const Connection& connection) const {
  const bool limited = options_.max_idle_time > Duration::zero();
  return limited && now_ - connection.available_since > options_.max_idle_time;
}

std::optional<ConnectionClosedReason> PoolCore::perished(const Connection& connection) const {
  if (connection.error) return ConnectionClosedReason::error;
  if (is_stale(connection)) return ConnectionClosedReason::stale;
  if (is_idle(connection)) return ConnectionClosedReason::idle;
  return std::nullopt;
}

void PoolCore::drain_if_done() {
  const bool done = state_ == PoolState::closed && live_.empty() && closing_transports_ == 0;
  if (!done || drained_) return;
  CMAP_PROBE("drained");
  drained_ = true;
  outbox_.emplace_back(PoolDrained{});
}

}  // namespace cmap
