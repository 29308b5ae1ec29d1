// Faults at random: the same for the same seed, and as often as asked for.
#include "sim/real/serve/model/fault_dice.hpp"

#include <gtest/gtest.h>

namespace cmap::serve {
namespace {

TEST(FaultDice, WithoutRatesNothingHappens) {
  const FaultOptions options;
  FaultDice dice(options, 1);
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(dice.draw(PeerPhase::command).kind, Disturbance::Kind::none);
}

TEST(FaultDice, AsOftenAsAskedFor) {
  const FaultOptions options{.seed = 7,
                             .command = {.hang = 100, .reset = 200, .garbage = 300, .slow = 400}};
  FaultDice dice(options, 1);
  std::map<Disturbance::Kind, int> counts;
  for (int i = 0; i < 10'000; ++i) ++counts[dice.draw(PeerPhase::command).kind];
  EXPECT_EQ(counts[Disturbance::Kind::none], 0);
  EXPECT_NEAR(counts[Disturbance::Kind::hang], 1000, 100);
  EXPECT_NEAR(counts[Disturbance::Kind::reset], 2000, 150);
  EXPECT_NEAR(counts[Disturbance::Kind::garbage], 3000, 150);
  EXPECT_NEAR(counts[Disturbance::Kind::slow], 4000, 150);
}

TEST(FaultDice, RefusesOnlyWhoConnects) {
  const FaultRates always{.refuse = 1000};
  const FaultOptions options{.connect = always, .hello = always};
  EXPECT_EQ(FaultDice(options, 1).draw(PeerPhase::connect).kind, Disturbance::Kind::refuse);
  EXPECT_EQ(FaultDice(options, 1).draw(PeerPhase::hello).kind, Disturbance::Kind::none);
}

TEST(FaultDice, DelaysAreBounded) {
  const FaultOptions options{.tls = {.slow = 1000}, .max_delay = std::chrono::milliseconds(3)};
  FaultDice dice(options, 1);
  for (int i = 0; i < 1000; ++i) {
    const Disturbance disturbance = dice.draw(PeerPhase::tls);
    EXPECT_EQ(disturbance.kind, Disturbance::Kind::slow);
    EXPECT_GT(disturbance.delay, Duration::zero());
    EXPECT_LE(disturbance.delay, options.max_delay);
  }
}

TEST(FaultDice, EachConnectionHasItsOwn) {
  const FaultOptions options{.seed = 1, .authenticate = {.reset = 500}};
  const auto draws = [&](std::uint64_t connection) {
    FaultDice dice(options, connection);
    std::vector<Disturbance::Kind> kinds;
    for (int i = 0; i < 64; ++i) kinds.push_back(dice.draw(PeerPhase::authenticate).kind);
    return kinds;
  };
  EXPECT_EQ(draws(1), draws(1));
  EXPECT_NE(draws(1), draws(2));
}

}  // namespace
}  // namespace cmap::serve
