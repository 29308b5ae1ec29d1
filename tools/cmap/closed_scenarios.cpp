// A header, then lines of four numbers and a name.
#include "tools/cmap/closed_scenarios.hpp"

#include <sstream>

#include <fmt/format.h>

#include "spec-tests/problem.hpp"
#include "tools/cmap/commands.hpp"

namespace cmap::tools {
namespace {

constexpr const char* header = "cmap explore 1: ";

}  // namespace

ClosedScenarios::ClosedScenarios(const std::filesystem::path& path, const std::string& search) {
  if (path.empty()) return;
  read(path, search);
  // What was read is written anew: the last line may be a broken one.
  file_.open(path, std::ios::binary | std::ios::trunc);
  file_ << header << search << '\n';
  const auto before = closed_;
  for (const auto& [scenario, totals] : before) add(scenario, totals);
  if (!file_) {
    throw BadUse("--resume " + spec_tests::in_quotes(path.string()) + ": it cannot be written");
  }
}

void ClosedScenarios::read(const std::filesystem::path& path, const std::string& search) {
  std::ifstream input(path, std::ios::binary);
  std::string line;
  if (!std::getline(input, line)) return;
  if (line != header + search) {
    throw BadUse("--resume " + spec_tests::in_quotes(path.string()) + ": it is of another search",
                 "give the same arguments again, or the name of a file that is not there");
  }
  while (std::getline(input, line) && !input.eof()) {
    std::istringstream words(line);
    fuzz::ExploreTotals totals;
    std::string scenario;
    words >> totals.states >> totals.transitions >> totals.ends >> totals.depth >> std::ws;
    if (words && std::getline(words, scenario)) closed_[scenario] = totals;
  }
}

const fuzz::ExploreTotals* ClosedScenarios::find(const std::string& scenario) const {
  const auto found = closed_.find(scenario);
  return found == closed_.end() ? nullptr : &found->second;
}

void ClosedScenarios::add(const std::string& scenario, const fuzz::ExploreTotals& totals) {
  if (!file_.is_open()) return;
  file_ << fmt::format("{} {} {} {} {}\n", totals.states, totals.transitions, totals.ends,
                       totals.depth, scenario);
  file_.flush();
}

}  // namespace cmap::tools
