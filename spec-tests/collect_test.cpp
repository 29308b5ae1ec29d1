// Folders, twins, and files of other formats.
#include "spec-tests/collect.hpp"

#include <climits>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"

namespace cmap::spec_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view json_twin = R"({
  "version": 1, "style": "unit", "description": "a test",
  "operations": [{"name": "ready"}],
  "events": [{"type": "ConnectionPoolCreated"}, {"type": "ConnectionPoolReady"}]
})";
constexpr std::string_view other_format = "endMS: 0\ntrace: []\n";

Collection collect_paths(std::vector<std::filesystem::path> paths) { return collect(paths); }

std::vector<std::string> names(const Collection& collection) {
  std::vector<std::string> result;
  for (const ScenarioFile& file : collection.scenarios) {
    result.push_back(std::filesystem::path(file.path).filename());
  }
  return result;
}

/// What nobody can read by its path, root neither.
void make_folders_too_deep_for_a_path(const std::filesystem::path& top) {
  const std::string name(250, 'b');
  ASSERT_TRUE(std::filesystem::create_directory(top));
  int folder = open(top.c_str(), O_DIRECTORY | O_CLOEXEC);
  for (int depth = 0; depth < PATH_MAX / 250 + 1; ++depth) {
    ASSERT_EQ(mkdirat(folder, name.c_str(), 0700), 0);
    const int inner = openat(folder, name.c_str(), O_DIRECTORY | O_CLOEXEC);
    close(folder);
    folder = inner;
  }
  close(folder);
}

TEST(Collect, FoldersRecursivelyAndSorted) {
  const TemporaryFolder folder;
  for (const auto* name : {"b.yml", "a/z.yaml", "a/c.json", "c.yml"}) {
    const bool json = std::string_view(name).ends_with("json");
    folder.write(name, json ? std::string(json_twin) : scenario_yaml());
  }
  folder.write("notes.txt", "not a scenario");
  const Collection collection = collect_paths({folder.path()});
  EXPECT_THAT(names(collection), ElementsAre("c.json", "z.yaml", "b.yml", "c.yml"));
  EXPECT_EQ(problems_text(collection.problems), "");
}

TEST(Collect, TwinsRunOnce) {
  const TemporaryFolder folder;
  const auto json = folder.write("a.json", json_twin);
  const auto yaml = folder.write("a.yml", scenario_yaml());
  EXPECT_THAT(names(collect_paths({folder.path()})), ElementsAre("a.yml"));
  EXPECT_THAT(names(collect_paths({json, yaml, folder.path()})), ElementsAre("a.yml"));
  EXPECT_THAT(names(collect_paths({json})), ElementsAre("a.json"));
}

TEST(Collect, TwinsMustBeEqual) {
  const TemporaryFolder folder;
  folder.write("a.json", json_twin);
  folder.write("a.yml", scenario_yaml("description: another\n"));
  const Collection collection = collect_paths({folder.path()});
  EXPECT_THAT(names(collection), ElementsAre("a.yml"));
  EXPECT_THAT(problems_text(collection.problems), HasSubstr("a.json:1:1: differs from its twin"));
}

TEST(Collect, ABrokenTwinIsAProblemAndTheOtherStillRuns) {
  const TemporaryFolder folder;
  folder.write("a.json", json_twin);
  folder.write("a.yml", "a: [");
  const Collection collection = collect_paths({folder.path()});
  EXPECT_THAT(names(collection), ElementsAre("a.json"));
  EXPECT_EQ(collection.problems.size(), 1U);
}

TEST(Collect, OtherFormatsAreListedInFoldersAndRefusedIfNamed) {
  const TemporaryFolder folder;
  const auto path = folder.write("u.yml", other_format);
  const Collection in_folder = collect_paths({folder.path()});
  EXPECT_TRUE(in_folder.problems.empty());
  ASSERT_EQ(in_folder.others.size(), 1U);
  EXPECT_EQ(in_folder.others[0].format, "an exact expectation");
  const Collection named = collect_paths({path});
  EXPECT_TRUE(named.others.empty());
  EXPECT_THAT(problems_text(named.problems), HasSubstr("not a cmap-format scenario"));
}

TEST(Collect, OneBadFileDoesNotKeepTheOthersFromRunning) {
  const TemporaryFolder folder;
  folder.write("a.yml", "");
  folder.write("b.yml", scenario_yaml());
  const Collection collection = collect_paths({folder.path(), folder.path() / "none.yml"});
  EXPECT_THAT(names(collection), ElementsAre("b.yml"));
  EXPECT_EQ(collection.problems.size(), 2U);
}

TEST(Collect, AVersionAloneIsNoScenario) {
  const TemporaryFolder folder;
  folder.write("package.json", R"({"name": "x", "version": 3})");
  const Collection collection = collect_paths({folder.path()});
  EXPECT_EQ(problems_text(collection.problems), "");
  ASSERT_EQ(collection.others.size(), 1U);
  EXPECT_EQ(collection.others[0].format, "no key of the cmap-format");
}

TEST(Collect, AFolderThatCannotBeReadDoesNotHideItsNeighbours) {
  const TemporaryFolder folder;
  folder.write("a/a.yml", scenario_yaml());
  folder.write("c/c.yml", scenario_yaml());
  make_folders_too_deep_for_a_path(folder.path() / "b");
  const Collection collection = collect_paths({folder.path()});
  EXPECT_THAT(names(collection), ElementsAre("a.yml", "c.yml"));
  EXPECT_THAT(problems_text(collection.problems), HasSubstr("cannot be read: File name too long"));
}

TEST(Collect, AFileNamedTwiceRunsOnce) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.yml", scenario_yaml());
  const auto same = folder.path() / "x" / ".." / "a.yml";
  std::filesystem::create_directory(folder.path() / "x");
  EXPECT_EQ(collect_paths({path, path, same, folder.path()}).scenarios.size(), 1U);
}

TEST(Collect, LinksInCirclesEnd) {
  const TemporaryFolder folder;
  folder.write("a/b.yml", scenario_yaml());
  std::filesystem::create_directory_symlink(folder.path(), folder.path() / "a/up");
  EXPECT_EQ(collect_paths({folder.path()}).scenarios.size(), 1U);
}

TEST(CollectEmbedded, TheOwnScenariosAreWellFormed) {
  const Collection collection = collect_embedded();
  EXPECT_EQ(problems_text(collection.problems), "");
  EXPECT_TRUE(collection.others.empty());
  for (const ScenarioFile& file : collection.scenarios) {
    EXPECT_TRUE(file.exact && file.exact->end) << file.path;
    EXPECT_FALSE(file.requirements.empty()) << file.path;
    EXPECT_FALSE(file.catches.empty()) << file.path;
  }
}

}  // namespace
}  // namespace cmap::spec_tests
