// The heart of the simulation: what can happen, in which order it does, and the virtual clock.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "pool/api/time.hpp"
#include "sim/choice.hpp"

namespace cmap::sim {

/// Among timers that are due in the same instant, the canonical order: the pool's own deadlines
/// first (whoever is out of time is not served any more, A-WQ-3), then answers of the network, then
/// threads that slept.
enum class TimerClass : std::uint8_t { pool, transport, actor };

class Loop;
class StateDigest;

/// Something that can happen, at once or when its time has come. Must stay where it is for as long
/// as its loop is used.
class Runnable {
 public:
  explicit Runnable(Option option) : option_(option) {}
  virtual ~Runnable() = default;
  Runnable(const Runnable&) = delete;
  Runnable& operator=(const Runnable&) = delete;

  virtual void run() = 0;
  /// Whatever else can happen now: it makes no difference whether that comes before it or after it,
  /// and it shows nobody anything but what it would show then.
  [[nodiscard]] virtual bool commutes() const { return false; }
  [[nodiscard]] const Option& option() const { return option_; }
  [[nodiscard]] bool is_armed() const { return armed_ != 0; }

 protected:
  void rename(Option option) { option_ = option; }

 private:
  friend class Loop;
  Option option_;
  bool runnable_ = false;
  std::uint64_t armed_ = 0;  ///< which arming is in force; 0: none
};

/// Runs one thing after another. What is runnable comes before what is timed; time moves only when
/// nothing can happen in the present instant.
class Loop {
 public:
  /// `choices` must outlive the loop. Time starts at the epoch of PoolClock.
  explicit Loop(ChoiceSource& choices);

  [[nodiscard]] TimePoint now() const { return now_; }

  /// Queues it behind all others. Nothing happens if it is queued already.
  void make_runnable(Runnable& runnable);
  /// Queues it before all others: canonically it goes on without a break.
  void make_runnable_next(Runnable& runnable);

  /// Replaces what was armed for it. A time that has passed means now.
  void arm(Runnable& runnable, TimePoint when, TimerClass timer_class);
  void disarm(Runnable& runnable);

  /// Decides what happens next and moves time there; null if there is nothing left to happen, or if
  /// the choices stop here. The caller runs it.
  Runnable* next();
  /// Lets the next thing happen; false if there is nothing left to happen.
  bool step();

  [[nodiscard]] bool was_stopped() const { return stopped_; }
  /// From now on nothing is a choice.
  void choose_no_more() { canonical_ = true; }
  /// Its time has come.
  [[nodiscard]] bool is_due(const Runnable& runnable) const;
  /// What can happen and when, but not in which order it was arranged.
  void visit_state(StateDigest& digest) const;

  /// Time passes inside of the present step (a slow listener).
  void spend(Duration duration) { now_ = saturating_sum(now_, duration); }

  /// Steps since the time last moved.
  [[nodiscard]] std::uint64_t steps_in_instant() const { return steps_in_instant_; }
  /// Armed timers.
  [[nodiscard]] std::size_t timers() const { return live_timers_; }
  [[nodiscard]] bool has_runnable() const { return !runnable_.empty(); }

 private:
  struct Timer {
    TimePoint when;
    TimerClass timer_class = TimerClass::pool;
    std::uint64_t arming = 0;
    Runnable* runnable = nullptr;
    /// For a heap whose top is the earliest.
    friend bool operator<(const Timer& a, const Timer& b) {
      if (a.when != b.when) return a.when > b.when;
      if (a.timer_class != b.timer_class) return a.timer_class > b.timer_class;
      return a.arming > b.arming;
    }
  };

  [[nodiscard]] bool is_live(const Timer& timer) const {
    return timer.runnable->armed_ == timer.arming;
  }
  bool collect_due();
  void drop_dead_timers();
  Runnable* pick();
  std::size_t choose(std::size_t count);
  [[nodiscard]] const Runnable& candidate(std::size_t index) const {
    return index < runnable_.size() ? *runnable_[index] : *due_[index - runnable_.size()].runnable;
  }

  ChoiceSource& choices_;
  TimePoint now_{};
  std::deque<Runnable*> runnable_;
  /// A heap. Timers that were disarmed or replaced stay in it until they come up, or until they are
  /// more than the others.
  std::vector<Timer> timers_;
  std::vector<Timer> due_;  ///< in canonical order; may hold dead ones
  std::size_t live_timers_ = 0;
  std::uint64_t last_arming_ = 0;
  std::uint64_t steps_in_instant_ = 0;
  bool canonical_ = false;
  bool stopped_ = false;
  std::vector<Option> options_;  ///< scratch
};

}  // namespace cmap::sim
