// Collects and filters.
#include "tools/cmap/selection.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

namespace cmap::tools {
namespace {

std::vector<std::filesystem::path> official_folders(const std::filesystem::path& checkout) {
  std::vector folders{checkout / official_folder};
  for (const char* folder : official_case_folders) {
    std::error_code ignored;
    if (std::filesystem::is_directory(checkout / folder, ignored)) {
      folders.push_back(checkout / folder);
    }
  }
  return folders;
}

class Selector {
 public:
  explicit Selector(const ReplayOptions& options) : options_(options) {}

  Selection take() {
    if (!options_.paths.empty()) {
      add(spec_tests::collect(options_.paths), /*embedded=*/false);
      return std::move(selection_);
    }
    add(spec_tests::collect_embedded(), /*embedded=*/true);
    if (options_.specifications) {
      selection_.has_official = true;
      add(spec_tests::collect(official_folders(*options_.specifications)), /*embedded=*/false);
    }
    return std::move(selection_);
  }

 private:
  void add(spec_tests::Collection collection, bool embedded) {
    for (spec_tests::ScenarioFile& file : collection.scenarios) {
      if (options_.filter && !options_.filter->matches(file)) {
        ++selection_.filtered_out;
      } else if (options_.integration_only && file.style == spec_tests::Style::unit) {
        ++selection_.unit_files;
      } else {
        selection_.scenarios.push_back({std::move(file), embedded});
      }
    }
    for (spec_tests::Case& test : collection.cases) {
      if (options_.filter && !options_.filter->matches(test)) {
        ++selection_.filtered_out;
      } else if (options_.integration_only) {
        ++selection_.unit_files;
      } else {
        selection_.cases.push_back(std::move(test));
      }
    }
    std::ranges::move(collection.others, std::back_inserter(selection_.others));
    std::ranges::move(collection.problems, std::back_inserter(selection_.problems));
  }

  const ReplayOptions& options_;
  Selection selection_;
};

}  // namespace

Selection select(const ReplayOptions& options) { return Selector(options).take(); }

}  // namespace cmap::tools
