// Picks what happens next: the one place where a schedule is decided.
#include "sim/loop.hpp"

#include <algorithm>

#include "pool/api/assert.hpp"

namespace cmap::sim {

Loop::Loop(ChoiceSource& choices) : choices_(choices) {}

void Loop::make_runnable(Runnable& runnable) {
  if (runnable.runnable_) return;
  runnable.runnable_ = true;
  runnable_.push_back(&runnable);
}

void Loop::make_runnable_next(Runnable& runnable) {
  if (runnable.runnable_) return;
  runnable.runnable_ = true;
  runnable_.push_front(&runnable);
}

void Loop::arm(Runnable& runnable, TimePoint when, TimerClass timer_class) {
  disarm(runnable);
  runnable.armed_ = ++last_arming_;
  ++live_timers_;
  timers_.push_back({std::max(when, now_), timer_class, runnable.armed_, &runnable});
  std::push_heap(timers_.begin(), timers_.end());
}

void Loop::disarm(Runnable& runnable) {
  if (runnable.armed_ == 0) return;
  runnable.armed_ = 0;
  --live_timers_;
  const bool mostly_dead = timers_.size() > 64 && timers_.size() > 2 * (live_timers_ + due_.size());
  if (mostly_dead) drop_dead_timers();
}

void Loop::drop_dead_timers() {
  std::erase_if(timers_, [this](const Timer& timer) { return !is_live(timer); });
  std::make_heap(timers_.begin(), timers_.end());
}

bool Loop::step() {
  Runnable* const picked = next();
  if (picked) picked->run();
  return picked != nullptr;
}

Runnable* Loop::next() {
  while (!collect_due() && runnable_.empty()) {
    while (!timers_.empty() && !is_live(timers_.front())) {
      std::pop_heap(timers_.begin(), timers_.end());
      timers_.pop_back();
    }
    if (timers_.empty()) return nullptr;
    CMAP_ASSERT(timers_.front().when > now_);
    now_ = timers_.front().when;
    steps_in_instant_ = 0;
  }
  ++steps_in_instant_;
  return &pick();
}

/// Moves the timers whose time has come to due_; true if there are any.
bool Loop::collect_due() {
  std::erase_if(due_, [this](const Timer& timer) { return !is_live(timer); });
  while (!timers_.empty() && timers_.front().when <= now_) {
    const Timer timer = timers_.front();
    std::pop_heap(timers_.begin(), timers_.end());
    timers_.pop_back();
    if (!is_live(timer)) continue;
    // By class and arming; when exactly they were due in a past instant does not matter any more.
    const auto behind = std::find_if(due_.begin(), due_.end(), [&](const Timer& other) {
      if (other.timer_class != timer.timer_class) return other.timer_class > timer.timer_class;
      return other.arming > timer.arming;
    });
    due_.insert(behind, timer);
  }
  return !due_.empty();
}

Runnable& Loop::pick() {
  const std::size_t count = runnable_.size() + due_.size();
  std::size_t index = 0;
  if (count > 1 && !choices_.is_canonical()) {
    options_.clear();
    for (const Runnable* runnable : runnable_) options_.push_back(runnable->option());
    for (const Timer& timer : due_) options_.push_back(timer.runnable->option());
    index = choices_.choose(ChoiceKind::schedule, options_);
    CMAP_ASSERT(index < count);
  }
  if (index < runnable_.size()) {
    Runnable& picked = *runnable_[index];
    if (index == 0) {
      runnable_.pop_front();
    } else {
      runnable_.erase(runnable_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    picked.runnable_ = false;
    return picked;
  }
  Runnable& picked = *due_[index - runnable_.size()].runnable;
  due_.erase(due_.begin() + static_cast<std::ptrdiff_t>(index - runnable_.size()));
  picked.armed_ = 0;
  --live_timers_;
  return picked;
}

}  // namespace cmap::sim
