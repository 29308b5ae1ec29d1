// Some thousand operations at random, and that the soak notices what it is there to notice.
#include "sim/real/soak.hpp"

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/real/soak_plan.hpp"

namespace cmap::sim {
namespace {

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
  const SoakReport report = soak({.seed = 2, .threads = 4, .tls = true, .operations = 1000});
  EXPECT_FALSE(report.failure) << text_of(report);
  EXPECT_GT(report.totals.created, 0U);
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
}

}  // namespace
}  // namespace cmap::sim
