// Makes a failure small: fewer operations, actors, faults and choices, with the same clause broken.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fuzz/property.hpp"

namespace cmap::fuzz {

/// A scenario and a schedule that break a clause.
struct Failure {
  sim::Scenario scenario;
  std::vector<sim::RecordedChoice> schedule;
  Finding finding;
};

struct ShrinkOptions {
  std::uint64_t most_replays = 2000;
  /// Asked now and then; false ends it early. Empty: until nothing gets smaller.
  std::function<bool()> go_on{};
  /// What the failure was found with.
  PropertyOptions property{};
  Tester tester = test;
};

struct Shrunk {
  Failure failure;  ///< the smallest one found; of the same signature as the first
  std::uint64_t replays = 0;
};

Shrunk shrink(Failure failure, const sim::PoolFactory& factory, const ShrinkOptions& options = {});

}  // namespace cmap::fuzz
