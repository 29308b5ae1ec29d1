// Carries out effects: listeners, completions, transport.
#include "pool/pool_shell.hpp"

#include <algorithm>
#include <atomic>

#include "pool/api/assert.hpp"
#include "pool/blocking_receiver.hpp"
#include "pool/core/probe.hpp"
#include "pool/core/state_visitor.hpp"
#include "pool/guarded_call.hpp"

namespace cmap {
namespace {

PoolId next_pool_id() {
  static std::atomic<std::uint64_t> last{0};
  return static_cast<PoolId>(++last);
}

std::uint64_t user_data_of(CheckOutReceiver& receiver) {
  return reinterpret_cast<std::uintptr_t>(&receiver);
}

}  // namespace

PoolShell::PoolShell(Address address, const PoolOptions& options, Environment& environment,
                     PoolHooks hooks, PoolOwner owner)
    : address_(std::move(address)),
      load_balanced_(options.load_balanced),
      environment_(environment),
      hooks_(std::move(hooks)),
      judge_(std::move(owner.judge)),
      learn_(std::move(owner.learn)),
      deliveries_(owner.deliveries ? std::move(owner.deliveries)
                                   : environment.make_delivery_queue()),
      core_(next_pool_id(), address_, options, environment.now(), outbox_),
      process_generation_(environment.process_generation()) {
  auto listeners = std::make_shared<Listeners>();
  for (const EventListener& listener : hooks_.listeners) {
    listeners->push_back(std::make_shared<Listener>(listener, hooks_.event_times, 0));
  }
  set_listeners(std::move(listeners));
}

PoolShell::~PoolShell() = default;

void PoolShell::start() {
  make_parts();
  apply([](PoolCore&, TimePoint) {});
}

DeliveryQueue::Position PoolShell::start_undelivered() {
  make_parts();
  return apply_undelivered([](PoolCore&, TimePoint) {});
}

void PoolShell::make_parts() {
  transport_ = environment_.make_transport(address_, *this);
  // Weak: a timer that fires while the last handle goes must not bring the shell back.
  timer_ = environment_.make_timer([weak = weak_from_this()] {
    if (const auto shell = weak.lock()) {
      shell->report([](PoolCore& core, TimePoint now) { core.advance(now); });
    }
  });
}

void PoolShell::set_listeners(std::shared_ptr<const Listeners> listeners) {
  const bool exact = std::any_of(listeners->begin(), listeners->end(), [](const ListenerPtr& each) {
    return each->times == EventTimes::exact;
  });
  core_.set_observed(!listeners->empty(), exact ? EventTimes::exact : EventTimes::last_read);
  deliveries_->keep_for_batch(listeners_);
  listeners_ = std::move(listeners);
}

std::function<void()> PoolShell::subscribe(EventListener listener, EventTimes times) {
  const std::lock_guard lock(mutex_);
  auto listeners = std::make_shared<Listeners>(*listeners_);
  listeners->push_back(std::make_shared<Listener>(std::move(listener), times, core_.events()));
  const ListenerPtr added = listeners->back();
  set_listeners(std::move(listeners));
  return [weak = weak_from_this(), added] {
    if (const auto shell = weak.lock()) shell->unsubscribe(added);
  };
}

void PoolShell::unsubscribe(const ListenerPtr& listener) {
  listener->ended = true;  // also for the delivery that is under way with the list of now
  const std::lock_guard lock(mutex_);
  auto listeners = std::make_shared<Listeners>(*listeners_);
  std::erase(*listeners, listener);
  set_listeners(std::move(listeners));
}

void PoolShell::when_drained(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (!drained_) {
      when_drained_.push_back(std::move(callback));
      return;
    }
  }
  guarded(callback);
}

TimePoint PoolShell::begin_transition() {
  const TimePoint now = environment_.now();
  if (is_inherited()) {
    // The child of a fork must not touch what it inherited (A-FORK-1).
    process_generation_ = environment_.process_generation();
    core_.reset_after_fork(now);
  }
  return now;
}

PoolShell::Owed PoolShell::append_effects() {
  rearm_timer();
  Owed owed;
  owed.as_batch = !outbox_.empty() && deliveries_->begin_batch();
  if (owed.as_batch) {
    batch_.swap(outbox_);
    batch_listeners_ = listeners_.get();
  } else {
    // Also if there are none: those of others come before it returns.
    owed.self = shared_from_this();
    owed.until = deliveries_->append(owed.self, outbox_);
  }
  return owed;
}

void PoolShell::deliver_effects(Lock lock) {
  const Owed owed = append_effects();
  lock.unlock();
  deliver(owed);
}

void PoolShell::deliver(const Owed& owed) {
  if (owed.as_batch) {
    carry_out_batch();
  } else {
    deliveries_->deliver(owed.until);
  }
}

void PoolShell::carry_out_batch() {
  deliveries_->carry_out_batch([this] {
    for (Effect& effect : batch_) carry_out(effect);
    batch_.clear();
    batch_listeners_ = nullptr;
  });
  // This may be gone now.
}

std::shared_ptr<PoolShell> PoolShell::count_down_handles() {
  CMAP_ASSERT(handles_ > 0);
  if (--handles_ > 0 || !owned_by_handles_) return nullptr;
  deliveries_->keep_for_batch(owned_by_handles_);
  return std::exchange(owned_by_handles_, nullptr);
}

void PoolShell::drop_handle() {
  std::shared_ptr<PoolShell> last;  // ends without the lock
  const std::lock_guard lock(mutex_);
  last = count_down_handles();
}

void PoolShell::leave_to_handles() {
  const std::lock_guard lock(mutex_);
  left_to_handles_ = true;
  if (handles_ > 0) owned_by_handles_ = shared_from_this();
  deliveries_->keep_for_batch(shared_from_this());
}

void PoolShell::rearm_timer() {
  const TimePoint next = core_.next_deadline().value_or(never);
  if (next == armed_) return;
  armed_ = next;
  if (next != never) {
    timer_->arm(next);
  } else {
    timer_->disarm();
  }
}

CheckOutRef PoolShell::start_check_out(const CheckOutRequest& request, CheckOutReceiver& receiver) {
  return apply([&](PoolCore& core, TimePoint now) {
    return core.check_out(request, user_data_of(receiver), now);
  });
}

/// The way of a driver in good times: where nobody listens and nothing needs the time, the lock and
/// a few links; a listener that needs no times costs its events and no clock.
ConnectionHandle PoolShell::check_out(const CheckOutRequest& request) {
  Lease lease;
  Lock lock(mutex_);
  const bool timeless = core_.is_timeless() && !is_inherited();
  const TimePoint now = timeless ? TimePoint::min() : begin_transition();
  if (!core_.check_out_at_once(request.purpose, now, lease)) {
    return wait_for_check_out(std::move(lock), request);
  }
  ++handles_;  // from now on a listener may destroy the pool
  if (timeless && outbox_.empty()) {
    lock.unlock();
  } else {
    deliver_effects(std::move(lock));
  }
  return {*this, lease};
}

ConnectionHandle PoolShell::wait_for_check_out(Lock lock, const CheckOutRequest& request) {
  BlockingReceiver receiver;
  apply(std::move(lock), [&](PoolCore& core, TimePoint now) {
    core.check_out(request, user_data_of(receiver), now);
  });
  CheckOutResult result = receiver.wait();
  if (result.error) throw_error(std::move(result.error));
  return std::move(result.connection);
}

template <typename BeforeIt>
bool PoolShell::check_in(const Lease& lease, BeforeIt&& before_it) {
  Lock lock(mutex_);
  before_it();
  if (core_.is_timeless() && !is_inherited() && core_.check_in_at_once(lease)) {
    if (!outbox_.empty()) deliver_effects(std::move(lock));
    return true;
  }
  return apply(std::move(lock),
               [&](PoolCore& core, TimePoint now) { return core.check_in(lease, now); });
}

bool PoolShell::check_in(const Lease& lease) {
  return check_in(lease, [] {});
}

bool PoolShell::end_handle(const Lease& lease) {
  std::shared_ptr<PoolShell> last;  // ends when all is done
  return check_in(lease, [&] { last = count_down_handles(); });
}

bool PoolShell::report_error(const Lease& lease, const ErrorPtr& error, ErrorVerdict verdict) {
  const ErrorVerdict its_verdict = judge_ ? verdict_on(lease, error) : verdict;
  return apply([&](PoolCore& core, TimePoint now) {
    return core.report_error(lease, error, its_verdict, now);
  });
}

void PoolShell::operation_failed(const Lease& lease, const ErrorPtr& error,
                                 std::function<void()> then) {
  const ErrorVerdict verdict = verdict_on(lease, error);
  if (ends_connection(*error)) {
    report([&](PoolCore& core, TimePoint now) { core.report_error(lease, error, verdict, now); });
  }
  deliveries_->deliver_or_leave(deliveries_->append(
      [self = shared_from_this(), then = std::move(then)] { self->guarded(then); }));
}

ErrorVerdict PoolShell::verdict_on(const Lease& lease, const ErrorPtr& error) {
  return verdict_on(
      read([&](const PoolCore& core) { return failure_of(core, lease.connection, error); }));
}

ConnectionFailure PoolShell::failure_of(const PoolCore& core, ConnectionRef connection,
                                        const ErrorPtr& error) const {
  return {.error = error,
          .established = !core.is_pending(connection),
          .generation = core.generation_of(connection),
          .service = core.service_of(connection)};
}

/// Taken before the transition, without the lock (principle 7).
ErrorVerdict PoolShell::verdict_on(const ConnectionFailure& failure) {
  const Error& error = *failure.error;
  ErrorVerdict verdict =
      failure.established ? operation_verdict(error) : establishment_verdict(error);
  guarded([&] {
    if (judge_) {
      verdict = judge_(*this, failure);
    } else if (hooks_.error_handler && !failure.established) {
      verdict = hooks_.error_handler(error);
    }
  });
  return verdict;
}

/// What users give must not break the order of delivery.
template <typename Callback>
bool PoolShell::guarded(Callback&& callback) {
  return guarded_call(callback, hooks_.callback_failed);
}

void PoolShell::carry_out(Effect& effect) {
  std::visit([this](auto& each) { carry_out(each); }, effect);
}

void PoolShell::carry_out(const Event& event) {
  std::shared_ptr<const Listeners> queued;
  if (!batch_listeners_) {
    const std::lock_guard lock(mutex_);
    queued = listeners_;
  }
  const std::uint64_t index = delivered_events_++;
  for (const ListenerPtr& listener : batch_listeners_ ? *batch_listeners_ : *queued) {
    if (index < listener->first || listener->ended) continue;
    guarded([&] { listener->call(event); });
  }
}

void PoolShell::carry_out(CheckOutCompleted& completed) {
  auto* receiver =
      reinterpret_cast<CheckOutReceiver*>(static_cast<std::uintptr_t>(completed.user_data));
  CheckOutResult result;
  if (completed.error) {
    result.error = std::move(completed.error);
  } else {
    {
      const std::lock_guard lock(mutex_);
      // What announced this may have ended the pool.
      if (handles_++ == 0 && left_to_handles_) owned_by_handles_ = shared_from_this();
    }
    result.connection = ConnectionHandle(*this, completed.lease);
  }
  guarded([&] { receiver->receive(std::move(result)); });
}

void PoolShell::carry_out(const StartEstablishing& effect) {
  if (guarded([&] { transport_->establish(effect.connection); })) return;
  CMAP_PROBE("establish throws");
  // Through the same door as every other failure, so that nothing stays taken (bug 27).
  failed(effect.connection,
         establishment_error(address_, NetworkFault::refused, EstablishmentPhase::connect));
}

void PoolShell::carry_out(const TimeOutEstablishing& effect) {
  transport_->time_out(effect.connection);
}

void PoolShell::carry_out(const InterruptConnection& effect) {
  transport_->interrupt(effect.connection, effect.error);
}

void PoolShell::carry_out(const CloseTransport& effect) {
  transport_->close(effect.connection, effect.how);
}

void PoolShell::carry_out(const PoolDrained&) {
  std::vector<std::function<void()>> callbacks;
  {
    const std::lock_guard lock(mutex_);
    drained_ = true;
    callbacks.swap(when_drained_);
  }
  for (const auto& callback : callbacks) guarded(callback);
}

void PoolShell::handshake_command_begins(ConnectionRef connection) {
  report([&](PoolCore& core, TimePoint now) { core.handshake_command_begins(connection, now); });
}

void PoolShell::hello_replied(ConnectionRef connection, const std::vector<std::uint8_t>& reply) {
  const auto self = weak_from_this().lock();  // what the server says may be the end of the pool
  if (!self || !learn_) return;
  const auto generation =
      read([&](const PoolCore& core) { return core.generation_of(connection); });
  if (generation) guarded([&] { learn_(*this, *generation, reply); });
}

void PoolShell::hello_completed(ConnectionRef connection, std::optional<ServiceId> service_id) {
  report([&](PoolCore& core, TimePoint now) { core.hello_completed(connection, service_id, now); });
}

void PoolShell::established(ConnectionRef connection) {
  report([&](PoolCore& core, TimePoint now) { core.established(connection, now); });
}

void PoolShell::failed(ConnectionRef connection, ErrorPtr error) {
  CMAP_ASSERT(error);
  const ConnectionFailure failure =
      read([&](const PoolCore& core) { return failure_of(core, connection, error); });
  // One that is established and not in use tells nothing that an operation would not find out.
  const ErrorVerdict verdict = failure.established ? ErrorVerdict::keep : verdict_on(failure);
  report([&](PoolCore& core, TimePoint now) { core.failed(connection, error, verdict, now); });
}

void PoolShell::transport_closed(ConnectionRef connection) {
  report([&](PoolCore& core, TimePoint now) { core.transport_closed(connection, now); });
}

void PoolShell::visit_state(StateVisitor& visitor) const {
  const std::lock_guard lock(mutex_);
  core_.visit_state(visitor);
  visitor.time(armed_);
  visitor.flag(drained_);
  visitor.word(when_drained_.size());
  visitor.word(handles_);
}

}  // namespace cmap
