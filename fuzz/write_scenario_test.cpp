// Random scenarios, with everything that a file can say, are written and read back.
#include "spec-tests/write_scenario.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "fuzz/anything_harness.hpp"
#include "sim/world.hpp"
#include "spec-tests/normal_form.hpp"
#include "spec-tests/read_back_harness.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::fuzz {
namespace {

using spec_tests::read_back;
using spec_tests::Result;
using spec_tests::ScenarioFile;
using spec_tests::Written;

ScenarioFile file_of(std::uint64_t seed) {
  ScenarioFile file;
  file.path = "random.yml";
  file.description = "seed " + std::to_string(seed);
  file.scenario = anything(seed);
  return file;
}

/// A run on the schedule of a seed, which becomes that of the file.
sim::Trace run_and_record(ScenarioFile& file, std::uint64_t seed) {
  sim::SeededChoices seeded(seed);
  sim::RecordingChoices recording(seeded);
  sim::Trace trace =
      sim::run(file.scenario, sim::connection_pool(), recording, spec_tests::RunnerOptions{}.run);
  file.schedule = recording.recorded();
  return trace;
}

TEST(WriteRandomScenario, RandomScenariosAreReadBack) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    ScenarioFile file = file_of(seed);
    file.schedule = {{{.option = {sim::ActionKind::wake, 1}}}};
    const Written written = spec_tests::write_scenario(file);
    ASSERT_EQ(written.reason, "") << "seed " << seed;
    ASSERT_EQ(
        spec_tests::differing_part(read_back(written, file.path), spec_tests::normal_form(file)),
        "")
        << written.text;
  }
}

TEST(WriteRandomScenario, RandomRunsComeBack) {
  std::size_t passed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    ScenarioFile file = file_of(seed);
    const sim::Trace trace = run_and_record(file, seed);
    const Written written = spec_tests::write_scenario(file, {.expected = &trace});
    ASSERT_EQ(written.reason, "") << "seed " << seed;
    const ScenarioFile again = read_back(written, file.path);
    const Result result = spec_tests::run_file(again, sim::connection_pool());
    if (trace.failure) {
      ASSERT_EQ(result.verdict.what, spec_tests::Verdict::What::run_failure) << written.text;
    } else {
      ASSERT_EQ(spec_tests::failure_report(again, result), "") << written.text;
      ++passed;
    }
    ASSERT_EQ(result.trace.digest, trace.digest) << written.text;
    ASSERT_EQ(result.drift->missed, 0U);
  }
  EXPECT_GT(passed, 100U);
}

}  // namespace
}  // namespace cmap::fuzz
