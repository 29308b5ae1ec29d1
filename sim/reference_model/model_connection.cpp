// The life of a connection in the model: created, established or not, failed, closed.
#include "sim/reference_model/model_pool.hpp"

namespace cmap::sim {

ModelPool::Connection& ModelPool::create() {  // A-CON-2, A-EST-1
  const ConnectionId id = next(last_connection_);
  last_connection_ = id;
  Connection& connection = connections_[id];
  connection.id = id;
  connection.created = now_;
  if (!options_.load_balanced) connection.generation = generation_;  // A-CON-4
  if (options_.establishment_timeout > Duration::zero()) {           // A-BG-1
    connection.establishment_deadline = saturating_sum(now_, options_.establishment_timeout);
  }
  return connection;
}

void ModelPool::start_establishing(ConnectionId id) {
  emit(ConnectionCreatedEvent{.connection_id = id});
  append(StartEstablishing{{.id = id}}, [this, id](const Effect&) {
    try {
      transport_->establish({.id = id});
    } catch (...) {  // Transport::establish: an exception counts as `failed`
      failed({.id = id},
             establishment_error(address_, NetworkFault::refused, EstablishmentPhase::connect));
    }
  });
}

void ModelPool::close_connection(ConnectionId id, ConnectionClosedReason reason) {  // A-EST-5
  const Connection closed = connections_.at(id);
  connections_.erase(id);
  if (closed.service) {  // A-LB-1: without connections, no entry
    bool is_in_use = false;
    for (const auto& [other_id, other] : connections_) is_in_use |= other.service == closed.service;
    if (!is_in_use) services_.erase(*closed.service);
  }
  const bool is_wrong = has(Defect::wrong_reason) && reason == ConnectionClosedReason::stale;
  emit(ConnectionClosedEvent{
      .connection_id = id,
      .reason = is_wrong ? ConnectionClosedReason::idle : reason,
      .error = reason == ConnectionClosedReason::error ? closed.error : nullptr});
  const auto how = closed.was_inherited ? TransportClose::abandon : TransportClose::graceful;
  append(CloseTransport{{.id = id}, how},
         [this, id, how](const Effect&) { transport_->close({.id = id}, how); });
  ++closing_transports_;
}

void ModelPool::make_available(Connection& connection) {
  connection.state = State::available;
  connection.by_background_run = false;
  connection.holder = CheckOutId::none;
  connection.available_since = now_;
  connection.available_order = ++last_available_order_;
}

void ModelPool::establishment_succeeded(ConnectionId id) {
  Connection& connection = connections_.at(id);
  if (options_.load_balanced && !connection.service) {  // A-LB-4: hello never told a service
    establishment_failed(id, not_load_balanced_error(address_), ErrorVerdict::keep);
    return;
  }
  if (is_stale(connection)) {
    establishment_ended_stale(id);
    return;
  }
  const bool was_background = connection.by_background_run;
  connection.establishment_deadline.reset();
  emit(
      ConnectionReadyEvent{.connection_id = id, .duration = since(connection.created)});  // A-EST-2
  if (connection.bound_to) {
    succeed(*connection.bound_to, connection);
  } else {
    make_available(connection);  // A-EST-3
  }
  serve_queue();  // R22, A-POP-4
  const bool is_missing = counts().total() < options_.min_pool_size;
  if (was_background && is_missing) request_run();  // R8
}

void ModelPool::establishment_failed(ConnectionId id, const ErrorPtr& error,
                                     ErrorVerdict verdict) {  // A-EST-4, R10
  clear_because_of(connections_.at(id), error, verdict);
  Connection& connection = connections_.at(id);
  const std::optional<CheckOutId> bound_to = connection.bound_to;
  connection.error = error;
  close_connection(id, ConnectionClosedReason::error);
  if (has(Defect::forgets_permit)) ++forgotten_permits_;
  fail_bound(bound_to, CheckOutFailedReason::connection_error, error);
  serve_queue();  // R22
}

void ModelPool::establishment_ended_stale(ConnectionId id) {  // R11
  const Connection& connection = connections_.at(id);
  const std::optional<CheckOutId> bound_to = connection.bound_to;
  const ErrorPtr cause = connection.service ? service_causes_[*connection.service] : last_cause_;
  close_connection(id, ConnectionClosedReason::stale);
  fail_bound(bound_to, CheckOutFailedReason::connection_error, pool_cleared_error(address_, cause));
  serve_queue();
}

void ModelPool::clear_because_of(const Connection& connection, const ErrorPtr& error,
                                 ErrorVerdict verdict) {  // R16, D.2
  if (verdict == ErrorVerdict::keep || is_stale(connection)) return;
  if (state_ == PoolState::closed) return;  // A-POOL-3
  if (options_.load_balanced) {             // A-LB-8
    if (connection.service) clear_service_now(*connection.service, error);
  } else {
    clear_now(false, error);
  }
}

void ModelPool::mark_failed(Connection& connection, const ErrorPtr& error, ErrorVerdict verdict) {
  if (connection.was_interrupted) return;  // A-CLR-9, F-17: it was the pool that broke it
  clear_because_of(connection, error, verdict);
  if (!connection.error) connection.error = error;  // A-CON-5
}

}  // namespace cmap::sim
