// The heap of deadlines: against a naive model, with random operations.
#include "pool/core/deadlines.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "pool/api/random_harness.hpp"

namespace cmap {
namespace {

using test::Random;

using namespace std::chrono_literals;

constexpr TimePoint at(Duration time) { return TimePoint(time); }

Deadlines::Deadline check_out_deadline(Duration when, std::int64_t id) {
  return {.when = at(when), .owner = Deadlines::Owner::check_out, .id = id, .slot = 0};
}

TEST(Deadlines, BeginsEmpty) {
  Deadlines deadlines;
  EXPECT_TRUE(deadlines.empty());
  EXPECT_EQ(deadlines.size(), 0U);
}

TEST(Deadlines, DisarmedHandlesAreNone) {
  Deadlines deadlines;
  Deadlines::Handle handle = deadlines.arm(check_out_deadline(5ms, 1));
  EXPECT_NE(handle, Deadlines::none);
  EXPECT_EQ(deadlines.size(), 1U);
  deadlines.disarm(handle);
  EXPECT_EQ(handle, Deadlines::none);
  EXPECT_TRUE(deadlines.empty());
  deadlines.disarm(handle);
  EXPECT_TRUE(deadlines.empty());
}

TEST(Deadlines, OfOneInstantCheckOutsComeFirstAndThenTheOlder) {
  Deadlines deadlines;
  using Owner = Deadlines::Owner;
  deadlines.arm({.when = at(5ms), .owner = Owner::establishment, .id = 1, .slot = 0});
  deadlines.arm({.when = at(5ms), .owner = Owner::check_out, .id = 3, .slot = 1});
  deadlines.arm({.when = at(5ms), .owner = Owner::check_out, .id = 2, .slot = 2});
  EXPECT_EQ(deadlines.earliest().id, 2);
  deadlines.arm({.when = at(4ms), .owner = Owner::establishment, .id = 9, .slot = 0});
  EXPECT_EQ(deadlines.earliest().id, 9);
}

/// A list that is searched.
class Model {
 public:
  struct Armed {
    Deadlines::Deadline deadline;
    Deadlines::Handle handle;
  };
  std::vector<Armed> armed;

  [[nodiscard]] std::vector<Armed>::iterator earliest() {
    return std::min_element(armed.begin(), armed.end(),
                            [](const Armed& x, const Armed& y) { return x.deadline < y.deadline; });
  }
};

/// `removals` in ten operations take something away.
void compare_with_model(std::uint64_t seed, std::uint64_t removals) {
  Random random(seed);
  Deadlines deadlines;
  Model model;
  for (std::int64_t step = 1; step <= 3000; ++step) {
    const std::uint64_t kind = random.below(10);
    if (model.armed.empty() || kind >= removals) {
      const auto owner = static_cast<Deadlines::Owner>(random.below(2));
      const Deadlines::Deadline deadline{.when = at(Duration(random.below(50))),
                                         .owner = owner,
                                         .id = step,
                                         .slot = static_cast<std::uint32_t>(random.below(100))};
      model.armed.push_back({deadline, deadlines.arm(deadline)});
    } else {
      const bool earliest = kind == 0;
      const auto any = static_cast<std::ptrdiff_t>(random.below(model.armed.size()));
      const auto chosen = earliest ? model.earliest() : model.armed.begin() + any;
      if (earliest) {
        ASSERT_EQ(deadlines.earliest(), chosen->deadline);
      }
      deadlines.disarm(chosen->handle);
      ASSERT_EQ(chosen->handle, Deadlines::none);
      model.armed.erase(chosen);
    }
    ASSERT_EQ(deadlines.size(), model.armed.size());
    ASSERT_EQ(deadlines.empty(), model.armed.empty());
    if (!model.armed.empty()) {
      ASSERT_EQ(deadlines.earliest(), model.earliest()->deadline);
    }
  }
}

TEST(Deadlines, AgreesWithANaiveModelWhileItGrows) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) compare_with_model(seed, 4);
}

TEST(Deadlines, AgreesWithANaiveModelWhileItStaysSmall) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) compare_with_model(seed, 5);
}

TEST(Deadlines, AgreesWithANaiveModelWhileItIsNearlyEmpty) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) compare_with_model(seed, 7);
}

}  // namespace
}  // namespace cmap
