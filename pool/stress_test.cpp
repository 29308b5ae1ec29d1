// Many threads, one pool, a fixed number of operations: the events stay legal and nothing is left.
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "pool/api/random_harness.hpp"
#include "pool/test_world_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

class Stress : public testing::Test {
 protected:
  void make(const PoolOptions& options) {
    witness = std::make_unique<Witness>(options);
    pool = std::make_unique<ConnectionPool>(pool_address, options, world,
                                            PoolHooks{.listeners = {witness->listener()}});
  }

  /// `body(random, i)` on `threads` threads, `rounds` times each.
  template <typename Body>
  void run(int threads, int rounds, Body body) {
    std::vector<std::thread> all;
    for (int thread = 0; thread < threads; ++thread) {
      all.emplace_back([=] {
        Random random(static_cast<std::uint64_t>(thread + 1));
        for (int i = 0; i < rounds; ++i) body(random, i);
      });
    }
    for (auto& thread : all) thread.join();
  }

  /// Closes, and lets everything come to its end.
  void finish() {
    pool->close();
    world.worker().wait_until_idle();
    pool->check_invariants();
    EXPECT_EQ(pool->counts(), PoolCounts{});
    EXPECT_EQ(pool->armed_deadlines(), 0U);
    EXPECT_EQ(world.open_sockets(), 0);
    EXPECT_EQ(witness->complaints_at_end(), std::vector<std::string>{});
    EXPECT_EQ(world.complaints(), std::vector<std::string>{});
    pool.reset();
  }

  TestWorld world;
  std::unique_ptr<Witness> witness;
  std::unique_ptr<ConnectionPool> pool;
};

TEST_F(Stress, BlockingCheckOuts) {
  make({.max_pool_size = 3});
  world.answer = Answer::by_worker;
  pool->ready();
  std::atomic<int> holders = 0;
  run(6, 50, [&](Random&, int) {
    const ConnectionHandle handle = pool->check_out();
    if (++holders > 3) witness->complain("too many holders");
    if (!witness->saw_outcome(handle.lease().check_out)) witness->complain("not seen before");
    --holders;
  });
  EXPECT_LE(world.opened_sockets(), 3);
  finish();
}

TEST_F(Stress, CallbackCheckOuts) {
  make({.max_pool_size = 2});
  world.answer = Answer::by_worker;
  pool->ready();
  std::atomic<int> completed = 0;
  run(4, 50, [&](Random&, int) {
    const CheckOutRef ref = pool->check_out({}, [&](const CheckOutResult& result) {
      ++completed;
      const CheckOutId id = result.connection.lease().check_out;
      if (!witness->saw_outcome(id)) witness->complain("completed before its event");
    });
    if (!witness->saw_started(ref.id)) witness->complain("returned before its event");
  });
  world.worker().wait_until_idle();
  EXPECT_EQ(completed.load(), 200);
  EXPECT_EQ(pool->counts().in_use, 0U);
  finish();
}

TEST_F(Stress, EverythingAtRandom) {
  make({.max_pool_size = 4,
        .min_pool_size = 2,
        .max_idle_time = 20ms,
        .wait_queue_timeout = 15ms,
        .background_interval = 3ms,
        .establishment_timeout = 40ms});
  world.answer = Answer::by_worker;
  world.teardown_by_worker = true;
  pool->ready();
  std::atomic<int> started = 0;
  std::atomic<int> completed = 0;
  std::atomic<Duration::rep> time = 0;
  std::mutex clock;
  std::mutex mutex;
  std::vector<ConnectionHandle> held;

  const auto take_held = [&] {
    const std::lock_guard lock(mutex);
    if (held.empty()) return ConnectionHandle();
    ConnectionHandle handle = std::move(held.back());
    held.pop_back();
    return handle;
  };
  const auto check_out = [&](Random& random) {
    ++started;
    CheckOutRequest request;
    if (random.below(3) == 0) request.deadline = world.now() + Duration(random.below(10'000'000));
    return pool->check_out(request, [&](CheckOutResult result) {
      ++completed;
      if (!result.connection) return;
      const std::lock_guard lock(mutex);
      held.push_back(std::move(result.connection));
    });
  };
  run(5, 300, [&](Random& random, int) {
    switch (random.below(16)) {
      case 0:
        pool->clear();
        return;
      case 1:
        pool->clear({.interrupt_in_use_connections = true});
        return;
      case 2:
      case 3:
      case 4:
        pool->ready();
        return;
      case 5:
        pool->cancel(check_out(random));
        return;
      case 6: {
        const std::lock_guard lock(clock);
        time += 1'000'000;
        world.advance_to(Duration(time.load()));
        return;
      }
      case 7: {
        ConnectionHandle handle = take_held();
        if (!handle) return;
        handle.report_error(
            establishment_error(pool_address, NetworkFault::reset, EstablishmentPhase::done),
            random.below(2) == 0 ? ErrorVerdict::clear : ErrorVerdict::keep);
        return;
      }
      case 8: {
        const Subscription shortly = pool->subscribe([](const Event&) {});
        pool->ready();
        return;
      }
      case 9:
        world.answer = random.below(4) == 0 ? Answer::fail_at_once : Answer::by_worker;
        return;
      case 10:
      case 11:
      case 12:
        take_held();
        return;
      default:
        check_out(random);
    }
  });
  world.worker().wait_until_idle();
  pool->close();
  held.clear();
  finish();
  EXPECT_EQ(started.load(), completed.load());
}

TEST_F(Stress, CloseWhileEverythingGoesOn) {
  for (int round = 0; round < 20; ++round) {
    make({.max_pool_size = 2, .background_interval = Duration(-1)});
    world.answer = Answer::by_worker;
    pool->ready();
    run(4, 10, [&](Random& random, int i) {
      if (i == 5 && random.below(2) == 0) pool->close();
      try {
        const ConnectionHandle handle = pool->check_out();
      } catch (const PoolClosedError&) {
      }
    });
    finish();
  }
}

TEST_F(Stress, DestructionWhileOthersWait) {
  for (int round = 0; round < 20; ++round) {
    make({.max_pool_size = 1, .background_interval = Duration(-1)});
    world.answer = Answer::by_worker;
    pool->ready();
    ConnectionHandle held = pool->check_out();
    ConnectionPool& shared = *pool;
    std::atomic<int> closed = 0;
    std::vector<std::thread> waiting;
    for (int i = 0; i < 3; ++i) {
      waiting.emplace_back([&] {
        try {
          shared.check_out();
        } catch (const PoolClosedError&) {
          ++closed;
        }
      });
    }
    while (shared.counts().waiting < 3) std::this_thread::yield();
    pool.reset();
    for (auto& thread : waiting) thread.join();
    EXPECT_EQ(closed.load(), 3);
    std::thread elsewhere([&] { held.check_in(); });
    elsewhere.join();
    EXPECT_EQ(world.open_sockets(), 0);
    EXPECT_EQ(witness->complaints_at_end(), std::vector<std::string>{});
  }
}

TEST_F(Stress, SubscribingAndUnsubscribing) {
  make({.background_interval = Duration(-1)});
  run(4, 50, [&](Random& random, int) {
    auto seen = std::make_unique<std::atomic<int>>(0);
    std::mutex alive;  // what a call that is running right then needs
    {
      const Subscription subscription = pool->subscribe([&](const Event&) {
        const std::lock_guard lock(alive);
        ++*seen;
      });
      if (random.below(2) == 0) pool->ready();
      pool->clear();
    }
    pool->ready();  // returns when what was delivered before has ended
  });
  pool->check_invariants();
  finish();
}

TEST_F(Stress, ManyPoolsOnOneQueue) {
  world.shared_queue = std::make_shared<DeliveryQueue>();
  world.answer = Answer::by_worker;
  std::vector<std::unique_ptr<ConnectionPool>> pools;
  Witness witnesses[3];
  for (Witness& each : witnesses) {
    pools.push_back(std::make_unique<ConnectionPool>(
        pool_address, PoolOptions{.background_interval = Duration(-1)}, world,
        PoolHooks{.listeners = {each.listener()}}));
    pools.back()->ready();
  }
  run(4, 60, [&](Random& random, int) {
    ConnectionPool& chosen = *pools[random.below(3)];
    const ConnectionHandle handle = chosen.check_out();
  });
  pools.clear();
  for (Witness& each : witnesses) {
    EXPECT_EQ(each.complaints_at_end(), std::vector<std::string>{});
  }
  EXPECT_EQ(world.open_sockets(), 0);
}

}  // namespace
}  // namespace cmap::test
