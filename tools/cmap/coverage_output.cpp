// One table, ingredients first.
#include "tools/cmap/coverage_output.hpp"

#include <fmt/format.h>

namespace cmap::tools {

using Kind = fuzz::CoverageItem::Kind;

std::string coverage_text(const fuzz::Coverage& coverage) {
  std::string text =
      fmt::format("\nmet in so many of 20,000 runs ({} were made):\n", coverage.runs());
  std::size_t missed = 0;
  for (std::size_t i = 0; i < fuzz::coverage_items().size(); ++i) {
    const fuzz::CoverageItem& item = fuzz::coverage_items()[i];
    const std::uint64_t count = coverage.counts()[i];
    const bool counts_as_missed = count == 0 && item.excuse.empty();
    missed += counts_as_missed ? 1U : 0U;
    text += fmt::format("  {:>6}  {}", fuzz::per_20000(count, coverage.runs()), item.name);
    if (count == 0) text += counts_as_missed ? "  NEVER" : fmt::format("  ({})", item.excuse);
    text += '\n';
  }
  return text + fmt::format("{} of {} were never met\n", missed, fuzz::coverage_items().size());
}

std::string clauses_met(const fuzz::Coverage& coverage) {
  std::size_t met = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < fuzz::coverage_items().size(); ++i) {
    const fuzz::CoverageItem& item = fuzz::coverage_items()[i];
    if (item.kind != fuzz::CoverageItem::Kind::clause || !item.excuse.empty()) continue;
    ++all;
    met += coverage.counts()[i] > 0 ? 1U : 0U;
  }
  return fmt::format("{} of {} clauses", met, all);
}

JsonObject coverage_json(const fuzz::Coverage& coverage) {
  JsonObject ingredients;
  JsonObject clauses;
  for (std::size_t i = 0; i < fuzz::coverage_items().size(); ++i) {
    const fuzz::CoverageItem& item = fuzz::coverage_items()[i];
    JsonObject& object = item.kind == Kind::ingredient ? ingredients : clauses;
    object.add(item.name, coverage.counts()[i]);
  }
  JsonObject all;
  all.add("runs", coverage.runs()).add("ingredients", ingredients).add("clauses", clauses);
  return all;
}

}  // namespace cmap::tools
