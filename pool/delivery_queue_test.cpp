// The queue of effects: order, the role of the deliverer, nesting, and queues that others drive.
#include "pool/delivery_queue.hpp"

#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cmap {
namespace {

/// Effects are told apart by the id of their connection.
Outbox effects(std::initializer_list<int> ids) {
  Outbox outbox;
  for (const int id : ids) outbox.emplace_back(StartEstablishing{{ConnectionId{id}, 0}});
  return outbox;
}

class Target final : public EffectTarget {
 public:
  explicit Target(std::function<void(int)> action = {}) : action_(std::move(action)) {}
  void carry_out(Effect& effect) override {
    const int id = static_cast<int>(number(std::get<StartEstablishing>(effect).connection.id));
    if (action_) action_(id);
    const std::lock_guard lock(mutex_);
    done_.push_back(id);
  }
  std::vector<int> done() {
    const std::lock_guard lock(mutex_);
    return done_;
  }

 private:
  std::function<void(int)> action_;
  std::mutex mutex_;
  std::vector<int> done_;
};
using Ids = std::vector<int>;

TEST(DeliveryQueue, CarriesOutInOrder) {
  DeliveryQueue queue;
  const auto target = std::make_shared<Target>();
  Outbox outbox = effects({1, 2});
  EXPECT_EQ(queue.append(target, outbox), 2U);
  EXPECT_TRUE(outbox.empty());
  outbox = effects({3});
  const auto until = queue.append(target, outbox);
  EXPECT_EQ(until, 3U);
  EXPECT_FALSE(queue.empty());
  EXPECT_EQ(target->done(), Ids{});
  queue.deliver(until);
  EXPECT_EQ(target->done(), (Ids{1, 2, 3}));
  EXPECT_TRUE(queue.empty());
}

TEST(DeliveryQueue, CallsHaveTheirPlaceInTheOrder) {
  DeliveryQueue queue;
  Ids done;
  const auto target = std::make_shared<Target>([&](int id) { done.push_back(id); });
  Outbox outbox = effects({1});
  queue.append(target, outbox);
  EXPECT_EQ(queue.append([&] { done.push_back(2); }), 2U);
  outbox = effects({3});
  queue.deliver(queue.append(target, outbox));
  EXPECT_EQ(done, (Ids{1, 2, 3}));
}

TEST(DeliveryQueue, StopsWhenItsOwnAreDone) {
  DeliveryQueue queue;
  const auto target = std::make_shared<Target>();
  Outbox first = effects({1});
  Outbox second = effects({2});
  const auto until_first = queue.append(target, first);
  const auto until_second = queue.append(target, second);
  queue.deliver(until_first);
  EXPECT_EQ(target->done(), Ids{1});
  queue.deliver(until_second);
  EXPECT_EQ(target->done(), (Ids{1, 2}));
  queue.deliver(until_first);  // long done
}

TEST(DeliveryQueue, NestedEffectsFollowAndAreTheDeliverers) {
  DeliveryQueue queue;
  std::shared_ptr<Target> target;
  target = std::make_shared<Target>([&](int id) {
    EXPECT_TRUE(queue.is_delivering_here());
    if (id != 1) return;
    Outbox nested = effects({3});
    queue.deliver(queue.append(target, nested));
    EXPECT_EQ(target->done(), Ids{}) << "it did not run inside";
  });
  Outbox outbox = effects({1, 2});
  queue.deliver(queue.append(target, outbox));
  EXPECT_EQ(target->done(), (Ids{1, 2, 3}));
  EXPECT_FALSE(queue.is_delivering_here());
}

TEST(DeliveryQueue, KeepsTheTargetAliveUntilTheEnd) {
  DeliveryQueue queue;
  auto target = std::make_shared<Target>();
  const std::weak_ptr<Target> weak = target;
  Outbox outbox = effects({1});
  const auto until = queue.append(std::exchange(target, nullptr), outbox);
  EXPECT_FALSE(weak.expired());
  queue.deliver(until);
  EXPECT_TRUE(weak.expired());
}

TEST(DeliveryQueue, ASecondThreadWaitsForTheDeliverer) {
  DeliveryQueue queue;
  std::latch inside(1);
  std::latch appended(1);
  const auto target = std::make_shared<Target>([&](int id) {
    if (id != 1) return;
    inside.count_down();
    appended.wait();
  });
  std::thread deliverer([&] {
    Outbox outbox = effects({1});
    queue.deliver(queue.append(target, outbox));
  });
  inside.wait();
  EXPECT_FALSE(queue.is_delivering_here());
  Outbox outbox = effects({2});
  const auto until = queue.append(target, outbox);
  appended.count_down();
  queue.deliver(until);
  EXPECT_EQ(target->done(), (Ids{1, 2}));
  deliverer.join();
}

TEST(DeliveryQueue, DrivenFromOutside) {
  int appended = 0;
  DeliveryQueue queue([&] { ++appended; });
  const auto target = std::make_shared<Target>();
  Outbox outbox = effects({1, 2});
  queue.deliver(queue.append(target, outbox));
  EXPECT_EQ(appended, 1);
  EXPECT_EQ(target->done(), Ids{}) << "deliver leaves it to others";
  queue.append(target, outbox);
  EXPECT_EQ(appended, 1) << "there was nothing to append";
  queue.deliver_one();
  EXPECT_EQ(target->done(), Ids{1});
  queue.deliver_one();
  EXPECT_EQ(target->done(), (Ids{1, 2}));
  EXPECT_TRUE(queue.empty());
  queue.deliver_one();
  EXPECT_EQ(target->done(), (Ids{1, 2}));
}

/// Delivers `outbox` as a batch.
void carry_out_batch(DeliveryQueue& queue, Target& target, Outbox& outbox) {
  queue.carry_out_batch([&] {
    for (Effect& effect : outbox) target.carry_out(effect);
    outbox.clear();
  });
}

TEST(DeliveryQueue, ABatchBeginsOnlyWhereNothingWaits) {
  DeliveryQueue queue;
  const auto target = std::make_shared<Target>([&](int) {
    EXPECT_TRUE(DeliveryQueue::is_delivering_here());
    EXPECT_FALSE(queue.begin_batch()) << "this thread delivers already";
  });
  Outbox outbox = effects({1, 2});
  ASSERT_TRUE(queue.begin_batch());
  carry_out_batch(queue, *target, outbox);
  EXPECT_EQ(target->done(), (Ids{1, 2}));
  EXPECT_FALSE(DeliveryQueue::is_delivering_here());

  outbox = effects({3});
  const auto until = queue.append(target, outbox);
  EXPECT_FALSE(queue.begin_batch()) << "what was appended comes first";
  queue.deliver(until);
  EXPECT_EQ(target->done(), (Ids{1, 2, 3}));

  queue.append(nullptr, outbox);  // nothing at all
  EXPECT_TRUE(queue.begin_batch());
  carry_out_batch(queue, *target, outbox);

  DeliveryQueue driven([] {});
  EXPECT_FALSE(driven.begin_batch());
}

TEST(DeliveryQueue, EffectsNestedInABatchFollowIt) {
  DeliveryQueue queue;
  std::shared_ptr<Target> target;
  target = std::make_shared<Target>([&](int id) {
    if (id > 2) return;
    Outbox nested = effects({id + 2});
    queue.deliver(queue.append(target, nested));
    EXPECT_EQ(target->done().size(), static_cast<std::size_t>(id - 1)) << "it did not run inside";
  });
  Outbox outbox = effects({1, 2});
  ASSERT_TRUE(queue.begin_batch());
  carry_out_batch(queue, *target, outbox);
  EXPECT_EQ(target->done(), (Ids{1, 2, 3, 4}));
  EXPECT_TRUE(queue.empty());
}

/// Another thread that is inside effect 1, the only one of a batch, until it may go on.
class BatchElsewhere {
 public:
  explicit BatchElsewhere(DeliveryQueue& queue)
      : target_(std::make_shared<Target>([this](int id) {
          if (id != 1) return;
          inside_.count_down();
          may_go_on_.wait();
        })),
        thread_([this, &queue] {
          Outbox outbox = effects({1});
          ASSERT_TRUE(queue.begin_batch());
          carry_out_batch(queue, *target_, outbox);
        }) {
    inside_.wait();
  }

  const std::shared_ptr<Target>& target() const { return target_; }
  void go_on() { may_go_on_.count_down(); }
  void join() { thread_.join(); }

 private:
  std::latch inside_{1};
  std::latch may_go_on_{1};
  std::shared_ptr<Target> target_;
  std::thread thread_;
};

/// Also those that have nothing to deliver themselves.
TEST(DeliveryQueue, OthersWaitForTheBatch) {
  for (const bool has_effects : {true, false}) {
    DeliveryQueue queue;
    BatchElsewhere batch(queue);
    const auto& target = batch.target();
    Outbox outbox;
    if (has_effects) outbox = effects({2});
    const auto until = queue.append(target, outbox);
    batch.go_on();
    queue.deliver(until);
    EXPECT_EQ(target->done(), has_effects ? (Ids{1, 2}) : Ids{1});
    batch.join();
    EXPECT_TRUE(queue.begin_batch()) << "nothing is left behind";
    carry_out_batch(queue, *target, outbox);
  }
}

TEST(DeliveryQueue, TheBatchTakesWhatOthersLeave) {
  DeliveryQueue queue;
  BatchElsewhere batch(queue);
  const auto& target = batch.target();
  Outbox outbox = effects({2});
  queue.deliver_or_leave(queue.append(target, outbox));
  EXPECT_EQ(target->done(), Ids{}) << "it did not wait";
  batch.go_on();
  batch.join();
  EXPECT_EQ(target->done(), (Ids{1, 2}));
}

TEST(DeliveryQueue, ManyThreadsKeepOneOrder) {
  DeliveryQueue queue;
  std::mutex appending;
  Ids order;
  const auto target = std::make_shared<Target>();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 200; ++i) {
        const int id = 1 + thread * 1000 + i;
        Outbox outbox = effects({id});
        DeliveryQueue::Position until = 0;
        bool as_batch = false;
        {
          const std::lock_guard lock(appending);  // as a pool appends: under its lock
          order.push_back(id);
          as_batch = queue.begin_batch();
          if (!as_batch) until = queue.append(target, outbox);
        }
        if (as_batch) {
          carry_out_batch(queue, *target, outbox);
        } else {
          queue.deliver(until);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(target->done(), order);
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace cmap
