// What showed something new, as files: a later search, here or on another machine, goes on from
// there.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choice.hpp"
#include "spec-tests/problem.hpp"

namespace cmap::fuzz {

/// What composed a scenario and chose its schedule.
struct CorpusEntry {
  std::vector<sim::RecordedChoice> scenario;
  std::vector<sim::RecordedChoice> schedule;
  bool operator==(const CorpusEntry&) const = default;
};

/// A corpus is small enough to be kept beside the sources.
inline constexpr std::size_t most_corpus_bytes = std::size_t{1} << 20U;

/// YAML, the same bytes every time: the numbers that were drawn for the scenario, and by name what
/// happened next wherever there was a choice.
std::string entry_text(const CorpusEntry& entry);
/// Of its content: whoever finds the same gives it the same name, so that folders can be merged by
/// copying.
std::string entry_file_name(std::string_view text);

/// An entry, or at least one problem. `name` is for the problems only.
struct ReadEntry {
  std::optional<CorpusEntry> entry;
  std::vector<spec_tests::Problem> problems;
};
ReadEntry read_entry(std::string_view text, const std::string& name);

struct CorpusFile {
  std::filesystem::path path;
  CorpusEntry entry;
};

/// The *.yml files of a folder, in the order of their names.
struct Corpus {
  std::vector<CorpusFile> files;
  std::size_t bytes = 0;
  std::vector<spec_tests::Problem> problems;
};
/// A folder that is not there is an empty corpus. Throws std::filesystem::filesystem_error.
Corpus read_corpus(const std::filesystem::path& folder);

/// Makes the folder if need be; the file is there as a whole or not at all. Returns its path,
/// nothing if it cannot be written.
std::optional<std::filesystem::path> write_entry(const std::filesystem::path& folder,
                                                 std::string_view text);

}  // namespace cmap::fuzz
