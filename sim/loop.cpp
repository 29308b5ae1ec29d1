// Picks what happens next: the one place where a schedule is decided.
#include "sim/loop.hpp"

#include <algorithm>

#include "pool/api/assert.hpp"
#include "sim/state_digest.hpp"

namespace cmap::sim {

Loop::Loop(ChoiceSource& choices) : choices_(choices), canonical_(choices.is_canonical()) {}

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
  return pick();
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

std::size_t Loop::choose(std::size_t count) {
  if (choices_.skips_commuting()) {
    for (std::size_t index = 0; index < count; ++index) {
      const Runnable& first = candidate(index);
      if (!first.commutes()) continue;
      choices_.note(ChoiceKind::schedule, first.option());
      return index;
    }
  }
  options_.clear();
  for (std::size_t index = 0; index < count; ++index) options_.push_back(candidate(index).option());
  return choices_.choose(ChoiceKind::schedule, options_);
}

Runnable* Loop::pick() {
  const std::size_t count = runnable_.size() + due_.size();
  const std::size_t index = count > 1 && !canonical_ ? choose(count) : 0;
  if (index == ChoiceSource::stop) {
    stopped_ = true;
    return nullptr;
  }
  CMAP_ASSERT(index < count);
  if (index < runnable_.size()) {
    Runnable& picked = *runnable_[index];
    if (index == 0) {
      runnable_.pop_front();
    } else {
      runnable_.erase(runnable_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    picked.runnable_ = false;
    return &picked;
  }
  Runnable& picked = *due_[index - runnable_.size()].runnable;
  due_.erase(due_.begin() + static_cast<std::ptrdiff_t>(index - runnable_.size()));
  picked.armed_ = 0;
  --live_timers_;
  return &picked;
}

bool Loop::is_due(const Runnable& runnable) const {
  return std::any_of(due_.begin(), due_.end(),
                     [&](const Timer& timer) { return timer.runnable == &runnable; });
}

void Loop::visit_state(StateDigest& digest) const {
  std::vector<std::uint64_t> names;
  for (const Runnable* runnable : runnable_) names.push_back(digest.name_of(runnable->option()));
  std::sort(names.begin(), names.end());
  digest.word(names.size());
  for (const std::uint64_t name : names) digest.word(name);

  struct Armed {
    TimePoint when;
    std::uint64_t name = 0;
    auto operator<=>(const Armed&) const = default;
  };
  std::vector<Armed> armed;
  const auto add = [&](const Timer& timer) {
    if (is_live(timer)) {
      armed.push_back({std::max(timer.when, now_), digest.name_of(timer.runnable->option())});
    }
  };
  std::for_each(due_.begin(), due_.end(), add);
  std::for_each(timers_.begin(), timers_.end(), add);
  std::sort(armed.begin(), armed.end());
  digest.word(armed.size());
  for (const Armed& each : armed) {
    digest.time(each.when);
    digest.word(each.name);
  }
}

}  // namespace cmap::sim
