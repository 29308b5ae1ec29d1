// One run of one scenario on the steady clock. Internal to sim/real.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "sim/checkers/event_checkers.hpp"
#include "sim/real/steady_peer.hpp"
#include "sim/world.hpp"

namespace cmap::sim {

/// The real environment, in which every transport leads to the peer.
class PeerEnvironment final : public Environment {
 public:
  PeerEnvironment(const Address& address, const NetworkOptions& options)
      : address_(address), environment_(threads_, options) {}

  [[nodiscard]] TimePoint now() const override { return environment_.now(); }
  std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback) override {
    return environment_.make_timer(std::move(callback));
  }
  std::unique_ptr<Transport> make_transport(const Address&, TransportListener& listener) override {
    return environment_.make_transport(address_, listener);
  }
  [[nodiscard]] std::uint64_t process_generation() const override {
    return environment_.process_generation();
  }

 private:
  const Address address_;
  IoThreads threads_;
  AsioEnvironment environment_;
};

class FailPointOff;

class SteadyRun {
 public:
  /// All but `patience` must outlive it.
  SteadyRun(const Scenario& scenario, const PoolFactory& factory, SteadyPeer& peer,
            const RunOptions& options, Duration patience);
  ~SteadyRun();
  SteadyRun(const SteadyRun&) = delete;
  SteadyRun& operator=(const SteadyRun&) = delete;

  /// Once. The calling thread is the main thread of the scenario.
  Trace run();

 private:
  using Lock = std::unique_lock<std::mutex>;

  /// A thread of the scenario. Guarded by mutex_, but for the thread itself.
  struct Actor {
    bool started = false;
    bool busy = false;                     ///< in an operation
    std::deque<std::uint32_t> operations;  ///< what main scheduled on it and it has not begun
    ErrorPtr error;                        ///< that ended it
    std::thread thread;                    ///< none for the main thread

    [[nodiscard]] bool has_ended() const { return error || (!busy && operations.empty()); }
  };
  /// As in simulation (R4).
  struct Label {
    enum class State : std::uint8_t { unset, coming, held, failed, consumed } state = State::unset;
    CheckedOut checked_out{};
    ErrorPtr error{};
    std::uint64_t check_out = 0;
  };
  /// What a call of the pool answers.
  struct Answer {
    bool is_there = false;
    ErrorPtr error{};
    ConnectionId connection = ConnectionId::none;
  };

  // The course of a run (steady_run.cpp).
  void perform_all();
  void work(ActorIndex index);
  void perform(ActorIndex actor, std::uint32_t index);
  void schedule(const Operation& operation, std::uint32_t index);
  void record(ActorIndex actor, std::uint32_t index, bool begins, const Answer& answer);
  void on_event(const Event& event);
  [[nodiscard]] std::vector<const ListenerAction*> due_actions(EventType type) const;
  void end_main();
  void tear_down();
  void check_rest();
  void switch_off(FailPointOff& fail_point);
  std::vector<CheckedOut> take_leases();
  [[nodiscard]] TimePoint now() const { return environment_.now(); }
  /// The first failure counts. But what did not happen in time gives way to everything worse, which
  /// must be seen even where the machine is to blame for the time.
  void fail(RunFailure::Kind kind, std::string message, std::uint32_t line = 0);
  void report_violation();
  [[nodiscard]] bool ended() const { return over_ || trace_.failure.has_value(); }

  // Operations (steady_operations.cpp).
  Answer carry_out(const Operation& operation);
  Answer operate(const Start& operation);
  Answer operate(const Wait& operation);
  Answer operate(const WaitForThread& operation);
  Answer operate(const WaitForEvent& operation);
  Answer operate(const CheckOut& operation);
  Answer operate(const CheckIn& operation);
  Answer operate(const Clear& operation);
  Answer operate(const Close& operation);
  Answer operate(const Ready& operation);
  Answer operate(const AwaitCheckOut& operation);
  Answer operate(const Cancel& operation);
  Answer operate(const CheckInAgain& operation);
  Answer operate(const CheckInForeign& operation);
  Answer operate(const ClearService& operation);
  Answer operate(const ResetAfterFork& operation);
  Answer operate(const SetPurpose& operation);
  Answer operate(const FailInUse& operation);
  Answer operate(const PeerCloses& operation);
  Answer operate(const SetFailPoint& operation);
  Answer operate(const ExpectState& operation);
  /// Makes a call of the pool, and waits until it calls back.
  Answer await(const std::function<void(PoolUnderTest::Done)>& call);
  void await(Lock& lock, const Answer& answer);
  std::shared_ptr<Answer> start_check_out(const CheckOut& operation);
  void receive(Answer& answer, std::optional<LabelIndex> label, const CheckOutOutcome& outcome);
  /// The lease of a label that is held; nothing, with the run failed, if it is not.
  std::optional<CheckedOut> held(LabelIndex label, bool consume);
  std::optional<CheckedOut> take_if_held(LabelIndex label);
  void act_as_listener(const ListenerAction& action);
  void operate_from_listener(const OperationBody& body);

  const Scenario& scenario_;
  SteadyPeer& peer_;
  const RunOptions& options_;
  const Duration patience_;
  PeerEnvironment environment_;
  const TimePoint start_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::optional<EventCheckers> checkers_;
  Trace trace_;
  std::array<std::int64_t, event_type_count> event_counts_{};
  std::deque<Actor> actors_;
  std::vector<Label> labels_;
  std::vector<CheckedOut> unlabelled_;
  std::uint32_t main_line_ = 0;  ///< of the operation that the main thread began last
  bool over_ = false;            ///< the main thread has ended

  std::unique_ptr<PoolUnderTest> pool_;
};

}  // namespace cmap::sim
