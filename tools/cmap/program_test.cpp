// The command line: help that helps, and words for everything that is not understood.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class CommandLine : public ::testing::Test {
 protected:
  /// Wrong use: nothing on standard output, exit status 2.
  std::string error_of(const std::vector<std::string>& arguments) const {
    const Ended ended = program.run(arguments);
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.out, IsEmpty());
    return ended.error;
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(CommandLine, HelpShowsCommandsAndExamples) {
  for (const char* option : {"--help", "-h"}) {
    const Ended ended = program.run({option});
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.error, IsEmpty());
    EXPECT_THAT(ended.out, AllOf(HasSubstr("Usage: cmap"), HasSubstr("replay"),
                                 HasSubstr("Examples:"), HasSubstr("Exit status:")));
  }
}

TEST_F(CommandLine, HelpOfReplayNamesEveryOption) {
  const Ended ended = program.run({"replay", "--help"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, HasSubstr("Usage: cmap replay [OPTIONS] [PATH...]"));
  for (const char* option : {"--on WORLD", "--pool NAME", "--filter REGEX", "--specifications DIR",
                             "--seed N", "--schedules N|all", "--list", "--json", "--events FILE|-",
                             "--trace FILE", "--log[=json]", "--verbose"}) {
    EXPECT_THAT(ended.out, HasSubstr(option));
  }
  for (const std::string& line : lines_of(ended.out)) EXPECT_LE(line.size(), 100U) << line;
}

TEST_F(CommandLine, Version) {
  const Ended ended = program.run({"--version"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, MatchesRegex("cmap [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(CommandLine, NoCommandPrintsHelp) {
  EXPECT_THAT(error_of({}),
              AllOf(HasSubstr("Usage: cmap"), HasSubstr("error: a command is missing")));
}

TEST_F(CommandLine, AnUnknownCommand) {
  EXPECT_THAT(error_of({"reply"}),
              StartsWith("error: there is no command \"reply\", did you mean \"replay\"?\n"));
  program.write("good.yml", passing_scenario);
  EXPECT_THAT(error_of({"good.yml"}), HasSubstr("to replay it: cmap replay good.yml"));
}

TEST_F(CommandLine, AnUnknownOption) {
  EXPECT_EQ(error_of({"replay", "--evnets=x"}),
            "error: there is no option --evnets, did you mean \"--events\"?\n"
            "       see: cmap replay --help\n");
  EXPECT_EQ(error_of({"--verison"}),
            "error: there is no option --verison, did you mean \"--version\"?\n"
            "       see: cmap --help\n");
}

TEST_F(CommandLine, AnOptionBeforeItsCommand) {
  EXPECT_EQ(error_of({"--for", "1s", "monitor", "mongodb://h"}),
            "error: --for stands before the command\n"
            "       write: cmap monitor --for ...\n");
}

TEST_F(CommandLine, AnArgumentTooMany) {
  EXPECT_EQ(error_of({"monitor", "mongodb://h", "mongodb://u:secret@i"}),
            "error: cmap monitor takes one URI: \"mongodb://u:***@i\" is one too many\n"
            "       see: cmap monitor --help\n");
  EXPECT_EQ(error_of({"serve", "31000"}),
            "error: cmap serve takes no argument: \"31000\" is one too many\n"
            "       see: cmap serve --help\n");
}

TEST_F(CommandLine, AMissingValue) {
  EXPECT_THAT(error_of({"replay", "--events"}),
              AllOf(StartsWith("error: --events"), HasSubstr("see: cmap replay --help")));
}

TEST_F(CommandLine, WrongValues) {
  EXPECT_THAT(error_of({"replay", "--seed", "-1"}),
              HasSubstr("--seed \"-1\": expected an integer"));
  EXPECT_THAT(error_of({"replay", "--seed", "18446744073709551616"}), HasSubstr("expected"));
  EXPECT_THAT(error_of({"replay", "--schedules", "many"}), HasSubstr("an integer from 1, or all"));
  EXPECT_THAT(error_of({"replay", "--schedules", "0"}), HasSubstr("an integer from 1, or all"));
  EXPECT_THAT(error_of({"replay", "--pool", "puddle"}),
              HasSubstr("expected connection-pool or reference-model"));
  EXPECT_THAT(error_of({"replay", "--log=xml"}), HasSubstr("expected text or json"));
  EXPECT_THAT(error_of({"replay", "--on", "moon"}), HasSubstr("--on \"moon\": expected sim, tcp"));
  EXPECT_THAT(error_of({"replay", "--compare", "sim"}), HasSubstr("expected two worlds"));
  EXPECT_THAT(error_of({"replay", "--compare", "sim,moon"}), HasSubstr("--compare \"moon\""));
  EXPECT_THAT(error_of({"replay", "--repeat", "0"}), HasSubstr("expected an integer from 1"));
}

TEST_F(CommandLine, WhatExcludesEachOther) {
  EXPECT_THAT(error_of({"replay", "--seed", "1", "--schedules", "2"}),
              HasSubstr("--seed and --schedules exclude each other"));
  EXPECT_THAT(error_of({"replay", "--events", "f", "--trace", "f"}), HasSubstr("the same file"));
  EXPECT_THAT(error_of({"replay", "--on", "tcp", "--compare", "sim,tcp"}),
              HasSubstr("--on and --compare exclude each other"));
}

TEST_F(CommandLine, LogDoesNotTakeAPathForItsValue) {
  program.write("good.yml", passing_scenario);
  EXPECT_EQ(program.run({"replay", "--log", "good.yml"}).status, 0);
}

}  // namespace
}  // namespace cmap::tools
