// The failure on one screen, as people see it.
#include "spec-tests/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"

namespace cmap::spec_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result failing(std::size_t lines, std::size_t difference) {
  Result result{.outcome = Result::Outcome::fail};
  result.verdict = {.what = Verdict::What::event,
                    .file = "a/t.yml",
                    .mark = {7, 3},
                    .message = "event 2 is wrong",
                    .clause = "A-OUT-7",
                    .difference = difference};
  for (std::size_t i = 0; i < lines; ++i) {
    result.verdict.expected_lines.push_back("expected event " + std::to_string(i));
    result.verdict.actual_lines.push_back("actual event " + std::to_string(i));
  }
  return result;
}

ScenarioFile file() {
  ScenarioFile result;
  result.scenario.name = "t";
  result.path = "a/t.yml";
  result.description = "must work";
  return result;
}

TEST(Report, OneFailure) {
  EXPECT_EQ(failure_report(file(), failing(3, 1), {.repeat_command = "cmap replay a/t.yml"}),
            "FAIL t  must work\n"
            "  a/t.yml:7:3: event 2 is wrong\n"
            "        expected                                      actual\n"
            "      1 expected event 0                              actual event 0\n"
            "  >   2 expected event 1                              actual event 1\n"
            "      3 expected event 2                              actual event 2\n"
            "  clause: A-OUT-7\n"
            "  repeat: cmap replay a/t.yml\n");
}

TEST(Report, FitsOneScreenHoweverLongTheTrace) {
  Result result = failing(1000, 500);
  result.verdict.actual_lines[500] = std::string(500, 'x');
  const std::string text = failure_report(file(), result);
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 22);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  EXPECT_THAT(text, HasSubstr("(494 equal lines)"));
  EXPECT_THAT(text, HasSubstr("(493 more lines)"));
}

TEST(Report, ALongLineIsCutSoThatTheDifferenceIsSeen) {
  Result result = failing(3, 1);
  for (auto* lines : {&result.verdict.expected_lines, &result.verdict.actual_lines}) {
    (*lines)[1] = std::string(60, 'x');
  }
  result.verdict.expected_lines[1] += "reason=stale";
  result.verdict.actual_lines[1] += "reason=idle";
  EXPECT_THAT(
      failure_report(file(), result),
      HasSubstr("  >   2 ~xxxxxreason=stale                            ~xxxxxreason=idle\n"));
}

TEST(Report, DifferencePastTheEndOfOneList) {
  Result result = failing(2, 2);
  result.verdict.actual_lines.emplace_back("surplus");
  const std::string text = failure_report(file(), result);
  EXPECT_THAT(text, HasSubstr("  >   3 (nothing)"));
  EXPECT_THAT(text, HasSubstr("surplus"));
}

TEST(Report, WithoutListsShowsTheValues) {
  Result result = failing(0, 0);
  result.verdict.expected = "5 ms";
  result.verdict.actual = "6 ms";
  const std::string text = failure_report(file(), result);
  EXPECT_THAT(text, HasSubstr("  expected: 5 ms\n  actual:   6 ms\n"));
}

TEST(Report, ColorOnlyIfAskedFor) {
  EXPECT_THAT(failure_report(file(), failing(3, 1)), Not(HasSubstr("\x1b")));
  EXPECT_THAT(failure_report(file(), failing(3, 1), {.color = true}), HasSubstr("\x1b[31m"));
}

TEST(Report, NothingForAPass) { EXPECT_EQ(failure_report(file(), Result{}), ""); }

TEST(Report, Errors) {
  const Result result{.outcome = Result::Outcome::error, .message = "the factory\nthrew"};
  EXPECT_EQ(failure_report(file(), result), "ERROR t  a/t.yml\n  the factory\\x0athrew\n");
}

sim::ClientTrace trace_of(std::size_t entries) {
  sim::ClientTrace trace;
  for (std::size_t i = 1; i <= entries; ++i) {
    trace.push_back({.time = std::chrono::milliseconds(i),
                     .client = {},
                     .what = sim::TracedHappening{"no. " + std::to_string(i)}});
  }
  return trace;
}

TEST(Report, ACaseTellsWhatItsClientsDidLast) {
  const Case test{.name = "u/1", .description = "must be", .path = "u.yml"};
  const std::vector<Problem> differences{{"u.yml", {3, 7}, "is not"}};
  const std::string head = "FAIL u/1  must be\n  u.yml:3:7: is not\n";
  EXPECT_EQ(failure_report(test, differences), head);
  EXPECT_EQ(failure_report(test, differences, trace_of(2)), head +
                                                                "  what happened:\n"
                                                                "               1 ms  -- no. 1\n"
                                                                "               2 ms  -- no. 2\n");
  const std::string long_report = failure_report(test, differences, trace_of(100));
  EXPECT_EQ(long_report.substr(0, long_report.find("no. 86")),
            head +
                "  what happened last (16 of 100; all: replay --events -):\n"
                "              85 ms  -- no. 85\n"
                "              86 ms  -- ");
  EXPECT_TRUE(long_report.ends_with(" 100 ms  -- no. 100\n")) << long_report;
  EXPECT_EQ(failure_report(test, {}, trace_of(2)), "");
}

TEST(SchedulesText, CountsInWords) {
  EXPECT_EQ(schedules_text({.held = 212, .tried = 212, .complete = true}),
            "holds in 212 of 212 interleavings");
  EXPECT_EQ(schedules_text({.held = 999, .tried = 1000, .seeded = true}),
            "holds in 999 of 1000 seeded schedules");
}

TEST(DriftText, IsShownWithAFailureIfThereIsAny) {
  EXPECT_EQ(drift_text({.missed = 3, .choices = 120}), "drift: 3 of 120 choices were not on offer");
  Result result = failing(3, 1);
  result.drift = Drift{.choices = 120};
  EXPECT_THAT(failure_report(file(), result), Not(HasSubstr("drift")));
  result.drift->missed = 3;
  EXPECT_THAT(failure_report(file(), result), HasSubstr("\n  drift: 3 of 120 choices"));
  result.seed = 7;
  EXPECT_THAT(failure_report(file(), result), Not(HasSubstr("drift"))) << "of another schedule";
}

}  // namespace
}  // namespace cmap::spec_tests
