// Entries as texts and as files.
#include "fuzz/corpus.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <system_error>
#include <utility>

#include "fuzz/draws.hpp"
#include "sim/digest.hpp"
#include "spec-tests/object_reader.hpp"
#include "spec-tests/schedule.hpp"
#include "spec-tests/yaml_text.hpp"

namespace cmap::fuzz {
namespace {

using spec_tests::Value;

constexpr std::string_view ending = ".yml";

std::vector<sim::RecordedChoice> read_draws(const Value* value, spec_tests::Problems& problems) {
  std::vector<sim::RecordedChoice> draws;
  for (const Value& element : spec_tests::read_list(value, "scenario", problems)) {
    const auto number =
        spec_tests::read_integer(&element, "a draw of the scenario", problems, 0, Draws::most - 1);
    if (!number) continue;
    draws.push_back(
        {sim::ChoiceKind::scenario, {sim::ActionKind::draw, static_cast<std::uint32_t>(*number)}});
  }
  return draws;
}

ReadEntry entry_of(const spec_tests::Document& document, const std::string& name) {
  if (!document.value) return {.entry = {}, .problems = document.problems};
  spec_tests::Problems problems(name);
  spec_tests::ObjectReader reader(*document.value, "a corpus entry", problems);
  CorpusEntry entry;
  if (const Value* scenario = reader.need("scenario")) {
    entry.scenario = read_draws(scenario, problems);
  }
  if (const Value* schedule = reader.need("schedule")) {
    entry.schedule = spec_tests::read_schedule(*schedule, problems);
  }
  reader.finish();
  if (!problems.empty()) return {.entry = {}, .problems = problems.take()};
  return {.entry = std::move(entry), .problems = {}};
}

}  // namespace

std::string entry_text(const CorpusEntry& entry) {
  Value::Array draws;
  for (const sim::RecordedChoice& draw : entry.scenario) {
    draws.emplace_back(std::int64_t{draw.option.subject});
  }
  Value::Array choices;
  for (const sim::RecordedChoice& choice : entry.schedule) {
    choices.emplace_back(spec_tests::choice_text(choice));
  }
  return spec_tests::yaml_text(
      {{"scenario", {}, Value(std::move(draws))}, {"schedule", {}, Value(std::move(choices))}});
}

std::string entry_file_name(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  sim::Digest digest;
  digest.fold_text(text);
  std::uint64_t value = digest.value();
  std::string name(16, '0');
  for (auto digit = name.rbegin(); digit != name.rend(); ++digit, value >>= 4U) {
    *digit = digits[value & 0xFU];
  }
  return name += ending;
}

ReadEntry read_entry(std::string_view text, const std::string& name) {
  return entry_of(spec_tests::read_text(text, spec_tests::Syntax::yaml, name), name);
}

Corpus read_corpus(const std::filesystem::path& folder) {
  Corpus corpus;
  if (!std::filesystem::exists(folder)) return corpus;
  std::vector<std::filesystem::path> paths;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ending) paths.push_back(file.path());
  }
  std::sort(paths.begin(), paths.end());
  for (std::filesystem::path& path : paths) {
    corpus.bytes += std::filesystem::file_size(path);
    ReadEntry read = entry_of(spec_tests::read_file(path), path.string());
    std::ranges::move(read.problems, std::back_inserter(corpus.problems));
    if (read.entry) corpus.files.push_back({std::move(path), std::move(*read.entry)});
  }
  return corpus;
}

std::optional<std::filesystem::path> write_entry(const std::filesystem::path& folder,
                                                 std::string_view text) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::filesystem::path path = folder / entry_file_name(text);
  const std::filesystem::path unfinished = path.string() + ".unfinished";
  std::ofstream output(unfinished, std::ios::binary);
  output << text;
  output.close();
  if (!output) return std::nullopt;
  std::filesystem::rename(unfinished, path, error);
  if (error) return std::nullopt;
  return path;
}

}  // namespace cmap::fuzz
