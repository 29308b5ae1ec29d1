// ready, clear, close, and the child of a fork (A.4, A.7, A.8).
#include "pool/api/assert.hpp"
#include "pool/core/pool_core.hpp"
#include "pool/core/probe.hpp"

namespace cmap {

void PoolCore::ready(TimePoint now) {
  enter(now);
  CMAP_PROBE_IF(state_ == PoolState::ready, "ready on a ready pool");
  CMAP_PROBE_IF(state_ == PoolState::closed, "ready on a closed pool");
  if (state_ != PoolState::paused) return;
  state_ = PoolState::ready;
  emit(ConnectionPoolReadyEvent{});
  request_run();
}

void PoolCore::clear(const ClearRequest& request, TimePoint now) {
  CMAP_ASSERT(!options_.load_balanced);
  enter(now);
  CMAP_PROBE_IF(state_ == PoolState::closed, "clear of a closed pool");
  if (state_ != PoolState::closed) invalidate(request);
}

/// Generation and state first (A-CLR-1). An already paused pool says nothing, but ages all the same
/// (A-CLR-2). Older available connections are found when they are met (A-CLR-4).
void PoolCore::invalidate(const ClearRequest& request) {
  CMAP_PROBE_IF(state_ == PoolState::paused, "clear of a paused pool");
  generation_ = next(generation_);
  // A clear of a paused pool without a cause of its own does not make the first one's forgotten.
  if (state_ == PoolState::ready || request.cause) clear_cause_ = request.cause;
  if (state_ == PoolState::ready) {
    state_ = PoolState::paused;
    emit(ConnectionPoolClearedEvent{
        .service_id = std::nullopt,
        .interrupt_in_use_connections = request.interrupt_in_use_connections});
    fail_waiting(CheckOutFailedReason::connection_error,
                 pool_cleared_error(address_, request.cause));
  }
  if (request.interrupt_in_use_connections) {
    const ErrorPtr error = interrupted_error(address_, request.cause);
    end_pending(ConnectionClosedReason::stale, CheckOutFailedReason::connection_error, error);
    interrupt_in_use(error);
  }
  request_run();
}

void PoolCore::clear_service(const ServiceId& service, TimePoint now) {
  CMAP_ASSERT(options_.load_balanced);
  enter(now);
  if (state_ != PoolState::closed) invalidate_service(service, nullptr);
}

/// Neither pauses nor evicts, and always announces itself (A-LB-3).
void PoolCore::invalidate_service(const ServiceId& service, const ErrorPtr& cause) {
  services_.clear(service, cause);
  emit(ConnectionPoolClearedEvent{.service_id = service,
                                  .interrupt_in_use_connections = std::nullopt});
  request_run();
}

/// R13.
void PoolCore::close(TimePoint now) {
  enter(now);
  CMAP_PROBE_IF(state_ == PoolState::closed, "close of a closed pool");
  if (state_ == PoolState::closed) return;
  state_ = PoolState::closed;
  next_run_.reset();
  const ErrorPtr error = pool_closed_error(address_);
  fail_waiting(CheckOutFailedReason::pool_closed, error);
  end_available(ConnectionClosedReason::pool_closed);
  end_pending(ConnectionClosedReason::pool_closed, CheckOutFailedReason::pool_closed, error);
  emit(ConnectionPoolClosedEvent{});
  drain_if_done();
}

void PoolCore::reset_after_fork(TimePoint now) {
  enter(now);
  for (Connection* connection = live_.first(); connection; connection = live_.next(*connection)) {
    connection->abandoned = true;
  }
  const ErrorPtr error = pool_cleared_error(address_, nullptr);
  if (state_ == PoolState::closed) {
    CMAP_PROBE("fork of a closed pool");
    interrupt_in_use(error);
    return;
  }
  if (options_.load_balanced) {
    services_.for_each([this](const ServiceId& service) { invalidate_service(service, nullptr); });
  } else {
    invalidate({});
  }
  fail_waiting(CheckOutFailedReason::connection_error, error);
  end_available(ConnectionClosedReason::stale);
  end_pending(ConnectionClosedReason::stale, CheckOutFailedReason::connection_error, error);
  interrupt_in_use(error);
}

/// In the order they became available.
void PoolCore::end_available(ConnectionClosedReason reason) {
  while (!available_.empty()) close_connection(available_.front(), reason);
}

/// In the order of their creation, each with the check-out that was bound to it (R9, R13).
void PoolCore::end_pending(ConnectionClosedReason reason, CheckOutFailedReason failed,
                           const ErrorPtr& error) {
  Connection* following = nullptr;
  for (Connection* connection = live_.first(); connection; connection = following) {
    following = live_.next(*connection);
    if (connection->state != ConnectionState::pending) continue;
    CMAP_PROBE("a pending connection is ended");
    const CheckOutRef bound = connection->bound;
    close_connection(*connection, reason);
    fail_bound(bound, failed, error);
  }
}

/// All connections in use are older than the clear that calls this, so that none created after it
/// can be met (A-CLR-6). They stay with their holders and end at check-in (A-CLR-9).
void PoolCore::interrupt_in_use(const ErrorPtr& error) {
  for (Connection* connection = live_.first(); connection; connection = live_.next(*connection)) {
    if (connection->state != ConnectionState::in_use || connection->interrupted) continue;
    CMAP_PROBE("a connection in use is interrupted");
    connection->interrupted = true;
    outbox_.emplace_back(InterruptConnection{connection->ref, error});
  }
}

}  // namespace cmap
