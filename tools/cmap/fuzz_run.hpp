// Searches for a failure, makes it small, says what it is and saves it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzzer.hpp"
#include "sim/pool_under_test.hpp"
#include "tools/cmap/console.hpp"
#include "tools/cmap/exit_status.hpp"

namespace cmap::tools {

/// Part `part` of `parts` of the runs of a seed: those whose number leaves the remainder part - 1.
struct Shard {
  std::uint64_t part = 1;
  std::uint64_t parts = 1;

  /// Of the i-th run of this part.
  [[nodiscard]] std::uint64_t number(std::uint64_t i) const { return i * parts + part - 1; }
  /// So many of the first `runs` runs belong to this part.
  [[nodiscard]] std::uint64_t share(std::uint64_t runs) const {
    return runs < part ? 0 : (runs - part) / parts + 1;
  }
};

struct FuzzCommand {
  fuzz::FuzzOptions fuzz;
  std::string pool;  ///< its name on the command line
  sim::PoolFactory factory;
  std::string world = "sim";          ///< in which everything must be as in the simulation
  std::optional<Duration> time;       ///< nothing: no limit
  std::optional<std::uint64_t> runs;  ///< of all shards together; nothing: no limit
  Shard shard;
  std::size_t jobs = 1;
  Duration longest_run = std::chrono::seconds(30);  ///< in real time, for what takes a millisecond
  std::filesystem::path save = ".";                 ///< the folder for a failure
  bool portable = false;  ///< what is saved is for the runners of other drivers
  std::optional<std::filesystem::path> corpus;  ///< the folder where the search goes on
  bool json = false;
  /// Of this process. When the pool crashes or hangs, this goes on from it as `after_crash` says.
  /// Empty: it ends there, what it was doing is saved as it is.
  std::vector<std::string> command_line;
  /// An earlier process was ended by one of the runs of the epoch that begins with this number of
  /// runs, or, if it is `in_corpus`, by one of the corpus. Those are made in processes of their
  /// own.
  std::optional<std::uint64_t> after_crash;
  static constexpr std::uint64_t in_corpus = std::numeric_limits<std::uint64_t>::max();
};

/// What the successor of this process is called with if one of the runs of the epoch that begins
/// with number `first` ends it. Empty: there is none.
std::vector<std::string> successor_words(const FuzzCommand& command, std::uint64_t first);

/// Until that time has passed, or the search is interrupted.
std::function<bool()> for_so_long(Duration limit);

ExitStatus run_fuzz(const FuzzCommand& command, Console& console);

}  // namespace cmap::tools
