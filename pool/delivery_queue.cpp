// One deliverer at a time, and the role is handed on.
#include "pool/delivery_queue.hpp"

#include <algorithm>
#include <utility>

#include "pool/api/assert.hpp"

namespace cmap {
namespace {

/// How deep this thread is in deliveries, of whichever queues.
thread_local int deliveries_of_this_thread = 0;

class CallTarget final : public EffectTarget {
 public:
  explicit CallTarget(std::function<void()> call) : call_(std::move(call)) {}
  void carry_out(Effect&) override { call_(); }

 private:
  const std::function<void()> call_;
};

}  // namespace

bool DeliveryQueue::begin_batch() {
  if (appended_) return false;
  std::uint8_t idle = 0;
  return state_.compare_exchange_strong(idle, delivering | batch, std::memory_order_acquire,
                                        std::memory_order_relaxed);
}

DeliveryQueue::InDelivery::InDelivery() { ++deliveries_of_this_thread; }

DeliveryQueue::InDelivery::~InDelivery() { --deliveries_of_this_thread; }

void DeliveryQueue::end_batch() {
  std::uint8_t alone = delivering | batch;
  if (state_.compare_exchange_strong(alone, 0, std::memory_order_release,
                                     std::memory_order_relaxed)) {
    return;
  }
  // What is carried out now may end the last owner of the queue.
  const auto self = weak_from_this().lock();
  std::vector<std::shared_ptr<const void>> kept;  // ends without the lock
  Lock lock(mutex_);
  kept.swap(kept_);
  if (std::exchange(batch_counted_, false)) ++delivered_count_;
  give_up_role();
  while (delivered_count_ < nested_until_) carry_out_next(lock);
}

void DeliveryQueue::keep_for_batch(std::shared_ptr<const void> thing) {
  const std::lock_guard lock(mutex_);
  if ((state_.fetch_or(queued) & batch) != 0) {
    kept_.push_back(std::move(thing));
  } else {
    forget_queued();
  }
}

/// Unless there is something.
void DeliveryQueue::forget_queued() {
  if (items_.empty() && !is_delivering()) state_ = 0;
}

DeliveryQueue::Position DeliveryQueue::append(const std::shared_ptr<EffectTarget>& target,
                                              Outbox& outbox) {
  Position position;
  {
    const std::lock_guard lock(mutex_);
    const bool behind_batch = (state_.fetch_or(queued) & batch) != 0;
    if (behind_batch && !std::exchange(batch_counted_, true)) ++appended_count_;
    for (Effect& effect : outbox) items_.emplace_back(target, std::move(effect));
    appended_count_ += outbox.size();
    position = appended_count_;
    forget_queued();
  }
  const bool any = !outbox.empty();
  outbox.clear();
  if (any && appended_) appended_();
  return position;
}

DeliveryQueue::Position DeliveryQueue::append(std::function<void()> call) {
  Outbox nothing;
  nothing.emplace_back(PoolDrained{});  // says nothing to this target
  return append(std::make_shared<CallTarget>(std::move(call)), nothing);
}

void DeliveryQueue::deliver(Position until) {
  if (appended_) return;
  Lock lock(mutex_);
  if (is_delivering() && deliveries_of_this_thread > 0) {
    // Its own, or another queue's: were two to wait for each other, neither would go on.
    nested_until_ = std::max(nested_until_, until);
    return;
  }
  ++waiting_;
  progress_.wait(lock, [&] { return delivered_count_ >= until || !is_delivering(); });
  --waiting_;
  if (delivered_count_ >= until) return;
  while (delivered_count_ < std::max(until, nested_until_)) carry_out_next(lock);
}

void DeliveryQueue::deliver_or_leave(Position until) {
  if (appended_) return;
  Lock lock(mutex_);
  nested_until_ = std::max(nested_until_, until);
  if (is_delivering()) return;
  while (delivered_count_ < nested_until_) carry_out_next(lock);
}

std::size_t DeliveryQueue::deliver_one() {
  Lock lock(mutex_);
  if (!items_.empty()) carry_out_next(lock);
  return items_.size();
}

/// The role of the deliverer is given up only with the queue's lock held, so that waiting threads
/// see either the role free or the count grown.
void DeliveryQueue::carry_out_next(Lock& lock) {
  CMAP_ASSERT(!is_delivering());
  Item& item = items_.front();  // stays where it is while others append
  state_ |= delivering;
  lock.unlock();
  {
    const InDelivery here;
    item.target->carry_out(item.effect);
    // What it holds ends without the lock: a target or a callback that dies here may call any pool.
    item.effect.emplace<PoolDrained>();
    item.target.reset();
  }
  lock.lock();
  items_.pop_front();
  ++delivered_count_;
  give_up_role();
}

void DeliveryQueue::give_up_role() {
  state_ = items_.empty() ? 0 : queued;
  if (waiting_ > 0) progress_.notify_all();
}

const Effect* DeliveryQueue::waiting(std::size_t place) const {
  const std::lock_guard lock(mutex_);
  return place < items_.size() ? &items_[place].effect : nullptr;
}

bool DeliveryQueue::empty() const {
  const std::lock_guard lock(mutex_);
  return items_.empty();
}

bool DeliveryQueue::is_delivering_here() { return deliveries_of_this_thread > 0; }

}  // namespace cmap
