// Output: what goes wrong while writing is kept, a reader that went away is not an error.
#include "tools/cmap/output.hpp"

#include <array>
#include <csignal>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

TEST(Output, WritesAFile) {
  const TemporaryFolder folder;
  const std::string large(200'000, 'x');
  {
    const auto output = Output::create_file(folder.path() / "file");
    output->write("one\n");
    output->write(large);
    output->close();
    EXPECT_EQ(output->error(), "");
  }
  EXPECT_EQ(folder.read("file"), "one\n" + large);
}

TEST(Output, EmptiesAFileThatWasThere) {
  const TemporaryFolder folder;
  folder.write("file", "old");
  Output::create_file(folder.path() / "file")->close();
  EXPECT_EQ(folder.read("file"), "");
}

TEST(Output, SaysWhyAFileCannotBeMade) {
  const auto output = Output::create_file("no such folder/file\n");
  output->write("text");
  output->close();
  EXPECT_EQ(output->error(), "cannot write no such folder/file\\x0a: No such file or directory");
}

TEST(Output, KeepsTheErrorOfAFullDisk) {
  const auto output = Output::create_file("/dev/full");
  output->write("text");
  output->flush();
  output->write("more");
  output->close();
  EXPECT_EQ(output->error(), "cannot write /dev/full: No space left on device");
}

TEST(Output, NoticesThatItsReaderWentAway) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  Output output(ends[1], "a pipe");
  EXPECT_FALSE(output.has_lost_reader());
  ::close(ends[0]);
  EXPECT_TRUE(output.has_lost_reader());
  ::close(ends[1]);
}

TEST(Output, DropsWhatNobodyReads) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  Output output(ends[1], "a pipe");
  output.write("text");
  output.flush();
  output.write("more");
  output.flush();
  EXPECT_EQ(output.error(), "");
  ::close(ends[1]);
}

}  // namespace
}  // namespace cmap::tools
