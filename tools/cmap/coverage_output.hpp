// What a search met, for people and for programs.
#pragma once

#include <string>

#include "fuzz/coverage.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {

/// A line for each item with its runs per 20,000; what was never met says so.
std::string coverage_text(const fuzz::Coverage& coverage);

/// "93 of 95 clauses".
std::string clauses_met(const fuzz::Coverage& coverage);

/// {"runs": N, "ingredients": {name: runs, ...}, "clauses": {...}}.
JsonObject coverage_json(const fuzz::Coverage& coverage);

}  // namespace cmap::tools
