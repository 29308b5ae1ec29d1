// `cmap replay` as a user meets it: scenarios in a folder, what is printed where, exit statuses.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Replay : public ::testing::Test {
 protected:
  Ended replay(std::vector<std::string> arguments, const std::string& shell = {},
               const std::string& redirect = {}) const {
    arguments.insert(arguments.begin(), "replay");
    return program.run(arguments, shell, redirect);
  }
  /// What the report says how to repeat the failure, done.
  Ended repeat(const std::string& report) const {
    const std::string mark = "repeat: ";
    const std::size_t begin = report.find(mark);
    if (begin == std::string::npos) return {};
    const std::size_t end = report.find('\n', begin);
    const std::string command = report.substr(begin + mark.size(), end - begin - mark.size());
    return program.run({}, command + "; exit $?;");
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(Replay, APassIsOneLineAndASummary) {
  program.write("good.yml", passing_scenario);
  const Ended ended = replay({"good.yml"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.error, IsEmpty());
  const auto lines = lines_of(ended.out);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[0], "PASS   good    1/2 events  end 20 ms");
  EXPECT_THAT(lines[2], MatchesRegex("1 of 1 scenario passed \\([0-9.]+ ms\\)"));
}

TEST_F(Replay, AFailureSaysWhereAndHowToRepeatIt) {
  program.write("dir name/wrong.yml", failing_scenario);
  const Ended ended = replay({"dir name"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.error, IsEmpty());
  EXPECT_THAT(ended.out, AllOf(StartsWith("FAIL   wrong"), HasSubstr("dir name/wrong.yml:7:"),
                               HasSubstr("0 of 1 scenario passed, 1 failed")));
  const Ended again = repeat(ended.out);
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.out, HasSubstr("dir name/wrong.yml:7:"));
}

TEST_F(Replay, ManyFailuresAreNotAllShown) {
  for (int i = 0; i < 5; ++i) program.write("wrong" + std::to_string(i) + ".yml", failing_scenario);
  const Ended some = replay({"."});
  EXPECT_EQ(some.status, 1);
  EXPECT_THAT(some.out, AllOf(HasSubstr("2 failures more; --verbose shows them all"),
                              Not(HasSubstr("wrong4.yml:7"))));
  EXPECT_THAT(replay({"--verbose", "."}).out, HasSubstr("wrong4.yml:7"));
}

TEST_F(Replay, BadInputIsALineAndTheOthersRun) {
  program.write("bad.yml", bad_scenario);
  program.write("good.yml", passing_scenario);
  const Ended ended = replay({"."});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.error, MatchesRegex("bad.yml:5:[0-9]+: [^\n]+\n"));
  EXPECT_THAT(ended.out, AllOf(HasSubstr("PASS   good"), HasSubstr("1 unusable file")));
}

TEST_F(Replay, AFailedScenarioOutweighsBadInput) {
  program.write("bad.yml", bad_scenario);
  program.write("wrong.yml", failing_scenario);
  EXPECT_EQ(replay({"."}).status, 1);
  EXPECT_EQ(replay({"bad.yml", "missing.yml", "wrong.yml"}).status, 1);
}

TEST_F(Replay, AMissingFileIsBadInput) {
  program.write("good.yml", passing_scenario);
  const Ended ended = replay({"missing.yml", "good.yml", ""});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.error, HasSubstr("missing.yml:1:1: "));
  EXPECT_THAT(ended.out, HasSubstr("PASS   good"));
}

TEST_F(Replay, NothingToRunIsWrongUse) {
  const Ended ended = replay({"."});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.error, StartsWith("error: no scenario found\n"));
}

TEST_F(Replay, OtherFormatsAreListedOrBadInput) {
  program.write("good.yml", passing_scenario);
  program.write("others/a.yml", other_format);
  program.write("others/b.yml", other_format);
  const Ended folder = replay({"."});
  EXPECT_EQ(folder.status, 0);
  EXPECT_THAT(folder.out, HasSubstr("not run: 2 files in others ("));
  EXPECT_THAT(replay({"--verbose", "."}).out, HasSubstr("not run: others/b.yml ("));
  const Ended named = replay({"good.yml", "others/a.yml"});
  EXPECT_EQ(named.status, 2);
  EXPECT_THAT(named.error, StartsWith("others/a.yml:1:1: "));
  EXPECT_EQ(replay({"others"}).status, 2);
}

TEST_F(Replay, TwinsRunOnce) {
  program.write("good.yml", passing_scenario);
  program.write("good.json", R"({"version": 1, "style": "unit",
      "description": "must become ready when it is told to",
      "operations": [{"name": "ready"}, {"name": "wait", "ms": 20}],
      "events": [{"type": "ConnectionPoolReady", "address": 42}],
      "ignore": ["ConnectionPoolCreated"]})");
  EXPECT_THAT(replay({"."}).out, HasSubstr("1 of 1 scenario passed"));
}

TEST_F(Replay, StrangeNamesAndLoopsOfLinks) {
  const std::filesystem::path folder = program.folder().path();
  program.write("-n.yml", passing_scenario);
  program.write("new\nline.yml", passing_scenario);
  program.write("sub/two words.yml", passing_scenario);
  program.write("sub/\xff.yml", failing_scenario);
  std::filesystem::create_directory_symlink("..", folder / "sub/up");
  std::filesystem::create_symlink("loop.yml", folder / "loop.yml");
  const Ended ended = replay({"--json", "."});
  EXPECT_EQ(ended.status, 1);
  const auto lines = lines_of(ended.out);
  EXPECT_THAT(lines, SizeIs(4));
  for (const std::string& line : lines) EXPECT_NO_THROW(parsed(line)) << line;
  EXPECT_EQ(replay({"--", "-n.yml"}).status, 0);
  const Ended loop = replay({"loop.yml"});
  EXPECT_EQ(loop.status, 2);
  EXPECT_THAT(loop.error, StartsWith("loop.yml:1:1: "));
  const Ended newline = replay({"new\nline.yml"});
  EXPECT_THAT(newline.out, StartsWith("PASS   new\\x0aline "));
}

TEST_F(Replay, APipeIsNoScenario) {
  const Ended ended = replay({"pipe.yml"}, "mkfifo pipe.yml;");
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.error, StartsWith("pipe.yml:1:1: "));
}

TEST_F(Replay, FiltersByNameDescriptionAndRequirement) {
  program.write("one.yml", passing_scenario);
  program.write("two.yml", std::string(passing_scenario) + "x-cmap: {requirement: [A-RDY-1]}\n");
  EXPECT_THAT(replay({"--filter", "^one$", "."}).out,
              AllOf(HasSubstr("PASS   one"), HasSubstr("1 of 1 scenario passed, 1 left out")));
  EXPECT_THAT(replay({"--filter", "when it is (told|asked)", "."}).out, HasSubstr("2 of 2"));
  EXPECT_THAT(replay({"--filter", "A-RDY-", "."}).out,
              AllOf(HasSubstr("PASS   two"), HasSubstr("1 of 1")));
}

TEST_F(Replay, AHugeDescriptionIsShortened) {
  std::string text(passing_scenario);
  text.replace(text.find("must become"), 0, std::string(3'000'000, 'x'));
  program.write("huge.yml", text);
  EXPECT_EQ(replay({"--filter", "(x|y)*z|.*", "huge.yml"}).status, 0);
  EXPECT_LT(replay({"--list", "huge.yml"}).out.size(), 300U);
  EXPECT_LT(replay({"--verbose", "huge.yml"}).out.size(), 500U);
}

TEST_F(Replay, AFilterThatLeavesNothingIsWrongUse) {
  program.write("one.yml", passing_scenario);
  const Ended none = replay({"--filter", "three", "."});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.error, StartsWith("error: none of 1 scenarios matches --filter \"three\"\n"));
  const Ended wrong = replay({"--filter", "(", "."});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.error, HasSubstr("expected a regular expression"));
}

TEST_F(Replay, ListsWithoutRunning) {
  program.write("good.yml", passing_scenario);
  program.write("wrong.yml", failing_scenario);
  const Ended ended = replay({"--list", "."});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.out, "good   must become ready when it is told to\nwrong  must fail here\n");
  const auto lines = lines_of(replay({"--list", "--json", "."}).out);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(text_member(parsed(lines[1]), "description"), "must fail here");
}

TEST_F(Replay, SchedulesAreCounted) {
  program.write("good.yml", passing_scenario);
  program.write("racing.yml", racing_scenario);
  EXPECT_EQ(replay({"."}).status, 0);
  EXPECT_THAT(replay({"--schedules", "all", "good.yml"}).out,
              ContainsRegex("holds in [1-9][0-9]* of [1-9][0-9]* interleavings\n"));
  const Ended ended = replay({"--schedules", "all", "."});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out, HasSubstr("FAIL   racing"));
  EXPECT_THAT(ended.out, ContainsRegex("holds in [0-9]+ of [0-9]+ interleavings"));
  EXPECT_EQ(repeat(ended.out).status, 1);
}

TEST_F(Replay, ASeedIsOneSchedule) {
  program.write("racing.yml", racing_scenario);
  int failed = 0;
  for (int seed = 0; seed < 24; ++seed) {
    const Ended ended = replay({"--seed", std::to_string(seed), "racing.yml"});
    ASSERT_THAT(ended.status, ::testing::AnyOf(0, 1));
    if (ended.status == 1 && ++failed == 1) {
      EXPECT_THAT(ended.out, HasSubstr("--seed " + std::to_string(seed) + " racing.yml"));
      EXPECT_EQ(repeat(ended.out).status, 1);
    }
  }
  EXPECT_GT(failed, 0);
  EXPECT_LT(failed, 24);
}

TEST_F(Replay, TheReferenceModelCanBePutUnderTest) {
  program.write("good.yml", passing_scenario);
  EXPECT_EQ(replay({"--pool", "reference-model", "good.yml"}).status, 0);
  program.write("wrong.yml", failing_scenario);
  EXPECT_THAT(replay({"--pool", "reference-model", "wrong.yml"}).out,
              HasSubstr("replay --pool reference-model wrong.yml"));
}

class Specifications : public Replay {
 protected:
  void SetUp() override {
    const std::string tests = "checkout/source/connection-monitoring-and-pooling/tests/";
    program.write(tests + "cmap-format/of-the-checkout.yml", passing_scenario);
    program.write(tests + "logging/other.yml", other_format);
  }
};

TEST_F(Specifications, TakePartWithoutAPath) {
  const Ended ended = replay({"--specifications", "checkout", "--filter", "^of-the-checkout$"});
  EXPECT_EQ(ended.status, 0) << ended.error;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("PASS   of-the-checkout"), HasSubstr("not run: 1 file in"),
                               Not(HasSubstr("took no part"))));
}

TEST_F(Specifications, MayComeFromTheEnvironment) {
  const Ended ended = replay({"--filter", "^of-the-checkout$"}, "CMAP_SPECIFICATIONS=checkout");
  EXPECT_EQ(ended.status, 0) << ended.error;
  const Ended wrong = replay({}, "CMAP_SPECIFICATIONS=elsewhere");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.error,
              StartsWith("error: CMAP_SPECIFICATIONS \"elsewhere\": expected a folder"));
}

TEST_F(Specifications, AreNotForPaths) {
  program.write("good.yml", passing_scenario);
  EXPECT_EQ(replay({"good.yml"}, "CMAP_SPECIFICATIONS=elsewhere").status, 0);
  EXPECT_EQ(replay({"--specifications", "checkout", "good.yml"}).status, 2);
  const Ended wrong = replay({"--specifications", "elsewhere"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.error, HasSubstr("fetch-specifications"));
}

TEST_F(Replay, RunsTheOfficialFiles) {
  const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
  if (!checkout || *checkout == '\0') {
    std::fputs("CMAP_SPECIFICATIONS is not set: THE OFFICIAL FILES ARE NOT TESTED\n", stderr);
    return;
  }
  const std::string folder =
      std::string(checkout) + "/source/connection-monitoring-and-pooling/tests/cmap-format";
  for (const char* pool : {"connection-pool", "reference-model"}) {
    const Ended ended = replay({"--pool", pool, folder});
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.out, HasSubstr("33 of 33 scenarios passed"));
  }
}

}  // namespace
}  // namespace cmap::tools
