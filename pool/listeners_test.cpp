// The contract of delivery: who sees what, when, in which order, whatever listeners do.
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "pool/test_world_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

class ListenersTest : public testing::Test {
 protected:
  ~ListenersTest() override { EXPECT_EQ(world.complaints(), Names{}); }

  /// Ends the pool with the scope, before what its listeners refer to.
  class Running {
   public:
    explicit Running(std::unique_ptr<ConnectionPool>& pool) : pool_(pool) {}
    ~Running() { pool_.reset(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    std::unique_ptr<ConnectionPool>& pool_;
  };

  [[nodiscard]] Running make(PoolOptions options, PoolHooks hooks) {
    options.background_interval = Duration(-1);
    pool = std::make_unique<ConnectionPool>(pool_address, options, world, std::move(hooks));
    return Running(pool);
  }

  TestWorld world;
  std::unique_ptr<ConnectionPool> pool;
};

/// Appends "<prefix><event name>" to `names`.
EventListener noting(Names& names, const std::string& prefix = "") {
  return [&names, prefix](const Event& event) {
    names.push_back(prefix + std::string(event_name(event.type())));
  };
}

bool is(const Event& event, EventType type) { return event.type() == type; }

TEST_F(ListenersTest, AllListenersSeeAnEventBeforeAnySeesTheNext) {
  Names names;
  const Running running = make({}, {.listeners = {noting(names, "a "), noting(names, "b ")}});
  pool->ready();
  EXPECT_EQ(names, (Names{"a ConnectionPoolCreated", "b ConnectionPoolCreated",
                          "a ConnectionPoolReady", "b ConnectionPoolReady"}));
}

TEST_F(ListenersTest, ListenersThatThrowDisturbNobody) {
  Names names;
  int thrown = 0;
  const Running running =
      make({}, {.listeners = {[](const Event&) { throw std::runtime_error("listener"); },
                              noting(names), [](const Event&) { throw 42; }},
                .callback_failed = [&](const std::exception_ptr&) { ++thrown; }});
  pool->ready();
  const ConnectionHandle handle = pool->check_out();
  EXPECT_EQ(names.size(), 6U);
  EXPECT_EQ(thrown, 12);
}

TEST_F(ListenersTest, ListenersThatThrowNeedNobodyWhoCares) {
  const Running running =
      make({}, {.listeners = {[](const Event&) { throw std::runtime_error("listener"); }}});
  pool->ready();
  EXPECT_TRUE(pool->check_out());
}

TEST_F(ListenersTest, AnOperationReturnsAfterItsEventsWereDelivered) {
  Names names;
  const Running running = make({}, {.listeners = {noting(names)}});
  EXPECT_EQ(names, Names{"ConnectionPoolCreated"});
  pool->ready();
  EXPECT_EQ(names.back(), "ConnectionPoolReady");
  ConnectionHandle handle = pool->check_out();
  EXPECT_EQ(names.back(), "ConnectionCheckedOut");
  handle.check_in();
  EXPECT_EQ(names.back(), "ConnectionCheckedIn");
  pool->clear();
  EXPECT_EQ(names.back(), "ConnectionPoolCleared");
  pool->close();
  EXPECT_EQ(names.back(), "ConnectionPoolClosed");
}

TEST_F(ListenersTest, FromInsideAListenerItReturnsAfterItsTransition) {
  Names names;
  std::optional<PoolState> state;
  const Running running = make({}, {.listeners = {[&](const Event& event) {
                                                    if (!is(event, EventType::pool_ready)) return;
                                                    pool->clear();
                                                    state = pool->state();
                                                    names.emplace_back("clear returned");
                                                  },
                                                  noting(names)}});
  pool->ready();
  EXPECT_EQ(state, PoolState::paused);
  EXPECT_EQ(names, (Names{"ConnectionPoolCreated", "clear returned", "ConnectionPoolReady",
                          "ConnectionPoolCleared"}));
}

TEST_F(ListenersTest, AnEventComesBeforeItsCompletion) {
  Names names;
  const Running running = make({}, {.listeners = {noting(names)}});
  const CheckOutCallback callback = [&](const CheckOutResult& result) {
    names.emplace_back(result.error ? "completed with an error" : "completed");
  };
  pool->check_out({}, callback);
  pool->ready();
  pool->check_out({}, callback);
  EXPECT_EQ(names,
            (Names{"ConnectionPoolCreated", "ConnectionCheckOutStarted", "ConnectionCheckOutFailed",
                   "completed with an error", "ConnectionPoolReady", "ConnectionCheckOutStarted",
                   "ConnectionCreated", "ConnectionReady", "ConnectionCheckedOut", "completed",
                   "ConnectionCheckedIn"}));
}

TEST_F(ListenersTest, TimeAndCountsAreThoseOfTheTransition) {
  std::vector<std::pair<Duration, PoolCounts>> seen;
  const Running running =
      make({}, {.listeners = {[&](const Event& event) {
                  seen.emplace_back(event.time.time_since_epoch(), event.counts);
                  if (is(event, EventType::pool_ready))
                    pool->check_out({}, [](const CheckOutResult&) {});
                  world.advance_to(world.now().time_since_epoch() + 1ms);
                }}});
  world.answer = Answer::on_command;
  pool->ready();
  using Seen = std::vector<std::pair<Duration, PoolCounts>>;
  EXPECT_EQ(seen, (Seen{{0ms, {}}, {1ms, {}}, {1ms, {}}, {1ms, {.pending = 1}}}));
}

TEST_F(ListenersTest, BlockingCheckOutFromInsideFails) {
  std::string from_listener;
  std::string from_callback;
  const Running running = make({}, {.listeners = {[&](const Event& event) {
                                      if (!is(event, EventType::pool_ready)) return;
                                      from_listener = thrown_by([&] { pool->check_out(); });
                                      pool->check_out({}, [&](const CheckOutResult& result) {
                                        EXPECT_TRUE(result.connection);
                                        from_callback = thrown_by([&] { pool->check_out(); });
                                      });
                                    }}});
  pool->ready();
  EXPECT_NE(from_listener.find("UsageError: A blocking check-out"), std::string::npos);
  EXPECT_EQ(from_callback, from_listener);
  EXPECT_TRUE(pool->check_out()) << "outside it works";
}

TEST_F(ListenersTest, BlockingCheckOutOnAnotherPoolFromInsideFails) {
  ConnectionPool other(pool_address, {.background_interval = Duration(-1)}, world);
  other.ready();
  std::string from_listener;
  const Running running = make({}, {.listeners = {[&](const Event& event) {
                                      if (!is(event, EventType::pool_ready)) return;
                                      from_listener = thrown_by([&] { other.check_out(); });
                                    }}});
  pool->ready();
  EXPECT_NE(from_listener.find("UsageError: A blocking check-out"), std::string::npos);
  EXPECT_TRUE(other.check_out()) << "outside it works";
}

TEST_F(ListenersTest, SubscribedLaterSeesFromThenOn) {
  Names names;
  const Running running = make({}, {});
  pool->ready();
  {
    const Subscription subscription = pool->subscribe(noting(names));
    pool->clear();
  }
  pool->ready();
  EXPECT_EQ(names, Names{"ConnectionPoolCleared"});
}

TEST_F(ListenersTest, SubscribedInsideSeesFromTheNextTransitionOn) {
  Names names;
  Subscription inner;
  const Running running = make({}, {.listeners = {[&](const Event& event) {
                                      if (is(event, EventType::check_out_started))
                                        inner = pool->subscribe(noting(names));
                                    }}});
  pool->ready();
  world.answer = Answer::on_command;
  pool->check_out({}, [](const CheckOutResult&) {});
  EXPECT_EQ(names, Names{}) << "ConnectionCreated belongs to the transition of before";
  world.establish(1);
  EXPECT_EQ(names, (Names{"ConnectionReady", "ConnectionCheckedOut", "ConnectionCheckedIn"}));
}

TEST_F(ListenersTest, UnsubscribedInsideIsNotCalledAnyMore) {
  Names names;
  Subscription other;
  const Running running = make({}, {.listeners = {[&](const Event& event) {
                                      if (is(event, EventType::pool_cleared)) other.end();
                                    }}});
  other = pool->subscribe(noting(names));
  pool->ready();
  pool->clear();
  pool->ready();
  EXPECT_EQ(names, Names{"ConnectionPoolReady"});
}

TEST_F(ListenersTest, UnsubscribesItself) {
  Names names;
  Subscription own;
  const Running running = make({}, {});
  own = pool->subscribe([&](const Event& event) {
    names.emplace_back(event_name(event.type()));
    own.end();
  });
  pool->ready();
  pool->clear();
  EXPECT_EQ(names, Names{"ConnectionPoolReady"});
}

/// What it holds ends with its subscription, not with the pool or the next event.
TEST_F(ListenersTest, UnsubscribedIsGone) {
  const auto held = std::make_shared<int>();
  const Running running = make({}, {});
  Subscription own = pool->subscribe([held](const Event&) {});
  pool->ready();
  EXPECT_EQ(held.use_count(), 2);
  own.end();
  EXPECT_EQ(held.use_count(), 1);

  Subscription ends_itself;
  ends_itself = pool->subscribe([held, &ends_itself](const Event&) {
    ends_itself.end();
    EXPECT_EQ(held.use_count(), 2) << "it is running";
  });
  pool->clear();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(ListenersTest, SubscriptionsMoveAndOutliveThePool) {
  Names names;
  const Running running = make({}, {});
  Subscription first = pool->subscribe(noting(names, "1 "));
  Subscription second = pool->subscribe(noting(names, "2 "));
  first = std::move(second);
  pool->ready();
  EXPECT_EQ(names, Names{"2 ConnectionPoolReady"});
  pool.reset();
  EXPECT_EQ(names.back(), "2 ConnectionPoolClosed");
  first.end();
}

TEST_F(ListenersTest, ASlowListenerDelaysNoTransition) {
  std::latch inside(1);
  std::latch release(1);
  Names names;
  const Running running = make({}, {.listeners = {noting(names), [&](const Event& event) {
                                                    if (!is(event, EventType::pool_ready)) return;
                                                    inside.count_down();
                                                    release.wait();
                                                  }}});
  std::thread readying([&] { pool->ready(); });
  inside.wait();
  EXPECT_EQ(pool->state(), PoolState::ready);
  std::atomic<bool> returned = false;
  std::thread clearing([&] {
    pool->clear();
    returned = true;
  });
  while (pool->state() != PoolState::paused) std::this_thread::yield();
  EXPECT_FALSE(returned) << "its event was not delivered yet";
  release.count_down();
  readying.join();
  clearing.join();
  EXPECT_EQ(names,
            (Names{"ConnectionPoolCreated", "ConnectionPoolReady", "ConnectionPoolCleared"}));
}

TEST_F(ListenersTest, ASlowListenerDelaysNoDeadline) {
  std::latch inside(1);
  std::latch release(1);
  std::optional<Event> failed;
  const Running running =
      make({.max_pool_size = 1, .wait_queue_timeout = 10ms},
           {.listeners = {[&](const Event& event) {
              if (is(event, EventType::check_out_failed)) failed = event;
              if (!is(event, EventType::check_out_started) || event.counts.in_use == 0) return;
              inside.count_down();
              release.wait();
            }}});
  pool->ready();
  const ConnectionHandle held = pool->check_out();
  std::thread waiting([&] { EXPECT_THROW(pool->check_out(), WaitQueueTimeoutError); });
  inside.wait();
  EXPECT_EQ(pool->counts().waiting, 1U);
  std::thread timer([&] { world.advance_to(10ms); });
  while (pool->counts().waiting == 1) std::this_thread::yield();
  EXPECT_FALSE(failed);
  release.count_down();
  waiting.join();
  timer.join();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->time, TimePoint(10ms));
}

/// The thread of the timers waits for no listener, or the next deadline would be late (A-WQ-3).
TEST_F(ListenersTest, ASlowListenerDoesNotHoldTheThreadOfTheTimers) {
  std::latch inside(1);
  std::latch release(1);
  const Running running =
      make({.max_pool_size = 1},
           {.listeners = {[&](const Event& event) {
              if (!is(event, EventType::check_out_started) || event.counts.waiting < 2) return;
              inside.count_down();
              release.wait();
            }}});
  pool->ready();
  ConnectionHandle held = pool->check_out();
  const auto ignore = [](const CheckOutResult&) {};
  pool->check_out({.deadline = TimePoint(10ms)}, ignore);
  pool->check_out({.deadline = TimePoint(20ms)}, ignore);
  std::thread slow([&] { pool->check_out({}, ignore); });
  inside.wait();
  EXPECT_EQ(pool->counts().waiting, 3U);
  world.advance_to(10ms);
  EXPECT_EQ(pool->counts().waiting, 2U);
  world.advance_to(20ms);
  EXPECT_EQ(pool->counts().waiting, 1U);
  release.count_down();
  slow.join();
}

TEST_F(ListenersTest, OneQueueForTwoPoolsIsOneOrder) {
  world.shared_queue = std::make_shared<DeliveryQueue>();
  Names names;
  std::unique_ptr<ConnectionPool> other;
  const Running running = make({}, {.listeners = {[&](const Event& event) {
                                      names.push_back("a " + std::string(event_name(event.type())));
                                      if (is(event, EventType::pool_ready)) other->ready();
                                      names.emplace_back("a done");
                                    }}});
  other = std::make_unique<ConnectionPool>(pool_address,
                                           PoolOptions{.background_interval = Duration(-1)}, world,
                                           PoolHooks{.listeners = {noting(names, "b ")}});
  names.clear();
  pool->ready();
  EXPECT_EQ(names, (Names{"a ConnectionPoolReady", "a done", "b ConnectionPoolReady"}));
}

/// Two pools, two threads: each listener calls the other pool, whose deliverer is the other thread.
TEST_F(ListenersTest, ListenersOfTwoPoolsThatCallEachOtherGoOn) {
  std::latch both_inside(2);
  Names names;
  Names other_names;
  std::unique_ptr<ConnectionPool> other;
  const auto calling = [&](std::unique_ptr<ConnectionPool>& target) -> EventListener {
    return [&](const Event& event) {
      if (!is(event, EventType::pool_ready)) return;
      both_inside.arrive_and_wait();
      target->clear();
    };
  };
  const Running running = make({}, {.listeners = {calling(other), noting(names)}});
  other = std::make_unique<ConnectionPool>(
      pool_address, PoolOptions{.background_interval = Duration(-1)}, world,
      PoolHooks{.listeners = {calling(pool), noting(other_names)}});
  std::thread thread([&] { other->ready(); });
  pool->ready();
  thread.join();
  const Names expected{"ConnectionPoolCreated", "ConnectionPoolReady", "ConnectionPoolCleared"};
  EXPECT_EQ(names, expected);
  EXPECT_EQ(other_names, expected);
}

TEST_F(ListenersTest, ACallbackMayDestroyThePool) {
  Names names;
  const Running running = make({}, {.listeners = {noting(names)}});
  pool->ready();
  world.answer = Answer::on_command;
  pool->check_out({}, [&](CheckOutResult result) {
    pool.reset();
    EXPECT_TRUE(result.connection);
  });
  world.establish(1);
  EXPECT_FALSE(pool);
  EXPECT_EQ(names.back(), "ConnectionClosed");
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ListenersTest, AListenerMayDestroyThePool) {
  for (const EventType at : {EventType::check_out_started, EventType::connection_ready,
                             EventType::checked_out, EventType::checked_in}) {
    Names names;
    ConnectionHandle handle;
    const Running running = make({}, {.listeners = {noting(names), [&](const Event& event) {
                                                      if (is(event, at)) pool.reset();
                                                    }}});
    pool->ready();
    pool->check_out({}, [&](CheckOutResult result) { handle = std::move(result.connection); });
    handle = ConnectionHandle();
    EXPECT_FALSE(pool);
    EXPECT_EQ(world.open_sockets(), 0);
  }
}

/// Its handle owns what is left of the pool, though there was none when the pool ended.
TEST_F(ListenersTest, AListenerMayDestroyThePoolBeforeTheHandleIsMade) {
  const auto part = std::make_shared<int>();
  bool destroy = false;
  const Running running = make({}, {.listeners = {[&, part](const Event& event) {
                                      if (destroy && is(event, EventType::checked_out)) {
                                        destroy = false;
                                        pool.reset();
                                      }
                                    }}});
  pool->ready();
  pool->check_out().check_in();  // one is available
  destroy = true;
  ConnectionHandle handle;
  pool->check_out({}, [&](CheckOutResult result) { handle = std::move(result.connection); });
  EXPECT_FALSE(pool);
  ASSERT_TRUE(handle);
  EXPECT_GT(part.use_count(), 1);
  handle.check_in();
  EXPECT_EQ(part.use_count(), 1);
}

TEST_F(ListenersTest, ACallbackMayDestroyThePoolBeforeTheNextHandleIsMade) {
  const Running running = make({.max_pool_size = 2}, {});
  pool->ready();
  ConnectionHandle held[] = {pool->check_out(), pool->check_out()};
  ConnectionHandle last;
  pool->check_out({}, [&](CheckOutResult result) {
    held[1] = ConnectionHandle();  // the second one's completion waits behind this call
    pool.reset();
    result.connection = ConnectionHandle();
  });
  pool->check_out({}, [&](CheckOutResult result) { last = std::move(result.connection); });
  held[0] = ConnectionHandle();
  EXPECT_FALSE(pool);
  ASSERT_TRUE(last);
  last.check_in();
  EXPECT_EQ(world.open_sockets(), 0);
}

/// A check-out that waits is in the queue at once, whatever another thread's listener does.
TEST_F(ListenersTest, ASlowListenerDelaysNoBlockingCheckOut) {
  std::latch inside(1);
  std::latch release(1);
  const Running running = make({}, {.listeners = {[&](const Event& event) {
                                      if (!is(event, EventType::pool_ready)) return;
                                      inside.count_down();
                                      release.wait();
                                    }}});
  world.answer = Answer::on_command;
  std::thread readying([&] { pool->ready(); });
  inside.wait();
  std::thread blocking([&] { EXPECT_TRUE(pool->check_out()); });
  while (pool->counts().pending != 1) std::this_thread::yield();  // its transition was made
  release.count_down();
  readying.join();
  while (world.open_sockets() == 0) std::this_thread::yield();
  world.establish(1);
  blocking.join();
}

TEST_F(ListenersTest, AListenerMayDestroyThePoolThatBlocks) {
  bool destroy = false;
  const Running running = make({}, {.listeners = {[&](const Event&) {
                                      if (destroy) pool.reset();
                                    }}});
  pool->ready();
  pool->check_out().check_in();
  destroy = true;
  ConnectionHandle handle = pool->check_out();
  EXPECT_FALSE(pool);
  EXPECT_TRUE(handle);
  handle.check_in();
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ListenersTest, ACallbackOfATimerMayDestroyThePool) {
  const Running running = make({}, {});
  pool->ready();
  world.answer = Answer::on_command;
  pool->check_out({.deadline = TimePoint(5ms)}, [&](const CheckOutResult& result) {
    EXPECT_TRUE(result.error);
    pool.reset();
  });
  world.advance_to(5ms);
  EXPECT_FALSE(pool);
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ListenersTest, ACallbackOnTheThreadOfTheTransportMayDestroyThePool) {
  const Running running = make({}, {});
  pool->ready();
  world.answer = Answer::by_worker;
  world.teardown_by_worker = true;
  pool->check_out({}, [&](const CheckOutResult&) { pool.reset(); });
  world.worker().wait_until_idle();
  EXPECT_FALSE(pool);
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ListenersTest, Bug93AFailedCheckOutCancelsAnotherAndStartsOver) {
  Names names;
  const Running running = make({.max_pool_size = 1}, {.listeners = {noting(names)}});
  pool->ready();
  const ConnectionHandle held = pool->check_out();
  int first = 0;
  int second = 0;
  int again = 0;
  CheckOutRef second_ref;
  pool->check_out({}, [&](const CheckOutResult& result) {
    EXPECT_TRUE(result.error);
    ++first;
    EXPECT_FALSE(pool->cancel(second_ref)) << "the clear has ended it already";
    pool->check_out({}, [&](const CheckOutResult&) { ++again; });
  });
  second_ref = pool->check_out({}, [&](const CheckOutResult&) { ++second; });
  pool->clear();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
  EXPECT_EQ(again, 1);
}

TEST_F(ListenersTest, Bug63CloseDuringCheckIn) {
  Witness witness;
  const Running running = make({}, {.listeners = {witness.listener(), [&](const Event& event) {
                                                    if (is(event, EventType::checked_in))
                                                      pool->close();
                                                  }}});
  pool->ready();
  pool->check_out();
  EXPECT_EQ(witness.complaints_at_end(), Names{});
  EXPECT_EQ(world.open_sockets(), 0);
}

TEST_F(ListenersTest, Bug67CloseWhileClosing) {
  Names names;
  const Running running = make({}, {.listeners = {noting(names), [&](const Event& event) {
                                                    if (is(event, EventType::pool_closed))
                                                      pool->close();
                                                  }}});
  pool->close();
  EXPECT_EQ(names, (Names{"ConnectionPoolCreated", "ConnectionPoolClosed"}));
}

TEST_F(ListenersTest, Bug91AnEstablishmentThatFailsInlineEndsOnce) {
  Names names;
  const Running running = make({}, {.listeners = {noting(names)}});
  pool->ready();
  names.clear();
  world.answer = Answer::fail_at_once;
  EXPECT_THROW(pool->check_out(), PoolError);
  EXPECT_EQ(names, (Names{"ConnectionCheckOutStarted", "ConnectionCreated", "ConnectionClosed",
                          "ConnectionCheckOutFailed"}));
}

}  // namespace
}  // namespace cmap::test
