// What the search must meet: 20,000 runs hit every ingredient, every clause and every probe of the
// pool, or the name of what they missed stands here.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "fuzz/fuzzer.hpp"
#include "fuzz/probed/probes.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

constexpr std::uint64_t search_runs = 20'000;

std::span<Probe* const> all_probes() { return {&first_probe, &behind_last_probe}; }

/// By name: in how many runs, of those that were taken since the last call.
using ProbeCounts = std::map<std::string, std::uint64_t>;

void take_probes(ProbeCounts& counts) {
  for (Probe* probe : all_probes()) {
    counts[probe->name] += probe->hit ? 1U : 0U;
    probe->hit = false;
  }
}

TEST(Probes, AreListedAlsoIfTheyAreNeverReached) {
  const auto missed = [] {
    CMAP_PROBE_IF(false, "of this test: never so");
    CMAP_PROBE_IF(true, "of this test: always so");
  };
  missed();
  ProbeCounts counts;
  take_probes(counts);
  EXPECT_EQ(counts["of this test: always so"], 1U);
  EXPECT_EQ(counts.at("of this test: never so"), 0U);
  EXPECT_GT(counts.size(), 40U) << "the probed pool is not the one that is linked";
}

TEST(Coverage, TheSearchMeetsEverythingThereIs) {
  const sim::PoolFactory pool = sim::connection_pool();
  Fuzzer fuzzer(
      {.seed = 1,
       .property = {.compare_with_model = false, .run_twice = false, .note_coverage = true}},
      pool);
  ProbeCounts probes;
  take_probes(probes);
  probes.clear();
  for (std::uint64_t number = 0; number < search_runs; ++number) {
    FuzzRun run = fuzzer.run(number);
    ASSERT_FALSE(run.failure) << run.failure->finding.message;
    fuzzer.take(std::move(run));
    take_probes(probes);
    if ((number + 1) % Fuzzer::runs_of_epoch == 0) fuzzer.end_epoch();
  }

  for (std::size_t i = 0; i < coverage_items().size(); ++i) {
    const CoverageItem& item = coverage_items()[i];
    const std::uint64_t count = fuzzer.coverage().counts()[i];
    std::printf("%6zu  %s\n", static_cast<std::size_t>(count), item.name.c_str());
    if (item.excuse.empty()) {
      EXPECT_GT(count, 0U) << "never met: " << item.name;
    } else {
      EXPECT_EQ(count, 0U) << "needs no excuse any more: " << item.name;
    }
  }
  for (const auto& [name, count] : probes) {
    if (name.starts_with("of this test")) continue;
    std::printf("%6zu  probe: %s\n", static_cast<std::size_t>(count), name.c_str());
    EXPECT_GT(count, 0U) << "never reached: " << name;
  }
}

}  // namespace
}  // namespace cmap::fuzz
