// Paths to scenarios: walks folders in a fixed order and merges twins.
#include "spec-tests/collect.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "spec-tests/embedded.hpp"

namespace cmap::spec_tests {
namespace {

namespace fs = std::filesystem;

struct Found {
  fs::path path;
  bool named = false;  ///< by the user, not found in a folder
};

/// What makes two files twins.
fs::path without_ending(const fs::path& path) { return path.parent_path() / path.stem(); }

/// YAML first: its line numbers are those that people read.
bool is_better_twin(const Found& a, const Found& b) {
  const auto is_json = [](const Found& file) { return syntax_of(file.path) == Syntax::json; };
  return !is_json(a) && is_json(b);
}

class Collector {
 public:
  void add(const fs::path& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (status.type() == fs::file_type::directory) {
      add_folder(path);
    } else {
      add_file({path.lexically_normal(), true});
    }
  }

  Collection take() {
    for (const fs::path& key : order_) read_twins(twins_[key]);
    return std::move(result_);
  }

 private:
  void add_folder(const fs::path& folder) {
    std::vector<fs::path> files;
    std::vector<fs::path> folders{folder};
    while (!folders.empty()) {
      const fs::path next = std::move(folders.back());
      folders.pop_back();
      list(next, files, folders);
    }
    std::ranges::sort(files);
    for (fs::path& file : files) add_file({std::move(file), false});
  }

  /// Links to folders are not followed: they could go in circles.
  void list(const fs::path& folder, std::vector<fs::path>& files, std::vector<fs::path>& folders) {
    std::error_code error;
    auto entry = fs::directory_iterator(folder, error);
    for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;  // what vanishes is no scenario
      if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
        folders.push_back(entry->path());
      } else if (entry->is_regular_file(ignored) && syntax_of(entry->path())) {
        files.push_back(entry->path().lexically_normal());
      }
    }
    if (error) problem(folder, "cannot be read: " + error.message());
  }

  void add_file(Found file) {
    std::error_code error;
    fs::path identity = fs::weakly_canonical(file.path, error);
    if (error) identity = file.path;
    if (!seen_.insert(identity).second) return;
    const fs::path key = without_ending(identity);
    auto& twins = twins_[key];
    if (twins.empty()) order_.push_back(key);
    twins.push_back(std::move(file));
  }

  /// The twins that can be read, the best of them first.
  void read_twins(std::vector<Found>& twins) {
    std::ranges::stable_sort(twins, is_better_twin);
    std::optional<Value> first;
    fs::path first_path;
    Numbers numbers = Numbers::typed;
    for (const Found& file : twins) {
      Document document = read_file(file.path);
      if (!document.value) {
        append(std::move(document.problems));
      } else if (!first) {
        first = std::move(document.value);
        first_path = file.path;
        numbers = read_one(*first, file);
      } else if (!same_value(*first, *document.value, numbers)) {
        problem(file.path,
                "differs from its twin " + first_path.string() + "; both must hold the same");
      }
    }
  }

  /// Tells how its twin is to be compared: only scenarios tell 1 from 1.0.
  Numbers read_one(const Value& document, const Found& file) {
    if (auto cases = read_cases(document, file.path.string())) {
      std::ranges::move(cases->cases, std::back_inserter(result_.cases));
      append(std::move(cases->problems));
      return Numbers::by_value;
    }
    read_scenario_or_other(document, file);
    return Numbers::typed;
  }

  void read_scenario_or_other(const Value& document, const Found& file) {
    ScenarioResult result = read_scenario(document, file.path.string());
    if (result.scenario) {
      result_.scenarios.push_back(std::move(*result.scenario));
    } else if (result.other_format && file.named) {
      problem(file.path,
              "not a cmap-format scenario (" + *result.other_format +
                  "); expected the keys version, style, description, operations, events");
    } else if (result.other_format) {
      result_.others.push_back({file.path.string(), std::move(*result.other_format)});
    } else {
      append(std::move(result.problems));
    }
  }

  void append(std::vector<Problem> problems) {
    for (Problem& problem : problems) result_.problems.push_back(std::move(problem));
  }

  void problem(const fs::path& path, std::string message) {
    result_.problems.push_back({path.string(), {}, std::move(message)});
  }

  std::set<fs::path> seen_;
  std::map<fs::path, std::vector<Found>> twins_;
  std::vector<fs::path> order_;  ///< keys of twins_ as they were found
  Collection result_;
};

}  // namespace

Collection collect(std::span<const fs::path> paths) {
  Collector collector;
  for (const fs::path& path : paths) collector.add(path);
  return collector.take();
}

Collection collect_embedded() {
  Collection result;
  for (const EmbeddedFile& file : embedded_scenarios()) {
    const std::string path(file.path);
    const auto syntax = syntax_of(path);
    if (!syntax) continue;
    ScenarioResult read = read_scenario_text(file.text, *syntax, path);
    if (read.scenario) result.scenarios.push_back(std::move(*read.scenario));
    if (read.other_format) result.others.push_back({path, std::move(*read.other_format)});
    for (Problem& problem : read.problems) result.problems.push_back(std::move(problem));
  }
  return result;
}

}  // namespace cmap::spec_tests
