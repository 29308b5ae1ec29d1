// Tries to kill a mutant: linked to a pool with a planted bug, it plays scenarios until one fails.
//
// usage: cmap_mutant_NN official FOLDER | exact FOLDER | own | fuzz SEED | explore
//
// FOLDER: of the official files. Says what it plays, so that one knows what it died of; a search
// also what it took, on a line "runs=NUMBER KEY=NUMBER ..." (explore: "states=..."). Exit status: 0
// the mutant is alive, 1 it is killed, 2 bad use.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/explorer.hpp"
#include "fuzz/families.hpp"
#include "fuzz/fuzzer.hpp"
#include "fuzz/mutants/search_limits.hpp"
#include "sim/world.hpp"
#include "spec-tests/collect.hpp"
#include "spec-tests/runner.hpp"

namespace {

using namespace cmap;
using namespace cmap::mutants;
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

Collection checked(Collection files) {
  if (files.scenarios.empty() || !files.problems.empty()) {
    std::fprintf(stderr, "error: the scenarios cannot be read\n");
    std::exit(2);
  }
  return files;
}

Collection official_files(std::string_view folder) {
  const std::filesystem::path path(folder);
  return checked(spec_tests::collect({&path, 1}));
}

bool hunt_with_official_files(std::string_view folder) {
  Collection files = official_files(folder);
  for (ScenarioFile& file : files.scenarios) file.exact.reset();
  return any_kills(files.scenarios, as_specified);
}

bool hunt_with_exact_traces(std::string_view folder) {
  return any_kills(official_files(folder).scenarios, as_specified);
}

bool hunt_with_own_scenarios(std::string_view) {
  return any_kills(checked(spec_tests::collect_embedded()).scenarios, {});
}

bool hunt_by_fuzzing(std::string_view argument) {
  fuzz::FuzzOptions options;
  std::from_chars(argument.data(), argument.data() + argument.size(), options.seed);
  end_search_if_it_crashes();
  const std::int64_t begin = cpu_time();
  auto found = fuzz::find_first(options, sim::connection_pool(), [begin](std::uint64_t number) {
    const std::int64_t searched = cpu_time() - begin;
    set_last_words("runs", number + 1, searched);
    give_a_second();
    return searched < most_milliseconds;
  });
  take_the_second_back();
  if (!found) return false;
  const std::int64_t search = cpu_time() - begin;
  const std::string message = found->failure.finding.message;
  const fuzz::Shrunk shrunk = fuzz::shrink(std::move(found->failure), sim::connection_pool());
  std::printf("runs=%llu search=%lld operations=%zu choices=%zu replays=%llu shrink=%lld\n%s\n",
              static_cast<unsigned long long>(found->number + 1), static_cast<long long>(search),
              shrunk.failure.scenario.operations.size(), shrunk.failure.schedule.size(),
              static_cast<unsigned long long>(shrunk.replays),
              static_cast<long long>(cpu_time() - begin - search), message.c_str());
  return true;
}

/// True: it is killed. `states`: of the search so far, which began at `begin`.
bool explore(const sim::Scenario& scenario, std::int64_t begin, std::uint64_t& states) {
  static const sim::PoolFactory pool = sim::connection_pool();
  set_last_words("states", states, cpu_time() - begin);
  give_a_second();
  fuzz::Explorer explorer(scenario, pool, {});
  explorer.run([&] {
    set_last_words("states", states + explorer.totals().states, cpu_time() - begin);
    give_a_second();
    return true;
  });
  states += explorer.totals().states;
  if (!explorer.failure()) return false;
  std::printf("states=%llu search=%lld\n%s: %s\n", static_cast<unsigned long long>(states),
              static_cast<long long>(cpu_time() - begin), scenario.name.c_str(),
              explorer.failure()->finding.message.c_str());
  return true;
}

/// What `cmap explore` goes through, in its order.
bool hunt_by_exploring(std::string_view) {
  end_search_if_it_crashes();
  const std::int64_t begin = cpu_time();
  std::uint64_t states = 0;
  for (const fuzz::Family& family : fuzz::families()) {
    for (const sim::Scenario& scenario : family.configurations()) {
      if (explore(scenario, begin, states)) return true;
    }
  }
  return false;
}

struct Hunter {
  std::string_view name;
  bool takes_argument;
  bool (*hunt)(std::string_view argument);
};

/// The columns of the scoreboard.
constexpr Hunter hunters[] = {{"official", true, hunt_with_official_files},
                              {"exact", true, hunt_with_exact_traces},
                              {"own", false, hunt_with_own_scenarios},
                              {"fuzz", true, hunt_by_fuzzing},
                              {"explore", false, hunt_by_exploring}};

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // it may die at any moment
  for (const Hunter& hunter : hunters) {
    if (argc < 2 || hunter.name != argv[1] || argc != (hunter.takes_argument ? 3 : 2)) continue;
    return hunter.hunt(hunter.takes_argument ? argv[2] : "") ? 1 : 0;
  }
  std::fprintf(stderr, "usage: %s official FOLDER | exact FOLDER | own | fuzz SEED | explore\n",
               argv[0]);
  return 2;
}
