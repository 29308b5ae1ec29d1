// One run of one scenario: the operations of its actors, carried out on the loop. Internal to sim.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/actor.hpp"
#include "sim/checkers/event_checkers.hpp"
#include "sim/digest.hpp"
#include "sim/environment.hpp"
#include "sim/loop.hpp"
#include "sim/pool_under_test.hpp"
#include "sim/scenario_traits.hpp"
#include "sim/twins.hpp"
#include "sim/world.hpp"

namespace cmap::sim {

class ScenarioRun {
 public:
  ScenarioRun(const Scenario& scenario, const PoolFactory& factory, ChoiceSource& choices,
              const RunOptions& options);
  ~ScenarioRun();
  ScenarioRun(const ScenarioRun&) = delete;
  ScenarioRun& operator=(const ScenarioRun&) = delete;

  Trace run();

  /// It is this actor's turn: the next operation, or the end of its wait.
  void resume(Actor& actor);
  /// As Runnable::commutes, of its turn.
  [[nodiscard]] bool commutes(const Actor& actor) const;

 private:
  /// A connection that an operation gives to others (R4: kept until it is checked in).
  struct Label {
    enum class State : std::uint8_t { unset, coming, held, failed, consumed } state = State::unset;
    CheckedOut checked_out{};
    ErrorPtr error{};
    std::uint64_t check_out = 0;
    CheckOutId number = CheckOutId::none;
    Actor* awaited_by = nullptr;
  };

  // The course of an actor (scenario_run.cpp).
  void begin_next(Actor& actor);
  void schedule(const Operation& operation, std::uint32_t index);
  void end_operation(Actor& actor, ErrorPtr error, ConnectionId given = ConnectionId::none);
  void go_on(Actor& actor);
  void end_actor(Actor& actor);
  [[nodiscard]] PoolUnderTest::Done done_of(Actor& actor);
  void record_operation(const Actor& actor, bool begins, const ErrorPtr& error = nullptr,
                        ConnectionId given = ConnectionId::none);
  void on_event(const Event& event);
  void wake_event_waiters(EventType type);
  void act_as_listener(EventType type);
  bool step();
  void play();
  void tear_down();
  static void end_world(SimulatedEnvironment& environment, std::unique_ptr<PoolUnderTest>& pool);
  void abandon();

  // Operations (operations.cpp).
  void perform(Actor& actor, const Start& operation);
  void perform(Actor& actor, const Wait& operation);
  void perform(Actor& actor, const WaitForThread& operation);
  void perform(Actor& actor, const WaitForEvent& operation);
  void perform(Actor& actor, const CheckOut& operation);
  void perform(Actor& actor, const CheckIn& operation);
  void perform(Actor& actor, const Clear& operation);
  void perform(Actor& actor, const Close& operation);
  void perform(Actor& actor, const Ready& operation);
  void perform(Actor& actor, const AwaitCheckOut& operation);
  void perform(Actor& actor, const Cancel& operation);
  void perform(Actor& actor, const CheckInAgain& operation);
  void perform(Actor& actor, const CheckInForeign& operation);
  void perform(Actor& actor, const ClearService& operation);
  void perform(Actor& actor, const ResetAfterFork& operation);
  void perform(Actor& actor, const SetPurpose& operation);
  void perform(Actor& actor, const FailInUse& operation);
  void perform(Actor& actor, const PeerCloses& operation);
  void perform(Actor& actor, const SetFailPoint& operation);
  void perform(Actor& actor, const ExpectState& operation);
  void start_check_out(Actor* actor, const CheckOut& operation);
  void receive(Actor* actor, std::optional<LabelIndex> label, CheckOutOutcome outcome);
  /// The lease of a label that is held; null, with the run failed, if it is not.
  Label* held(LabelIndex label);
  void operate_from_listener(const OperationBody& body);
  void compare_state(const ExpectState& expected);

  // What it comes to (run_state.cpp).
  [[nodiscard]] bool commutes(const Effect& effect) const;
  [[nodiscard]] bool may_rename(const Twins& twins) const;
  [[nodiscard]] std::uint64_t state(const Twins& twins, const Naming& naming) const;
  void visit_foreign_pools(StateDigest& digest) const;
  void visit_actor(const Actor& actor, const Twins& twins, StateDigest& digest) const;
  void visit_actors(const Twins& twins, const Naming& naming, StateDigest& digest) const;
  void visit_labels(const ScenarioTraits& traits, const Naming& naming, StateDigest& digest) const;
  void visit_counted_events(const ScenarioTraits& traits, StateDigest& digest) const;
  void stop();

  // Failures (run_failure.cpp).
  static const std::string_view no_contradiction;
  static const std::string_view nothing_escapes;
  void fail(RunFailure::Kind kind, std::string message);
  /// An oracle complains. `message` begins with the sentence of the clause.
  void break_clause(std::string_view clause, const std::string& message);
  void break_clause(const Rule& rule, const std::string& detail);
  void check_oracles();
  void report_violation();
  void check_progress(ActionKind action);
  void count_work();
  void check_work(std::string_view which, std::uint64_t work, std::uint64_t budget);
  [[nodiscard]] std::string explain_actors() const;
  [[nodiscard]] std::string explain(const Actor& actor) const;

  // Rest (quiescence.cpp).
  void drain();
  void note_rest(const PoolCounts& counts);
  bool step_until_rest();
  void check_in_everything(const std::function<void()>& after_each = [] {});

  const Scenario& scenario_;
  const PoolFactory& factory_;
  const RunOptions options_;
  Loop loop_;
  SimulatedEnvironment environment_;
  std::optional<EventCheckers> checkers_;
  Digest digest_;
  Trace trace_;

  std::vector<std::unique_ptr<Actor>> actors_;
  std::vector<Label> labels_;
  std::vector<CheckedOut> unlabelled_;
  std::vector<Actor*> event_waiters_;
  std::array<std::int64_t, event_type_count> event_counts_{};
  const Actor* running_ = nullptr;  ///< whose turn it is: still while its effects are delivered
  std::uint32_t line_ = 0;          ///< of the operation that began last
  const ScenarioTraits traits_;
  std::uint64_t operations_begun_ = 0;
  CheckOutId last_check_out_ = CheckOutId::none;
  std::uint64_t idle_firings_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t work_ = 0;             ///< as RunOptions::work_budget counts it
  std::uint64_t work_of_instant_ = 0;  ///< the same, since the time last moved
  std::uint64_t kept_ = 0;             ///< events and entries of the present step
  std::uint64_t alive_ = 0;  ///< connections and waiting check-outs, as the last event told
  const bool skips_commuting_;
  bool main_ended_ = false;
  bool draining_ = false;

  std::unique_ptr<PoolUnderTest> pool_;
  /// What the listener does on events that a pool delivers before its factory has returned.
  std::vector<const OperationBody*> postponed_;
  /// A pool whose leases are foreign to the first.
  struct ForeignPool {
    std::unique_ptr<SimulatedEnvironment> environment;
    std::unique_ptr<PoolUnderTest> pool;
  };
  ServerSetup foreign_setup_;
  std::deque<ForeignPool> foreign_pools_;
};

}  // namespace cmap::sim
