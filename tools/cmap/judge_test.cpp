// `cmap judge` as a user meets it.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// As another driver may write it.
constexpr std::string_view good_log = R"({"type":"PoolCreatedEvent","address":"db:27017"}
{"type":"PoolReadyEvent","address":"db:27017"}
{"type":"ConnectionCheckOutStartedEvent","address":"db:27017"}
{"type":"ConnectionCreatedEvent","address":"db:27017","connectionId":1}
{"type":"ConnectionReadyEvent","address":"db:27017","connectionId":1,"duration":4}
{"type":"ConnectionCheckedOutEvent","address":"db:27017","connectionId":1,"duration":5}
)";

/// Line 8 hands out what somebody has.
const std::string broken_log = std::string(good_log) +
                               R"({"type":"ConnectionCheckOutStartedEvent","address":"db:27017"}
{"type":"ConnectionCheckedOutEvent","address":"db:27017","connectionId":1}
)";

class JudgeCommandLine : public testing::Test {
 protected:
  Ended judge(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "judge");
    return program.run(arguments);
  }
  std::string error_of(const std::vector<std::string>& arguments) {
    const Ended ended = judge(arguments);
    EXPECT_EQ(ended.status, 2);
    return ended.error;
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(JudgeCommandLine, AGoodLogPasses) {
  program.write("good.jsonl", good_log);
  const Ended ended = judge({"good.jsonl"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.error, IsEmpty());
  EXPECT_EQ(ended.out,
            "PASS   good.jsonl  6 events of 1 pool\n\n"
            "6 events of 1 pool: no clause broken; 17 clauses judged, not judged: A-CLS-1 (no "
            "--complete); "
            "A-OPT-4, A-POOL-4, A-POOL-5 (no options)\n");
}

TEST_F(JudgeCommandLine, ABrokenOneShowsWhere) {
  program.write("good.jsonl", good_log);
  program.write("broken.jsonl", broken_log);
  const Ended ended = judge({"broken.jsonl", "good.jsonl"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out,
            R"(FAIL   broken.jsonl  8 events of 1 pool
PASS   good.jsonl  6 events of 1 pool

FAIL broken.jsonl:8: a connection in use is not given to anybody else (A-CON-1)
  db:27017: connection 1 is in use
        5  {"type":"ConnectionReadyEvent","address":"db:27017","connectionId":1,"duration":4}
        6  {"type":"ConnectionCheckedOutEvent","address":"db:27017","connectionId":1,"duration":5...
        7  {"type":"ConnectionCheckOutStartedEvent","address":"db:27017"}
  >     8  {"type":"ConnectionCheckedOutEvent","address":"db:27017","connectionId":1}

14 events of 2 pools: 1 pool breaks a clause; 17 clauses judged, not judged: A-CLS-1 (no --complete); A-OPT-4, A-POOL-4, A-POOL-5 (no options)
)");
}

TEST_F(JudgeCommandLine, WhatALaterEventMakesCertainIsShownToo) {
  std::string log(good_log);
  log.insert(log.find("db:27017\"}") + 9, R"(,"options":{"maxPoolSize":1})");
  log += R"({"type":"ConnectionCheckedIn","address":"db:27017","connectionId":1}
{"type":"ConnectionCreated","address":"db:27017","connectionId":2}
{"type":"ConnectionCheckOutStarted","address":"db:27017"}
{"type":"ConnectionCheckedOut","address":"db:27017","connectionId":1}
)";
  program.write("log", log);
  EXPECT_THAT(judge({"log"}).out,
              AllOf(HasSubstr("FAIL log:8: "), HasSubstr("(A-POOL-4)\n"),
                    HasSubstr("\n  as is certain since\n  >    10  {\"type\":")));
}

TEST_F(JudgeCommandLine, TwoPoolsAtATimeMayBeMixedUp) {
  program.write("twice", std::string(good_log) + broken_log);
  EXPECT_THAT(judge({"twice"}).out,
              AllOf(HasSubstr("FAIL twice:14: "),
                    HasSubstr("\n  Line 7 begins this pool while another of its address is not")));
  program.write("once", broken_log);
  EXPECT_THAT(judge({"once"}).out, Not(HasSubstr("while another")));
}

TEST_F(JudgeCommandLine, StandardInput) {
  program.write("broken.jsonl", broken_log);
  const Ended ended = program.run({"judge", "-"}, "cat broken.jsonl |");
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out, HasSubstr("FAIL standard input:8: "));
}

TEST_F(JudgeCommandLine, WhatReplayWritesIsCleanByEveryRule) {
  program.write("s.yml", passing_scenario);
  ASSERT_EQ(program.run({"replay", "--events", "e.jsonl", "s.yml"}).status, 0);
  const Ended ended = judge({"--strict", "e.jsonl"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out,
              EndsWith("2 events of 1 pool: no clause broken; 21 clauses judged, and the "
                       "decisions R1 to R22\n"));
}

TEST_F(JudgeCommandLine, CompleteAsksForWhatIsMissing) {
  program.write("good.jsonl", good_log);
  const Ended ended = judge({"--complete", "good.jsonl"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out,
              HasSubstr("FAIL good.jsonl:6: what is checked out is checked in (A-EV-3)"));
}

TEST_F(JudgeCommandLine, Json) {
  program.write("good.jsonl", good_log);
  program.write("broken.jsonl", broken_log);
  const Ended ended = judge({"--json", "good.jsonl", "broken.jsonl", "none.jsonl"});
  EXPECT_EQ(ended.status, 1);
  const auto lines = lines_of(ended.out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(
      lines[0],
      R"({"file":"good.jsonl","pool":"db:27017","line":1,"result":"pass","events":6,)"
      R"x("clausesJudged":17,"notJudged":"A-CLS-1 (no --complete); A-OPT-4, A-POOL-4, A-POOL-5 (no options)"})x");
  EXPECT_THAT(lines[1], AllOf(HasSubstr(R"("result":"fail")"),
                              HasSubstr(R"("violation":{"clause":"A-CON-1","sentence":)"),
                              HasSubstr(R"("line":8,"shownByLine":8,"event":"{\"type\":)")));
  EXPECT_THAT(lines[2], StartsWith(R"({"file":"none.jsonl","result":"error","message":)"));
}

TEST_F(JudgeCommandLine, BadInput) {
  program.write("bad.jsonl", "{\"type\":\"PoolCreated\"}\n{\"type\":\"PoolRedy\"}\n");
  EXPECT_THAT(error_of({"bad.jsonl"}),
              StartsWith("error: bad.jsonl:2:9: unknown event \"PoolRedy\""));
  EXPECT_THAT(error_of({"none.jsonl"}), StartsWith("error: none.jsonl:1:1: cannot be opened: "));
  EXPECT_THAT(error_of({"."}), HasSubstr("a folder; expected a log"));
  program.write("empty.jsonl", "\n");
  EXPECT_THAT(error_of({"empty.jsonl"}), HasSubstr("no event"));
}

TEST_F(JudgeCommandLine, OneBadLogLeavesTheOthers) {
  program.write("good.jsonl", good_log);
  program.write("bad.jsonl", "x\n");
  const Ended ended = judge({"bad.jsonl", "good.jsonl"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.out, AllOf(StartsWith("ERROR  bad.jsonl  cannot be judged\nPASS   good.jsonl"),
                               HasSubstr("; 1 unusable log\n")));
}

TEST_F(JudgeCommandLine, WrongUse) {
  EXPECT_THAT(error_of({}), HasSubstr("no LOG is given"));
  EXPECT_THAT(error_of({"-", "-"}), HasSubstr("standard input is given twice"));
  EXPECT_THAT(error_of({"--strcit", "x"}), HasSubstr("did you mean \"--strict\"?"));
}

TEST_F(JudgeCommandLine, HelpNamesEveryOption) {
  const Ended ended = judge({"--help"});
  EXPECT_EQ(ended.status, 0);
  for (const char* option :
       {"--complete", "--strict", "--json", "[LOG...]", "Examples:", "Exit status:"}) {
    EXPECT_THAT(ended.out, HasSubstr(option));
  }
  for (const std::string& line : lines_of(ended.out)) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace cmap::tools
