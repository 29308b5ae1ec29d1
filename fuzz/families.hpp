// Small configurations that each add one or two dimensions of the pool's interface to a small base:
// what the grid, where threads only check out and in, does not reach.
#pragma once

#include <string_view>
#include <vector>

#include "sim/scenario.hpp"

namespace cmap::fuzz {

struct Family {
  const char* name;   ///< "deadlines"
  const char* about;  ///< which dimensions these are: what a list shows
  std::vector<sim::Scenario> (*configurations)();
};

/// All, in the order in which they are searched: the small ones first, and at the end the grid of
/// the default size (grid.hpp). The names of configurations begin with that of their family, but
/// for the grid's.
const std::vector<Family>& families();
/// Null: there is none of that name.
const Family* family_named(std::string_view name);

// What callers do (families_of_callers.cpp).
std::vector<sim::Scenario> reuse_family();
std::vector<sim::Scenario> waiters_family();
std::vector<sim::Scenario> deadlines_family();
std::vector<sim::Scenario> cancellation_family();
std::vector<sim::Scenario> check_ins_family();
std::vector<sim::Scenario> unlimited_family();

// What peers do, and what time does (families_of_peers.cpp).
std::vector<sim::Scenario> population_family();
std::vector<sim::Scenario> idle_family();
std::vector<sim::Scenario> errors_family();
std::vector<sim::Scenario> inline_answers_family();
std::vector<sim::Scenario> late_answers_family();
std::vector<sim::Scenario> handshake_family();

// What is done to the pool (families_of_pools.cpp).
std::vector<sim::Scenario> lifecycle_family();
std::vector<sim::Scenario> load_balanced_family();
std::vector<sim::Scenario> fork_family();
std::vector<sim::Scenario> listeners_family();

}  // namespace cmap::fuzz
