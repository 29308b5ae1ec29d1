// Whole runs in the simulated world: the order of actors, time, and what cannot go on.
#include "sim/world.hpp"

#include <chrono>
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

TEST(World, a_livelock_passes_the_step_budget) {
  Builder builder({.background_interval = 1ms});
  builder.add(Ready{}).add(Wait{.duration = 1h});
  const Trace trace = run_canonically(*builder, {.step_budget = 1000});
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->kind, RunFailure::Kind::livelock);
}

}  // namespace
}  // namespace cmap::sim
