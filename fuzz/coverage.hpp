// What the runs of a search contained and put to the test, and how often: what it never met, it
// cannot have found.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.hpp"
#include "sim/trace.hpp"

namespace cmap::fuzz {

struct CoverageItem {
  enum class Kind : std::uint8_t {
    ingredient,  ///< something that a scenario or its run can contain
    clause,      ///< a rule of the oracles; hit where something could have broken it
  } kind = Kind::ingredient;
  std::string name;
  /// Why no run hits it; empty: the search must.
  std::string_view excuse{};
};

/// All that there is to hit, ingredients first.
std::span<const CoverageItem> coverage_items();

/// Which items one run hit, by index.
using Hits = std::bitset<256>;

/// `trace` with entries and exercised rules.
Hits hits_of(const sim::Scenario& scenario, const sim::Trace& trace);

/// Of many runs.
class Coverage {
 public:
  Coverage() : counts_(coverage_items().size()) {}

  void add(const Hits& hits);

  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  /// How many runs hit each of coverage_items().
  [[nodiscard]] std::span<const std::uint64_t> counts() const { return counts_; }

 private:
  std::uint64_t runs_ = 0;
  std::vector<std::uint64_t> counts_;
};

/// A count as simulation targets give it, rounded down.
constexpr std::uint64_t per_20000(std::uint64_t count, std::uint64_t runs) {
  return runs == 0 ? 0 : count * 20'000 / runs;
}

}  // namespace cmap::fuzz
