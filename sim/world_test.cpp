// Whole runs in the simulated world: the order of actors, time, and what cannot go on.
#include "sim/world.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

/// Composes scenarios operation by operation.
class Builder {
 public:
  explicit Builder(PoolOptions options = {}) { scenario_.options = options; }

  ActorIndex actor(const std::string& name) {
    scenario_.actors.push_back(name);
    const auto index = static_cast<ActorIndex>(scenario_.actors.size() - 1);
    add(Start{index});
    return index;
  }
  LabelIndex label(const std::string& name) {
    scenario_.labels.push_back(name);
    return static_cast<LabelIndex>(scenario_.labels.size() - 1);
  }
  Builder& add(OperationBody body, ActorIndex actor = main_actor) {
    scenario_.operations.push_back({.actor = actor, .body = std::move(body)});
    return *this;
  }
  Scenario& operator*() { return scenario_; }
  Scenario* operator->() { return &scenario_; }

 private:
  Scenario scenario_;
};

Trace run_canonically(const Scenario& scenario, const RunOptions& options = {.drain = true}) {
  CanonicalChoices choices;
  return run(scenario, connection_pool(), choices, options);
}

Lines lines_of(const Trace& trace) {
  Lines lines;
  for (const TracedEvent& traced : trace.events) {
    lines.push_back("@" + milliseconds_text(traced.time) + " " + describe(traced.event));
  }
  return lines;
}

/// pool-checkout-multiple: three actors, two permits.
Scenario three_check_outs() {
  Builder builder;
  builder.add(Ready{});
  for (const char* name : {"thread1", "thread2", "thread3"}) {
    const ActorIndex thread = builder.actor(name);
    builder.add(CheckOut{}, thread);
  }
  for (ActorIndex thread = 1; thread <= 3; ++thread) builder.add(WaitForThread{thread});
  return *builder;
}

TEST(World, runs_actors_in_the_order_they_became_runnable) {
  const Trace trace = run_canonically(three_check_outs());
  EXPECT_FALSE(trace.failure) << trace.failure->message;
  EXPECT_EQ(lines_of(trace), (Lines{
                                 "@0 ConnectionPoolCreated options={}",
                                 "@0 ConnectionPoolReady",
                                 "@0 ConnectionCheckOutStarted",
                                 "@0 ConnectionCreated connectionId=1",
                                 "@0 ConnectionCheckOutStarted",
                                 "@0 ConnectionCreated connectionId=2",
                                 "@0 ConnectionCheckOutStarted",
                                 "@0 ConnectionReady connectionId=1 duration=0",
                                 "@0 ConnectionCheckedOut connectionId=1 duration=0",
                                 "@0 ConnectionCreated connectionId=3",
                                 "@0 ConnectionReady connectionId=2 duration=0",
                                 "@0 ConnectionCheckedOut connectionId=2 duration=0",
                                 "@0 ConnectionReady connectionId=3 duration=0",
                                 "@0 ConnectionCheckedOut connectionId=3 duration=0",
                             }));
  EXPECT_EQ(trace.end, 0ms);
}

TEST(World, gives_the_same_digest_twice_and_another_one_for_another_schedule) {
  const Scenario scenario = three_check_outs();
  EXPECT_EQ(run_canonically(scenario).digest, run_canonically(scenario).digest);
  SeededChoices one(1), again(1), two(2);
  const Trace first = run(scenario, connection_pool(), one, {.drain = true});
  EXPECT_EQ(first.digest, run(scenario, connection_pool(), again, {.drain = true}).digest);
  EXPECT_NE(first.digest, run(scenario, connection_pool(), two, {.drain = true}).digest);
}

/// What can happen is what was named when it became possible, and no two things have one name.
class DistinctNames : public ChoiceSource {
 public:
  explicit DistinctNames(std::uint64_t seed) : seeded_(seed) {}
  std::uint32_t choose(ChoiceKind kind, std::span<const Option> options) override {
    for (std::size_t i = 0; i < options.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        EXPECT_FALSE(options[i] == options[j]) << action_name(options[i].action);
      }
    }
    return seeded_.choose(kind, options);
  }

 private:
  SeededChoices seeded_;
};

TEST(World, a_foreign_lease_may_still_be_coming_when_the_run_ends) {
  Builder builder;
  const ActorIndex thread = builder.add(Ready{}).actor("thread1");
  builder.add(CheckInForeign{}, thread);
  builder->operations.back().error_expected = true;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SeededChoices choices(seed);
    const Trace trace = run(*builder, connection_pool(), choices, {});
    ASSERT_FALSE(trace.failure) << trace.failure->message;
  }
}

TEST(World, foreign_leases_come_from_pools_that_last_as_long_as_the_run) {
  Builder builder;
  builder.add(Ready{});
  for (int i = 0; i < 3; ++i) {
    const ActorIndex thread = builder.actor("thread" + std::to_string(i + 1));
    builder.add(CheckInForeign{}, thread).add(CheckInForeign{}, thread);
  }
  for (Operation& operation : builder->operations) {
    operation.error_expected = std::holds_alternative<CheckInForeign>(operation.body);
  }
  for (ActorIndex thread = 1; thread <= 3; ++thread) builder.add(WaitForThread{thread});
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    DistinctNames choices(seed);
    const Trace trace = run(*builder, connection_pool(), choices, {.drain = true});
    ASSERT_FALSE(trace.failure) << trace.failure->message;
    EXPECT_EQ(std::ranges::count_if(trace.operation_errors,
                                    [](const ErrorPtr& e) { return e != nullptr; }),
              6);
  }
}

/// Says of every check-out that it took no time.
PoolFactory hasty_pool() {
  return [](PoolSetup setup, Environment& environment) {
    setup.listener = [listener = std::move(setup.listener)](Event event) {
      auto* checked_out = std::get_if<ConnectionCheckedOutEvent>(&event.body);
      if (checked_out) checked_out->duration = Duration::zero();
      listener(event);
    };
    return connection_pool()(setup, environment);
  };
}

TEST(World, a_failure_while_everybody_checks_in_ends_the_run) {
  Builder builder;
  builder->options.max_pool_size = 1;
  CheckOut in_background;
  in_background.in_background = true;
  builder.add(Ready{}).add(CheckOut{});
  for (const char* const name : {"one", "two"}) {
    in_background.label = builder.label(name);
    builder.add(in_background);
  }
  builder.add(Wait{5ms});
  CanonicalChoices choices;
  const Trace trace = run(*builder, hasty_pool(), choices, {.drain = true});
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->clause, "A-EV-2");
}

class ThrowingPool final : public PoolUnderTest {
 public:
  void ready(Done) override { throw std::runtime_error("the pool is made of glass"); }
  void clear(const ClearRequest&, Done) override {}
  void close(Done) override {}
  std::uint64_t check_out(const CheckOutRequest&, CheckOutDone) override { return 0; }
  void check_in(const CheckedOut&, Done) override {}
};

TEST(World, an_exception_that_leaves_the_pool_is_a_failure) {
  Builder builder;
  builder.add(Ready{});
  CanonicalChoices choices;
  const Trace trace = run(
      *builder, [](const PoolSetup&, Environment&) { return std::make_unique<ThrowingPool>(); },
      choices);
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->clause, "INVARIANT");
  EXPECT_NE(trace.failure->message.find("made of glass"), std::string::npos);
}

TEST(World, counts_what_the_child_of_a_fork_gives_up) {
  Builder builder({.min_pool_size = 2});
  builder.add(Ready{}).add(CheckOut{}).add(ResetAfterFork{}).add(Ready{}).add(CheckOut{});
  const Trace trace = run_canonically(*builder);
  EXPECT_FALSE(trace.failure) << trace.failure->message;
  EXPECT_EQ(trace.abandoned, 1);  // the other one is in use
  builder->operations.erase(builder->operations.begin() + 2);
  EXPECT_EQ(run_canonically(*builder).abandoned, 0);
}

TEST(World, explains_a_deadlock) {
  Builder builder({.max_pool_size = 1});
  const ActorIndex thread = (builder.add(Ready{}).add(CheckOut{}), builder.actor("thread1"));
  builder.add(CheckOut{}, thread);
  builder.add(WaitForThread{thread});
  const Trace trace = run_canonically(*builder);
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->kind, RunFailure::Kind::deadlock);
  EXPECT_EQ(trace.failure->message,
            "Nothing happens any more but background Runs that change nothing. main waits in "
            "waitForThread for thread1. thread1 waits in checkOut.");
}

TEST(World, explains_a_deadlock_without_background_runs_at_once) {
  Builder builder({.max_pool_size = 1, .background_interval = -1ms});
  builder.add(Ready{}).add(CheckOut{}).add(CheckOut{});
  const Trace trace = run_canonically(*builder);
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->kind, RunFailure::Kind::deadlock);
  EXPECT_EQ(trace.failure->message, "Nothing can happen any more. main waits in checkOut.");
  EXPECT_EQ(trace.end, 0ms);
}

TEST(World, tells_which_event_did_not_come) {
  Builder builder;
  builder.add(WaitForEvent{.event = EventType::pool_ready, .count = 2, .timeout = 30ms});
  const Trace trace = run_canonically(*builder);
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->kind, RunFailure::Kind::event_timeout);
  EXPECT_EQ(trace.end, 30ms);
}

TEST(World, a_failed_check_out_ends_its_actor_and_main_learns_it_by_joining) {
  Builder builder;
  const ActorIndex thread = builder.actor("thread1");
  builder.add(CheckOut{}, thread).add(Ready{}, thread).add(WaitForThread{thread});
  const Trace trace = run_canonically(*builder);
  EXPECT_FALSE(trace.failure);
  ASSERT_TRUE(trace.actor_errors[main_actor]);
  EXPECT_EQ(trace.actor_errors[main_actor]->type, ErrorType::pool_cleared);
  EXPECT_EQ(trace.actor_errors[thread], trace.actor_errors[main_actor]);
  EXPECT_EQ(lines_of(trace).back(),
            "@0 ConnectionCheckOutFailed reason=connectionError duration=0");
}

// ---- what is too much

TEST(World, a_livelock_passes_the_work_budget) {
  Builder builder({.background_interval = 1ms});
  builder.add(Ready{}).add(Wait{.duration = 1h});
  const Trace trace = run_canonically(*builder, {.work_budget = 4000});
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->kind, RunFailure::Kind::livelock);
  EXPECT_EQ(trace.failure->message,
            "The work budget, 4000, was passed at 975 ms after 981 steps, with 0 connections and "
            "waiting check-outs. Either this never ends, or it is too much: wait for less time, "
            "set a larger backgroundThreadIntervalMS or a smaller minPoolSize (or, in code, a "
            "larger RunOptions::work_budget). main waits in wait.");
}

TEST(World, a_step_is_more_work_with_more_connections) {
  const auto steps_of = [](std::int64_t connections) {
    Builder builder({.min_pool_size = connections, .background_interval = 1ms});
    builder.add(Ready{}).add(Wait{.duration = 1h});
    return run_canonically(*builder, {.work_budget = 100'000}).steps;
  };
  EXPECT_GT(steps_of(1), 10 * steps_of(100));
}

TEST(World, waiting_check_outs_and_recorded_entries_are_work_too) {
  Builder builder({.max_pool_size = 1, .background_interval = 1ms});
  builder.add(Ready{});
  for (int i = 0; i < 100; ++i) {
    builder.add(CheckOut{.label = builder.label("label"), .in_background = true});
  }
  builder.add(Wait{.duration = 1h});
  const auto waiting = run_canonically(*builder, {.work_budget = 100'000});
  EXPECT_LT(waiting.steps, 1'500U);
  const RunOptions recording{.record_entries = true, .work_budget = 100'000};
  EXPECT_LT(run_canonically(*builder, recording).steps, waiting.steps);
}

TEST(World, one_instant_has_a_work_budget_of_its_own) {
  Builder builder({.max_pool_size = 0, .min_pool_size = 2'147'483'647});
  builder.add(Ready{}).add(Wait{.duration = 1h});
  const Trace trace = run_canonically(*builder, {.instant_work_budget = 100'000});
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->kind, RunFailure::Kind::livelock);
  EXPECT_TRUE(trace.failure->message.starts_with(
      "The work budget of one instant, 100000, was passed at 0 ms after "))
      << trace.failure->message;
}

TEST(World, a_day_of_an_idle_pool_is_not_too_much) {
  Builder builder({.min_pool_size = 2, .background_interval = 10ms});
  // An hour with its share of the budget, because that is quicker.
  builder.add(Ready{}).add(Wait{.duration = 1h});
  const Trace trace = run_canonically(*builder, {.work_budget = RunOptions{}.work_budget / 24});
  EXPECT_FALSE(trace.failure) << trace.failure->message;
  EXPECT_EQ(trace.end, 1h);
}

// ---- the end of time

constexpr Duration longest_wait = std::chrono::milliseconds(2'147'483'647);

TEST(World, the_virtual_time_is_used_up) {
  Builder builder({.background_interval = -1ms});
  for (int i = 0; i < 5000; ++i) builder.add(Wait{.duration = longest_wait});
  const Trace trace = run_canonically(*builder);
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->kind, RunFailure::Kind::end_of_time);
  EXPECT_EQ(trace.failure->message,
            "The virtual time is used up: it ends after 292 years. Wait for less time. main could "
            "go on.");
  EXPECT_EQ(trace.end, Duration::max());
}

/// A run in which `at_the_end` comes one hour before the end of time.
Trace end_of(const std::function<void(Builder&)>& at_the_end, PoolOptions options = {}) {
  options.background_interval = -1ms;
  Builder builder(options);
  builder.add(Ready{}).add(Wait{.duration = Duration::max() - 1h});
  at_the_end(builder);
  return run_canonically(*builder);
}

TEST(World, what_would_end_after_the_end_of_time_ends_with_it) {
  for (const OperationBody& body : std::vector<OperationBody>{
           Wait{.duration = 2h}, WaitForEvent{.event = EventType::pool_closed, .timeout = 2h}}) {
    const Trace trace = end_of([&](Builder& builder) { builder.add(body); });
    ASSERT_TRUE(trace.failure) << operation_name(body);
    EXPECT_EQ(trace.end, Duration::max());
  }
}

TEST(World, deadlines_after_the_end_of_time_are_none) {
  const PoolOptions options{.max_pool_size = 1,
                            .wait_queue_timeout = longest_wait,
                            .establishment_timeout = longest_wait};
  const auto use_everything = [](Builder& builder) {
    const LabelIndex label = builder.label("label");
    builder.add(CheckOut{.label = label, .timeout = Duration::max()});
    const ActorIndex thread = builder.actor("thread1");
    builder.add(CheckOut{}, thread).add(Wait{.duration = 1min}).add(CheckIn{label});
    builder.add(WaitForThread{thread});
  };
  const Trace trace = end_of(use_everything, options);
  EXPECT_FALSE(trace.failure) << trace.failure->message;
  EXPECT_FALSE(trace.actor_errors[main_actor]);
  EXPECT_EQ(trace.end, Duration::max() - 1h + 1min);
}

TEST(World, an_establishment_and_a_slow_listener_end_with_time_too) {
  for (const bool slow_listener : {false, true}) {
    const Trace trace = end_of([&](Builder& builder) {
      if (slow_listener) {
        builder->listener_actions.push_back({.event = EventType::check_out_started,
                                             .what = ListenerAction::What::spend_time,
                                             .time = 2h});
      } else {
        const PhaseScript connect{.phase = EstablishmentPhase::connect, .delay = 2h};
        builder->server.establishments.push_back({.phases = {connect}});
      }
      builder.add(CheckOut{});
    });
    ASSERT_TRUE(trace.failure) << slow_listener;
    EXPECT_EQ(trace.failure->kind, RunFailure::Kind::end_of_time);
    EXPECT_EQ(trace.end, Duration::max());
  }
}

}  // namespace
}  // namespace cmap::sim
