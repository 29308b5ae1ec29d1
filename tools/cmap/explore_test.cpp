// `cmap explore` as a user meets it.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/grid.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "tools/cmap/explore_run.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class ExploreCommandLine : public ::testing::Test {
 protected:
  Ended explore(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "explore");
    return program.run(arguments);
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

/// Everything before the time.
std::string covered(const Ended& ended) { return ended.out.substr(0, ended.out.find(", in ")); }

constexpr const char* covered_by_one_thread =
    "no violation in 3,235 states, 96 configurations (7,573 runs, at most 13 choices";

TEST_F(ExploreCommandLine, FindsNothingInTheRightPool) {
  const Ended ended = explore({"--threads", "1"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_EQ(covered(ended), covered_by_one_thread);
  EXPECT_THAT(ended.error, IsEmpty());
}

TEST_F(ExploreCommandLine, AnyNumberOfJobsDoesTheSame) {
  EXPECT_EQ(covered(explore({"--threads", "1", "--jobs", "1"})), covered_by_one_thread);
  EXPECT_EQ(covered(explore({"--threads", "1", "--jobs", "3"})), covered_by_one_thread);
}

TEST_F(ExploreCommandLine, OneFamily) {
  constexpr const char* covered_by_deadlines =
      "no violation in 307 states, 96 configurations (652 runs, at most 6 choices";
  EXPECT_EQ(covered(explore({"--family", "deadlines", "--jobs", "1"})), covered_by_deadlines);
  EXPECT_EQ(covered(explore({"--family", "deadlines", "--jobs", "2"})), covered_by_deadlines);
}

TEST_F(ExploreCommandLine, SeveralFamiliesInTheirOrder) {
  for (const char* jobs : {"1", "3"}) {
    const Ended ended =
        explore({"--family", "cancellation", "--family", "unlimited", "--jobs", jobs});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(covered(ended),
              "unlimited        12 configurations,     104 states, at most 7 choices\n"
              "cancellation     21 configurations,     727 states, at most 8 choices\n"
              "no violation in 831 states, 33 configurations (1,941 runs, at most 8 choices");
  }
  const Ended found = explore({"--family", "unlimited", "--family", "deadlines", "--pool",
                               "broken:deadline-ends-with-queue"});
  EXPECT_EQ(found.status, 1);
  EXPECT_THAT(found.out,
              AllOf(StartsWith("unlimited        12 configurations,     104 states"),
                    HasSubstr("FAIL   deadlines: 1 threads, 1 connections: deadline late "),
                    HasSubstr(" --family unlimited --family deadlines\n")));
}

TEST_F(ExploreCommandLine, ListsTheFamilies) {
  const Ended ended = explore({"--list"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("deadlines         96 configurations: deadlines of "),
                               HasSubstr("\ngrid             480 configurations: threads, ")));
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 17);
}

TEST_F(ExploreCommandLine, GoesOnWhereItWasInterrupted) {
  const std::vector<std::string> search = {"--threads", "1", "--resume", "closed.txt"};
  EXPECT_EQ(covered(explore(search)), covered_by_one_thread);
  // As after an end in the middle of a line.
  const std::string noted = program.folder().read("closed.txt");
  EXPECT_EQ(std::count(noted.begin(), noted.end(), '\n'), 1 + 96);
  const std::size_t middle = noted.find('\n', noted.size() / 2);
  for (const std::size_t end : {middle + 1, middle + 4}) {
    program.write("closed.txt", noted.substr(0, end));
    EXPECT_EQ(covered(explore(search)), covered_by_one_thread);
    const std::string again = program.folder().read("closed.txt");
    EXPECT_EQ(std::count(again.begin(), again.end(), '\n'), 1 + 96);
  }
  const Ended other = explore({"--threads", "2", "--resume", "closed.txt"});
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.error, HasSubstr("it is of another search"));
  const Ended nowhere = explore({"--threads", "1", "--resume", "nowhere/closed.txt"});
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.error, HasSubstr("it cannot be written"));
}

TEST_F(ExploreCommandLine, SaysWhatItGaveUp) {
  const Ended ended = explore({"--threads", "1", "--max-states", "200"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, HasSubstr("\nnot all: 3 configurations had more than 200 states\n"));
}

TEST_F(ExploreCommandLine, AScenarioOfAFile) {
  program.write("race.yml", racing_scenario);
  for (const char* jobs : {"1", "2"}) {
    const Ended ended = explore({"race.yml", "--jobs", jobs});
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.out, StartsWith("no violation in 2 states, 1 configuration (4 runs, "
                                      "at most 2 choices, in "));
  }
  program.write("bad.yml", bad_scenario);
  const Ended bad = explore({"."});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.error, AllOf(HasSubstr("bad.yml:5:"), HasSubstr("readyy")));
}

TEST_F(ExploreCommandLine, Json) {
  const Ended ended = explore({"--threads", "1", "--json"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out,
              MatchesRegex(R"(\{"configurations":96,"closed":96,"cutOff":0,"states":3235,)"
                           R"("runs":7573,"choices":13,"seconds":[0-9.e-]+,"ok":true\}.)"));
  EXPECT_THAT(explore({"--family", "unlimited", "--json"}).out,
              HasSubstr(R"("ok":true,"families":{"unlimited":{"configurations":12,"explored":12,)"
                        R"("states":104,"runs":231,"choices":7}}})"));
}

TEST_F(ExploreCommandLine, WrongValues) {
  const auto error_of = [this](const std::vector<std::string>& arguments) {
    const Ended ended = explore(arguments);
    EXPECT_EQ(ended.status, 2);
    return ended.error;
  };
  EXPECT_THAT(error_of({"--threads", "0"}),
              HasSubstr("--threads \"0\": expected an integer from 1"));
  EXPECT_THAT(error_of({"--threads", "9"}), HasSubstr("an integer from 1 to 8"));
  EXPECT_THAT(error_of({"--operations", "4"}), HasSubstr("an integer from 0 to 3"));
  EXPECT_THAT(error_of({"--family", "other"}),
              HasSubstr("--family \"other\": expected one of unlimited, handshake, "));
  EXPECT_THAT(error_of({"--family", "fork", "--threads", "1"}),
              HasSubstr("--family and --threads both say what to explore: leave one of them out"));
  EXPECT_THAT(error_of({"--family", "fork", "some.yml"}), HasSubstr("--family and a PATH both"));
  EXPECT_THAT(error_of({"--faults", "2"}), HasSubstr("an integer from 0 to 1"));
  EXPECT_THAT(error_of({"--max-states", "x"}), HasSubstr("expected an integer from 1"));
  EXPECT_THAT(error_of({"--pool", "other"}), HasSubstr("connection-pool or reference-model"));
  EXPECT_THAT(error_of({"nowhere.yml"}), HasSubstr("nowhere.yml"));
}

TEST_F(ExploreCommandLine, HelpNamesEveryOption) {
  const Ended ended = explore({"--help"});
  EXPECT_EQ(ended.status, 0);
  for (const char* part :
       {"--threads N", "--check-outs N", "--max-pool-size N", "--operations N", "--family NAME",
        "--list", "--faults N", "--max-states N", "--jobs N", "--resume FILE", "--save DIR",
        "--pool NAME", "--json", "Examples:", "Exit status:"}) {
    EXPECT_THAT(ended.out, HasSubstr(part));
  }
}

// What a broken pool is answered: it cannot be asked for on the command line.

TEST(ExploreRun, ShowsAndSavesTheShortestCounterexample) {
  const ProgramInFolder program{CMAP_PROGRAM};
  std::string first;
  for (const std::size_t jobs : {1U, 2U}) {
    const ExploreCommand command{
        .scenarios = fuzz::grid({.threads = 1}),
        .factory = sim::broken_reference_model(sim::Defect::closes_under_holder),
        .jobs = jobs,
        .save = program.folder().path(),
        .arguments = " --threads 1"};
    ::testing::internal::CaptureStdout();
    Console console("cmap");
    const ExitStatus status = run_explore(command, console);
    console.finish();
    const std::string said = ::testing::internal::GetCapturedStdout();
    EXPECT_EQ(status, ExitStatus::failed);
    EXPECT_THAT(said, AllOf(StartsWith("FAIL   1 threads, 1 connections: close A-CLR-9: "),
                            HasSubstr("\n  3 choices led to it, and no fewer break a clause"),
                            HasSubstr("\n  repeat: cmap explore --threads 1\n"
                                      "          cmap replay "),
                            HasSubstr("\na violation in ")));
    const std::string until_time = said.substr(0, said.find(", in "));
    if (first.empty()) first = until_time;
    EXPECT_EQ(until_time, first);
  }
  // The right pool does what the file expects.
  const Ended replayed = program.run({"replay", "explore-1-threads-1-connections-close.yml"});
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.error;
}

}  // namespace
}  // namespace cmap::tools
