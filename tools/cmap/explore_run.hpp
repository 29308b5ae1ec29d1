// Searches scenarios exhaustively, and says what was covered or the shortest counterexample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/explorer.hpp"
#include "sim/pool_under_test.hpp"
#include "sim/scenario.hpp"
#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"

namespace cmap::tools {

/// Scenarios that are told of together.
struct ExploredFamily {
  std::string name;
  std::size_t size = 0;
};

struct ExploreCommand {
  std::vector<sim::Scenario> scenarios;  ///< of different names
  /// One behind the other, all of `scenarios`; or none.
  std::vector<ExploredFamily> families{};
  fuzz::ExploreOptions options{};  ///< of each scenario
  std::string pool;                ///< its name on the command line
  sim::PoolFactory factory;
  std::size_t jobs = 1;
  std::filesystem::path save = ".";  ///< the folder for a counterexample
  std::filesystem::path resume{};    ///< what is closed is noted there; empty: nowhere
  std::string arguments{};           ///< that the scenarios come from, to repeat the search
  bool json = false;
};

/// Throws BadUse if the file to be resumed is of another search or cannot be written.
ExitStatus run_explore(const ExploreCommand& command, Console& console);

}  // namespace cmap::tools
