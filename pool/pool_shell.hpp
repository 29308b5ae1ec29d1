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

/// What went wrong on a connection, for whoever decides what it means (D.2).
struct ConnectionFailure {
  ErrorPtr error;            ///< never null
  bool established = false;  ///< or still being established
  /// Behind a load balancer that of the service; nothing before hello was answered.
  std::optional<Generation> generation{};
  std::optional<ServiceId> service{};
};

class PoolShell;

/// How a pool is part of something larger.
struct PoolOwner {
  /// The queue that all its pools share; null: one of its own.
  std::shared_ptr<DeliveryQueue> deliveries{};
  /// Takes the place of the verdicts of api/errors.hpp and of PoolHooks::error_handler, also for
  /// connections in use. Called without any lock.
  std::function<ErrorVerdict(const PoolShell& pool, const ConnectionFailure&)> judge{};
  /// Hears what the server said of itself when a connection of this generation was established
  /// (D-SD-8). Called without any lock; may end the pool.
  std::function<void(const PoolShell& pool, Generation, const std::vector<std::uint8_t>& hello)>
      learn{};
};

/// Lives as long as the pool, a handle, or an effect that is not carried out yet.
class PoolShell final : public std::enable_shared_from_this<PoolShell>,
                        public EffectTarget,
                        public TransportListener {
 public:
  PoolShell(Address address, const PoolOptions& options, Environment& environment, PoolHooks hooks,
            PoolOwner owner = {});
  ~PoolShell() override;

  /// Makes the timer and the transport and announces the pool; needs the shared pointer.
  void start();
  /// The same without delivering.
  DeliveryQueue::Position start_undelivered();

  /// One transition whose effects are appended to the queue for others to deliver: for owners that
  /// apply a transition of their own together with this one, under their lock.
  template <typename Transition>
  DeliveryQueue::Position apply_undelivered(Transition&& transition);

  /// One transition: `transition(core, now)` under the lock, then the delivery of its effects. What
  /// is delivered may end everything that holds the shell; it lasts until this returns.
  template <typename Transition>
  auto apply(Transition&& transition);
  /// The same for what timers and transports report: waits for no other thread's delivery, and does
  /// nothing if the shell has ended: a transport may answer while the last owner lets go.
  template <typename Transition>
  void report(Transition&& transition);
  /// Reads something of the core under the lock.
  template <typename Reader>
  auto read(Reader&& reader) const;

  CheckOutRef start_check_out(const CheckOutRequest& request, CheckOutReceiver& receiver);
  /// Waits for the connection; throws what the check-out failed with.
  ConnectionHandle check_out(const CheckOutRequest& request);
  /// False if the lease is over.
  bool check_in(const Lease& lease);
  /// The same, and its handle is no more.
  bool end_handle(const Lease& lease);
  /// Without checking in.
  void drop_handle();
  /// The pool is no more: its handles, if there are any, own this.
  void leave_to_handles();
  /// False if the lease is over. An owner's judgement counts for more than `verdict`.
  bool report_error(const Lease& lease, const ErrorPtr& error, ErrorVerdict verdict);
  /// Judges the error; the connection perishes unless it is as good as before (ends_connection).
  /// `then` is called behind the events of that. For transports: waits for no other thread's
  /// delivery.
  void operation_failed(const Lease& lease, const ErrorPtr& error, std::function<void()> then);
  /// Returns what ends the subscription.
  std::function<void()> subscribe(EventListener listener, EventTimes times);
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

  void visit_state(StateVisitor& visitor) const;

  void carry_out(Effect& effect) override;
  void handshake_command_begins(ConnectionRef connection) override;
  void hello_replied(ConnectionRef connection, const std::vector<std::uint8_t>& reply) override;
  void hello_completed(ConnectionRef connection, std::optional<ServiceId> service_id) override;
  void established(ConnectionRef connection) override;
  void failed(ConnectionRef connection, ErrorPtr error) override;
  void transport_closed(ConnectionRef connection) override;

 private:
  struct Listener {
    Listener(EventListener listener, EventTimes needed_times, std::uint64_t first_event)
        : call(std::move(listener)), times(needed_times), first(first_event) {}
    const EventListener call;
    const EventTimes times;
    const std::uint64_t first;  ///< number of the first event that it sees
    std::atomic<bool> ended = false;
  };
  using ListenerPtr = std::shared_ptr<Listener>;
  /// Replaced, never changed: a delivery goes on with the list it began with.
  using Listeners = std::vector<ListenerPtr>;
  using Lock = std::unique_lock<std::mutex>;

  /// Effects of a transition, to be delivered once the lock is released.
  struct Owed {
    bool as_batch = false;                 ///< they are in batch_, and this thread is the deliverer
    std::shared_ptr<EffectTarget> self{};  ///< unless they are a batch, which keeps what it needs
    DeliveryQueue::Position until = 0;
  };

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
  void make_parts();
  [[nodiscard]] ConnectionFailure failure_of(const PoolCore& core, ConnectionRef connection,
                                             const ErrorPtr& error) const;
  ErrorVerdict verdict_on(const ConnectionFailure& failure);
  ErrorVerdict verdict_on(const Lease& lease, const ErrorPtr& error);
  void unsubscribe(const ListenerPtr& listener);
  void set_listeners(std::shared_ptr<const Listeners> listeners);
  template <typename Transition>
  auto apply(Lock lock, Transition&& transition);
  ConnectionHandle wait_for_check_out(Lock lock, const CheckOutRequest& request);
  /// The time of a transition.
  TimePoint begin_transition();
  /// Calls the transition; its effects are `owed`.
  template <typename Transition>
  auto transit(Transition&& transition, Owed& owed);
  Owed append_effects();
  void deliver(const Owed& owed);
  void deliver_effects(Lock lock);
  void carry_out_batch();
  /// With the lock. The handles' ownership, if this was the last.
  std::shared_ptr<PoolShell> count_down_handles();
  template <typename BeforeIt>
  bool check_in(const Lease& lease, BeforeIt&& before_it);
  [[nodiscard]] bool is_inherited() const {
    return environment_.process_generation() != process_generation_;
  }
  void rearm_timer();

  const Address address_;
  const bool load_balanced_;
  Environment& environment_;
  const PoolHooks hooks_;
  const decltype(PoolOwner::judge) judge_;
  const decltype(PoolOwner::learn) learn_;
  const std::shared_ptr<DeliveryQueue> deliveries_;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  Outbox outbox_;
  PoolCore core_;
  std::shared_ptr<const Listeners> listeners_;
  static constexpr TimePoint never = TimePoint::max();
  TimePoint armed_ = never;
  std::uint64_t process_generation_;
  bool drained_ = false;
  std::vector<std::function<void()>> when_drained_;
  // Handles are counted under the lock that a check-out takes anyway. Shared pointers, which count
  // for themselves, would cost a fifth of it.
  std::size_t handles_ = 0;
  bool left_to_handles_ = false;                 ///< the pool is no more
  std::shared_ptr<PoolShell> owned_by_handles_;  ///< then, while there are any

  // The deliverer's:
  Outbox batch_;
  const Listeners* batch_listeners_ = nullptr;  ///< null: there is no batch
  std::uint64_t delivered_events_ = 0;

  // Last, so that they go first: nothing calls back into a half-destroyed shell.
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<DeadlineTimer> timer_;
};

template <typename Transition>
auto PoolShell::transit(Transition&& transition, Owed& owed) {
  const TimePoint now = begin_transition();
  if constexpr (std::is_void_v<decltype(transition(core_, now))>) {
    transition(core_, now);
    owed = append_effects();
  } else {
    auto result = transition(core_, now);
    owed = append_effects();
    return result;
  }
}

template <typename Transition>
auto PoolShell::apply(Lock lock, Transition&& transition) {
  Owed owed;
  if constexpr (std::is_void_v<decltype(transition(core_, TimePoint{}))>) {
    transit(transition, owed);
    lock.unlock();
    deliver(owed);
  } else {
    auto result = transit(transition, owed);
    lock.unlock();
    deliver(owed);
    return result;
  }
}

template <typename Transition>
auto PoolShell::apply(Transition&& transition) {
  return apply(Lock(mutex_), transition);
}

template <typename Transition>
DeliveryQueue::Position PoolShell::apply_undelivered(Transition&& transition) {
  const Lock lock(mutex_);
  transition(core_, begin_transition());
  rearm_timer();
  return deliveries_->append(shared_from_this(), outbox_);
}

template <typename Transition>
void PoolShell::report(Transition&& transition) {
  const auto self = weak_from_this().lock();
  if (!self) return;
  Owed owed;
  {
    const Lock lock(mutex_);
    transit(transition, owed);
  }
  if (owed.as_batch) {
    carry_out_batch();
  } else {
    deliveries_->deliver_or_leave(owed.until);
  }
}

template <typename Reader>
auto PoolShell::read(Reader&& reader) const {
  const std::lock_guard lock(mutex_);
  return reader(core_);
}

}  // namespace cmap
