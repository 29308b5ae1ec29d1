// `cmap soak` as a user meets it.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class SoakCommandLine : public testing::Test {
 protected:
  Ended soak(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "soak");
    return program.run(arguments);
  }
  std::string error_of(const std::vector<std::string>& arguments) {
    const Ended ended = soak(arguments);
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.out, IsEmpty());
    return ended.error;
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(SoakCommandLine, SaysWhatCameOfIt) {
  const Ended ended = soak({"--seed", "7", "--operations", "400", "--threads", "4"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, AllOf(StartsWith("seed 7, tcp, 4 threads: "), HasSubstr(" 400 operations"),
                               HasSubstr("nothing was wrong\n")));
  EXPECT_THAT(ended.error, IsEmpty());
}

TEST_F(SoakCommandLine, Json) {
  const Ended ended = soak({"--seed", "7", "--operations", "100", "--on", "tls", "--json"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, AllOf(StartsWith(R"({"seed":7,"world":"tls","threads":8,)"),
                               HasSubstr(R"("ok":true})")));
}

TEST_F(SoakCommandLine, EndsWithTheSummaryOnInterruption) {
  const Ended ended = program.run({"soak", "--for", "1h"}, "timeout --foreground --signal=INT 1");
  EXPECT_EQ(ended.status, 124);  // of timeout
  EXPECT_THAT(ended.out, HasSubstr("nothing was wrong\n"));
}

TEST_F(SoakCommandLine, WrongValues) {
  EXPECT_THAT(error_of({"--seed", "x"}), HasSubstr("--seed \"x\": expected an integer from 0"));
  EXPECT_THAT(error_of({"--for", "soon"}), HasSubstr("expected a time such as 500ms"));
  EXPECT_THAT(error_of({"--for", "0s"}), HasSubstr("expected a time such as 500ms"));
  EXPECT_THAT(error_of({"--threads", "0"}), HasSubstr("an integer from 1"));
  EXPECT_THAT(error_of({"--operations", "0"}), HasSubstr("an integer from 1"));
  EXPECT_THAT(error_of({"--on", "sim"}), HasSubstr("--on \"sim\": expected tcp or tls"));
}

TEST_F(SoakCommandLine, HelpNamesEveryOption) {
  const Ended ended = soak({"--help"});
  EXPECT_EQ(ended.status, 0);
  for (const char* option : {"--seed N", "--round N", "--for TIME", "--operations N", "--threads N",
                             "--on WORLD", "--json", "Examples:", "Exit status:"}) {
    EXPECT_THAT(ended.out, HasSubstr(option));
  }
  for (const std::string& line : lines_of(ended.out)) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace cmap::tools
