// `cmap fuzz` as a user meets it.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class FuzzCommandLine : public ::testing::Test {
 protected:
  Ended fuzz(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "fuzz");
    return program.run(arguments);
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(FuzzCommandLine, FindsNothingInTheRightPool) {
  const Ended ended = fuzz({"--seed", "7", "--runs", "1500"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out,
              AllOf(StartsWith("seed 7: 1500 runs, "), HasSubstr("\nno clause was broken\n")));
  EXPECT_THAT(ended.error, IsEmpty());
}

/// Everything before the times.
std::string counts_of(const Ended& ended) { return ended.out.substr(0, ended.out.find(", in ")); }

TEST_F(FuzzCommandLine, AnyNumberOfJobsDoesTheSame) {
  const std::string one = counts_of(fuzz({"--seed", "3", "--runs", "2000", "--jobs", "1"}));
  EXPECT_THAT(one, HasSubstr("2000 runs"));
  EXPECT_EQ(counts_of(fuzz({"--seed", "3", "--runs", "2000", "--jobs", "3"})), one);
}

TEST_F(FuzzCommandLine, EveryStrategy) {
  for (const char* strategy : {"portfolio", "random", "pct", "delays", "mutation"}) {
    const Ended ended = fuzz({"--seed", "1", "--runs", "600", "--strategy", strategy, "--json"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.out, AllOf(StartsWith(R"({"seed":1,"strategy":")" + std::string(strategy) +
                                            R"(","runs":600,)"),
                                 HasSubstr(R"("ok":true})")));
  }
}

TEST_F(FuzzCommandLine, SaysWhatItMet) {
  const Ended people = fuzz({"--seed", "7", "--runs", "1500", "--coverage", "--jobs", "2"});
  EXPECT_EQ(people.status, 0);
  EXPECT_THAT(people.out, AllOf(HasSubstr("\nmet in so many of 20,000 runs (1500 were made):\n"),
                                HasSubstr("  maxPoolSize 1\n"),
                                HasSubstr("  A-POOL-2: PoolCreated comes first, once\n"),
                                HasSubstr(" were never met\n")));
  const Ended programs = fuzz({"--seed", "7", "--runs", "1500", "--coverage", "--json"});
  EXPECT_THAT(programs.out,
              AllOf(HasSubstr(R"("coverage":{"runs":1500,"ingredients":{"maxPoolSize 0":)"),
                    HasSubstr(R"("A-POOL-2: PoolCreated comes first, once":1500)")));
}

TEST_F(FuzzCommandLine, WrongValues) {
  const auto error_of = [this](const std::vector<std::string>& arguments) {
    const Ended ended = fuzz(arguments);
    EXPECT_EQ(ended.status, 2);
    return ended.error;
  };
  EXPECT_THAT(error_of({"--seed", "x"}), HasSubstr("--seed \"x\": expected an integer from 0"));
  EXPECT_THAT(error_of({"--runs", "0"}), HasSubstr("an integer from 1"));
  EXPECT_THAT(error_of({"--for", "soon"}), HasSubstr("expected a time such as 500ms"));
  EXPECT_THAT(error_of({"--jobs", "2000"}), HasSubstr("from 1 to 1000"));
  EXPECT_THAT(error_of({"--strategy", "luck"}), HasSubstr("portfolio, random, pct"));
  EXPECT_THAT(error_of({"--pool", "other"}), HasSubstr("connection-pool or reference-model"));
}

TEST_F(FuzzCommandLine, HelpNamesEveryOption) {
  const Ended ended = fuzz({"--help"});
  EXPECT_EQ(ended.status, 0);
  for (const char* option : {"--seed N", "--runs N", "--for TIME", "--jobs N", "--strategy NAME",
                             "--save DIR", "--coverage", "--json", "Examples:", "Exit status:"}) {
    EXPECT_THAT(ended.out, HasSubstr(option));
  }
}

}  // namespace
}  // namespace cmap::tools
