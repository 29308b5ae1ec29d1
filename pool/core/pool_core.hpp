// PoolCore: the whole pool as a sans-I/O state machine. Every rule of requirements A.1 to A.9 that
// is not about threads is decided here and nowhere else.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "pool/api/requests.hpp"
#include "pool/core/connections.hpp"
#include "pool/core/deadlines.hpp"
#include "pool/core/effects.hpp"
#include "pool/core/services.hpp"
#include "pool/core/wait_queue.hpp"

namespace cmap {

class StateVisitor;

/// Inputs are methods; each is one transition. It takes `now` (never going back: an earlier time
/// than the last one counts as the last one) and appends its consequences, in order, to the outbox.
/// Nothing is called back, nothing blocks, no clock is read.
///
/// The owner carries out the effects in their order, and calls `advance` when the time
/// `next_deadline()` has come; it may change with every input.
///
/// Not thread-safe: called from one place at a time. The outbox must outlive the core.
class PoolCore {
 public:
  /// Starts paused, generation 0, with ConnectionPoolCreated (A-POOL-2). Throws InvalidOptions.
  PoolCore(PoolId id, Address address, const PoolOptions& options, TimePoint now, Outbox& outbox);

  PoolCore(const PoolCore&) = delete;
  PoolCore& operator=(const PoolCore&) = delete;

  // --- What users do -----------------------------------------------------------------------

  /// Its outcome is a CheckOutCompleted with `user_data`, in this transition or a later one.
  CheckOutRef check_out(const CheckOutRequest& request, std::uint64_t user_data, TimePoint now);

  /// check_out for whoever waits for the outcome on the spot: where it would hand out an available
  /// connection in this very transition, it does so, with the same events but no CheckOutCompleted,
  /// and fills in `lease`. False otherwise; then check_out is to be asked.
  [[nodiscard]] bool check_out_at_once(CheckOutPurpose purpose, TimePoint now, Lease& lease);

  /// Fails a check-out that has no outcome yet with ErrorType::cancelled (event reason timeout);
  /// what is being established for it goes on (principle 5). False if it is over already.
  bool cancel(CheckOutRef check_out, TimePoint now);

  /// False, without any effect, unless the lease is held: a second check-in, or a lease of another
  /// pool (A-IN-1).
  [[nodiscard]] bool check_in(const Lease& lease, TimePoint now);

  /// check_in where it only makes a connection available, while `is_timeless`; without any effect.
  /// False otherwise; then check_in is to be asked.
  [[nodiscard]] bool check_in_at_once(const Lease& lease);

  /// check_out_at_once and check_in_at_once depend on no time and have no effects: nobody listens,
  /// no deadline is armed, no connection grows idle. The clock need not be read for them.
  [[nodiscard]] bool is_timeless() const {
    return !observed_ && deadlines_.empty() && options_.max_idle_time <= Duration::zero();
  }

  /// What was done on a connection in use failed: it perishes (A-CON-5). `verdict` is the error
  /// handler's, taken before; whether the connection is of the current generation is checked here,
  /// and the clear comes before the check-in (D.2). False if the lease is not held.
  bool report_error(const Lease& lease, const ErrorPtr& error, ErrorVerdict verdict, TimePoint now);

  /// From now on the lease counts for this purpose (a cursor pins the connection of its find).
  /// False if the lease is not held.
  bool set_purpose(const Lease& lease, CheckOutPurpose purpose);

  void ready(TimePoint now);
  /// Not behind a load balancer (A-LB-3): there, use clear_service. Asserted.
  void clear(const ClearRequest& request, TimePoint now);
  /// Only behind a load balancer. Asserted.
  void clear_service(const ServiceId& service, TimePoint now);
  void close(TimePoint now);
  /// The process is a forked child: clears, and gives up every connection without a word on the
  /// wire, because the parent still uses them (A-FORK-1, A-FORK-2). Those in use are interrupted
  /// and end at check-in.
  void reset_after_fork(TimePoint now);

  // --- What the transport reports (TransportListener) ---------------------------------------

  void handshake_command_begins(ConnectionRef connection, TimePoint now);
  void hello_completed(ConnectionRef connection, std::optional<ServiceId> service, TimePoint now);
  void established(ConnectionRef connection, TimePoint now);
  /// `error` is not null. `verdict` is the error handler's, as for report_error.
  void failed(ConnectionRef connection, const ErrorPtr& error, ErrorVerdict verdict, TimePoint now);
  void transport_closed(ConnectionRef connection, TimePoint now);

  // --- Time ---------------------------------------------------------------------------------

  /// Does everything whose time has come: check-outs past their deadline (also done, for deadlines
  /// before `now`, at the start of every other input), establishments, the background Run.
  void advance(TimePoint now);
  /// Nothing: no need to call `advance`.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const {
    if (deadlines_.empty()) return next_run_;
    const TimePoint earliest = deadlines_.earliest().when;
    return next_run_ ? std::min(*next_run_, earliest) : earliest;
  }

  // --- What there is ------------------------------------------------------------------------

  [[nodiscard]] PoolState state() const { return state_; }
  /// Of the pool; behind a load balancer always 0 (there, generations are the services').
  [[nodiscard]] Generation generation() const { return generation_; }
  [[nodiscard]] PoolCounts counts() const;
  [[nodiscard]] PurposeCounts in_use_by_purpose() const { return purposes_; }
  /// Deadlines of check-outs and establishments, without the background Run's.
  [[nodiscard]] std::size_t armed_deadlines() const { return deadlines_.size(); }
  [[nodiscard]] const Services& services() const { return services_; }
  /// It is being established.
  [[nodiscard]] bool is_pending(ConnectionRef connection) const;
  /// The generation a connection was given (behind a load balancer after hello); nothing if the
  /// connection is not there any more or has none yet.
  [[nodiscard]] std::optional<Generation> generation_of(ConnectionRef connection) const;
  /// No Event is appended while false (nobody listens); all else stays the same. Default true.
  void set_observed(bool observed) { observed_ = observed; }
  /// How many events were appended so far.
  [[nodiscard]] std::uint64_t events() const { return events_; }

  /// Recounts everything from scratch and aborts on any difference (section G). O(n), and nothing
  /// if there was no input since the last time.
  void check_invariants() const;

  /// Everything that its future depends on, but what it was made with.
  void visit_state(StateVisitor& visitor) const;

 private:
  // check_out.cpp
  void serve_at_once_or_fail(CheckOut& check_out);
  void service_wait_queue();
  void bind_new_connection(CheckOut& check_out);
  Connection* take_available();
  Lease lend(Connection& connection, CheckOutId check_out, CheckOutPurpose purpose);
  void hand_out(Connection& connection, CheckOut& check_out);
  void fail_check_out(CheckOut& check_out, CheckOutFailedReason reason, ErrorPtr error);
  void fail_by_deadline(CheckOut& check_out);
  void fail_waiting(CheckOutFailedReason reason, const ErrorPtr& error);
  void fail_bound(CheckOutRef bound, CheckOutFailedReason reason, const ErrorPtr& error);
  void finish(CheckOut& check_out, const Lease& lease, ErrorPtr error);
  void arm_deadline(CheckOut& check_out);
  [[nodiscard]] ErrorPtr queue_timeout_error() const;

  // connection_life.cpp
  [[nodiscard]] bool may_create() const;
  Connection& create_connection(bool for_population);
  void make_available(Connection& connection);
  void bound_establishment(Connection& connection, Duration timeout);
  void close_connection(Connection& connection, ConnectionClosedReason reason);
  void fail_pending(Connection& connection, const ErrorPtr& error, ErrorVerdict verdict);
  void perish(Connection& connection, const ErrorPtr& error, ErrorVerdict verdict);
  void end_stale_pending(Connection& connection);
  void apply_verdict(const Connection& connection, const ErrorPtr& error, ErrorVerdict verdict);
  void move(Connection& connection, ConnectionState state);
  void count(const Connection& connection, std::int32_t change);
  [[nodiscard]] Connection* find_held(const Lease& lease);
  [[nodiscard]] bool is_stale(const Connection& connection) const;
  [[nodiscard]] bool is_idle(const Connection& connection) const;
  /// While available: why it must not be used any more, if so (A-CON-5, R12).
  [[nodiscard]] std::optional<ConnectionClosedReason> perished(const Connection& connection) const;
  void drain_if_done();

  // pool_life.cpp
  void invalidate(const ClearRequest& request);
  void invalidate_service(const ServiceId& service, const ErrorPtr& cause);
  void end_available(ConnectionClosedReason reason);
  void end_pending(ConnectionClosedReason reason, CheckOutFailedReason failed,
                   const ErrorPtr& error);
  void interrupt_in_use(const ErrorPtr& error);

  // background_run.cpp
  void request_run();
  void run();
  void close_perished();
  void populate();
  void expire_before(TimePoint time);
  void expire(const Deadlines::Deadline& deadline);

  void enter(TimePoint now);
  /// Appends an event with the time and the counts of this moment.
  template <typename Body>
  void emit(Body body) {
    if (observed_) append_event().template emplace<Body>(std::move(body));
  }
  EventBody& append_event();

  const PoolId id_;
  const Address address_;
  const ResolvedPoolOptions options_;
  Outbox& outbox_;
  TimePoint now_;
  bool observed_ = true;
  std::uint64_t events_ = 0;
  std::uint64_t inputs_ = 0;
  mutable std::uint64_t checked_inputs_ = 0;  ///< of check_invariants: nothing changed since

  PoolState state_ = PoolState::paused;
  Generation generation_ = Generation::initial;
  ErrorPtr clear_cause_;  ///< of the last clear, for PoolClearedError; may be null

  ConnectionTable connections_;
  LiveConnections live_;
  AvailableConnections available_;
  CheckOutTable check_outs_;
  WaitQueue wait_queue_;
  Services services_;
  std::uint32_t pending_ = 0;
  std::uint32_t in_use_ = 0;
  PurposeCounts purposes_;

  Deadlines deadlines_;
  std::optional<TimePoint> next_run_;
  bool populating_ = false;  ///< a Run's establishment has not ended (R8: at most one)
  std::size_t closing_transports_ = 0;
  bool drained_ = false;
};

}  // namespace cmap
