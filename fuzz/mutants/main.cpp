// Tries to kill a mutant: linked to a pool with a planted bug, it plays scenarios until one fails.
//
// usage: cmap_mutant_NN HUNTER [FOLDER]      FOLDER: of the official files
//
// Says what it plays, so that one knows what it died of. Exit status: 0 the mutant is alive, 1 it
// is killed, 2 bad use.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <vector>

#include "sim/world.hpp"
#include "spec-tests/collect.hpp"
#include "spec-tests/runner.hpp"

namespace {

using namespace cmap;
using spec_tests::Collection;
using spec_tests::RunnerOptions;
using spec_tests::ScenarioFile;
using Outcome = spec_tests::Result::Outcome;

constexpr std::uint64_t some_schedules = 100;

bool kills(const ScenarioFile& file, const RunnerOptions& options) {
  std::printf("%s: ", file.scenario.name.c_str());
  const auto result = run_file(file, sim::connection_pool(), options);
  const bool killed = result.outcome == Outcome::fail || result.outcome == Outcome::error;
  const std::string& why =
      result.outcome == Outcome::error ? result.message : result.verdict.message;
  std::printf("%s\n", killed ? why.c_str() : "passed");
  return killed;
}

/// The canonical schedule of all, then some schedules of each.
bool any_kills(const std::vector<ScenarioFile>& files, RunnerOptions options) {
  for (const auto schedules : {RunnerOptions::Schedules::none, RunnerOptions::Schedules::some}) {
    options.schedules = schedules;
    options.schedule_count = some_schedules;
    for (const ScenarioFile& file : files) {
      if (kills(file, options)) return true;
    }
  }
  return false;
}

/// What the files of the specification say, and nothing else.
const RunnerOptions as_specified{.run = {.oracles = false}};

bool hunt_with_official_files(Collection& files) {
  for (ScenarioFile& file : files.scenarios) file.exact.reset();
  return any_kills(files.scenarios, as_specified);
}

bool hunt_with_exact_traces(Collection& files) { return any_kills(files.scenarios, as_specified); }

bool hunt_with_own_scenarios(Collection& files) { return any_kills(files.scenarios, {}); }

struct Hunter {
  std::string_view name;
  bool needs_folder;
  bool (*hunt)(Collection& files);
};

/// The columns of the scoreboard. What searches by itself will stand here, too.
constexpr Hunter hunters[] = {{"official", true, hunt_with_official_files},
                              {"exact", true, hunt_with_exact_traces},
                              {"own", false, hunt_with_own_scenarios}};

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // it may die at any moment
  const std::vector<std::filesystem::path> folders(argv + (argc < 2 ? argc : 2), argv + argc);
  for (const Hunter& hunter : hunters) {
    if (argc < 2 || hunter.name != argv[1] || hunter.needs_folder != (folders.size() == 1))
      continue;
    Collection files =
        hunter.needs_folder ? spec_tests::collect(folders) : spec_tests::collect_embedded();
    if (files.scenarios.empty() || !files.problems.empty()) break;
    return hunter.hunt(files) ? 1 : 0;
  }
  std::fprintf(stderr, "usage: %s official FOLDER | exact FOLDER | own\n", argv[0]);
  return 2;
}
