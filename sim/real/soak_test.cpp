// Some thousand operations at random, and that the soak notices what it is there to notice.
#include "sim/real/soak.hpp"

#include <cstdlib>
#include <future>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/real/soak_plan.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;

std::string text_of(const SoakReport& report) {
  if (!report.failure) return "nothing is wrong";
  const SoakFailure& failure = *report.failure;
  std::string text = failure.violation.clause + ": " + failure.violation.sentence + "\n" +
                     failure.violation.message + "\nround " + std::to_string(failure.round) + ": " +
                     failure.setting;
  for (const std::string& line : failure.last_events) text += "\n  " + line;
  return text;
}

void give_up(const SoakReport& report) {
  std::cerr << text_of(report) << '\n';
  std::abort();
}

SoakReport soak(const SoakOptions& options) { return sim::soak(options, give_up); }

/// In a death test: what came of it, and no wait for what hangs.
[[noreturn]] void tell_and_exit(const SoakReport& report) {
  std::cerr << text_of(report) << std::endl;
  std::_Exit(3);
}

/// The first one whose first round is as wanted.
template <typename Wanted>
std::uint64_t seed_where(const Wanted& wanted) {
  std::uint64_t seed = 0;
  while (!wanted(draw_soak_round(seed, 0))) ++seed;
  return seed;
}

bool is_calm(const SoakRound& round) {
  const auto total = [](const serve::FaultRates& rates) {
    return rates.refuse + rates.hang + rates.reset + rates.garbage + rates.slow;
  };
  const serve::FaultOptions& faults = round.faults;
  return total(faults.connect) + total(faults.tls) + total(faults.hello) +
             total(faults.authenticate) + total(faults.command) ==
         0;
}

TEST(SoakWatch, WhatEndsIsASignOfLife) {
  SoakWatch watch({}, {});
  watch.check_out_begins();
  watch.command_begins();
  const PoolHooks hooks = watch.hooks();
  hooks.listeners.at(0)(
      {Address(), TimePoint(), {}, ConnectionPoolCreatedEvent{std::make_shared<PoolOptions>()}});
  EXPECT_EQ(watch.totals().events, 1U);
  EXPECT_EQ(watch.ended(), 0U);
  watch.step_ends();
  EXPECT_EQ(watch.ended(), 1U);
  watch.check_out_ends(*pool_closed_error(Address()));
  EXPECT_EQ(watch.ended(), 2U);
  const ErrorPtr reset =
      establishment_error(Address(), NetworkFault::reset, EstablishmentPhase::done);
  watch.command_ends(reset.get(), {});
  EXPECT_EQ(watch.ended(), 3U);
}

TEST(SoakPlan, IsAFunctionOfTheSeed) {
  EXPECT_EQ(describe(draw_soak_round(7, 3)), describe(draw_soak_round(7, 3)));
  EXPECT_NE(describe(draw_soak_round(7, 3)), describe(draw_soak_round(7, 4)));
  EXPECT_NE(describe(draw_soak_round(7, 3)), describe(draw_soak_round(8, 3)));
  const auto actions = [](std::uint64_t seed, std::size_t thread) {
    SoakSteps steps(seed, 3, thread);
    std::vector<SoakAction> drawn;
    for (int i = 0; i < 100; ++i) drawn.push_back(steps.next().action);
    return drawn;
  };
  EXPECT_EQ(actions(7, 0), actions(7, 0));
  EXPECT_NE(actions(7, 0), actions(7, 1));
  EXPECT_NE(actions(7, 0), actions(8, 0));
}

TEST(SoakPlan, OptionsAreValid) {
  for (std::uint64_t round = 0; round < 500; ++round) {
    const SoakRound drawn = draw_soak_round(1, round);
    EXPECT_TRUE(validate(drawn.pool).empty()) << describe(drawn);
  }
}

TEST(Soak, OnTcp) {
  const SoakReport report = soak({.seed = 1, .threads = 6, .operations = 4000});
  EXPECT_FALSE(report.failure) << text_of(report);
  EXPECT_GE(report.totals.steps, 4000U);
  // Or the soak would show nothing. How much of it depends on how busy the machine is.
  EXPECT_GT(report.totals.checked_out, 0U);
  EXPECT_GT(report.totals.answered, 0U);
  EXPECT_GT(report.totals.clears, 0U);
}

TEST(Soak, OnTls) {
  // A round in which nothing but a very busy machine keeps a connection from being established.
  const std::uint64_t seed = seed_where([](const SoakRound& round) {
    return is_calm(round) && round.pool.establishment_timeout == Duration(500ms) &&
           !round.pool.handshake_timeout && round.pool.max_pool_size == 5 && !round.closed_at;
  });
  const SoakReport report = soak({.seed = seed, .threads = 4, .tls = true, .operations = 1000});
  EXPECT_FALSE(report.failure) << text_of(report);
  EXPECT_GT(report.totals.established, 0U);
  EXPECT_GT(report.totals.checked_out, 0U);
  EXPECT_GT(report.totals.answered, 0U);
}

TEST(Soak, EndsWhenItIsTold) {
  int asked = 0;
  const SoakReport report =
      soak({.seed = 3, .threads = 2, .go_on = [&](const SoakTotals&) { return ++asked < 2; }});
  EXPECT_FALSE(report.failure) << text_of(report);
  EXPECT_EQ(asked, 2);
}

TEST(Soak, FindsAnEventThatIsLost) {
  for (const EventType lost : {EventType::connection_created, EventType::check_out_started,
                               EventType::checked_in, EventType::check_out_failed}) {
    int left = 20;
    const SoakReport report =
        soak({.seed = 4, .threads = 4, .operations = 2000, .sees = [&](const Event& event) {
                return event.type() != lost || --left != 0;
              }});
    ASSERT_TRUE(report.failure) << event_name(lost);
    EXPECT_FALSE(report.failure->last_events.empty());
  }
}

TEST(Soak, FindsAConnectionThatIsNotCheckedIn) {
  const SoakReport report =
      soak({.seed = 5, .threads = 2, .operations = 1000, .forgets_check_in = true});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->violation.clause, "A-EV-3") << text_of(report);
  EXPECT_EQ(report.failure->violation.sentence, "what is checked out is checked in");
  // To repeat the round: two threads take 200 steps each in those before it.
  EXPECT_EQ(report.failure->operations, 1000 - 400 * report.failure->round);
}

TEST(SoakDeathTest, EventsThatNeverEndHideNoThreadThatWaits) {
  // The first check-out is the only thing that goes on, so its thread delivers.
  const std::uint64_t seed =
      seed_where([](const SoakRound& round) { return round.pool.min_pool_size.value_or(0) == 0; });
  bool begun = false;
  SoakOptions options{.seed = seed, .threads = 1, .patience = 500ms};
  options.listens = [&begun](ConnectionPool& pool, const Event& event) {
    if (!begun && event.type() != EventType::check_out_started) return;
    begun = true;
    pool.state() == PoolState::ready ? pool.clear() : pool.ready();
  };
  EXPECT_EXIT(sim::soak(options, tell_and_exit), ::testing::ExitedWithCode(3),
              "A-EV-3: each check-out comes to its end");
}

TEST(SoakDeathTest, APoolThatDoesNotCloseIsStuck) {
  const std::uint64_t seed = seed_where([](const SoakRound& round) { return !round.closed_at; });
  // More than a check-out may take.
  SoakOptions options{.seed = seed, .threads = 2, .operations = 20, .patience = 3s};
  options.listens = [](ConnectionPool&, const Event& event) {
    if (event.type() == EventType::pool_closed) std::promise<void>().get_future().wait();
  };
  EXPECT_EXIT(sim::soak(options, tell_and_exit), ::testing::ExitedWithCode(3),
              "A-CLS-1: .*\nclose\\(\\) has not returned");
}

}  // namespace
}  // namespace cmap::sim
