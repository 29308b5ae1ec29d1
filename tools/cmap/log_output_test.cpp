// `--log`: both forms of the messages, and the stream that they go to.
#include "tools/cmap/log_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

LogMessage ready_message() {
  Event event;
  event.body = ConnectionReadyEvent{ConnectionId{7}, 1500us};
  return log_message(event, {});
}

TEST(LogOutput, Text) {
  EXPECT_EQ(log_text("s", 250us, ready_message()),
            "s @0.25 Connection ready: address=localhost:27017, driver-generated ID=7, "
            "established in=1.5 ms");
}

TEST(LogOutput, Json) {
  const auto json = parsed(log_json("s", 250us, ready_message()));
  EXPECT_EQ(text_member(json, "scenario"), "s");
  EXPECT_EQ(member(json, "timeMS"), "0.25");
  EXPECT_EQ(text_member(json, "level"), "debug");
  EXPECT_EQ(text_member(json, "component"), "connection");
  EXPECT_EQ(text_member(json, "message"), "Connection ready");
  EXPECT_EQ(text_member(json, "serverHost"), "localhost");
  EXPECT_EQ(member(json, "serverPort"), "27017");
  EXPECT_EQ(member(json, "driverConnectionId"), "7");
  EXPECT_EQ(member(json, "durationMS"), "1.5");
}

class ReplayLog : public ::testing::Test {
 protected:
  ReplayLog() { program.write("good.yml", passing_scenario); }
  Ended replay(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "replay");
    arguments.emplace_back("good.yml");
    return program.run(arguments);
  }
  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(ReplayLog, TextGoesWithTheWords) {
  const auto lines = lines_of(replay({"--log"}).out);
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_EQ(lines[0], "good @0 Connection pool created for localhost:27017");
  EXPECT_EQ(lines[1], "good @0 Connection pool ready for localhost:27017");
  EXPECT_THAT(lines[2], StartsWith("PASS   good"));
}

TEST_F(ReplayLog, JsonIsForMachines) {
  const Ended ended = replay({"--log=json"});
  const auto lines = lines_of(ended.out);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(text_member(parsed(lines[1]), "message"), "Connection pool ready");
  EXPECT_THAT(ended.error, HasSubstr("1 of 1 scenario passed"));
}

TEST_F(ReplayLog, StandsBackForResultsAndEvents) {
  for (const auto& option : {std::vector<std::string>{"--json"}, {"--events", "-"}}) {
    std::vector<std::string> arguments = option;
    arguments.emplace_back("--log");
    const Ended ended = replay(arguments);
    EXPECT_THAT(ended.out, AllOf(StartsWith("{"), Not(HasSubstr("Connection pool created"))));
    EXPECT_THAT(ended.error, StartsWith("good @0 Connection pool created for localhost:27017\n"));
  }
}

}  // namespace
}  // namespace cmap::tools
