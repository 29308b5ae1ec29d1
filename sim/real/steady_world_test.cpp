// Scenarios in real time: what threads wait for has an order, what goes wrong is told, nothing is
// left behind.
#include "sim/real/steady_world.hpp"

#include <atomic>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/loopback_peers.hpp"
#include "sim/real/stall_watch.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = RunFailure::Kind;

constexpr ActorIndex thread1 = 1;

void add_operation(Scenario& scenario, OperationBody body, ActorIndex actor = main_actor) {
  scenario.operations.push_back(
      {.actor = actor,
       .body = std::move(body),
       .line = static_cast<std::uint32_t>(scenario.operations.size() + 1)});
}

/// A ready pool and a thread.
Scenario with_thread() {
  Scenario scenario;
  scenario.actors.emplace_back("thread1");
  scenario.labels = {"a", "b"};
  add_operation(scenario, Ready{});
  add_operation(scenario, Start{thread1});
  return scenario;
}

std::vector<std::string> described(const Trace& trace) {
  std::vector<std::string> lines;
  for (const TracedEvent& event : trace.events) {
    lines.emplace_back(event_name(event.event.type()));
  }
  return lines;
}

class SteadyWorldTest : public testing::Test {
 protected:
  Trace run(const Scenario& scenario, const PoolFactory& pool = connection_pool(),
            const RunOptions& options = {}) {
    const SteadyWorld world(
        {.peers = [this](const Scenario& of) { return peers_.make(of); }, .patience = patience});
    return world.run(scenario, pool, options);
  }

  Duration patience = 30s;

 private:
  LoopbackPeers peers_{/*tls=*/false};
};

TEST_F(SteadyWorldTest, AThreadWaitsForWhatMainChecksIn) {
  Scenario scenario = with_thread();
  scenario.options.max_pool_size = 1;
  add_operation(scenario, CheckOut{.label = 0});
  add_operation(scenario, CheckOut{.label = 1}, thread1);
  add_operation(scenario, WaitForEvent{.event = EventType::check_out_started, .count = 2});
  add_operation(scenario, CheckIn{0});
  add_operation(scenario, WaitForThread{thread1});
  const Trace trace = run(scenario, connection_pool(), {.record_entries = true});
  EXPECT_FALSE(trace.failure) << trace.failure->message;
  EXPECT_THAT(
      described(trace),
      ElementsAre("ConnectionPoolCreated", "ConnectionPoolReady", "ConnectionCheckOutStarted",
                  "ConnectionCreated", "ConnectionReady", "ConnectionCheckedOut",
                  "ConnectionCheckOutStarted", "ConnectionCheckedIn", "ConnectionCheckedOut"));
  EXPECT_TRUE(std::ranges::is_sorted(trace.events, {}, &TracedEvent::time));
  EXPECT_GE(trace.end, trace.events.back().time);
  // Each of the seven operations begins and ends, and every event is there.
  EXPECT_EQ(trace.entries.size(), 14 + trace.events.size());
}

TEST_F(SteadyWorldTest, WaitsInRealTime) {
  Scenario scenario;
  add_operation(scenario, Wait{30ms});
  EXPECT_GE(run(scenario).end, 30ms);
}

TEST_F(SteadyWorldTest, AnErrorEndsItsThreadAndComesToWhoWaitsForIt) {
  Scenario scenario = with_thread();
  scenario.options.max_pool_size = 1;
  scenario.options.wait_queue_timeout = 20ms;
  add_operation(scenario, CheckOut{});
  add_operation(scenario, CheckOut{}, thread1);
  add_operation(scenario, WaitForThread{thread1});
  add_operation(scenario, Close{});
  const Trace trace = run(scenario);
  EXPECT_FALSE(trace.failure);
  for (const ActorIndex actor : {main_actor, thread1}) {
    ASSERT_TRUE(trace.actor_errors[actor]);
    EXPECT_EQ(trace.actor_errors[actor]->type, ErrorType::wait_queue_timeout);
  }
  EXPECT_EQ(trace.events.back().event.type(), EventType::check_out_failed) << "no close";
}

TEST_F(SteadyWorldTest, AnExpectedErrorDoesNot) {
  Scenario scenario;
  add_operation(scenario, CheckOut{});
  scenario.operations[0].error_expected = true;
  add_operation(scenario, Close{});
  const Trace trace = run(scenario);
  ASSERT_TRUE(trace.operation_errors[0]);
  EXPECT_EQ(trace.operation_errors[0]->type, ErrorType::pool_cleared);
  EXPECT_FALSE(trace.actor_errors[main_actor]);
  EXPECT_EQ(trace.events.back().event.type(), EventType::pool_closed);
}

TEST_F(SteadyWorldTest, WhatBreaksARunIsTold) {
  Scenario in_vain;
  add_operation(in_vain, WaitForEvent{.event = EventType::pool_ready, .count = 1, .timeout = 5ms});
  auto failure = run(in_vain).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, Kind::event_timeout);
  EXPECT_EQ(failure->line, 1U);
  EXPECT_THAT(failure->message, HasSubstr("ConnectionPoolReady did not occur 1 times within 5 ms"));

  Scenario not_held;
  not_held.labels = {"a"};
  add_operation(not_held, CheckIn{0});
  failure = run(not_held).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, Kind::misuse);

  patience = 20ms;
  Scenario wrong_state;
  add_operation(wrong_state, ExpectState{.state = PoolState::ready});
  failure = run(wrong_state).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, Kind::wrong_state);
  EXPECT_THAT(failure->message, HasSubstr("state is paused instead of ready"));
}

/// It ends although two check-outs wait for ever: closing fails them.
TEST_F(SteadyWorldTest, AThreadThatNeverEndsIsADeadlock) {
  patience = 50ms;
  Scenario scenario = with_thread();
  scenario.options.max_pool_size = 1;
  add_operation(scenario, CheckOut{});
  add_operation(scenario, CheckOut{}, thread1);
  add_operation(scenario, WaitForThread{thread1});
  const auto failure = run(scenario).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, Kind::deadlock);
}

TEST_F(SteadyWorldTest, AFailPointIsOfThePeer) {
  Scenario scenario;
  scenario.server.fail_points.push_back({.mode = FailPoint::Mode::always_on,
                                         .fail_commands = {"hello", "isMaster"},
                                         .error_code = 91,
                                         .app_name = "mine"});
  scenario.server.app_name = "mine";
  add_operation(scenario, Ready{});
  add_operation(scenario, CheckOut{});
  const Trace failed = run(scenario);
  ASSERT_TRUE(failed.actor_errors[main_actor]);
  EXPECT_EQ(failed.actor_errors[main_actor]->code, 91);
  scenario.server.app_name = "somebody else's";
  EXPECT_FALSE(run(scenario).actor_errors[main_actor]);
}

/// Remembers how its fail point was set, and may refuse it; the rest is another peer's.
class WatchedPeer final : public SteadyPeer {
 public:
  using Mode = FailPoint::Mode;

  WatchedPeer(std::unique_ptr<SteadyPeer> peer, std::vector<Mode>& modes,
              std::optional<Mode> refused = {})
      : peer_(std::move(peer)), modes_(modes), refused_(refused) {}
  [[nodiscard]] Address address() const override { return peer_->address(); }
  [[nodiscard]] NetworkOptions network_options() const override { return {}; }
  void set_fail_point(const FailPoint& fail_point) override {
    modes_.push_back(fail_point.mode);
    if (fail_point.mode == refused_) throw std::runtime_error("not now");
  }

 private:
  std::unique_ptr<SteadyPeer> peer_;
  std::vector<Mode>& modes_;
  const std::optional<Mode> refused_;
};

TEST_F(SteadyWorldTest, FailPointsAreSwitchedOffAtTheEnd) {
  using Mode = FailPoint::Mode;
  LoopbackPeers peers(/*tls=*/false);
  std::vector<Mode> modes;
  const SteadyWorld world({.peers = [&](const Scenario& scenario) {
    return std::make_unique<WatchedPeer>(peers.make(scenario), modes);
  }});
  Scenario scenario;
  add_operation(scenario, Ready{});
  EXPECT_FALSE(world.run(scenario, connection_pool(), {}).failure);
  EXPECT_THAT(modes, IsEmpty());
  scenario.server.fail_points.push_back({.mode = Mode::always_on});
  add_operation(scenario,
                WaitForEvent{.event = EventType::pool_cleared, .count = 1, .timeout = 1ms});
  EXPECT_TRUE(world.run(scenario, connection_pool(), {}).failure);
  EXPECT_THAT(modes, ElementsAre(Mode::always_on, Mode::off));
}

TEST_F(SteadyWorldTest, AFailPointThatStaysOnIsTold) {
  using Mode = FailPoint::Mode;
  LoopbackPeers peers(/*tls=*/false);
  std::vector<Mode> modes;
  Mode refused = Mode::off;
  const SteadyWorld world({.peers = [&](const Scenario& scenario) {
    return std::make_unique<WatchedPeer>(peers.make(scenario), modes, refused);
  }});
  Scenario scenario;
  scenario.server.fail_points.push_back({.mode = Mode::always_on});
  add_operation(scenario, Ready{});
  auto failure = world.run(scenario, connection_pool(), {}).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, Kind::peer);
  EXPECT_THAT(failure->message, HasSubstr("still on, it cannot be switched off: not now"));

  add_operation(scenario,
                WaitForEvent{.event = EventType::pool_cleared, .count = 1, .timeout = 1ms});
  failure = world.run(scenario, connection_pool(), {}).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, Kind::peer) << "whatever else was wrong";
  EXPECT_EQ(failure->line, 2U);
  EXPECT_THAT(failure->message,
              AllOf(HasSubstr("ConnectionPoolCleared did not occur"), HasSubstr("still on")));

  modes.clear();
  refused = Mode::always_on;
  EXPECT_THROW(static_cast<void>(world.run(scenario, connection_pool(), {})), std::runtime_error);
  EXPECT_THAT(modes, ElementsAre(Mode::always_on, Mode::off));
}

TEST_F(SteadyWorldTest, AMachineThatStoodStillIsTold) {
  LoopbackPeers peers(/*tls=*/false);
  int runs = 0;
  const auto stood_still = [&](Duration tolerated_stall) {
    const auto counted = [&](const Scenario& scenario) {
      ++runs;
      return peers.make(scenario);
    };
    const SteadyWorld world({.peers = counted, .tolerated_stall = tolerated_stall});
    return world.run({}, connection_pool(), {}).machine_stood_still;
  };
  EXPECT_FALSE(stood_still(1h));
  EXPECT_TRUE(stood_still(-1h));
  EXPECT_EQ(runs, 2) << "what it means is for others";
}

/// Time jumps between the second and the third look at the clock, and goes on calmly.
TEST(StallWatch, RemembersTheLongestStall) {
  std::latch looked(6);
  const StallWatch watch([&looked, looks = 0]() mutable {
    if (++looks <= 6) looked.count_down();
    return TimePoint{} + looks * 1ms + (looks >= 3 ? 1s : 0s);
  });
  looked.wait();
  EXPECT_GE(watch.longest(), 900ms);
  EXPECT_LE(watch.longest(), 1s);
}

/// The thread of the watch never sees the time jump.
TEST(StallWatch, AStallThatGoesOnCounts) {
  std::atomic<bool> jumped = false;
  const StallWatch watch([&jumped, asks = std::this_thread::get_id()] {
    const bool is_seen = jumped && std::this_thread::get_id() == asks;
    return TimePoint{} + (is_seen ? 3s : 1s);
  });
  EXPECT_EQ(watch.longest(), 0s);
  jumped = true;
  EXPECT_GE(watch.longest(), 1900ms);
}

TEST_F(SteadyWorldTest, TheListenerActs) {
  Scenario scenario;
  scenario.listener_actions = {
      {.event = EventType::pool_created, .operation = Ready{}},
      {.event = EventType::pool_ready, .operation = Clear{}},
      {.event = EventType::pool_cleared, .what = ListenerAction::What::throw_exception}};
  add_operation(scenario,
                WaitForEvent{.event = EventType::pool_cleared, .count = 1, .timeout = 5s});
  const Trace trace = run(scenario);
  EXPECT_FALSE(trace.failure) << trace.failure->message;
  EXPECT_THAT(described(trace),
              ElementsAre("ConnectionPoolCreated", "ConnectionPoolReady", "ConnectionPoolCleared"));
}

TEST_F(SteadyWorldTest, TheListenerCannotWait) {
  Scenario scenario;
  scenario.listener_actions = {
      {.event = EventType::pool_ready, .operation = Wait{.duration = 1ms}}};
  add_operation(scenario, Ready{});
  const Trace trace = run(scenario);
  ASSERT_TRUE(trace.failure);
  EXPECT_EQ(trace.failure->kind, Kind::misuse);
  EXPECT_EQ(trace.failure->message, "A listener cannot do wait.");
}

/// Tells some events twice.
PoolFactory talkative_pool(EventType type) {
  return [type](const PoolSetup& setup, Environment& environment) {
    PoolSetup twice = setup;
    twice.listener = [type, listener = setup.listener](const Event& event) {
      listener(event);
      if (event.type() == type) listener(event);
    };
    return connection_pool()(twice, environment);
  };
}

TEST_F(SteadyWorldTest, TheCheckersWatch) {
  const PoolFactory talkative = talkative_pool(EventType::pool_ready);
  Scenario scenario;
  add_operation(scenario, Ready{});
  const auto failure = run(scenario, talkative).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, Kind::checker);
  EXPECT_FALSE(run(scenario, talkative, {.oracles = false}).failure);
}

/// In a run that has failed already, at its end: it is worse than what did not come in time.
TEST_F(SteadyWorldTest, ACheckerIsHeardAfterAnEventThatDidNotCome) {
  Scenario scenario;
  add_operation(scenario, WaitForEvent{.event = EventType::pool_ready, .count = 1, .timeout = 1ms});
  const auto failure = run(scenario, talkative_pool(EventType::pool_closed)).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, Kind::checker);
}

TEST_F(SteadyWorldTest, TlsAndAuthentication) {
  Scenario scenario;
  scenario.server.tls = true;
  scenario.server.authentication = true;
  add_operation(scenario, Ready{});
  add_operation(scenario, CheckOut{});
  const Trace trace = run(scenario);
  EXPECT_FALSE(trace.actor_errors[main_actor]) << trace.actor_errors[main_actor]->message;
  EXPECT_EQ(trace.events.back().event.address.text(), "localhost:27017") << "no port by chance";
}

TEST(OnlyVirtual, IsNamed) {
  const auto reason = [](const OperationBody& body) {
    Scenario scenario;
    add_operation(scenario, body);
    return SteadyWorld::only_virtual(scenario).value_or("");
  };
  EXPECT_EQ(reason(Ready{}), "");
  EXPECT_EQ(reason(Wait{1s}), "");
  EXPECT_EQ(reason(Wait{24h}), "a wait of 86400000 ms");
  EXPECT_EQ(reason(PeerCloses{}), "a peer that ends a connection by its id");
  EXPECT_EQ(reason(ExpectState{.interrupts = 1}), "a look inside of the transport");
  EXPECT_EQ(reason(ExpectState{.pending = 1}), "");
  EXPECT_EQ(SteadyWorld::only_virtual({.needs_virtual_clock = true}), "exact times");
  Scenario scripted;
  scripted.server.establishments.emplace_back();
  EXPECT_EQ(SteadyWorld::only_virtual(scripted), "a script of establishments");
}

}  // namespace
}  // namespace cmap::sim
