// The scenarios that a search has closed, in a file: a later search leaves them out.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "fuzz/explorer.hpp"

namespace cmap::tools {

/// One line for each, written as soon as it is closed. A line that was not written to its end does
/// not count.
class ClosedScenarios {
 public:
  /// `search`: what is searched; a file of another search is refused with BadUse, and so is one
  /// that cannot be written. An empty path: nothing is noted.
  ClosedScenarios(const std::filesystem::path& path, const std::string& search);

  /// Null: not closed before.
  [[nodiscard]] const fuzz::ExploreTotals* find(const std::string& scenario) const;
  void add(const std::string& scenario, const fuzz::ExploreTotals& totals);

 private:
  void read(const std::filesystem::path& path, const std::string& search);

  std::map<std::string, fuzz::ExploreTotals> closed_;
  std::ofstream file_;
};

}  // namespace cmap::tools
