// The reference model: a slow, obvious pool for one thread, written from the requirements alone. It
// shares no code with pool/core, so that both are hardly wrong in the same way.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pool/api/transport.hpp"
#include "pool/environment.hpp"
#include "sim/pool_under_test.hpp"
#include "sim/reference_model/model_state.hpp"
#include "sim/reference_model/reference_model.hpp"

namespace cmap::sim {

/// Every input is one transition: `begin`, then what the rules say, then `end`. The rules change
/// the state and append consequences (events, completions, transport calls); `end` hands them to
/// the environment's queue, which delivers them in order, each for itself. An input that comes
/// while the queue is being delivered makes its transition at once, and its consequences go to the
/// end of the queue.
///
/// Nothing is counted along: counts are found by counting.
class ModelPool final : public PoolUnderTest, private TransportListener {
 public:
  /// Throws InvalidOptions.
  ModelPool(const PoolSetup& setup, Environment& environment, Defect defect);
  ~ModelPool() override;

  void ready(Done done) override;
  void clear(const ClearRequest& request, Done done) override;
  void close(Done done) override;
  std::uint64_t check_out(const CheckOutRequest& request, CheckOutDone done) override;
  void check_in(const CheckedOut& checked_out, Done done) override;

  /// Leaves a check-out alone that is over.
  void cancel(std::uint64_t check_out, Done done) override;
  void clear_service(const ServiceId& service, Done done) override;
  void reset_after_fork(Done done) override;
  void set_purpose(const CheckedOut& checked_out, CheckOutPurpose purpose, Done done) override;
  void connection_failed(const CheckedOut& checked_out, ErrorPtr error, ErrorVerdict verdict,
                         Done done) override;
  [[nodiscard]] std::optional<PoolSnapshot> snapshot() const override;
  /// Throws std::logic_error.
  void check_invariants() const override;
  bool visit_state(StateVisitor& visitor) const override;

 private:
  using Connection = ModelConnection;
  using State = ModelConnection::State;
  using WaitingCheckOut = ModelCheckOut;

  // The transport's answers.
  void handshake_command_begins(ConnectionRef ref) override;
  void hello_completed(ConnectionRef ref, std::optional<ServiceId> service_id) override;
  void established(ConnectionRef ref) override;
  void failed(ConnectionRef ref, ErrorPtr error) override;
  void transport_closed(ConnectionRef ref) override;

  void timer_fired();

  // model_pool.cpp: transitions and their delivery.
  void begin();
  void end();
  void end(const Done& done, const ErrorPtr& error);
  /// `what` is for whoever looks into the queue; `consequence` is what is done.
  void append(Effect what, std::function<void(const Effect& what)> consequence);
  void emit(EventBody body);
  void deliver();
  [[nodiscard]] bool has(Defect defect) const { return defect_ == defect; }

  class Consequence;

  // model_questions.cpp: what the state answers.
  [[nodiscard]] std::int64_t count(State state) const;
  [[nodiscard]] PoolCounts counts() const;
  [[nodiscard]] PurposeCounts purposes_in_use() const;
  [[nodiscard]] Duration since(TimePoint start) const;
  [[nodiscard]] std::vector<ConnectionId> in_state(State state) const;
  [[nodiscard]] std::vector<ConnectionId> available_oldest_first() const;
  [[nodiscard]] Connection* find(ConnectionId id);
  [[nodiscard]] Connection* find_held(const CheckedOut& checked_out);
  [[nodiscard]] bool is_stale(const Connection& connection) const;
  [[nodiscard]] bool is_idle(const Connection& connection) const;
  [[nodiscard]] std::optional<ConnectionClosedReason> why_perished(
      const Connection& connection) const;
  [[nodiscard]] bool may_create() const;
  [[nodiscard]] bool is_populating() const;
  [[nodiscard]] ErrorPtr not_held_error() const;

  // model_check_out.cpp: the WaitQueue and the outcomes of check-outs.
  void serve_queue();
  void hand_out_available();
  void create_for_waiters();
  std::optional<ConnectionId> take_newest_good_connection();
  CheckOutId leave_queue();
  void succeed(CheckOutId check_out, Connection& connection);
  void fail(CheckOutId check_out, CheckOutFailedReason reason, const ErrorPtr& error);
  void fail_bound(std::optional<CheckOutId> check_out, CheckOutFailedReason reason,
                  const ErrorPtr& error);
  void fail_waiters(CheckOutFailedReason reason, const ErrorPtr& error);
  [[nodiscard]] ErrorPtr timeout_error(const WaitingCheckOut& check_out) const;

  // model_connection.cpp: the life of a connection.
  Connection& create();
  void start_establishing(ConnectionId id);
  void close_connection(ConnectionId id, ConnectionClosedReason reason);
  void make_available(Connection& connection);
  void establishment_succeeded(ConnectionId id);
  void establishment_failed(ConnectionId id, const ErrorPtr& error, ErrorVerdict verdict);
  void establishment_ended_stale(ConnectionId id);
  void clear_because_of(const Connection& connection, const ErrorPtr& error, ErrorVerdict verdict);
  void mark_failed(Connection& connection, const ErrorPtr& error, ErrorVerdict verdict);

  // model_life.cpp: ready, clear, close, fork.
  void clear_now(bool interrupt, const ErrorPtr& cause);
  void interrupt_pending(const ErrorPtr& error);
  void interrupt_in_use(const ErrorPtr& error);
  void clear_service_now(const ServiceId& service, const ErrorPtr& cause);
  void close_now();
  void note_if_drained();
  void reset_now();

  // model_background.cpp: deadlines and background Runs.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  void arm_timer();
  void expire(bool also_those_of_this_instant);
  void expire_check_out(CheckOutId check_out);
  void expire_establishment(ConnectionId id);
  void request_run();
  void run_if_due();
  void prune();
  void populate();

  const Address address_;
  const std::uint64_t number_;
  const ResolvedPoolOptions options_;
  const EventListener listener_;
  Environment& environment_;
  const Defect defect_;

  TimePoint now_;  ///< of the transition
  PoolState state_ = PoolState::paused;
  Generation generation_ = Generation::initial;
  ErrorPtr last_cause_;  ///< of the last clear
  std::map<ConnectionId, Connection> connections_;
  ConnectionId last_connection_ = ConnectionId::none;
  std::int64_t last_available_order_ = 0;
  std::map<CheckOutId, WaitingCheckOut> check_outs_;
  CheckOutId last_check_out_ = CheckOutId::none;
  std::deque<CheckOutId> queue_;  ///< the oldest in front
  std::map<ServiceId, Generation> services_;
  std::map<ServiceId, ErrorPtr> service_causes_;  ///< of the last clear of each
  std::optional<TimePoint> next_run_;
  std::uint64_t process_generation_;
  std::int64_t forgotten_permits_ = 0;  ///< only ever counted by Defect::forgets_permit

  std::int64_t closing_transports_ = 0;
  bool was_drained_ = false;
  struct Appended {
    Effect what;
    std::function<void(const Effect& what)> consequence;
  };
  std::deque<Appended> consequences_;  ///< of the transition
  const std::shared_ptr<DeliveryQueue> deliveries_;
  const std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
  std::optional<TimePoint> armed_;
  std::unique_ptr<DeadlineTimer> timer_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace cmap::sim
