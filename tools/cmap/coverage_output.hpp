// What a search met, for people and for programs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/coverage.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {

struct MetItem {
  std::string_view name;
  std::uint64_t count = 0;    ///< of runs that met it
  std::string_view excuse{};  ///< why none does; empty: some must
};

/// A line for each item with its runs per 20,000; what was never met says so.
std::string met_text(std::span<const MetItem> items, std::uint64_t runs);
std::string coverage_text(const fuzz::Coverage& coverage);

/// "93 of 95 clauses".
std::string clauses_met(const fuzz::Coverage& coverage);

/// {"runs": N, "ingredients": {name: runs, ...}, "clauses": {...}}.
JsonObject coverage_json(const fuzz::Coverage& coverage);

}  // namespace cmap::tools
