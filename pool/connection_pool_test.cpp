// The operations of the shell, on one thread and on a few: blocking and callback check-outs,
// errors, cancellation, deadlines, closing, draining, forks.
#include "pool/connection_pool.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "pool/test_world_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

constexpr Duration never{-1};

class ConnectionPoolTest : public testing::Test {
 protected:
  ~ConnectionPoolTest() override {
    if (pool) pool->check_invariants();
    pool.reset();
    if (witness) {
      EXPECT_EQ(witness->complaints(), Names{});
    }
    EXPECT_EQ(world.complaints(), Names{});
  }

  ConnectionPool& make(PoolOptions options = {}, PoolHooks hooks = {}) {
    pool.reset();
    if (!options.background_interval) options.background_interval = never;
    witness = std::make_unique<Witness>(options);
    hooks.listeners.push_back(witness->listener());
    pool = std::make_unique<ConnectionPool>(pool_address, options, world, std::move(hooks));
    return *pool;
  }
  ConnectionPool& make_ready(const PoolOptions& options = {}, PoolHooks hooks = {}) {
    make(options, std::move(hooks)).ready();
    witness->take();
    return *pool;
  }

  TestWorld world;
  std::unique_ptr<Witness> witness;
  std::unique_ptr<ConnectionPool> pool;
};

/// Keeps what a callback was given.
struct Outcome {
  CheckOutCallback callback() {
    return [this](CheckOutResult given) {
      ++calls;
      result = std::move(given);
    };
  }
  [[nodiscard]] std::string error() const {
    return result.error ? std::string(type_name(result.error->type)) : "";
  }

  int calls = 0;
  CheckOutResult result;
};

TEST_F(ConnectionPoolTest, IsCreatedPaused) {
  make();
  EXPECT_EQ(pool->state(), PoolState::paused);
  EXPECT_EQ(pool->generation(), Generation::initial);
  EXPECT_EQ(pool->address(), pool_address);
  EXPECT_EQ(witness->take(), Names{"ConnectionPoolCreated"});
  EXPECT_EQ(world.opened_sockets(), 0);
}

TEST_F(ConnectionPoolTest, WrongOptionsAreThrown) {
  EXPECT_THROW(make({.max_pool_size = -1}), InvalidOptions);
}

TEST_F(ConnectionPoolTest, BlockingCheckOutReturnsAConnection) {
  make_ready();
  const ConnectionHandle handle = pool->check_out();
  EXPECT_EQ(handle.id(), ConnectionId{1});
  EXPECT_EQ(witness->take(), (Names{"ConnectionCheckOutStarted", "ConnectionCreated",
                                    "ConnectionReady", "ConnectionCheckedOut"}));
}

TEST_F(ConnectionPoolTest, BlockingCheckOutWaitsForTheTransport) {
  make_ready();
  world.answer = Answer::by_worker;
  const ConnectionHandle handle = pool->check_out();
  EXPECT_EQ(handle.id(), ConnectionId{1});
}

TEST_F(ConnectionPoolTest, BlockingCheckOutWaitsForACheckIn) {
  make_ready({.max_pool_size = 1});
  ConnectionHandle first = pool->check_out();
  auto second = std::async(std::launch::async, [&] { return pool->check_out(); });
  while (pool->counts().waiting == 0) std::this_thread::yield();
  first.check_in();
  EXPECT_EQ(second.get().id(), ConnectionId{1});
}

TEST_F(ConnectionPoolTest, BlockingCheckOutThrowsTheErrorsOfThePool) {
  make();
  EXPECT_THROW(pool->check_out(), PoolClearedError);
  pool->ready();
  pool->clear();
  EXPECT_THROW(pool->check_out(), PoolClearedError);
  pool->close();
  EXPECT_THROW(pool->check_out(), PoolClosedError);
}

TEST_F(ConnectionPoolTest, BlockingCheckOutThrowsTheErrorOfTheEstablishment) {
  make_ready();
  world.answer = Answer::fail_at_once;
  EXPECT_EQ(thrown_by([&] { pool->check_out(); }), "NetworkError: connection refused (connect)");
  EXPECT_EQ(pool->state(), PoolState::ready) << "a labelled error does not clear";
  EXPECT_EQ(pool->counts(), PoolCounts{});
}

TEST_F(ConnectionPoolTest, BlockingCheckOutTimesOut) {
  make_ready({.max_pool_size = 1, .wait_queue_timeout = 10ms});
  const ConnectionHandle first = pool->check_out();
  auto second =
      std::async(std::launch::async, [&] { return thrown_by([&] { pool->check_out(); }); });
  while (pool->counts().waiting == 0) std::this_thread::yield();
  world.advance_to(10ms - 1ns);
  EXPECT_EQ(pool->counts().waiting, 1U);
  world.advance_to(10ms);
  EXPECT_EQ(second.get(),
            "WaitQueueTimeoutError: Timed out while checking out a connection from connection "
            "pool");
}

TEST_F(ConnectionPoolTest, CallbackMayComeBeforeCheckOutReturns) {
  make_ready();
  Outcome outcome;
  pool->check_out({}, outcome.callback());
  EXPECT_EQ(outcome.calls, 1);
  EXPECT_EQ(outcome.result.connection.id(), ConnectionId{1});
  EXPECT_FALSE(outcome.result.error);
}

TEST_F(ConnectionPoolTest, CallbackComesWhenTheConnectionIsThere) {
  make_ready();
  world.answer = Answer::on_command;
  Outcome outcome;
  pool->check_out({}, outcome.callback());
  EXPECT_EQ(outcome.calls, 0);
  world.establish(1);
  EXPECT_EQ(outcome.calls, 1);
  EXPECT_TRUE(outcome.result.connection);
}

TEST_F(ConnectionPoolTest, CallbackGetsTheError) {
  make();
  Outcome outcome;
  pool->check_out({}, outcome.callback());
  EXPECT_EQ(outcome.calls, 1);
  EXPECT_EQ(outcome.error(), "PoolClearedError");
  EXPECT_FALSE(outcome.result.connection);
}

TEST_F(ConnectionPoolTest, WhatACallbackDoesNotKeepIsCheckedIn) {
  make_ready();
  pool->check_out({}, [](const CheckOutResult&) {});
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 1}));
}

TEST_F(ConnectionPoolTest, ACallbackThatThrowsIsSeenAndLosesNoConnection) {
  int failed = 0;
  make_ready({}, {.callback_failed = [&](const std::exception_ptr&) { ++failed; }});
  pool->check_out({}, [](CheckOutResult) { throw std::runtime_error("callback"); });
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 1}));
  EXPECT_TRUE(pool->check_out());
}

TEST_F(ConnectionPoolTest, AnEmptyCallbackLosesNoConnection) {
  int failed = 0;
  make_ready({}, {.callback_failed = [&](const std::exception_ptr&) { ++failed; }});
  pool->check_out({}, CheckOutCallback());
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 1}));
}

TEST_F(ConnectionPoolTest, Cancel) {
  make_ready({.max_pool_size = 1});
  const ConnectionHandle first = pool->check_out();
  Outcome outcome;
  const CheckOutRef waiting = pool->check_out({}, outcome.callback());
  EXPECT_EQ(outcome.calls, 0);
  EXPECT_TRUE(pool->cancel(waiting));
  EXPECT_EQ(outcome.calls, 1);
  EXPECT_EQ(outcome.error(), "CancelledError");
  EXPECT_FALSE(pool->cancel(waiting));
  EXPECT_EQ(outcome.calls, 1);
}

TEST_F(ConnectionPoolTest, CancelWhileEstablishingKeepsTheConnection) {
  make_ready();
  world.answer = Answer::on_command;
  Outcome outcome;
  const CheckOutRef check_out = pool->check_out({}, outcome.callback());
  EXPECT_TRUE(pool->cancel(check_out));
  EXPECT_EQ(outcome.error(), "CancelledError");
  world.establish(1);
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 1}));
}

TEST_F(ConnectionPoolTest, CancelOfABlockingCheckOutFromAnotherThread) {
  make_ready({.max_pool_size = 1});
  const ConnectionHandle first = pool->check_out();
  auto second =
      std::async(std::launch::async, [&] { return thrown_by([&] { pool->check_out(); }); });
  while (pool->counts().waiting == 0) std::this_thread::yield();
  // Its number follows from the order of check-outs; its slot is the one that was freed.
  EXPECT_TRUE(pool->cancel({CheckOutId{2}, 0}));
  EXPECT_EQ(second.get(), "CancelledError: The operation was cancelled");
}

TEST_F(ConnectionPoolTest, DeadlineOfACheckOut) {
  make_ready({.max_pool_size = 1});
  const ConnectionHandle first = pool->check_out();
  Outcome outcome;
  pool->check_out({.deadline = world.now() + 10ms}, outcome.callback());
  EXPECT_EQ(pool->armed_deadlines(), 1U);
  EXPECT_EQ(world.armed_timer(), TimePoint(10ms));
  world.advance_to(10ms);
  EXPECT_EQ(outcome.error(), "DeadlineExceededError");
  EXPECT_EQ(pool->armed_deadlines(), 0U);
  EXPECT_EQ(world.armed_timer(), std::nullopt);
}

TEST_F(ConnectionPoolTest, TheTimerFollowsTheEarliestDeadline) {
  make_ready({.max_pool_size = 1});
  const ConnectionHandle first = pool->check_out();
  Outcome late;
  Outcome early;
  const CheckOutRef late_ref = pool->check_out({.deadline = TimePoint(20ms)}, late.callback());
  EXPECT_EQ(world.armed_timer(), TimePoint(20ms));
  const CheckOutRef early_ref = pool->check_out({.deadline = TimePoint(10ms)}, early.callback());
  EXPECT_EQ(world.armed_timer(), TimePoint(10ms));
  pool->cancel(early_ref);
  EXPECT_EQ(world.armed_timer(), TimePoint(20ms));
  pool->cancel(late_ref);
  EXPECT_EQ(world.armed_timer(), std::nullopt);
}

TEST_F(ConnectionPoolTest, RunsPopulateAndPrune) {
  make({.min_pool_size = 2, .max_idle_time = 15ms, .background_interval = 10ms}).ready();
  EXPECT_EQ(world.armed_timer(), TimePoint(0ms));
  world.advance_to(0ms);
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 2}));
  world.advance_to(10ms);
  EXPECT_EQ(world.opened_sockets(), 2);
  world.advance_to(20ms);
  EXPECT_EQ(world.opened_sockets(), 4) << "both were idle";
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 2}));
}

TEST_F(ConnectionPoolTest, EstablishmentTimesOut) {
  make_ready({.establishment_timeout = 10ms});
  world.answer = Answer::on_command;
  Outcome outcome;
  pool->check_out({}, outcome.callback());
  world.advance_to(10ms);
  EXPECT_EQ(outcome.error(), "NetworkError");
  EXPECT_EQ(outcome.result.error->fault, NetworkFault::timeout);
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ConnectionPoolTest, Bug27ATransportThatThrowsCountsAsFailed) {
  for (const Answer answer : {Answer::throw_exception, Answer::throw_number}) {
    make_ready({.max_pool_size = 1});
    world.answer = answer;
    Outcome outcome;
    pool->check_out({}, outcome.callback());
    EXPECT_EQ(outcome.calls, 1);
    EXPECT_EQ(outcome.error(), "NetworkError");
    EXPECT_EQ(witness->take(), (Names{"ConnectionCheckOutStarted", "ConnectionCreated",
                                      "ConnectionClosed", "ConnectionCheckOutFailed"}));
    world.answer = Answer::at_once;
    EXPECT_TRUE(pool->check_out()) << "its place is free again";
  }
}

TEST_F(ConnectionPoolTest, Bug27ATransportThatFailsInline) {
  make_ready({.max_pool_size = 1});
  world.answer = Answer::fail_at_once;
  Outcome outcome;
  pool->check_out({}, outcome.callback());
  EXPECT_EQ(outcome.error(), "NetworkError");
  world.answer = Answer::at_once;
  EXPECT_TRUE(pool->check_out());
}

TEST_F(ConnectionPoolTest, TheErrorHandlerDecides) {
  std::vector<NetworkFault> seen;
  make_ready({}, {.error_handler = [&](const Error& error) {
               seen.push_back(error.fault);
               return ErrorVerdict::clear;
             }});
  world.answer = Answer::fail_at_once;
  Outcome outcome;
  pool->check_out({}, outcome.callback());
  EXPECT_EQ(seen, std::vector<NetworkFault>{NetworkFault::refused});
  EXPECT_EQ(pool->state(), PoolState::paused);
  EXPECT_EQ(witness->take(),
            (Names{"ConnectionCheckOutStarted", "ConnectionCreated", "ConnectionPoolCleared",
                   "ConnectionClosed", "ConnectionCheckOutFailed"}));
}

TEST_F(ConnectionPoolTest, AnErrorHandlerThatThrowsLeavesTheDecisionToTheDefault) {
  int failed = 0;
  make_ready({}, {.error_handler = [](const Error&) -> ErrorVerdict { throw 1; },
                  .callback_failed =
                      [&](const std::exception_ptr&) {
                        ++failed;
                        throw 2;
                      }});
  world.answer = Answer::fail_at_once;
  Outcome outcome;
  pool->check_out({}, outcome.callback());
  EXPECT_EQ(outcome.error(), "NetworkError");
  EXPECT_EQ(pool->state(), PoolState::ready) << "refused: no reason to clear";
  EXPECT_EQ(failed, 1);
}

TEST_F(ConnectionPoolTest, TheErrorHandlerIsAskedAboutEstablishmentsOnly) {
  int asked = 0;
  make_ready({}, {.error_handler = [&](const Error&) {
               ++asked;
               return ErrorVerdict::clear;
             }});
  pool->check_out().check_in();
  world.break_connection(
      1, establishment_error(pool->address(), NetworkFault::eof, EstablishmentPhase::done));
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(pool->state(), PoolState::ready);
  EXPECT_EQ(pool->check_out().id(), ConnectionId{2}) << "it perished all the same";
}

TEST_F(ConnectionPoolTest, ClearInterrupts) {
  make_ready();
  ConnectionHandle handle = pool->check_out();
  pool->clear({.interrupt_in_use_connections = true});
  EXPECT_EQ(world.interrupted(), std::vector<int>{1});
  EXPECT_EQ(world.open_sockets(), 1);
  handle.check_in();
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ConnectionPoolTest, ClearsAreOfTheirMode) {  // A-LB-3
  make_ready();
  EXPECT_NE(thrown_by([&] { pool->clear_service(ServiceId()); }).find("UsageError"),
            std::string::npos);
  make_ready({.load_balanced = true});
  EXPECT_NE(thrown_by([&] { pool->clear(); }).find("UsageError"), std::string::npos);
  EXPECT_NO_THROW(pool->clear_service(ServiceId()));
  EXPECT_EQ(pool->state(), PoolState::ready);
}

TEST_F(ConnectionPoolTest, CloseClosesSockets) {
  make_ready();
  pool->check_out();
  EXPECT_EQ(world.open_sockets(), 1);
  pool->close();
  EXPECT_EQ(world.open_sockets(), 0);
  EXPECT_EQ(pool->state(), PoolState::closed);
  EXPECT_EQ(witness->complaints_at_end(), Names{});
}

TEST_F(ConnectionPoolTest, DrainedWhenTheLastTransportIsGone) {
  make_ready();
  world.teardown_by_worker = true;
  ConnectionHandle held = pool->check_out();
  pool->check_out();
  int drained = 0;
  pool->when_drained([&] { ++drained; });
  pool->close();
  world.worker().wait_until_idle();
  EXPECT_EQ(drained, 0) << "one is in use";
  std::promise<void> done;
  pool->when_drained([&] { done.set_value(); });
  held.check_in();
  done.get_future().wait();
  EXPECT_EQ(drained, 1);
  EXPECT_EQ(world.open_sockets(), 0);
  world.worker().wait_until_idle();
  pool->when_drained([&] { ++drained; });
  EXPECT_EQ(drained, 2) << "at once, since it is so";
}

TEST_F(ConnectionPoolTest, DrainedCallbacksMayThrowAndAskAgain) {
  make_ready();
  int calls = 0;
  pool->when_drained([&] {
    ++calls;
    pool->when_drained([&] { ++calls; });
    throw std::runtime_error("callback");
  });
  pool->close();
  EXPECT_EQ(calls, 2);
}

TEST_F(ConnectionPoolTest, TheDestructorCompletesThoseWhoWait) {
  make_ready({.max_pool_size = 1});
  world.answer = Answer::on_command;
  Outcome bound;
  Outcome waiting;
  pool->check_out({}, bound.callback());
  pool->check_out({}, waiting.callback());
  pool.reset();
  EXPECT_EQ(bound.calls, 1);
  EXPECT_EQ(bound.error(), "PoolClosedError");
  EXPECT_EQ(waiting.calls, 1);
  EXPECT_EQ(waiting.error(), "PoolClosedError");
  EXPECT_EQ(world.open_sockets(), 0);
  EXPECT_EQ(witness->complaints_at_end(), Names{});
}

TEST_F(ConnectionPoolTest, TheDestructorEndsBlockingCheckOuts) {
  make_ready({.max_pool_size = 1});
  ConnectionHandle held = pool->check_out();
  std::vector<std::future<std::string>> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(std::async(std::launch::async, [shared = pool.get()] {
      return thrown_by([&] { shared->check_out(); });
    }));
  }
  while (pool->counts().waiting < 3) std::this_thread::yield();
  pool.reset();
  for (auto& each : waiting) {
    EXPECT_EQ(each.get(),
              "PoolClosedError: Attempted to check out a connection from closed connection pool");
  }
}

TEST_F(ConnectionPoolTest, ALateAnswerMeetsNobody) {
  make_ready();
  world.answer = Answer::by_worker;
  Outcome outcome;
  std::promise<void> hold;
  world.worker().post([&] { hold.get_future().wait(); });
  pool->check_out({}, outcome.callback());
  pool.reset();
  EXPECT_EQ(outcome.error(), "PoolClosedError");
  hold.set_value();
  world.worker().wait_until_idle();
  EXPECT_EQ(outcome.calls, 1);
}

TEST_F(ConnectionPoolTest, ForkIsNoticedByTheNextOperation) {  // A-FORK-1
  make_ready();
  ConnectionHandle inherited = pool->check_out();
  pool->check_out();
  EXPECT_EQ(world.open_sockets(), 2);
  world.process = 1;
  EXPECT_THROW(pool->check_out(), PoolClearedError);
  EXPECT_EQ(pool->generation(), Generation{1});
  EXPECT_EQ(world.open_sockets(), 1);
  EXPECT_EQ(world.interrupted(), std::vector<int>{1});
  pool->ready();
  const ConnectionHandle own = pool->check_out();
  EXPECT_EQ(own.id(), ConnectionId{3});
  inherited.check_in();
  EXPECT_EQ(pool->generation(), Generation{1}) << "once for one fork";
}

TEST_F(ConnectionPoolTest, ResetAfterForkByHand) {
  make_ready();
  pool->check_out();
  pool->reset_after_fork();
  EXPECT_EQ(pool->state(), PoolState::paused);
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ConnectionPoolTest, Bug77TimeInAListenerCounts) {
  std::vector<Duration> durations;
  PoolHooks hooks;
  hooks.listeners.push_back([&](const Event& event) {
    if (event.type() == EventType::check_out_started) world.advance_to(3ms);
    if (const auto* out = std::get_if<ConnectionCheckedOutEvent>(&event.body)) {
      durations.push_back(out->duration);
    }
  });
  make_ready({}, std::move(hooks));
  world.answer = Answer::on_command;
  pool->check_out({}, [](const CheckOutResult&) {});
  world.establish(1);
  EXPECT_EQ(durations, std::vector<Duration>{3ms});
}

}  // namespace
}  // namespace cmap::test
