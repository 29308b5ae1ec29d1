// Pruning loses nothing, what is broken is found by the shortest way, and threads change nothing.
#include "fuzz/explorer.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fuzz/families.hpp"
#include "fuzz/fingerprint_set.hpp"
#include "fuzz/grid.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

using sim::Defect;

/// One actor only: few enough runs for plain enumeration, though it awaits two check-outs, one of
/// which it cancels.
sim::Scenario in_the_background() {
  sim::Scenario scenario;
  scenario.name = "in the background";
  scenario.options.max_pool_size = 1;
  scenario.options.background_interval = std::chrono::milliseconds(-1);
  scenario.labels = {"a", "b"};
  const auto add = [&](sim::OperationBody body) {
    scenario.operations.push_back({.body = std::move(body), .error_expected = true});
  };
  add(sim::Ready{});
  add(sim::CheckOut{.label = 0, .in_background = true});
  add(sim::CheckOut{.label = 1, .in_background = true});
  add(sim::Cancel{.label = 1});
  add(sim::Clear{});
  add(sim::AwaitCheckOut{.label = 0});
  add(sim::AwaitCheckOut{.label = 1});
  return scenario;
}

/// Of the grid or of the families, by its name.
sim::Scenario configuration(const std::string& name) {
  if (name == "in the background") return in_the_background();
  for (sim::Scenario& scenario : grid({.lifecycle = 3})) {
    if (scenario.name == name) return std::move(scenario);
  }
  for (const Family& family : families()) {
    for (sim::Scenario& scenario : family.configurations()) {
      if (scenario.name == name) return std::move(scenario);
    }
  }
  ADD_FAILURE() << "no configuration " << name;
  return {};
}

// -------------------------------------------------------------------- against plain enumeration

/// What users see of an event, but for its connection's id: states that differ in ids only are one.
std::string seen(const sim::TracedEvent& traced) {
  std::string text = std::to_string(traced.time.count()) + " ";
  const std::string event = sim::describe(traced.event);
  const std::size_t id = event.find("connectionId=");
  text += event.substr(0, id);
  if (id != std::string::npos) text += event.substr(std::min(event.find(' ', id), event.size()));
  return text + ";";
}

using Sequences = std::set<std::string>;

/// All beginnings: a run may end before its last events are seen.
Sequences with_beginnings(const Sequences& sequences) {
  Sequences all;
  for (const std::string& sequence : sequences) {
    for (std::size_t end = 0; end != std::string::npos; end = sequence.find(';', end)) {
      if (end > 0) ++end;
      all.insert(sequence.substr(0, end));
    }
  }
  return all;
}

/// Plain enumeration, but what commutes is no choice.
class CommutingSkipped final : public sim::ChoiceSource {
 public:
  explicit CommutingSkipped(sim::ChoiceSource& source) : source_(source) {}
  [[nodiscard]] bool skips_commuting() const override { return true; }
  std::uint32_t choose(sim::ChoiceKind kind, std::span<const sim::Option> options) override {
    return source_.choose(kind, options);
  }

 private:
  sim::ChoiceSource& source_;
};

/// Every run there is, one after the other.
Sequences enumerated(const sim::Scenario& scenario, bool skips_commuting, std::uint64_t& runs) {
  Sequences all;
  sim::EnumeratedChoices every_choice;
  CommutingSkipped fewer(every_choice);
  sim::ChoiceSource& choices =
      skips_commuting ? static_cast<sim::ChoiceSource&>(fewer) : every_choice;
  while (every_choice.next_run()) {
    ++runs;
    std::string sequence;
    for (const sim::TracedEvent& event :
         sim::run(scenario, sim::connection_pool(), choices, {.oracles = false}).events) {
      sequence += seen(event);
    }
    all.insert(std::move(sequence));
  }
  return with_beginnings(all);
}

/// The sequences that the graph of states has: where two runs come to one state, whatever follows
/// the one must be able to follow the other.
class GraphOfStates {
 public:
  explicit GraphOfStates(const sim::Scenario& scenario)
      : scenario_(scenario), twins_(sim::twins_of(scenario)) {}

  Sequences sequences() {
    const Successor root = follow(scenario_, sim::connection_pool(), twins_, {});
    std::string begin;
    for (const sim::TracedEvent& event : root.events) begin += seen(event);
    Sequences all;
    if (root.options == 0) all.insert(begin);
    for (const std::string& rest : behind(root, {})) all.insert(begin + rest);
    return with_beginnings(all);
  }
  [[nodiscard]] std::size_t states() const { return known_.size(); }

 private:
  const Sequences& behind(const Successor& state, const std::vector<std::uint32_t>& path) {
    const auto known = known_.find(state.state);
    if (known != known_.end()) return known->second;
    Sequences all;
    for (std::uint32_t option = 0; option < state.options; ++option) {
      std::vector<std::uint32_t> longer = path;
      longer.push_back(option);
      const Successor next = follow(scenario_, sim::connection_pool(), twins_, longer);
      EXPECT_FALSE(next.failure) << next.failure->finding.message;
      std::string events;
      for (std::size_t i = state.events.size(); i < next.events.size(); ++i) {
        events += seen(next.events[i]);
      }
      if (next.options == 0) {
        all.insert(events);
        continue;
      }
      for (const std::string& rest : behind(next, longer)) all.insert(events + rest);
    }
    return known_.emplace(state.state, std::move(all)).first->second;
  }

  const sim::Scenario& scenario_;
  const sim::Twins twins_;
  std::map<std::uint64_t, Sequences> known_;
};

struct Small {
  const char* name;
  bool skips_commuting;   ///< else, what is enumerated is not pruned at all
  std::uint64_t runs;     ///< without recognising states
  std::size_t sequences;  ///< different ones, and their beginnings
  ExploreTotals totals;
};

/// Else it is printed as bytes, with the address of its name.
void PrintTo(const Small& small, std::ostream* output) { *output << small.name; }

class AgainstEnumeration : public ::testing::TestWithParam<Small> {};

TEST_P(AgainstEnumeration, TheSameSequencesOfEvents) {
  const sim::Scenario scenario = configuration(GetParam().name);
  std::uint64_t runs = 0;
  const Sequences expected = enumerated(scenario, GetParam().skips_commuting, runs);
  GraphOfStates graph(scenario);
  EXPECT_EQ(graph.sequences(), expected);
  EXPECT_EQ(runs, GetParam().runs);
  EXPECT_EQ(expected.size(), GetParam().sequences);

  const sim::PoolFactory pool = sim::connection_pool();
  Explorer explorer(scenario, pool);
  explorer.run();
  EXPECT_EQ(explorer.totals().states, graph.states());
  EXPECT_EQ(explorer.totals().states, GetParam().totals.states);
  EXPECT_EQ(explorer.totals().transitions, GetParam().totals.transitions);
  EXPECT_EQ(explorer.totals().ends, GetParam().totals.ends);
  EXPECT_EQ(explorer.totals().depth, GetParam().totals.depth);
  EXPECT_FALSE(explorer.failure());
}

INSTANTIATE_TEST_SUITE_P(
    Some, AgainstEnumeration,
    ::testing::Values(
        Small{"1 threads, 1 connections: clear", false, 145048, 18, {3, 6, 4, 3}},
        Small{"in the background", false, 5782, 22, {11, 22, 11, 7}},
        Small{"1 threads, 1 connections: interrupt late", false, 4974, 11, {1, 2, 2, 1}},
        Small{"1 threads, 1 connections, options: late", true, 4, 15, {3, 6, 4, 3}},
        Small{"1 threads, 1 connections, options: clear-ready", true, 696, 222, {92, 211, 40, 7}},
        Small{"1 threads, 1 connections: clear-ready peer-closes", true, 78, 52, {39, 87, 40, 7}},
        Small{"2 threads, 1 connections:", true, 6, 21, {3, 6, 3, 3}},
        Small{"2 threads, 1 connections: interrupt-ready", true, 92, 158, {30, 67, 30, 7}},
        Small{"3 threads, 1 connections:", true, 54, 62, {8, 19, 5, 5}},
        Small{
            "cancellation: 3 threads, 1 connections: cancels-1", true, 416, 156, {64, 158, 43, 7}},
        Small{"load-balanced: 2 threads, 1 connections: two-services",
              true,
              92,
              130,
              {28, 61, 27, 8}},
        Small{"errors: 2 threads, 2 connections: keeps held interrupt",
              true,
              286,
              70,
              {43, 99, 37, 8}},
        Small{"2 threads, 2 connections: clear-ready", true, 470, 325, {107, 240, 106, 8}}));

// ------------------------------------------------------------------------------- what it finds

struct Found {
  Defect defect;
  const char* name;     ///< of the first configuration that shows it
  std::uint64_t depth;  ///< choices that it takes
  const char* clause;
};

void PrintTo(const Found& found, std::ostream* output) {
  *output << sim::defect_name(found.defect) << " by " << found.name;
}

class DefectsInGrid : public ::testing::TestWithParam<Found> {};

/// Breadth first, and the small configurations first: nothing shorter shows it.
TEST_P(DefectsInGrid, AreFoundByTheShortestWay) {
  const sim::PoolFactory broken = sim::broken_reference_model(GetParam().defect);
  for (const sim::Scenario& scenario : grid()) {
    Explorer explorer(scenario, broken);
    explorer.run();
    if (!explorer.failure()) continue;
    EXPECT_EQ(scenario.name, GetParam().name);
    EXPECT_EQ(explorer.totals().depth, GetParam().depth);
    EXPECT_EQ(explorer.failure()->finding.clause, GetParam().clause);

    sim::ReplayedChoices choices(explorer.failure()->schedule);
    const Tested again = test(scenario, choices, broken);
    ASSERT_TRUE(again.finding);
    EXPECT_EQ(again.finding->signature, explorer.failure()->finding.signature);
    EXPECT_EQ(choices.drift(), 0U);
    return;
  }
  FAIL() << "not found";
}

INSTANTIATE_TEST_SUITE_P(
    All, DefectsInGrid,
    ::testing::Values(
        Found{Defect::lifo_queue, "2 threads, 1 connections, options:", 3, "A-WQ-2"},
        Found{Defect::keeps_stale, "1 threads, 1 connections: clear", 2, "R11"},
        Found{Defect::forgets_permit, "1 threads, 1 connections, options: refused", 2, "MODEL"},
        Found{Defect::ignores_max, "2 threads, 1 connections:", 2, "INVARIANT"},
        Found{Defect::no_failed_event, "1 threads, 1 connections: refused", 0, "R13"},
        Found{Defect::wrong_reason, "1 threads, 1 connections: clear", 2, "A-OPT-4"},
        Found{Defect::clears_after_eviction, "1 threads, 1 connections, options: not-authenticated",
              2, "A-OUT-7"},
        Found{Defect::zero_duration, "1 threads, 1 connections: hangs", 0, "A-EV-2"},
        Found{Defect::no_run_after_clear, "1 threads, 1 connections, options: not-authenticated", 3,
              "MODEL"},
        Found{Defect::pending_survive_interrupt, "1 threads, 1 connections, options: interrupt", 3,
              "A-CLR-8"},
        Found{Defect::closes_under_holder, "1 threads, 1 connections: close", 3, "A-CLR-9"}));

TEST(Explorer, ExpandsALevelInAnyOrder) {
  const sim::Scenario scenario = configuration("2 threads, 2 connections: clear-ready");
  const sim::PoolFactory pool = sim::connection_pool();
  Explorer forward(scenario, pool);
  forward.run();
  Explorer backward(scenario, pool);
  while (backward.level_size() > 0) {
    std::vector<Explorer::Expansion> expansions(backward.level_size());
    for (std::size_t place = expansions.size(); place-- > 0;) {
      expansions[place] = backward.expand(place);
    }
    for (const Explorer::Expansion& expansion : expansions) backward.take(expansion);
    backward.end_level();
  }
  EXPECT_EQ(backward.totals(), forward.totals());
}

TEST(Explorer, SaysWhereItGaveUp) {
  const sim::Scenario scenario = configuration("2 threads, 2 connections: clear-ready");
  const sim::PoolFactory pool = sim::connection_pool();
  Explorer enough(scenario, pool, {.most_states = 107});
  enough.run();
  EXPECT_FALSE(enough.totals().cut_off);
  Explorer one_less(scenario, pool, {.most_states = 106});
  one_less.run();
  EXPECT_TRUE(one_less.totals().cut_off);
  EXPECT_EQ(one_less.totals().states, 106U);
}

TEST(FingerprintSet, KnowsWhatWasInserted) {
  FingerprintSet set;
  constexpr std::uint64_t count = 1500;
  for (std::uint64_t i = 0; i < count; ++i) {
    EXPECT_FALSE(set.contains(i << 40));
    set.insert(i << 40);  // all in one place of the table
  }
  EXPECT_EQ(set.size(), count);
  for (std::uint64_t i = 0; i < count; ++i) EXPECT_TRUE(set.contains(i << 40));
  EXPECT_FALSE(set.contains(count << 40));
}

TEST(Grid, Has480ConfigurationsWithDifferentNames) {
  std::set<std::string> names;
  const auto all = grid();
  for (const sim::Scenario& scenario : all) names.insert(scenario.name);
  EXPECT_EQ(all.size(), 480U);
  EXPECT_EQ(names.size(), 480U);
}

}  // namespace
}  // namespace cmap::fuzz
