// Handing out and taking back in one step: the same as the long way, where it can be taken.
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pool/api/random_harness.hpp"
#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

/// A core whose transport answers at once, and whoever has its leases.
class Side {
 public:
  Side(const PoolOptions& options, bool observed, bool at_once)
      : at_once_(at_once), core_(PoolId{1}, CoreHarness::address(), options, now_, outbox_) {
    core_.set_observed(observed);
    core_.ready(now_);
    settle();
  }

  void out() {
    if (at_once_) {
      Lease lease;
      if (core_.check_out_at_once(CheckOutPurpose::cursor, now_, lease)) {
        ++shortcuts_;
        add(lease);
        settle();
        return;
      }
    }
    core_.check_out({.purpose = CheckOutPurpose::cursor}, 0, now_);
    settle();
  }
  void in(std::size_t which) {
    const Lease lease = held_.at(which);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(which));
    const bool done = at_once_ && core_.is_timeless() && core_.check_in_at_once(lease);
    if (done) ++shortcuts_;
    const bool held = done || core_.check_in(lease, now_);
    EXPECT_TRUE(held);
    settle();
  }
  void clear() {
    core_.clear({}, now_);
    core_.ready(now_);
    settle();
  }
  void fail(std::size_t which) {
    EXPECT_TRUE(core_.report_error(held_.at(which), CoreHarness::network_error(),
                                   ErrorVerdict::keep, now_));
    settle();
  }
  void wait(Duration time) {
    now_ += time;
    core_.advance(now_);
    settle();
  }
  void close() {
    core_.close(now_);
    settle();
  }

  [[nodiscard]] std::size_t held() const { return held_.size(); }
  [[nodiscard]] int shortcuts() const { return shortcuts_; }
  [[nodiscard]] const std::vector<std::string>& story() const { return story_; }
  [[nodiscard]] const PoolCore& core() const { return core_; }

 private:
  void add(const Lease& lease) {
    held_.push_back(lease);
    held_lines_.push_back("lease " + std::to_string(number(lease.connection.id)) + " by " +
                          std::to_string(number(lease.check_out)));
  }
  /// A lease stands behind what announced it, whichever way it came.
  void settle() {
    for (std::size_t i = 0; i < outbox_.size(); ++i) {
      const Effect effect = outbox_[i];
      if (const auto* start = std::get_if<StartEstablishing>(&effect)) {
        core_.established(start->connection, now_);
      } else if (const auto* close = std::get_if<CloseTransport>(&effect)) {
        core_.transport_closed(close->connection, now_);
      } else if (const auto* done = std::get_if<CheckOutCompleted>(&effect)) {
        if (!done->error) add(done->lease);
        continue;
      }
      story_.push_back(EffectLine::of(effect));
    }
    outbox_.clear();
    story_.insert(story_.end(), held_lines_.begin(), held_lines_.end());
    held_lines_.clear();
    core_.check_invariants();
  }

  const bool at_once_;
  TimePoint now_{};
  Outbox outbox_;
  PoolCore core_;
  std::vector<Lease> held_;
  std::vector<std::string> held_lines_;
  std::vector<std::string> story_;
  int shortcuts_ = 0;
};

void act(Side& side, int draw) {
  const auto which = static_cast<std::size_t>(draw / 100);
  switch (draw % 100) {
    case 0:
      return side.clear();
    case 1:
      if (side.held() > 0) side.fail(which % side.held());
      return;
    case 2:
    case 3:
      return side.wait(4ms);
    default:
      if (draw % 2 == 0) return side.out();
      if (side.held() > 0) side.in(which % side.held());
  }
}

TEST(AtOnce, IsTheLongWayWithoutTheCompletion) {
  for (const bool observed : {false, true}) {
    for (const auto idle : {0ms, 3ms}) {
      const PoolOptions options{.max_pool_size = 3, .max_idle_time = idle};
      Side long_way(options, observed, false);
      Side short_way(options, observed, true);
      Random random(7);
      for (int i = 0; i < 5000; ++i) {
        const int draw = static_cast<int>(random.below(100'000));
        act(long_way, draw);
        act(short_way, draw);
        ASSERT_EQ(short_way.story(), long_way.story()) << "step " << i;
        ASSERT_EQ(short_way.core().counts(), long_way.core().counts()) << "step " << i;
        ASSERT_EQ(short_way.core().in_use_by_purpose().cursor,
                  long_way.core().in_use_by_purpose().cursor);
        ASSERT_EQ(short_way.core().next_deadline(), long_way.core().next_deadline());
      }
      EXPECT_GT(short_way.shortcuts(), 200) << "or nothing was compared";
      long_way.close();
      short_way.close();
      EXPECT_EQ(short_way.story(), long_way.story());
    }
  }
}

class RawCore {
 public:
  explicit RawCore(const PoolOptions& options = {}) : core(PoolId{1}, {}, options, now, outbox) {
    core.set_observed(false);
  }
  Lease establish() {
    core.check_out({}, 0, now);
    for (std::size_t i = 0; i < outbox.size(); ++i) {
      const auto* start = std::get_if<StartEstablishing>(&outbox[i]);
      if (start) core.established(start->connection, now);
    }
    const Lease lease = std::get<CheckOutCompleted>(outbox.back()).lease;
    outbox.clear();
    return lease;
  }
  std::optional<Lease> check_out_at_once() {
    Lease lease;
    if (!core.check_out_at_once({}, now, lease)) return std::nullopt;
    return lease;
  }
  TimePoint now{};
  Outbox outbox;
  PoolCore core;
};

TEST(AtOnce, NothingUnlessThePoolIsReady) {
  RawCore pool;
  EXPECT_FALSE(pool.check_out_at_once()) << "paused";
  pool.core.ready(pool.now);
  EXPECT_FALSE(pool.check_out_at_once()) << "nothing is available";
  const Lease lease = pool.establish();
  EXPECT_TRUE(pool.core.check_in_at_once(lease));
  EXPECT_FALSE(pool.core.check_in_at_once(lease)) << "it is over";
  const auto again = pool.check_out_at_once();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->connection, lease.connection);
  EXPECT_NE(again->check_out, lease.check_out);
  pool.core.close(pool.now);
  EXPECT_FALSE(pool.core.check_in_at_once(*again)) << "it is to be closed";
  EXPECT_FALSE(pool.check_out_at_once()) << "closed";
  pool.core.check_invariants();
}

TEST(AtOnce, NobodyIsOvertaken) {
  RawCore pool({.max_pool_size = 1});
  pool.core.ready(pool.now);
  const Lease lease = pool.establish();
  pool.core.check_out({}, 0, pool.now);
  EXPECT_TRUE(pool.core.is_timeless());
  EXPECT_FALSE(pool.core.check_in_at_once(lease)) << "somebody waits for it";
  EXPECT_TRUE(pool.core.check_in(lease, pool.now));
  EXPECT_EQ(pool.core.counts(), (PoolCounts{.in_use = 1}));
}

TEST(AtOnce, TimelessOnlyWhileNothingDependsOnTheTime) {
  RawCore pool;
  EXPECT_TRUE(pool.core.is_timeless());
  pool.core.set_observed(true);
  EXPECT_FALSE(pool.core.is_timeless()) << "events tell the time";
  EXPECT_FALSE(RawCore({.max_idle_time = 1ms}).core.is_timeless());
  RawCore waiting({.max_pool_size = 1});
  waiting.core.ready(waiting.now);
  waiting.establish();
  waiting.core.check_out({.deadline = waiting.now + 1s}, 0, waiting.now);
  EXPECT_FALSE(waiting.core.is_timeless()) << "a deadline is armed";
}

}  // namespace
}  // namespace cmap::test
