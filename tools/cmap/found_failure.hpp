// A failure that a search has found: as a file, and on the screen.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "pool/api/time.hpp"
#include "spec-tests/write_scenario.hpp"
#include "tools/cmap/console.hpp"

namespace cmap::tools {

/// A failure is made small for so long; one that ends its process needs a process for each try.
inline constexpr Duration shrinking_time = std::chrono::seconds(10);
inline constexpr Duration isolated_shrinking_time = std::chrono::minutes(1);

/// Where one ended the program (RunGuard).
inline constexpr const char* made_small = "what a failure was to be made small to\n";

/// What ended an earlier process does not come again.
inline constexpr const char* no_crash_again = "  in a process of its own none of them does\n";

struct SavedFailure {
  std::string text;  ///< of the file; empty: it cannot be written as one
  std::string path;  ///< empty: it could not be saved
};

/// As `name`.yml in the folder, which is made if it is not there. Warns of what does not work.
SavedFailure save_failure(spec_tests::Written file, const std::string& name,
                          const std::filesystem::path& folder, Console& console);

/// The file's text, indented; nothing if there is none.
void say_file(const SavedFailure& saved, Console& console);
/// " --pool NAME"; empty for the shipped pool.
std::string pool_option(const std::string& pool);
/// The command that runs the file again, with `options`, each with a blank before it.
std::string replay_command(const SavedFailure& saved, const Console& console,
                           const std::string& options = {});

}  // namespace cmap::tools
