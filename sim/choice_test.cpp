// Recording and replaying give the same run; enumeration makes every run exactly once.
#include "sim/choice.hpp"

#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

constexpr ChoiceKind kind = ChoiceKind::schedule;

std::vector<Option> actors(std::vector<std::uint32_t> indices) {
  std::vector<Option> options;
  for (const std::uint32_t index : indices) options.push_back({ActionKind::operate, index});
  return options;
}

TEST(ChoiceNames, AreStable) {
  EXPECT_EQ(choice_kind_name(ChoiceKind::schedule), "schedule");
  EXPECT_EQ(action_name(ActionKind::deliver), "deliver");
  EXPECT_EQ(action_name(ActionKind::operate), "operate");
  EXPECT_EQ(action_name(ActionKind::wake), "wake");
  EXPECT_EQ(action_name(ActionKind::pool_timer), "pool_timer");
  EXPECT_EQ(action_name(ActionKind::transport), "transport");
}

TEST(CanonicalChoices, AlwaysTakesTheFirst) {
  CanonicalChoices choices;
  EXPECT_TRUE(choices.is_canonical());
  EXPECT_EQ(choices.choose(kind, actors({3, 1, 2})), 0U);
}

TEST(SeededChoices, SameSeedSameAnswers) {
  SeededChoices first(7);
  SeededChoices second(7);
  SeededChoices other(8);
  bool differs = false;
  for (int i = 0; i < 64; ++i) {
    const std::uint32_t answer = first.choose(kind, actors({0, 1, 2, 3}));
    EXPECT_LT(answer, 4U);
    EXPECT_EQ(answer, second.choose(kind, actors({0, 1, 2, 3})));
    differs = differs || answer != other.choose(kind, actors({0, 1, 2, 3}));
  }
  EXPECT_TRUE(differs);
}

TEST(RecordingChoices, WritesDownWhatWasChosenByName) {
  CanonicalChoices canonical;
  RecordingChoices recording(canonical);
  EXPECT_FALSE(recording.is_canonical());
  recording.choose(kind, actors({5, 6}));
  recording.choose(kind, actors({9, 6}));
  const std::vector<RecordedChoice> expected = {{kind, {ActionKind::operate, 5}},
                                                {kind, {ActionKind::operate, 9}}};
  EXPECT_EQ(recording.recorded(), expected);
}

TEST(ReplayedChoices, RepeatsARecordedRun) {
  SeededChoices seeded(3);
  RecordingChoices recording(seeded);
  std::vector<std::uint32_t> answers;
  for (std::uint32_t i = 0; i < 20; ++i) {
    answers.push_back(recording.choose(kind, actors({i, i + 1, i + 2})));
  }
  ReplayedChoices replayed(recording.recorded());
  for (std::uint32_t i = 0; i < 20; ++i) {
    EXPECT_EQ(replayed.choose(kind, actors({i, i + 1, i + 2})), answers[i]);
  }
  EXPECT_EQ(replayed.replayed(), 20U);
  EXPECT_EQ(replayed.drift(), 0U);
}

TEST(ReplayedChoices, FindsTheOptionAtAnotherPlace) {
  ReplayedChoices replayed({{kind, {ActionKind::operate, 2}}});
  EXPECT_EQ(replayed.choose(kind, actors({4, 3, 2})), 2U);
  EXPECT_EQ(replayed.drift(), 0U);
}

TEST(ReplayedChoices, CountsDriftAndMeetsTheRecordAgain) {
  ReplayedChoices replayed({{kind, {ActionKind::operate, 2}}, {kind, {ActionKind::operate, 1}}});
  EXPECT_EQ(replayed.choose(kind, actors({0, 1})), 0U);
  EXPECT_EQ(replayed.drift(), 1U);
  EXPECT_EQ(replayed.choose(kind, actors({1, 2})), 1U);
  EXPECT_EQ(replayed.choose(kind, actors({0, 1})), 1U);
  EXPECT_EQ(replayed.drift(), 1U);
}

TEST(ReplayedChoices, IsCanonicalAfterTheEndOfItsRecord) {
  ReplayedChoices replayed({});
  EXPECT_EQ(replayed.choose(kind, actors({4, 3})), 0U);
  EXPECT_EQ(replayed.drift(), 0U);
}

TEST(EnumeratedChoices, ARunWithoutChoicesIsMadeOnce) {
  EnumeratedChoices choices;
  EXPECT_TRUE(choices.next_run());
  EXPECT_FALSE(choices.next_run());
  EXPECT_FALSE(choices.next_run());
}

TEST(EnumeratedChoices, MakesEveryRunOnceDullestFirst) {
  // Three actors with 1, 2 and 1 steps: 4! / (1! 2! 1!) = 12 interleavings.
  EnumeratedChoices choices;
  std::vector<std::string> runs;
  while (choices.next_run()) {
    std::vector<int> left = {1, 2, 1};
    std::string run;
    for (;;) {
      std::vector<std::uint32_t> runnable;
      for (std::uint32_t i = 0; i < left.size(); ++i) {
        if (left[i] > 0) runnable.push_back(i);
      }
      if (runnable.empty()) break;
      const std::uint32_t pick = runnable.size() == 1 ? 0 : choices.choose(kind, actors(runnable));
      --left[runnable[pick]];
      run += std::to_string(runnable[pick]);
    }
    runs.push_back(run);
  }
  EXPECT_EQ(runs.size(), 12U);
  EXPECT_EQ(std::set<std::string>(runs.begin(), runs.end()).size(), 12U);
  EXPECT_EQ(runs.front(), "0112");
  EXPECT_EQ(runs.back(), "2110");
}

TEST(EnumeratedChoices, ComplainsAboutARunThatDependsOnSomethingElse) {
  EnumeratedChoices choices;
  choices.next_run();
  choices.choose(kind, actors({0, 1}));
  choices.choose(kind, actors({0, 1}));
  choices.next_run();
  EXPECT_THROW(choices.choose(kind, actors({0, 1, 2})), std::logic_error);
}

}  // namespace
}  // namespace cmap::sim
