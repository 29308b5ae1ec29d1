// Commands that repeat a failure, and words of a shell.
#include "tools/cmap/report_output.hpp"

#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

TEST(ShellWord, QuotesWhatAShellWouldChange) {
  EXPECT_EQ(shell_word("a/b-c.yml"), "a/b-c.yml");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("two words"), "'two words'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
}

class RepeatCommand : public ::testing::Test {
 protected:
  std::string command(const std::string& path, bool embedded = false) {
    const PlayedText run(failing_scenario, {}, path);
    spec_tests::Result result = run.result();
    result.seed = seed;
    result.interleaving = interleaving;
    return repeat_command({run.file(), result, embedded}, options, "cmap");
  }

  ReplayOptions options{.pool = "connection-pool"};
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> interleaving;
};

TEST_F(RepeatCommand, NamesTheFile) {
  EXPECT_EQ(command("a dir/x.yml"), "cmap replay 'a dir/x.yml'");
  EXPECT_EQ(command("-x.yml"), "cmap replay ./-x.yml");
}

TEST_F(RepeatCommand, NamesAnEmbeddedScenarioByFilter) {
  EXPECT_EQ(command("spec-tests/scenarios/x.1.yml", true), "cmap replay --filter '^x\\.1$'");
}

TEST_F(RepeatCommand, NamesTheWorlds) {
  options.world = "tcp";
  EXPECT_EQ(command("x.yml"), "cmap replay --on tcp x.yml");
  options.compare = "sim,tcp";
  EXPECT_EQ(command("x.yml"), "cmap replay --compare sim,tcp x.yml");
}

TEST_F(RepeatCommand, NamesThePoolAndTheSchedule) {
  options.pool = "reference-model";
  seed = 7;
  EXPECT_EQ(command("x.yml"), "cmap replay --pool reference-model --seed 7 x.yml");
  seed.reset();
  interleaving = 3;
  options.schedules = "all";
  EXPECT_EQ(command("x.yml"), "cmap replay --pool reference-model --schedules all x.yml");
}

}  // namespace
}  // namespace cmap::tools
