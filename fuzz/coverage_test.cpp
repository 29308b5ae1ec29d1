// What counts as met, and that nothing goes by two names.
#include "fuzz/coverage.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "fuzz/property.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

using namespace std::chrono_literals;

std::size_t index_of(const std::string& name) {
  const auto items = coverage_items();
  const auto found = std::find_if(items.begin(), items.end(),
                                  [&](const CoverageItem& item) { return item.name == name; });
  EXPECT_NE(found, items.end()) << name;
  return static_cast<std::size_t>(found - items.begin());
}

/// Of the canonical run.
Hits hits_of_run(const sim::Scenario& scenario) {
  sim::CanonicalChoices choices;
  const Tested tested = test(scenario, choices, sim::connection_pool(), {.note_coverage = true});
  EXPECT_FALSE(tested.finding) << tested.finding->message;
  return hits_of(scenario, tested.trace);
}

sim::Scenario ready_pool() {
  sim::Scenario scenario;
  scenario.labels = {"first", "second", "third"};
  scenario.operations = {{.body = sim::Ready{}}};
  return scenario;
}

sim::CheckOut in_background(sim::LabelIndex label) {
  return {.label = label, .in_background = true};
}

TEST(CoverageItems, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const CoverageItem& item : coverage_items()) names.insert(item.name);
  EXPECT_EQ(names.size(), coverage_items().size());
  EXPECT_GT(names.size(), 200U);
}

TEST(Coverage, ADullRunMeetsLittle) {
  const Hits hits = hits_of_run(ready_pool());
  EXPECT_TRUE(hits[index_of("A-POOL-2: PoolCreated comes first, once")]);
  EXPECT_FALSE(hits[index_of("A-OUT-7: a failed check-out gives its caller an error")]);
  EXPECT_FALSE(hits[index_of("NO-ORPHAN: nothing is left after close")]);
  EXPECT_FALSE(hits[index_of("two wait at maxPoolSize")]);
  EXPECT_FALSE(hits[index_of("close after close")]);
}

TEST(Coverage, TwoThatWaitAtAGate) {
  sim::Scenario scenario = ready_pool();
  scenario.options.max_pool_size = 1;
  for (sim::LabelIndex label = 0; label < 2; ++label) {
    scenario.operations.push_back({.body = in_background(label)});
  }
  const std::size_t gate = index_of("two wait at maxPoolSize");
  EXPECT_FALSE(hits_of_run(scenario)[gate]);
  scenario.operations.push_back({.body = in_background(2)});
  scenario.operations.push_back({.body = sim::Wait{1ms}});
  scenario.operations.push_back({.body = sim::CheckIn{0}});
  const Hits hits = hits_of_run(scenario);
  EXPECT_TRUE(hits[gate]);
  EXPECT_FALSE(hits[index_of("two wait at maxConnecting")]);
  EXPECT_TRUE(hits[index_of("two wait: a healthy check-in frees")]);
  EXPECT_FALSE(hits[index_of("two wait: a perished check-in frees")]);
  EXPECT_TRUE(hits[index_of("NO-ORPHAN: nothing is left after close")]);
}

TEST(Coverage, OneInstantInTwoOrders) {
  sim::Scenario scenario = ready_pool();
  scenario.options.max_pool_size = 1;
  scenario.operations.push_back({.body = in_background(0)});
  scenario.operations.push_back({.body = in_background(1)});
  scenario.operations.push_back({.body = sim::Wait{1ms}});
  scenario.operations.push_back({.body = sim::Cancel{1}});
  scenario.operations.push_back({.body = sim::Clear{}});
  const Hits hits = hits_of_run(scenario);
  EXPECT_TRUE(hits[index_of("same instant: cancel, clear")]);
  EXPECT_FALSE(hits[index_of("same instant: clear, cancel")]);
}

TEST(Coverage, OperationsInOneGo) {
  sim::Scenario scenario = ready_pool();
  const std::size_t toggles = index_of("clear, ready, clear in one go");
  scenario.operations.push_back({.body = sim::Clear{}});
  scenario.operations.push_back({.body = sim::Ready{}});
  EXPECT_FALSE(hits_of_run(scenario)[toggles]);
  scenario.operations.push_back({.body = sim::Clear{}});
  EXPECT_TRUE(hits_of_run(scenario)[toggles]);
  scenario.operations.insert(scenario.operations.end() - 1, {.body = sim::Wait{1ms}});
  EXPECT_FALSE(hits_of_run(scenario)[toggles]);
}

TEST(Coverage, CountsRuns) {
  Coverage coverage;
  Hits hits;
  hits[3] = true;
  coverage.add(hits);
  coverage.add({});
  EXPECT_EQ(coverage.runs(), 2U);
  EXPECT_EQ(coverage.counts()[3], 1U);
  EXPECT_EQ(coverage.counts()[4], 0U);
  EXPECT_EQ(per_20000(coverage.counts()[3], coverage.runs()), 10'000U);
  EXPECT_EQ(per_20000(0, 0), 0U);
}

}  // namespace
}  // namespace cmap::fuzz
