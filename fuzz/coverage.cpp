// One list of items; their predicates are in ingredients.cpp, the rules in sim/checkers.
#include "fuzz/coverage.hpp"

#include "fuzz/ingredients.hpp"
#include "pool/api/assert.hpp"
#include "sim/checkers/rules.hpp"

namespace cmap::fuzz {
namespace {

/// Each is found by other means, which the excuse names.
std::string_view excuse_of(const sim::Rule& rule) {
  if (&rule == &sim::nobody_waits) {
    return "the end of a run frees everything first: PROGRESS is what finds it";
  }
  return {};
}

std::vector<CoverageItem> all_items() {
  std::vector<CoverageItem> items;
  for (const Ingredient& ingredient : ingredients()) {
    items.push_back({.kind = CoverageItem::Kind::ingredient, .name = ingredient.name});
  }
  for (const sim::Rule* rule : sim::run_rules) {
    std::string name(rule->clause);
    name += ": ";
    name += rule->sentence;
    items.push_back({CoverageItem::Kind::clause, std::move(name), excuse_of(*rule)});
  }
  return items;
}

}  // namespace

std::span<const CoverageItem> coverage_items() {
  static const std::vector<CoverageItem> items = all_items();
  return items;
}

Hits hits_of(const sim::Scenario& scenario, const sim::Trace& trace) {
  Hits hits;
  CMAP_ASSERT(coverage_items().size() <= hits.size());
  std::size_t at = 0;
  const RecordedRun run = read_run(scenario, trace);
  for (const Ingredient& ingredient : ingredients()) hits[at++] = ingredient.is_in(run);
  for (const sim::Rule* rule : sim::run_rules) hits[at++] = trace.exercised.contains(*rule);
  return hits;
}

void Coverage::add(const Hits& hits) {
  ++runs_;
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += hits[i] ? 1U : 0U;
}

}  // namespace cmap::fuzz
