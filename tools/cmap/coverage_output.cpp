// One table, ingredients first.
#include "tools/cmap/coverage_output.hpp"

#include <vector>

#include <fmt/format.h>

namespace cmap::tools {

using Kind = fuzz::CoverageItem::Kind;

std::string met_text(std::span<const MetItem> items, std::uint64_t runs) {
  std::string text = fmt::format("\nmet in so many of 20,000 runs ({} were made):\n", runs);
  std::size_t missed = 0;
  for (const auto& [name, count, excuse] : items) {
    const bool counts_as_missed = count == 0 && excuse.empty();
    missed += counts_as_missed ? 1U : 0U;
    text += fmt::format("  {:>6}  {}", fuzz::per_20000(count, runs), name);
    if (count == 0) text += counts_as_missed ? "  NEVER" : fmt::format("  ({})", excuse);
    text += '\n';
  }
  return text + fmt::format("{} of {} were never met\n", missed, items.size());
}

std::string coverage_text(const fuzz::Coverage& coverage) {
  std::vector<MetItem> items;
  for (std::size_t i = 0; i < fuzz::coverage_items().size(); ++i) {
    const fuzz::CoverageItem& item = fuzz::coverage_items()[i];
    items.push_back({item.name, coverage.counts()[i], item.excuse});
  }
  return met_text(items, coverage.runs());
}

std::string clauses_met(const fuzz::Coverage& coverage) {
  std::size_t met = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < fuzz::coverage_items().size(); ++i) {
    const fuzz::CoverageItem& item = fuzz::coverage_items()[i];
    if (item.kind != Kind::clause || !item.excuse.empty()) continue;
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
