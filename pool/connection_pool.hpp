// ConnectionPool: the thread-safe pool that users program against, in its blocking and its callback
// form. All rules are PoolCore's; this shell adds the lock, the order of delivery and the handles.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "pool/api/errors.hpp"
#include "pool/api/events.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/options.hpp"
#include "pool/api/requests.hpp"
#include "pool/environment.hpp"

namespace cmap {

class PoolShell;
class StateVisitor;

/// A checked-out connection. Checks itself in when destroyed (A-IN-4). Move-only; not thread-safe
/// itself, but different handles of one pool may be used from different threads. May outlive its
/// pool: the connection then ends at check-in, like in any closed pool (A-CLS-2).
class ConnectionHandle {
 public:
  ConnectionHandle() = default;  ///< empty
  /// For `pool`, which has counted it.
  ConnectionHandle(PoolShell& pool, const Lease& lease) : pool_(&pool), lease_(lease) {}
  ConnectionHandle(ConnectionHandle&& other) noexcept;
  ConnectionHandle& operator=(ConnectionHandle&& other) noexcept;
  ~ConnectionHandle();

  explicit operator bool() const { return pool_ != nullptr; }
  /// ConnectionId::none if empty.
  [[nodiscard]] ConnectionId id() const { return lease_.connection.id; }
  [[nodiscard]] const Lease& lease() const { return lease_; }
  /// Of the pool. Not empty.
  [[nodiscard]] const Address& address() const;

  /// Returns the connection now. Does nothing if empty. Throws PoolError (usage) if the lease was
  /// checked in by hand (ConnectionPool::check_in); the destructor lets that pass.
  void check_in();
  /// The connection broke: it is closed at check-in. `verdict` is what the error handler says of
  /// `error`, and is carried out now, before the check-in (D.2). Not empty.
  void report_error(ErrorPtr error, ErrorVerdict verdict);
  /// Not empty.
  void set_purpose(CheckOutPurpose purpose);
  /// Gives up the duty to check in; whoever takes the lease has it (ConnectionPool::check_in).
  Lease release();

  /// Sends a request and passes its reply on; run_command (pool/client) is the comfortable form.
  /// Not empty; one at a time. Before `done` is called, its error, or what `find_error` (may be
  /// empty) finds in a reply (null: nothing), is judged: by the client that owns the pool, or else
  /// by operation_verdict, which says what it does to the pool. It perishes the connection, unless
  /// the connection is as good as before (ends_connection). `done` then is a callback of the pool,
  /// behind the events of all that, which no transport waits for. It hears of errors of the
  /// transport only. A handle that ends meanwhile closes its connection: nobody may get the reply
  /// of somebody else's request.
  void exchange(Exchange exchange,
                std::function<ErrorPtr(const std::vector<std::uint8_t>& reply)> find_error = {});
  /// Ends the exchange that runs when it is called (ErrorType::cancelled); after that nothing. May
  /// outlive the handle. Not empty.
  [[nodiscard]] std::function<void()> interrupter() const;

 private:
  void end() noexcept;
  void give_up_exchange();

  PoolShell* pool_ = nullptr;  ///< lives while it has handles
  Lease lease_;
  std::shared_ptr<std::atomic<bool>> exchanging_;  ///< null: never did
};

/// Exactly one of the two.
struct CheckOutResult {
  ConnectionHandle connection;
  ErrorPtr error;
};
using CheckOutCallback = std::function<void(CheckOutResult)>;

/// Ends a subscription when destroyed. After that the listener is not called any more, but for a
/// call that is running on another thread right then. May outlive the pool.
class Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::function<void()> end) : end_(std::move(end)) {}
  Subscription(Subscription&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    if (this != &other) {
      end();
      end_ = std::exchange(other.end_, nullptr);
    }
    return *this;
  }
  ~Subscription() { end(); }
  void end() {
    if (auto end = std::exchange(end_, nullptr)) end();
  }

 private:
  std::function<void()> end_;
};

/// What a pool is made with besides its options.
struct PoolHooks {
  /// See every event, PoolCreated included; for the life of the pool.
  std::vector<EventListener> listeners{};
  /// What these listeners need.
  EventTimes event_times = EventTimes::exact;
  /// Says what an error of an establishment does to the pool, and is asked about nothing else;
  /// called without any lock, must not call the pool. Default, also where it throws:
  /// establishment_verdict (R16).
  std::function<ErrorVerdict(const Error&)> error_handler{};
  /// Sees what a listener, a completion callback, the error handler or a transport threw. Default:
  /// nobody does. What it throws itself is dropped.
  std::function<void(std::exception_ptr)> callback_failed{};
};

/// A pool of connections to one endpoint, after the CMAP specification.
///
/// Thread-safe: any operation from any thread at any time.
///
/// Delivery. Events have one total order, the order of the transitions that cause them. Listeners
/// and completion callbacks run in that order, one at a time, without any lock of the pool, on
/// whichever thread made a transition. A listener has seen the event before the caller has what the
/// event announces. An operation returns after its own events were delivered; called from inside a
/// listener or a callback it returns after its transition, and its events follow. Listeners may
/// call every operation, be slow, or throw: a slow one delays delivery, never a transition or a
/// deadline. (But a thread of the environment that is inside a listener runs no timer meanwhile:
/// where listeners are slow, the environment needs a thread more.) A listener must not wait for
/// another thread's operation, which may be waiting for this very delivery; that is why the
/// blocking `check_out` fails there at once.
///
/// Fork. The child of a fork() must not use what it inherited: its first operation on a pool clears
/// it, gives up every connection without a word on the wire, and makes new ones (A-FORK-1). That
/// needs an environment that tells of forks, and a fork at a moment when no other thread is inside
/// an operation of the pool or a listener: locks that are held then stay held in the child. The
/// parent's pool is not affected (A-FORK-2).
class ConnectionPool {
 public:
  /// Paused, generation 0; nothing is connected before `ready` (A-POOL-2). `environment` must
  /// outlive the pool and its handles. Throws InvalidOptions.
  ConnectionPool(Address address, const PoolOptions& options, Environment& environment,
                 PoolHooks hooks = {});
  /// Closes. Completions of check-outs have run when it returns; from inside a listener or a
  /// callback of the pool they follow.
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  void ready();
  /// Throws PoolError (usage) behind a load balancer: there, clear a service.
  void clear(const ClearRequest& request = {});
  /// Throws PoolError (usage) unless the pool is load_balanced (A-LB-3).
  void clear_service(const ServiceId& service);
  /// Idempotent. In-use connections end when they are checked in (A-CLS-2).
  void close();
  /// Done by itself where Environment::process_generation tells of a fork (A-FORK-1).
  void reset_after_fork();

  /// Blocks until there is a connection. Throws PoolClosedError, PoolClearedError,
  /// WaitQueueTimeoutError, or PoolError with the error of the establishment or the deadline;
  /// PoolError (usage) when called from inside a listener or a completion callback, also those of
  /// another pool: two pools whose listeners wait for each other would wait for ever.
  ConnectionHandle check_out(const CheckOutRequest& request = {});
  /// Does not block: `callback` is called exactly once, behind the event that announces the
  /// outcome, possibly before this returns. The result can be used to cancel.
  CheckOutRef check_out(const CheckOutRequest& request, CheckOutCallback callback);
  /// Fails a check-out that has no outcome yet; false if it has one.
  bool cancel(CheckOutRef check_out);
  /// `cancel` as a function that may outlive the pool; it does nothing then.
  [[nodiscard]] std::function<void()> canceller(CheckOutRef check_out);
  /// For leases taken out of their handles. Throws PoolError (usage) on a second check-in or a
  /// lease of another pool (A-IN-1).
  void check_in(const Lease& lease);
  void set_purpose(const Lease& lease, CheckOutPurpose purpose);
  void report_error(const Lease& lease, ErrorPtr error, ErrorVerdict verdict);

  /// From the next transition on. Times are exact while any listener needs it.
  [[nodiscard]] Subscription subscribe(EventListener listener,
                                       EventTimes times = EventTimes::exact);

  [[nodiscard]] const Address& address() const;
  [[nodiscard]] PoolState state() const;
  [[nodiscard]] Generation generation() const;
  [[nodiscard]] PoolCounts counts() const;
  [[nodiscard]] PurposeCounts in_use_by_purpose() const;
  /// Deadlines that are armed, of check-outs and establishments.
  [[nodiscard]] std::size_t armed_deadlines() const;
  /// Calls back, like a completion, when no connection and no transport of the closed pool is left;
  /// at once if that is so already. Never, if the pool and its handles are destroyed before.
  void when_drained(std::function<void()> callback);

  /// Recounts everything and aborts on a contradiction; for tests. O(connections + check-outs).
  void check_invariants() const;
  /// Everything that its future depends on, but what it was made with and what waits to be
  /// delivered; for searches.
  void visit_state(StateVisitor& visitor) const;

 private:
  std::shared_ptr<PoolShell> shell_;
};

}  // namespace cmap
