// Collects and filters.
#include "tools/cmap/selection.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cmap::tools {
namespace {

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
      const std::array folders{*options_.specifications / official_folder};
      add(spec_tests::collect(folders), /*embedded=*/false);
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
    std::ranges::move(collection.others, std::back_inserter(selection_.others));
    std::ranges::move(collection.problems, std::back_inserter(selection_.problems));
  }

  const ReplayOptions& options_;
  Selection selection_;
};

}  // namespace

Selection select(const ReplayOptions& options) { return Selector(options).take(); }

}  // namespace cmap::tools
