// `cmap fuzz` as a user meets it.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
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
using ::testing::Not;
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

/// The same of --json.
std::string counts_of_json(const Ended& ended) {
  return ended.out.substr(0, ended.out.find(",\"seconds\""));
}

using FuzzJobs = FuzzCommandLine;

TEST_F(FuzzJobs, ClientsInReplicaSets) {
  const Ended ended = fuzz({"--client", "--seed", "3", "--runs", "20", "--jobs", "1"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, AllOf(StartsWith("seed 3: 20 runs, each made twice, in "),
                               HasSubstr("\nno clause was broken\n")));
  const auto counts = [&](const char* jobs) {
    return counts_of_json(
        fuzz({"--client", "--seed", "3", "--runs", "20", "--json", "--jobs", jobs}));
  };
  EXPECT_THAT(counts("1"), HasSubstr("\"broken\":false"));
  EXPECT_EQ(counts("1"), counts("3"));
}

TEST_F(FuzzJobs, SaysWhatClientsMet) {
  const Ended people = fuzz({"--client", "--seed", "3", "--runs", "10", "--coverage"});
  EXPECT_EQ(people.status, 0) << people.out;
  EXPECT_THAT(people.out,
              AllOf(HasSubstr("\nmet in so many of 20,000 runs (10 were made):\n"),
                    HasSubstr("  a client that streams\n"), HasSubstr(" were never met\n")));
  const Ended programs = fuzz({"--client", "--seed", "3", "--runs", "10", "--coverage", "--json"});
  EXPECT_THAT(programs.out,
              HasSubstr(R"("coverage":{"runs":10,"ingredients":{"a standalone server":)"));
}

TEST_F(FuzzCommandLine, WhatIsNotForClients) {
  const Ended ended = fuzz({"--client", "--runs", "1", "--pool", "reference-model"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.error, StartsWith("error: --pool and --client exclude each other\n"));
}

TEST_F(FuzzJobs, AnyNumberOfJobsDoesTheSame) {
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

/// Of a line "  repeat: PROGRAM ARGUMENT..." in the output: the arguments.
std::vector<std::string> repeat_of(const Ended& ended, const std::string& command) {
  const std::size_t at = ended.out.find(" " + command + " ");
  std::istringstream words(ended.out.substr(at, ended.out.find('\n', at) - at));
  std::vector<std::string> arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  return arguments;
}

TEST_F(FuzzCommandLine, AFailureIsAFileThatBringsItBack) {
  const Ended ended =
      fuzz({"--seed", "1", "--runs", "600", "--pool", "broken:ignores-max", "--save", "found"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out, AllOf(StartsWith("FAIL   run "), HasSubstr("  catches: INVARIANT\n")));
  EXPECT_THAT(program.run(repeat_of(ended, "fuzz")).out, StartsWith(ended.out.substr(0, 20)));
  const std::vector<std::string> replay = repeat_of(ended, "replay");
  const Ended first = program.run(replay);
  EXPECT_EQ(first.status, 1);
  EXPECT_THAT(first.out, AllOf(HasSubstr(": INVARIANT: "), HasSubstr("\n  clause: INVARIANT\n")));
  const Ended right = program.run({"replay", replay.back()});
  EXPECT_EQ(right.status, 0) << right.out;
}

TEST_F(FuzzCommandLine, ReplaysAFailureByteForByte) {
  const Ended ended =
      fuzz({"--seed", "1", "--runs", "600", "--pool", "broken:keeps-stale", "--save", "found"});
  std::vector<std::string> replay = repeat_of(ended, "replay");
  replay.insert(replay.end(), {"--events", "events", "--trace", "trace"});
  std::string all;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(program.run(replay).status, 1);
    const std::string text = program.folder().read("events") + program.folder().read("trace");
    EXPECT_THAT(text, HasSubstr("ConnectionCheckOutStarted"));
    EXPECT_TRUE(all.empty() || all == text);
    all = text;
  }
}

/// As after changes elsewhere: part of the schedule is not on offer any more.
TEST_F(FuzzCommandLine, AFailureSurvivesADriftingSchedule) {
  const std::string kept = CMAP_SOURCE_DIR "/fuzz/regressions/pending-survive-interrupt.yml";
  const std::vector<std::string> replay{"replay", "--pool", "broken:pending-survive-interrupt"};
  const auto replayed = [&](const std::string& name) {
    std::vector<std::string> arguments = replay;
    arguments.push_back(name);
    return program.run(arguments);
  };
  EXPECT_THAT(
      replayed(kept).out,
      AllOf(HasSubstr(": A-CLR-8: "), HasSubstr("\n  clause: A-CLR-8\n"), Not(HasSubstr("drift"))));

  std::ifstream file(kept);
  std::string text(std::istreambuf_iterator<char>(file), {});
  const std::size_t begin = text.find("schedule: [");
  ASSERT_NE(begin, std::string::npos);
  text.insert(text.rfind(", ", text.find(']', begin)), ", wake 77");
  program.write("drifting.yml", text);
  const Ended drifted = replayed("drifting.yml");
  EXPECT_EQ(drifted.status, 1);
  EXPECT_THAT(drifted.out, AllOf(HasSubstr(": A-CLR-8: "), HasSubstr("drift: "),
                                 HasSubstr(" choices were not on offer")));
}

TEST_F(FuzzCommandLine, PortableIsWithoutTheExtension) {
  const Ended ended = fuzz({"--seed", "2", "--runs", "600", "--pool", "broken:no-failed-event",
                            "--save", "found", "--portable"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.error, IsEmpty());
  const std::string name = repeat_of(ended, "replay").back();
  EXPECT_THAT(program.folder().read(name),
              AllOf(HasSubstr("type: ConnectionCheckOutFailed"), Not(HasSubstr("x-cmap"))));
  EXPECT_EQ(program.run({"replay", name}).status, 0);
  EXPECT_EQ(program.run({"replay", "--pool", "broken:no-failed-event", name}).status, 1);
}

TEST_F(FuzzCommandLine, WhatNoFormatCanSayIsSavedAsEver) {
  const Ended ended = fuzz({"--seed", "2", "--runs", "600", "--pool",
                            "broken:pending-survive-interrupt", "--save", "found", "--portable"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.error, StartsWith("the failure is saved with x-cmap: only the extension x-cmap "
                                      "can say "));
  EXPECT_THAT(program.folder().read(repeat_of(ended, "replay").back()), HasSubstr("x-cmap"));
}

TEST_F(FuzzCommandLine, ShardsTogetherMakeEveryRunOnce) {
  const auto runs_of = [this](const std::string& shard) {
    const Ended ended =
        fuzz({"--seed", "5", "--runs", "1001", "--strategy", "random", "--shard", shard, "--json"});
    EXPECT_EQ(ended.status, 0);
    const std::string text = counts_of_json(ended);
    return text;
  };
  EXPECT_THAT(runs_of("1/3"), HasSubstr("\"runs\":334,"));
  EXPECT_THAT(runs_of("2/3"), HasSubstr("\"runs\":334,"));
  EXPECT_THAT(runs_of("3/3"), HasSubstr("\"runs\":333,"));
  EXPECT_EQ(runs_of("2/3"), runs_of("2/3"));
  // The failing run of the whole is found by the one shard that it belongs to.
  const auto failing = [this](std::vector<std::string> more) {
    more.insert(more.begin(), {"--seed", "1", "--runs", "18", "--strategy", "random", "--pool",
                               "broken:closes-under-holder"});
    return fuzz(more);
  };
  const Ended whole = failing({});
  ASSERT_EQ(whole.status, 1);
  const std::string run = whole.out.substr(0, whole.out.find(':'));
  const std::string number = run.substr(run.find("run ") + 4);
  const std::uint64_t part = std::stoull(number) % 3 + 1;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    const Ended ended = failing({"--shard", std::to_string(i) + "/3"});
    if (i == part) {
      EXPECT_THAT(ended.out, StartsWith(run)) << i;
      EXPECT_THAT(ended.out, HasSubstr(" --shard " + std::to_string(i) + "/3 "));
    } else {
      EXPECT_EQ(ended.out.find(run), std::string::npos) << i;
    }
  }
}

TEST_F(FuzzCommandLine, GoesOnFromItsCorpus) {
  const std::vector<std::string> first{"--seed", "1", "--runs", "1024", "--corpus", "corpus"};
  const Ended begun = fuzz(first);
  EXPECT_EQ(begun.status, 0);
  EXPECT_THAT(begun.out, HasSubstr("corpus: 0 entries were there, "));
  const Ended again = fuzz(first);
  EXPECT_THAT(again.out, Not(HasSubstr("corpus: 0 entries were there, ")));
  std::uintmax_t bytes = 0;
  std::filesystem::path one;
  for (const auto& file : std::filesystem::directory_iterator(program.folder().path() / "corpus")) {
    EXPECT_EQ(file.path().extension(), ".yml");
    bytes += file.file_size();
    one = file.path();
  }
  EXPECT_GT(bytes, 0U);
  EXPECT_LE(bytes, std::uintmax_t{1} << 20U);

  program.write("corpus/" + one.filename().string(), "scenario: [1]\nschedule: [operate]\n");
  const Ended damaged = fuzz(first);
  EXPECT_EQ(damaged.status, 2);
  EXPECT_THAT(damaged.error, HasSubstr("corpus/" + one.filename().string() + ":2:12: "));
}

TEST_F(FuzzCommandLine, ACorpusKeepsTheRunThatFailed) {
  const std::vector<std::string> pool{"--pool", "broken:ignores-max"};
  std::vector<std::string> arguments{"--seed", "1", "--runs", "600", "--corpus", "corpus"};
  EXPECT_EQ(fuzz(arguments).status, 0);
  arguments.insert(arguments.end(), pool.begin(), pool.end());
  const Ended found = fuzz(arguments);
  EXPECT_EQ(found.status, 1);
  const Ended again = program.run(repeat_of(found, "fuzz"));
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.out, AllOf(StartsWith("FAIL   corpus/"), HasSubstr(": 0 runs, ")));
}

TEST_F(FuzzCommandLine, EndsWithTheSummaryAndACorpusOnInterruption) {
  const Ended ended = program.run({"fuzz", "--for", "1h", "--corpus", "corpus"},
                                  "timeout --foreground --signal=INT 1");
  EXPECT_EQ(ended.status, 124);  // of timeout
  EXPECT_THAT(ended.out, AllOf(HasSubstr("corpus: 0 entries were there, "),
                               HasSubstr("no clause was broken\n")));
  const Ended next = fuzz({"--runs", "10", "--corpus", "corpus"});
  EXPECT_EQ(next.status, 0);
  EXPECT_THAT(next.out, Not(HasSubstr("corpus: 0 entries were there, ")));
}

TEST_F(FuzzCommandLine, OnSocketsAllIsAsInSimulation) {
  const Ended ended = fuzz({"--seed", "7", "--runs", "60", "--on", "tcp"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("\ntcp: "),
                               HasSubstr(" of 60 runs, the same there; only the "
                                         "simulation can make:\n"),
                               HasSubstr("  garbage in the phase connect\n")));
}

/// It was found there.
TEST_F(FuzzCommandLine, ARegressionOfSocketsPassesThere) {
  const Ended ended =
      program.run({"replay", "--compare", "sim,tcp",
                   CMAP_SOURCE_DIR "/fuzz/regressions/foreign-behind-load-balancer.yml"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("PASS   foreign-behind-load-balancer"));
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
  EXPECT_THAT(error_of({"--pool", "broken:none"}), HasSubstr("broken:closes-under-holder"));
  for (const char* shard : {"0/2", "3/2", "1", "1/x", "/"}) {
    EXPECT_THAT(error_of({"--shard", shard}), HasSubstr("such as 1/4"));
  }
  EXPECT_THAT(error_of({"--on", "udp"}), HasSubstr("expected sim, tcp or tls"));
  EXPECT_THAT(error_of({"--shard", "4/4", "--runs", "3"}), HasSubstr("has none of the runs"));
}

TEST_F(FuzzCommandLine, HelpNamesEveryOption) {
  const Ended ended = fuzz({"--help"});
  EXPECT_EQ(ended.status, 0);
  for (const char* option : {"--seed N", "--runs N", "--for TIME", "--jobs N", "--strategy NAME",
                             "--save DIR", "--on WORLD", "--portable", "--corpus DIR",
                             "--shard I/N", "--coverage", "--json", "Examples:", "Exit status:"}) {
    EXPECT_THAT(ended.out, HasSubstr(option));
  }
}

}  // namespace
}  // namespace cmap::tools
