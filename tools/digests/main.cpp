// One line for each scenario, with digests: what tools/compare-builds compares between builds. A
// program of its own, because it is all that those builds need.
//
// usage: cmap_digests [FOLDER...]    (besides the scenarios that are compiled in)
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/choice.hpp"
#include "sim/world.hpp"
#include "spec-tests/collect.hpp"
#include "spec-tests/runner.hpp"

namespace {

using namespace cmap;

constexpr std::uint64_t seeds = 3;

void print(const std::string& name, const char* schedule, const sim::Trace& trace) {
  std::printf("%s %s events=%zu steps=%llu end=%lld digest=%016llx\n", name.c_str(), schedule,
              trace.events.size(), static_cast<unsigned long long>(trace.steps),
              static_cast<long long>(trace.end.count()),
              static_cast<unsigned long long>(trace.digest));
}

bool play(const spec_tests::ScenarioFile& file) {
  const std::string& name = file.scenario.name;
  const auto result = spec_tests::run_file(file, sim::connection_pool());
  if (result.outcome != spec_tests::Result::Outcome::pass) {
    std::printf("%s failed\n", name.c_str());
    return false;
  }
  print(name, "canonical", result.trace);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    sim::SeededChoices choices(seed);
    const auto trace = sim::run(file.scenario, sim::connection_pool(), choices);
    print(name, ("seed" + std::to_string(seed)).c_str(), trace);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  spec_tests::Collection found = spec_tests::collect_embedded();
  const std::vector<std::filesystem::path> folders(argv + 1, argv + argc);
  spec_tests::Collection more = spec_tests::collect(folders);
  for (auto& file : more.scenarios) found.scenarios.push_back(std::move(file));
  bool good = found.problems.empty() && more.problems.empty() && !found.scenarios.empty();
  for (const auto& file : found.scenarios) good &= play(file);
  return good ? 0 : 1;
}
