// Effects of transitions, carried out in one total order, never under a pool's lock (principle 7).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "pool/core/effects.hpp"

namespace cmap {

/// Carries out the effects of one pool. Must not throw.
class EffectTarget {
 public:
  virtual ~EffectTarget() = default;
  virtual void carry_out(Effect& effect) = 0;
};

/// Apply and deliver are two steps: whoever made a transition appends its effects while it still
/// holds its lock, then delivers without it. Where nothing waits to be carried out, the effects
/// need not pass through the queue: `begin_batch` under the lock, `carry_out_batch` without it. At
/// any time one thread is the deliverer; others wait until theirs were delivered, by whomever. A
/// deliverer stops when its own are done, and a waiting thread takes over: nobody works for others
/// without end.
///
/// Thread-safe. One queue can serve many pools, and whoever drives them.
class DeliveryQueue : public std::enable_shared_from_this<DeliveryQueue> {
 public:
  /// How many effects were appended before and up to some point.
  using Position = std::uint64_t;

  /// Delivered by the threads that append.
  DeliveryQueue() = default;
  /// Delivered only by calls of `deliver_one`; `appended` is called after something was appended.
  /// `deliver` then returns at once. For worlds that schedule deliveries themselves.
  explicit DeliveryQueue(std::function<void()> appended) : appended_(std::move(appended)) {}

  DeliveryQueue(const DeliveryQueue&) = delete;
  DeliveryQueue& operator=(const DeliveryQueue&) = delete;

  /// Makes the caller the deliverer, if there is none, nothing waits to be carried out and the
  /// queue is not driven by others; it owes a carry_out_batch.
  [[nodiscard]] bool begin_batch();
  /// Calls `carry_out`, which does all of it, and gives up the role. What the effects hold must
  /// have ended in there: it may call any pool.
  template <typename CarryOut>
  void carry_out_batch(CarryOut&& carry_out) {
    {
      const InDelivery here;
      carry_out();
    }
    end_batch();
  }

  /// If a batch is running, `thing` lives until nobody is inside it any more. For what the batch
  /// uses without owning it: its caller must not be gone before.
  void keep_for_batch(std::shared_ptr<const void> thing);

  /// Takes the effects out of `outbox`. The target is kept alive until they were carried out.
  Position append(const std::shared_ptr<EffectTarget>& target, Outbox& outbox);

  /// The same for what is no effect of a pool but has its place in the one order. Must not throw.
  Position append(std::function<void()> call);

  /// Returns when everything up to `until` was carried out. Called from inside a delivery, also of
  /// another queue, it does not wait for another thread.
  void deliver(Position until);

  /// The same without waiting for another thread: if one is delivering, it delivers these, too. For
  /// timers and transports, which must not wait for somebody's slow listener.
  void deliver_or_leave(Position until);

  /// Carries out the next effect, if there is one, and tells how many are left. Not while another
  /// thread delivers.
  std::size_t deliver_one();

  /// The effect before which so many others will be carried out; null if there is none. Good until
  /// the next delivery. Not while another thread delivers or appends.
  [[nodiscard]] const Effect* waiting(std::size_t place) const;

  /// Nothing waits to be carried out.
  [[nodiscard]] bool empty() const;
  /// True on a thread that is inside a delivery, of whichever queue.
  [[nodiscard]] static bool is_delivering_here();

 private:
  struct Item {
    Item(std::shared_ptr<EffectTarget> its_target, Effect&& its_effect)
        : target(std::move(its_target)), effect(std::move(its_effect)) {}
    std::shared_ptr<EffectTarget> target;
    Effect effect;
  };
  using Lock = std::unique_lock<std::mutex>;

  /// Bits of state_. All zero: nobody delivers and nothing waits, so that a batch may begin without
  /// the mutex; everything else happens with it.
  static constexpr std::uint8_t delivering = 1;  ///< there is a deliverer
  static constexpr std::uint8_t batch = 2;       ///< and it carries out a batch
  static constexpr std::uint8_t queued = 4;      ///< whoever gives up the role takes the mutex

  /// This thread is inside a delivery.
  class InDelivery {
   public:
    InDelivery();
    ~InDelivery();
    InDelivery(const InDelivery&) = delete;
    InDelivery& operator=(const InDelivery&) = delete;
  };

  [[nodiscard]] bool is_delivering() const { return (state_ & delivering) != 0; }
  void carry_out_next(Lock& lock);
  void end_batch();
  void forget_queued();
  void give_up_role();

  const std::function<void()> appended_;
  std::atomic<std::uint8_t> state_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable progress_;
  // Guarded by mutex_:
  std::deque<Item> items_;
  Position appended_count_ = 0;
  Position delivered_count_ = 0;
  Position nested_until_ = 0;  ///< appended from inside a delivery: the deliverer's to deliver
  std::vector<std::shared_ptr<const void>> kept_;  ///< for the batch that runs
  bool batch_counted_ = false;                     ///< the batch that runs is one of the positions
  std::size_t waiting_ = 0;  ///< threads in `deliver` that wait for the deliverer
};

}  // namespace cmap
