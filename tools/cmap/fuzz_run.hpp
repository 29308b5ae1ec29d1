// Searches for a failure, makes it small, says what it is and saves it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "fuzz/fuzzer.hpp"
#include "sim/pool_under_test.hpp"
#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"

namespace cmap::tools {

struct FuzzCommand {
  fuzz::FuzzOptions fuzz;
  std::string pool;  ///< its name on the command line
  sim::PoolFactory factory;
  std::optional<Duration> time;       ///< nothing: no limit
  std::optional<std::uint64_t> runs;  ///< nothing: no limit
  std::size_t jobs = 1;
  std::filesystem::path save = ".";  ///< the folder for a failure
  bool json = false;
};

ExitStatus run_fuzz(const FuzzCommand& command, Console& console);

}  // namespace cmap::tools
