// What the scenarios of a search must contain: for each there are bugs that nothing else shows.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "fuzz/recorded_run.hpp"

namespace cmap::fuzz {

/// Something that can be in a run, found in its scenario and its trace.
struct Ingredient {
  std::string name;
  std::function<bool(const RecordedRun&)> is_in;
};

/// All of them, in an order that stays.
std::span<const Ingredient> ingredients();

}  // namespace cmap::fuzz
