// Failures that were found once are never found again: every file in fuzz/regressions.
//
// A file is what `cmap fuzz` saved. It is named after the defect of the broken model that it finds
// out ("ignores-max.yml", "ignores-max-2.yml"); one of a bug that the pool itself had must at least
// find out some of them, or it watches nothing.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fuzz/property.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"
#include "spec-tests/exact.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::fuzz {
namespace {

using sim::Defect;
using Outcome = spec_tests::Result::Outcome;

std::vector<std::string> regressions() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(CMAP_SOURCE_DIR "/fuzz/regressions")) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The one with the longest name that the file's name begins with.
std::optional<Defect> defect_of(const std::string& file) {
  std::optional<Defect> found;
  for (const Defect defect : sim::every_defect()) {
    const std::string_view name = sim::defect_name(defect);
    const bool fits =
        file.starts_with(name) && (file.size() == name.size() || file[name.size()] == '-');
    if (fits && (!found || sim::defect_name(*found).size() < name.size())) found = defect;
  }
  return found;
}

class Regressions : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto read = spec_tests::read_scenario_file(std::filesystem::path(CMAP_SOURCE_DIR) / "fuzz" /
                                               "regressions" / (GetParam() + ".yml"));
    for (const spec_tests::Problem& problem : read.problems) ADD_FAILURE() << problem.text();
    ASSERT_TRUE(read.scenario);
    file = std::move(*read.scenario);
  }

  [[nodiscard]] Tested tested(const sim::PoolFactory& factory) const {
    sim::ReplayedChoices choices(schedule());
    return test(file.scenario, choices, factory);
  }
  [[nodiscard]] sim::Trace run(const sim::PoolFactory& factory) const {
    sim::ReplayedChoices choices(schedule());
    return sim::run(file.scenario, factory, choices, {.record_entries = true});
  }
  [[nodiscard]] std::vector<sim::RecordedChoice> schedule() const {
    return file.schedule.value_or(std::vector<sim::RecordedChoice>{});
  }
  [[nodiscard]] Outcome outcome_with(const sim::PoolFactory& factory) const {
    return spec_tests::run_file(file, factory).outcome;
  }

  spec_tests::ScenarioFile file;
};

/// Every step, event and operation.
std::string text_of(const sim::Trace& trace) {
  std::string text;
  for (const sim::TraceEntry& entry : trace.entries) {
    if (const auto* step = std::get_if<sim::TracedStep>(&entry)) {
      text += sim::milliseconds_text(step->time) + ' ' +
              std::string(sim::action_name(step->action.action)) + ' ' +
              std::to_string(step->action.subject) + '\n';
    } else if (const auto* event = std::get_if<sim::TracedEvent>(&entry)) {
      text += spec_tests::trace_line(*event) + '\n';
    } else {
      const auto& operation = std::get<sim::TracedOperation>(entry);
      text += sim::milliseconds_text(operation.time) + (operation.begins ? " begin " : " end ") +
              std::to_string(operation.operation) + '\n';
    }
  }
  return text;
}

TEST_P(Regressions, PassOnTheRightPool) {
  const spec_tests::Result result = spec_tests::run_file(file, sim::connection_pool());
  EXPECT_EQ(result.outcome, Outcome::pass) << result.verdict.message;
  EXPECT_EQ(outcome_with(sim::reference_model()), Outcome::pass);
  const Tested right = tested(sim::connection_pool());
  EXPECT_FALSE(right.finding) << right.finding->message;
}

TEST_P(Regressions, PoolAndModelDoTheSameTwice) {
  const sim::Trace first = run(sim::connection_pool());
  EXPECT_EQ(first.digest, run(sim::reference_model()).digest);
  const sim::Trace second = run(sim::connection_pool());
  EXPECT_EQ(first.digest, second.digest);
  const std::string text = text_of(first);
  EXPECT_FALSE(text.empty());
  EXPECT_EQ(text, text_of(second));
}

TEST_P(Regressions, FindOutTheDefectThatTheyAreNamedAfter) {
  if (const auto defect = defect_of(GetParam())) {
    const sim::PoolFactory broken = sim::broken_reference_model(*defect);
    EXPECT_EQ(outcome_with(broken), Outcome::fail);
    const Tested found = tested(broken);
    ASSERT_TRUE(found.finding);
    EXPECT_EQ(found.finding->clause, file.catches);
    return;
  }
  EXPECT_TRUE(std::ranges::any_of(sim::every_defect(), [this](Defect defect) {
    return outcome_with(sim::broken_reference_model(defect)) == Outcome::fail;
  })) << "no broken model fails: the file watches nothing";
}

std::string test_name(const ::testing::TestParamInfo<std::string>& file) {
  std::string name = file.param;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Saved, Regressions, ::testing::ValuesIn(regressions()), test_name);

}  // namespace
}  // namespace cmap::fuzz
