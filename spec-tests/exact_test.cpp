// The exact traces of the official files that are compiled in.
#include "spec-tests/exact.hpp"

#include <gtest/gtest.h>

#include "spec-tests/embedded.hpp"
#include "spec-tests/files_harness.hpp"

namespace cmap::spec_tests {
namespace {

using std::chrono::milliseconds;

TEST(EmbeddedExact, AllOfTheOfficialFilesAreThereAndWellFormed) {
  EXPECT_EQ(embedded_exact().size(), 33U);
  for (const EmbeddedFile& file : embedded_exact()) {
    const auto result = read_exact_file(file.text, std::string(file.path));
    ASSERT_TRUE(result.file) << problems_text(result.problems);
    EXPECT_TRUE(result.file->exact.end);
    EXPECT_FALSE(result.file->exact.trace->empty()) << file.path;
  }
}

TEST(OfficialExact, NeedsNameAndDescription) {
  const auto exact = official_exact("pool-close", "must be able to manually close a pool");
  ASSERT_TRUE(exact);
  EXPECT_EQ(exact->file, "spec-tests/exact/pool-close.yml");
  EXPECT_EQ(exact->end, milliseconds(0));
  EXPECT_EQ(exact->trace->size(), 2U);
  EXPECT_EQ(exact->trace->at(1).text, "@0 ConnectionPoolClosed");
  EXPECT_EQ(exact->trace->at(1).mark, (Mark{6, 5}));
  EXPECT_FALSE(official_exact("pool-close", "my own file of this name"));
  EXPECT_FALSE(official_exact("my-pool-close", "must be able to manually close a pool"));
}

TEST(ExactFile, NeedsAllItsKeys) {
  const auto result = read_exact_file("description: x\n", "e.yml");
  EXPECT_FALSE(result.file);
  EXPECT_EQ(result.problems.size(), 2U) << problems_text(result.problems);
  EXPECT_FALSE(read_exact_file("description: x\nendMS: 0\ntrace: []\nmore: 1\n", "e.yml").file);
}

TEST(TraceLineText, IsTimeAndEvent) {
  const sim::TracedEvent event{
      std::chrono::microseconds(1500),
      Event{Address(), TimePoint{}, PoolCounts{}, ConnectionCreatedEvent{ConnectionId{7}}}};
  EXPECT_EQ(trace_line(event), "@1.5 ConnectionCreated connectionId=7");
}

}  // namespace
}  // namespace cmap::spec_tests
