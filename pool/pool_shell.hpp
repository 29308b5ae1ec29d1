// The lock around PoolCore, and what carries out its effects. Internal to the shell.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "pool/api/transport.hpp"
#include "pool/connection_pool.hpp"
#include "pool/core/pool_core.hpp"
#include "pool/delivery_queue.hpp"
#include "pool/environment.hpp"

namespace cmap {

/// Whoever waits for a check-out. Its address is the check-out's user_data.
class CheckOutReceiver {
 public:
  virtual ~CheckOutReceiver() = default;
  /// Called once. May destroy the receiver.
  virtual void receive(CheckOutResult result) = 0;
};

/// Lives as long as the pool, a handle, or an effect that is not carried out yet.
class PoolShell final : public std::enable_shared_from_this<PoolShell>,
                        public EffectTarget,
                        public TransportListener {
 public:
  PoolShell(Address address, const PoolOptions& options, Environment& environment, PoolHooks hooks);
  ~PoolShell() override;

  /// Makes the timer and the transport and announces the pool; needs the shared pointer.
  void start();

  /// One transition: `transition(core, now)` under the lock, then the delivery of its effects. What
  /// is delivered may end everything that holds the shell; it lasts until this returns. Nothing
  /// happens if it has ended already: a transport may answer while the last owner lets go.
  template <typename Transition>
  auto apply(Transition&& transition);
  /// The same for what timers and transports report: waits for no other thread's delivery.
  template <typename Transition>
  void report(Transition&& transition);
  /// The same without the delivery, which the caller owes. `self` is this shell.
  template <typename Transition>
  auto apply_only(const std::shared_ptr<EffectTarget>& self, Transition&& transition,
                  DeliveryQueue::Position& appended);
  /// Reads something of the core under the lock.
  template <typename Reader>
  auto read(Reader&& reader) const;

  CheckOutRef start_check_out(const CheckOutRequest& request, CheckOutReceiver& receiver);
  /// False if the lease is over.
  bool report_error(const Lease& lease, const ErrorPtr& error, ErrorVerdict verdict);
  /// Returns what ends the subscription.
  std::function<void()> subscribe(EventListener listener);
  void when_drained(std::function<void()> callback);
  void exchange(ConnectionRef connection, Exchange exchange) {
    transport_->exchange(connection, std::move(exchange));
  }
  void interrupt_exchange(ConnectionRef connection, const ErrorPtr& error) {
    transport_->interrupt(connection, error);
  }

  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] bool is_load_balanced() const { return load_balanced_; }
  [[nodiscard]] DeliveryQueue& deliveries() { return *deliveries_; }

  void carry_out(Effect& effect) override;
  void handshake_command_begins(ConnectionRef connection) override;
  void hello_completed(ConnectionRef connection, std::optional<ServiceId> service_id) override;
  void established(ConnectionRef connection) override;
  void failed(ConnectionRef connection, ErrorPtr error) override;
  void transport_closed(ConnectionRef connection) override;

 private:
  struct Listener {
    Listener(EventListener listener, std::uint64_t first_event)
        : call(std::move(listener)), first(first_event) {}
    const EventListener call;
    const std::uint64_t first;  ///< number of the first event that it sees
    std::atomic<bool> ended = false;
  };
  using ListenerPtr = std::shared_ptr<Listener>;
  /// Replaced, never changed: a delivery goes on with the list it began with.
  using Listeners = std::vector<ListenerPtr>;

  void carry_out(const Event& event);
  void carry_out(CheckOutCompleted& completed);
  void carry_out(const StartEstablishing& effect);
  void carry_out(const TimeOutEstablishing& effect);
  void carry_out(const InterruptConnection& effect);
  void carry_out(const CloseTransport& effect);
  void carry_out(const PoolDrained& effect);
  /// False if it threw.
  template <typename Callback>
  bool guarded(Callback&& callback);
  void unsubscribe(const ListenerPtr& listener);
  void set_listeners(std::shared_ptr<const Listeners> listeners);
  void append_effects(const std::shared_ptr<EffectTarget>& self, DeliveryQueue::Position& appended);
  void notice_fork(TimePoint now);
  void rearm_timer();

  const Address address_;
  const bool load_balanced_;
  Environment& environment_;
  const PoolHooks hooks_;
  const std::shared_ptr<DeliveryQueue> deliveries_;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  Outbox outbox_;
  PoolCore core_;
  std::shared_ptr<const Listeners> listeners_;
  std::uint64_t appended_events_ = 0;
  std::uint64_t delivered_events_ = 0;
  std::optional<TimePoint> armed_;
  std::uint64_t process_generation_;
  bool drained_ = false;
  std::vector<std::function<void()>> when_drained_;

  // Last, so that they go first: nothing calls back into a half-destroyed shell.
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<DeadlineTimer> timer_;
};

template <typename Transition>
auto PoolShell::apply_only(const std::shared_ptr<EffectTarget>& self, Transition&& transition,
                           DeliveryQueue::Position& appended) {
  const std::lock_guard lock(mutex_);
  const TimePoint now = environment_.now();
  notice_fork(now);
  if constexpr (std::is_void_v<decltype(transition(core_, now))>) {
    transition(core_, now);
    append_effects(self, appended);
  } else {
    auto result = transition(core_, now);
    append_effects(self, appended);
    return result;
  }
}

template <typename Transition>
auto PoolShell::apply(Transition&& transition) {
  using Result = decltype(transition(core_, TimePoint{}));
  const std::shared_ptr<EffectTarget> self = weak_from_this().lock();
  if (!self) return Result();
  DeliveryQueue::Position appended = 0;
  if constexpr (std::is_void_v<Result>) {
    apply_only(self, transition, appended);
    deliveries_->deliver(appended);
  } else {
    auto result = apply_only(self, transition, appended);
    deliveries_->deliver(appended);
    return result;
  }
}

template <typename Transition>
void PoolShell::report(Transition&& transition) {
  const std::shared_ptr<EffectTarget> self = weak_from_this().lock();
  if (!self) return;
  DeliveryQueue::Position appended = 0;
  apply_only(self, transition, appended);
  deliveries_->deliver_or_leave(appended);
}

template <typename Reader>
auto PoolShell::read(Reader&& reader) const {
  const std::lock_guard lock(mutex_);
  return reader(core_);
}

}  // namespace cmap
