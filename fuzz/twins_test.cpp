// A search that takes states for one that twins make of each other is shorter, and finds the same.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fuzz/explorer.hpp"
#include "fuzz/families.hpp"
#include "fuzz/grid.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

using sim::Defect;

/// By their names, in the order in which the grid and the families have them.
std::vector<sim::Scenario> named(const std::set<std::string>& names) {
  std::vector<sim::Scenario> found;
  for (std::vector<sim::Scenario> all :
       {grid({.threads = 4}), deadlines_family(), cancellation_family()}) {
    std::copy_if(std::make_move_iterator(all.begin()), std::make_move_iterator(all.end()),
                 std::back_inserter(found),
                 [&](const sim::Scenario& each) { return names.contains(each.name); });
  }
  EXPECT_EQ(found.size(), names.size());
  return found;
}

std::string text(const ExploreTotals& totals) {
  return std::to_string(totals.states) + " states, " + std::to_string(totals.transitions) +
         " runs, " + std::to_string(totals.ends) + " ends, " + std::to_string(totals.depth) +
         " choices";
}

std::string explored(const sim::Scenario& scenario, bool prunes_twins) {
  const sim::PoolFactory pool = sim::connection_pool();
  Explorer explorer(scenario, pool, {.prunes_twins = prunes_twins});
  explorer.run();
  EXPECT_FALSE(explorer.failure());
  return text(explorer.totals());
}

// ------------------------------------------------------------------------------ how much shorter

struct Pruned {
  const char* name;
  const char* all;
  const char* without_twins;
};

void PrintTo(const Pruned& pruned, std::ostream* out) { *out << pruned.name; }

class PruningTwins : public ::testing::TestWithParam<Pruned> {};

TEST_P(PruningTwins, LeavesOneStateOfAllThatTheyMakeOfIt) {
  const sim::Scenario scenario = named({GetParam().name}).at(0);
  EXPECT_EQ(explored(scenario, false), GetParam().all);
  EXPECT_EQ(explored(scenario, true), GetParam().without_twins);
}

INSTANTIATE_TEST_SUITE_P(
    OfIdenticalThreads, PruningTwins,
    ::testing::Values(
        Pruned{"1 threads, 1 connections: clear", "3 states, 6 runs, 4 ends, 3 choices",
               "3 states, 6 runs, 4 ends, 3 choices"},
        Pruned{"2 threads, 1 connections:", "5 states, 10 runs, 6 ends, 3 choices",
               "3 states, 6 runs, 3 ends, 3 choices"},
        Pruned{"3 threads, 1 connections:", "34 states, 75 runs, 30 ends, 5 choices",
               "8 states, 19 runs, 5 ends, 5 choices"},
        Pruned{"4 threads, 1 connections:", "199 states, 468 runs, 144 ends, 7 choices",
               "15 states, 41 runs, 7 ends, 7 choices"},
        Pruned{"3 threads, 2 connections: clear", "626 states, 1546 runs, 549 ends, 9 choices",
               "116 states, 288 runs, 102 ends, 9 choices"}));

/// One of two has a deadline, or is cancelled. Of three, two are still the same.
INSTANTIATE_TEST_SUITE_P(
    OfDifferentThreads, PruningTwins,
    ::testing::Values(Pruned{"deadlines: 2 threads, 1 connections: deadline",
                             "5 states, 10 runs, 6 ends, 3 choices",
                             "5 states, 10 runs, 6 ends, 3 choices"},
                      Pruned{"cancellation: 2 threads, 1 connections: cancels-1",
                             "21 states, 47 runs, 20 ends, 5 choices",
                             "21 states, 47 runs, 20 ends, 5 choices"},
                      Pruned{"cancellation: 3 threads, 1 connections: cancels-1",
                             "116 states, 281 runs, 83 ends, 7 choices",
                             "64 states, 158 runs, 43 ends, 7 choices"}));

// --------------------------------------------------------------------------------- what is found

/// The signatures of whatever is broken by any schedule, not only by the shortest.
class Violations {
 public:
  Violations(const sim::Scenario& scenario, const sim::PoolFactory& factory, sim::Twins twins)
      : scenario_(scenario), factory_(factory), twins_(std::move(twins)) {
    visit({});
  }
  [[nodiscard]] const std::set<std::string>& all() const { return all_; }
  [[nodiscard]] std::size_t states() const { return known_.size(); }

 private:
  void visit(const std::vector<std::uint32_t>& path) {
    const Successor state = follow(scenario_, factory_, twins_, path);
    if (state.failure) all_.insert(state.failure->finding.signature);
    if (state.failure || state.options == 0 || !known_.insert(state.state).second) return;
    for (std::uint32_t option = 0; option < state.options; ++option) {
      std::vector<std::uint32_t> longer = path;
      longer.push_back(option);
      visit(longer);
    }
  }

  const sim::Scenario& scenario_;
  const sim::PoolFactory& factory_;
  const sim::Twins twins_;
  std::set<std::string> all_;
  std::set<std::uint64_t> known_;
};

/// Each defect shows in one of these, and in all there are twins.
std::vector<sim::Scenario> small_ones() {
  return named(
      {"2 threads, 1 connections:", "2 threads, 1 connections: refused",
       "2 threads, 1 connections: hangs", "2 threads, 1 connections: clear",
       "2 threads, 1 connections: close",
       "2 threads, 1 connections, options:", "2 threads, 1 connections, options: interrupt",
       "2 threads, 2 connections, options:", "2 threads, 1 connections, options: not-authenticated",
       "deadlines: 3 threads, 1 connections: holds deadline late"});
}

class BrokenPools : public ::testing::TestWithParam<Defect> {};

TEST_P(BrokenPools, BreakTheSameClausesWithTwinsPruned) {
  const sim::PoolFactory broken = sim::broken_reference_model(GetParam());
  std::size_t found = 0;
  for (const sim::Scenario& scenario : small_ones()) {
    const Violations all(scenario, broken, sim::no_twins(scenario));
    const Violations pruned(scenario, broken, sim::twins_of(scenario));
    EXPECT_EQ(pruned.all(), all.all()) << scenario.name;
    EXPECT_LE(pruned.states(), all.states());
    found += all.all().size();
  }
  EXPECT_GT(found, 0U);
}

/// Not only the same clause: the very same schedule.
TEST_P(BrokenPools, AreFoundOutInTheSameWay) {
  const sim::PoolFactory broken = sim::broken_reference_model(GetParam());
  std::size_t found = 0;
  for (const sim::Scenario& scenario : small_ones()) {
    Explorer all(scenario, broken, {.prunes_twins = false});
    Explorer pruned(scenario, broken);
    all.run();
    pruned.run();
    ASSERT_EQ(pruned.failure().has_value(), all.failure().has_value()) << scenario.name;
    if (!all.failure()) continue;
    ++found;
    EXPECT_EQ(pruned.failure()->schedule, all.failure()->schedule) << scenario.name;
    EXPECT_EQ(pruned.failure()->finding.signature, all.failure()->finding.signature);
  }
  EXPECT_GT(found, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, BrokenPools,
                         ::testing::ValuesIn(sim::every_defect().begin(),
                                             sim::every_defect().end()),
                         [](const auto& each) {
                           std::string name(sim::defect_name(each.param));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace cmap::fuzz
