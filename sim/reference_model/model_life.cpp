// The life of the pool itself in the model: ready, clear, close, and what a fork leaves of it.
#include "sim/reference_model/model_pool.hpp"

namespace cmap::sim {

void ModelPool::ready(Done done) {
  begin();
  if (state_ == PoolState::paused) {  // A-RDY-1; closed is terminal (A-POOL-3)
    state_ = PoolState::ready;
    emit(ConnectionPoolReadyEvent{});
    request_run();  // R8; A-RDY-2: the Run comes later
  }
  end(done, nullptr);
}

void ModelPool::clear(const ClearRequest& request, Done done) {
  begin();
  if (options_.load_balanced) {  // A-LB-3
    end(done, usage_error(address_, "A load-balanced pool is cleared by service (clear_service)"));
    return;
  }
  if (state_ != PoolState::closed) {  // A-POOL-3
    clear_now(request.interrupt_in_use_connections, request.cause);
  }
  end(done, nullptr);
}

void ModelPool::clear_now(bool interrupt, const ErrorPtr& cause) {
  const bool was_ready = state_ == PoolState::ready;
  generation_ = next(generation_);  // A-CLR-1, A-CLR-2
  state_ = PoolState::paused;
  if (was_ready || cause) last_cause_ = cause;  // a paused pool keeps the first one's
  const auto announce = [&] {
    if (was_ready) emit(ConnectionPoolClearedEvent{.interrupt_in_use_connections = interrupt});
  };
  if (!has(Defect::clears_after_eviction)) announce();  // R7
  fail_waiters(CheckOutFailedReason::connection_error, pool_cleared_error(address_, cause));
  if (has(Defect::clears_after_eviction)) announce();
  if (interrupt) {  // R9
    const ErrorPtr interrupted = interrupted_error(address_, cause);
    if (!has(Defect::pending_survive_interrupt)) interrupt_pending(interrupted);
    interrupt_in_use(interrupted);
  }
  if (!has(Defect::no_run_after_clear)) request_run();  // A-BG-3, A-CLR-5
}

void ModelPool::interrupt_pending(const ErrorPtr& error) {  // A-CLR-8
  for (const ConnectionId id : in_state(State::pending)) {
    const std::optional<CheckOutId> bound_to = connections_.at(id).bound_to;
    close_connection(id, ConnectionClosedReason::stale);
    fail_bound(bound_to, CheckOutFailedReason::connection_error, error);
  }
}

/// A-CLR-5, A-CLR-9. It is part of the clear's own transition, so every connection in use is of the
/// generation before the clear or older (A-CLR-6).
void ModelPool::interrupt_in_use(const ErrorPtr& error) {
  for (const ConnectionId id : in_state(State::in_use)) {
    Connection& connection = connections_.at(id);
    if (connection.was_interrupted) continue;
    connection.was_interrupted = true;
    append(InterruptConnection{{.id = id}, error},
           [this, id, error](const Effect&) { transport_->interrupt({.id = id}, error); });
  }
}

void ModelPool::clear_service(const ServiceId& service, Done done) {
  begin();
  if (!options_.load_balanced) {  // A-LB-3
    end(done, usage_error(address_, "Only a load-balanced pool is cleared by service (use clear)"));
    return;
  }
  if (state_ != PoolState::closed) clear_service_now(service, nullptr);
  end(done, nullptr);
}

void ModelPool::clear_service_now(const ServiceId& service, const ErrorPtr& cause) {  // A-LB-3
  const auto entry = services_.find(service);
  if (entry != services_.end()) entry->second = next(entry->second);
  if (entry != services_.end()) service_causes_[service] = cause;
  emit(ConnectionPoolClearedEvent{.service_id = service});
  if (!has(Defect::no_run_after_clear)) request_run();
}

void ModelPool::close(Done done) {
  begin();
  if (state_ != PoolState::closed) close_now();  // R13: the second time nothing
  end(done, nullptr);
}

void ModelPool::close_now() {  // R13, A-CLS-1
  const ErrorPtr error = pool_closed_error(address_);
  state_ = PoolState::closed;
  next_run_.reset();
  fail_waiters(CheckOutFailedReason::pool_closed, error);
  for (const ConnectionId id : available_oldest_first()) {
    close_connection(id, ConnectionClosedReason::pool_closed);
  }
  for (const ConnectionId id : in_state(State::pending)) {
    const std::optional<CheckOutId> bound_to = connections_.at(id).bound_to;
    close_connection(id, ConnectionClosedReason::pool_closed);
    fail_bound(bound_to, CheckOutFailedReason::pool_closed, error);
  }
  if (has(Defect::closes_under_holder)) {
    for (const ConnectionId id : in_state(State::in_use)) {
      close_connection(id, ConnectionClosedReason::pool_closed);
    }
  }
  emit(ConnectionPoolClosedEvent{});
  note_if_drained();
}

/// Nobody of the scenario is told, but in the pool's world it is a thing that happens (bug 65).
void ModelPool::note_if_drained() {
  const bool drained =
      state_ == PoolState::closed && connections_.empty() && closing_transports_ == 0;
  if (drained && !std::exchange(was_drained_, true)) append(PoolDrained{}, [](const Effect&) {});
}

void ModelPool::reset_after_fork(Done done) {
  process_generation_ = environment_.process_generation();
  begin();
  reset_now();
  end(done, nullptr);
}

void ModelPool::reset_now() {  // A-FORK-1, A-FORK-2
  process_generation_ = environment_.process_generation();
  const ErrorPtr error = pool_cleared_error(address_, nullptr);
  for (auto& [id, connection] : connections_) connection.was_inherited = true;
  if (state_ == PoolState::closed) {  // nothing is left but what is in use
    interrupt_in_use(error);
    return;
  }
  if (options_.load_balanced) {  // nothing pauses such a pool (A-LB-3)
    const auto services = services_;
    for (const auto& [service, generation] : services) clear_service_now(service, nullptr);
    fail_waiters(CheckOutFailedReason::connection_error, error);
  } else {
    clear_now(false, nullptr);
  }
  for (const ConnectionId id : available_oldest_first()) {  // in the order of close(), R13
    close_connection(id, ConnectionClosedReason::stale);
  }
  interrupt_pending(error);
  interrupt_in_use(error);
}

}  // namespace cmap::sim
