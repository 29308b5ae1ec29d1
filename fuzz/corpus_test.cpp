// Entries keep their choices, and damage is named with its place.
#include "fuzz/corpus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/fuzzer.hpp"
#include "sim/real/temporary_folder.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const CorpusEntry small_entry{
    .scenario = {{sim::ChoiceKind::scenario, {sim::ActionKind::draw, 3}},
                 {sim::ChoiceKind::scenario, {sim::ActionKind::draw, 0}}},
    .schedule = {{sim::ChoiceKind::schedule, {sim::ActionKind::operate, 1}},
                 {sim::ChoiceKind::schedule, {sim::ActionKind::transport, 2}}}};

TEST(CorpusEntries, AreText) {
  const std::string text = entry_text(small_entry);
  EXPECT_EQ(text, "scenario: [3, 0]\nschedule: [operate 1, transport 2]\n");
  const ReadEntry read = read_entry(text, "x");
  ASSERT_TRUE(read.entry);
  EXPECT_EQ(*read.entry, small_entry);
  EXPECT_THAT(entry_file_name(text), SizeIs(20));
  EXPECT_NE(entry_file_name(text), entry_file_name(text + ' '));
}

TEST(CorpusEntries, SayWhereTheyAreDamaged) {
  const auto problem = [](std::string_view text) {
    const ReadEntry read = read_entry(text, "a.yml");
    EXPECT_FALSE(read.entry);
    return read.problems.empty() ? "" : read.problems.front().text();
  };
  EXPECT_THAT(problem("scenario: [3]\nschedule: [operate]\n"),
              HasSubstr("a.yml:2:12: a choice of the schedule must be"));
  EXPECT_THAT(problem("scenario: [3,\n  256]\nschedule: []\n"), HasSubstr("a.yml:2:3: "));
  EXPECT_THAT(problem("scenario: [3]\n"), HasSubstr("schedule"));
  EXPECT_THAT(problem("scenario: [3]\nschedule: []\nother: 1\n"), HasSubstr("a.yml:3:1: "));
  EXPECT_THAT(problem("scenario: [3"), HasSubstr("a.yml:1:"));
}

TEST(CorpusFolder, GivesWhatWasWritten) {
  const sim::TemporaryFolder folder;
  const auto inside = folder.path() / "not" / "there";
  EXPECT_THAT(read_corpus(inside).files, IsEmpty());
  const std::string text = entry_text(small_entry);
  const auto path = write_entry(inside, text);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->filename(), entry_file_name(text));
  folder.write("not/there/README", "is none");
  const Corpus corpus = read_corpus(inside);
  EXPECT_THAT(corpus.problems, IsEmpty());
  EXPECT_EQ(corpus.bytes, text.size());
  ASSERT_THAT(corpus.files, SizeIs(1));
  EXPECT_EQ(corpus.files[0].path, *path);
  EXPECT_EQ(corpus.files[0].entry, small_entry);
}

/// A second search that begins with what the first one kept knows all states of the first.
TEST(CorpusEntries, CarryEveryStateOn) {
  const sim::PoolFactory pool = sim::connection_pool();
  Fuzzer first({.seed = 1}, pool);
  for (std::uint64_t i = 0; i < Fuzzer::runs_of_epoch; ++i) first.take(first.run(i));
  first.end_epoch();
  const std::vector<CorpusEntry> kept = first.worth_keeping();
  EXPECT_LT(kept.size(), first.totals().corpus);

  Fuzzer second({.seed = 2}, pool);
  for (const CorpusEntry& each : kept) second.begin_with(second.run_again(each));
  EXPECT_EQ(second.totals().states, first.totals().states);
  EXPECT_EQ(second.totals().runs, 0U);
  EXPECT_THAT(second.worth_keeping(), IsEmpty());
}

}  // namespace
}  // namespace cmap::fuzz
