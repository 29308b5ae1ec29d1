// No false alarms: long random runs of PoolCore, with every input at every time, satisfy all
// checkers. And the checkers are awake: with one event spoiled, nearly no run does.
#include <gtest/gtest.h>

#include "sim/checkers/event_checkers.hpp"
#include "sim/checkers/random_run_harness.hpp"

namespace cmap::sim {
namespace {

std::optional<Violation> judge(const PoolOptions& options, const std::vector<Event>& events,
                               bool at_rest) {
  EventCheckers checkers(options);
  for (const Event& event : events) checkers.observe(event);
  if (at_rest) checkers.finish_quiescent();
  return checkers.violation();
}

TEST(Soundness, NoFalseAlarmOnRandomRuns) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    RandomRun run(seed);
    run.make_steps(150);
    const auto underway = judge(run.options(), run.events(), false);
    ASSERT_FALSE(underway) << "seed " << seed << ": " << underway->clause << ", "
                           << underway->message;
    run.come_to_rest();
    const auto at_rest = judge(run.options(), run.events(), true);
    ASSERT_FALSE(at_rest) << "seed " << seed << ": " << at_rest->clause << ", " << at_rest->message;
  }
}

/// Most spoiled runs are wrong in a way that shows; some are right again (a service cleared twice,
/// or a PoolReady left out at the very end).
TEST(Soundness, SpoiledRunsAreNoticed) {
  int noticed_left_out = 0;
  int noticed_twice = 0;
  constexpr int runs = 300;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    RandomRun run(seed);
    run.make_steps(60);
    run.come_to_rest();
    const std::size_t at = Prng(seed).below(run.events().size());
    const auto place = static_cast<std::ptrdiff_t>(at);

    std::vector<Event> left_out = run.events();
    left_out.erase(left_out.begin() + place);
    noticed_left_out += judge(run.options(), left_out, true) ? 1 : 0;

    std::vector<Event> twice = run.events();
    twice.insert(twice.begin() + place, run.events()[at]);
    noticed_twice += judge(run.options(), twice, true) ? 1 : 0;
  }
  EXPECT_GE(noticed_left_out, runs * 9 / 10);
  EXPECT_GE(noticed_twice, runs * 19 / 20);
}

}  // namespace
}  // namespace cmap::sim
