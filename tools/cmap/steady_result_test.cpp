// What counts of a replay in real time: our own scenarios run, nothing run is no success, runs that
// were made again are told, an interrupted replay cleans up.
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/deployment.hpp"
#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"
#include "tools/cmap/report_output.hpp"
#include "tools/cmap/results_output.hpp"
#include "tools/cmap/serve_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SteadyResult : public ::testing::Test {
 protected:
  ProgramInFolder program{CMAP_PROGRAM};
};

/// What README says of them.
TEST_F(SteadyResult, OurOwnScenarios) {
  const Ended ended = program.run({"replay", "--on", "tcp", "--clock", "steady"});
  EXPECT_EQ(ended.status, 0) << ended.out << ended.error;
  EXPECT_THAT(ended.out, HasSubstr("\n46 of 167 scenarios passed, 121 skipped ("));
}

TEST_F(SteadyResult, NothingWasRun) {
  program.write("exact.yml", std::string(passing_scenario) + "x-cmap: {clock: virtual}\n");
  const Ended exact = program.run({"replay", "--on", "tcp", "--clock", "steady", "--json", "."});
  EXPECT_EQ(exact.status, 2);
  EXPECT_THAT(exact.error, HasSubstr("error: nothing was run: 1 of 1 scenarios were skipped; the "
                                     "first: needs the virtual clock: exact times\n"));

  program.write("old.yml", R"(version: 1
style: integration
description: is not for the server
runOn: [{maxServerVersion: "4.0.0"}]
operations: []
events: []
)");
  ServeProcess serve({"--port", "0"});
  const Ended old = program.run({"replay", "--on", serve.uri(), "old.yml"});
  EXPECT_EQ(old.status, 2);
  EXPECT_THAT(old.error, StartsWith("error: nothing was run: 1 of 1 scenarios were skipped; the "
                                    "first: runOn does not include the server, version "));
}

TEST_F(SteadyResult, RunsThatWereMadeAgainAreCounted) {
  const PlayedText run(passing_scenario);
  spec_tests::Result result = run.result();
  EXPECT_EQ(parsed(result_json(run.played())).find("madeAgain"), nullptr);
  result.made_again = 2;
  const Played played{run.file(), result, false};
  EXPECT_EQ(member(parsed(result_json(played)), "madeAgain"), "2");

  testing::internal::CaptureStdout();
  Console console("cmap");
  const ReplayOptions options{.paths = {"example.yml"}};
  const Selection selection;
  ReportOutput report(console, options, selection, std::chrono::steady_clock::now());
  report.add(played);
  report.finish();
  console.finish();
  EXPECT_THAT(testing::internal::GetCapturedStdout(),
              EndsWith("\n2 runs made again: the machine stood still\n"));
}

/// Ctrl-C comes while the first of two scenarios waits.
TEST_F(SteadyResult, AnInterruptedReplayLeavesNoFailPoint) {
  for (const char* name : {"1.yml", "2.yml"}) {
    program.write(name, R"(version: 1
style: integration
description: must wait while a fail point is on
failPoint:
  configureFailPoint: failCommand
  mode: alwaysOn
  data: {failCommands: [hello, isMaster], errorCode: 91, appName: slow}
poolOptions: {appName: slow}
operations:
  - {name: wait, ms: 3000}
events: []
)");
  }
  ServeProcess serve({"--port", "0"});
  const std::string uri = serve.uri();
  const Ended ended =
      program.run({"replay", "--on", uri, "."}, "timeout --foreground --signal INT 1");
  EXPECT_THAT(ended.error, HasSubstr("error: interrupted: not every scenario was run\n"));
  EXPECT_THAT(ended.out, AllOf(HasSubstr("PASS   1"), HasSubstr("SKIP   2  interrupted"),
                               HasSubstr("1 of 2 scenarios passed, 1 skipped")));
  // Its name is the fail point's.
  const auto slow = parse_connection_string(uri + "?appName=slow");
  ASSERT_TRUE(slow);
  EXPECT_NO_THROW(sim::Deployment{*slow});
}

}  // namespace
}  // namespace cmap::tools
