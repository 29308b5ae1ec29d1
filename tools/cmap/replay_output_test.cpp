// Output of `cmap replay` for machines: what goes to which stream, the same bytes every time, what
// happens when it cannot be written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ReplayOutput : public ::testing::Test {
 protected:
  void SetUp() override {
    program.write("good.yml", passing_scenario);
    program.write("wrong.yml", failing_scenario);
    program.write("racing.yml", racing_scenario);
  }
  Ended replay(std::vector<std::string> arguments, const std::string& shell = {},
               const std::string& redirect = {}) const {
    arguments.insert(arguments.begin(), "replay");
    return program.run(arguments, shell, redirect);
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(ReplayOutput, JsonGoesToOutAndWordsToError) {
  program.write("bad.yml", bad_scenario);
  const Ended ended = replay({"--json", "."});
  EXPECT_EQ(ended.status, 1);
  const auto lines = lines_of(ended.out);
  ASSERT_THAT(lines, SizeIs(4));
  for (const std::string& line : lines) EXPECT_NO_THROW(parsed(line)) << line;
  EXPECT_EQ(text_member(parsed(lines[0]), "scenario"), "good");
  EXPECT_EQ(text_member(parsed(lines[2]), "result"), "fail");
  EXPECT_EQ(text_member(parsed(lines[3]), "result"), "error");
  EXPECT_EQ(text_member(parsed(lines[3]), "file"), "bad.yml");
  EXPECT_THAT(ended.error,
              AllOf(HasSubstr("bad.yml:5:"), HasSubstr("FAIL   wrong"), HasSubstr("repeat: "),
                    HasSubstr("2 of 3 scenarios passed"), Not(HasSubstr("PASS"))));
  EXPECT_THAT(replay({"--json", "--verbose", "good.yml"}).error, HasSubstr("PASS   good"));
}

TEST_F(ReplayOutput, DriftIsShownBesideItsScenario) {
  program.write("found.yml", std::string(racing_scenario) + "x-cmap: {schedule: [wake 99]}\n");
  program.write("kept.yml", std::string(racing_scenario) + "x-cmap: {schedule: [operate 0]}\n");
  const Ended ended = replay({"found.yml"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, HasSubstr("  drift: "));
  EXPECT_THAT(ended.out, HasSubstr(" choices were not on offer\n"));
  EXPECT_THAT(replay({"kept.yml"}).out, Not(HasSubstr("drift")));
}

TEST_F(ReplayOutput, EventsGoToAFileOrToOut) {
  const Ended to_out = replay({"--events", "-", "good.yml", "racing.yml"});
  EXPECT_EQ(to_out.status, 0);
  const auto lines = lines_of(to_out.out);
  EXPECT_EQ(text_member(parsed(lines.front()), "scenario"), "good");
  EXPECT_EQ(text_member(parsed(lines.back()), "scenario"), "racing");
  EXPECT_THAT(to_out.error, StartsWith("\n2 of 2 scenarios passed"));

  const Ended to_file = replay({"--events", "events.json", "good.yml", "racing.yml"});
  EXPECT_EQ(to_file.status, 0);
  EXPECT_EQ(program.folder().read("events.json"), to_out.out);
  EXPECT_THAT(to_file.out, HasSubstr("PASS   good"));
}

TEST_F(ReplayOutput, IsTheSameEveryTime) {
  const std::vector<std::string> arguments{"--json", "--events", "-", "--schedules", "50", "."};
  const Ended first = replay(arguments);
  const Ended second = replay(arguments);
  EXPECT_EQ(first.status, 1);
  EXPECT_THAT(first.out, Not(IsEmpty()));
  EXPECT_EQ(first.out, second.out);
}

TEST_F(ReplayOutput, TracesAreTheSameEveryTimeAndShowFailingSchedules) {
  program.write("racing.yml", R"(version: 1
style: unit
description: must depend on the schedule
operations:
  - {name: start, target: thread1}
  - {name: start, target: thread2}
  - {name: ready, thread: thread1}
  - {name: checkOut, thread: thread2}
  - {name: wait, ms: 5}
events:
  - {type: ConnectionPoolReady, address: 42}
  - {type: ConnectionCheckOutStarted, address: 42}
ignore: [ConnectionPoolCreated, ConnectionCreated, ConnectionReady, ConnectionCheckedOut,
         ConnectionCheckOutFailed]
)");
  EXPECT_EQ(replay({"racing.yml"}).status, 0);
  for (const char* name : {"first.json", "second.json"}) {
    EXPECT_EQ(replay({"--schedules", "50", "--trace", name, "racing.yml"}).status, 1);
  }
  const std::string trace = program.folder().read("first.json");
  EXPECT_EQ(trace, program.folder().read("second.json"));
  EXPECT_NO_THROW(parsed(trace));
  EXPECT_THAT(trace, AllOf(HasSubstr("racing (fail)"), HasSubstr("\"waiting\",\"pid\":1")));
  EXPECT_EQ(replay({"--seed", "1", "--trace", "seed.json", "good.yml"}).status, 0);
  EXPECT_THAT(program.folder().read("seed.json"), HasSubstr("\"thread_name\""));
}

TEST_F(ReplayOutput, HasNoColoursWithoutATerminal) {
  EXPECT_THAT(replay({"."}, "TERM=xterm CLICOLOR_FORCE=1").out, Not(HasSubstr("\x1b")));
}

TEST_F(ReplayOutput, AFileThatCannotBeWrittenIsSaidBeforeAnythingRuns) {
  const Ended ended = replay({"--events", "no/such/folder", "wrong.yml"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.error,
              StartsWith("error: cannot write no/such/folder: No such file or directory\n"));
  EXPECT_EQ(replay({"--trace", ".", "good.yml"}).status, 2);
}

TEST_F(ReplayOutput, AFullDiskIsAnError) {
  const Ended file = replay({"--events", "/dev/full", "good.yml"});
  EXPECT_EQ(file.status, 2);
  EXPECT_THAT(file.error, HasSubstr("cannot write /dev/full: No space left on device"));
  const Ended out = replay({"--json", "good.yml"}, "", ">/dev/full");
  EXPECT_EQ(out.status, 2);
  EXPECT_THAT(out.error,
              EndsWith("error: cannot write standard output: No space left on device\n"));
  const Ended plain = replay({"good.yml"}, "", ">/dev/full");
  EXPECT_EQ(plain.error, "error: cannot write standard output: No space left on device\n");
  EXPECT_EQ(replay({"wrong.yml"}, "", ">/dev/full").status, 1);
  EXPECT_EQ(replay({"--help"}, "", ">/dev/full").status, 2);
}

TEST_F(ReplayOutput, AClosedOutputIsAnErrorAndNoFileTakesItsPlace) {
  const Ended ended = replay({"--events", "events.json", "good.yml"}, "", ">&-");
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.error, HasSubstr("cannot write standard output"));
  EXPECT_THAT(program.folder().read("events.json"), Not(HasSubstr("PASS")));
}

TEST_F(ReplayOutput, AReaderThatGoesAwayIsNoError) {
  const Ended ended =
      replay({"--events", "-", "good.yml"}, "exec 3>&1; {", "; echo $? >&3; } | true");
  EXPECT_EQ(ended.out, "0\n");
  EXPECT_THAT(ended.error, StartsWith("\n1 of 1 scenario passed"));
}

TEST_F(ReplayOutput, DoesNotOverwriteWhatIsReplayed) {
  program.write("twin.yml", passing_scenario);
  program.write("twin.json", "{}");
  for (const std::string name : {"good.yml", "new.yaml"}) {
    const Ended ended = replay({"--events", name, "good.yml"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.error, HasSubstr("expected the name of a file to write"));
  }
  EXPECT_EQ(replay({"--trace", "twin.json", "twin.yml"}).status, 2);
  EXPECT_EQ(program.folder().read("twin.json"), "{}");
  EXPECT_EQ(program.folder().read("good.yml"), passing_scenario);
}

}  // namespace
}  // namespace cmap::tools
