// Who are twins, and who is not: one thing that tells them apart is enough.
#include "sim/twins.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;

/// Actors that check out and in, each with a label of its own. Main readies the pool, starts them
/// and awaits them.
Scenario clients(ActorIndex count) {
  Scenario scenario;
  scenario.operations = {{.body = Ready{}}};
  for (ActorIndex actor = 1; actor <= count; ++actor) {
    scenario.actors.push_back("client" + std::to_string(actor));
    scenario.labels.push_back("connection" + std::to_string(actor));
    const LabelIndex label = actor - 1;
    scenario.operations.push_back({.body = Start{actor}});
    scenario.operations.push_back({.actor = actor, .body = CheckOut{.label = label}});
    scenario.operations.push_back({.actor = actor, .body = CheckIn{label}});
  }
  for (ActorIndex actor = 1; actor <= count; ++actor) {
    scenario.operations.push_back({.body = WaitForThread{actor}, .error_expected = true});
  }
  return scenario;
}

/// Before main waits.
void insert(Scenario& scenario, const Operation& operation) {
  const auto waits = static_cast<std::ptrdiff_t>(scenario.actors.size() - 1);
  scenario.operations.insert(scenario.operations.end() - waits, operation);
}

using Indices = std::vector<std::uint32_t>;

TEST(Twins, AreCalledByEachOthersNames) {
  const Twins twins = twins_of(clients(3));
  ASSERT_EQ(twins.namings.size(), 6U);
  EXPECT_EQ(twins.namings[0].actors, (Indices{0, 1, 2, 3}));
  EXPECT_EQ(twins.namings[0].labels, (Indices{0, 1, 2}));
  // A round of three, where the one way is not the other.
  EXPECT_EQ(twins.namings[3].actors, (Indices{0, 2, 3, 1}));
  EXPECT_EQ(twins.namings[3].names, (Indices{0, 3, 1, 2}));
  EXPECT_EQ(twins.namings[3].labels, (Indices{1, 2, 0}));
  EXPECT_EQ(twins.last_waits, 3U);
  EXPECT_EQ(twins.places, (Indices{0, 1, 0, 1, 2, 0, 1, 3, 0, 1, 4, 5, 6}));
}

TEST(Twins, OfTwoKindsAreRenamedTogether) {
  Scenario scenario = clients(4);
  insert(scenario, {.actor = 2, .body = Clear{}});
  insert(scenario, {.actor = 4, .body = Clear{}});
  const Twins twins = twins_of(scenario);
  std::vector<Indices> actors;
  for (const Naming& naming : twins.namings) actors.push_back(naming.actors);
  EXPECT_EQ(actors, (std::vector<Indices>{
                        {0, 1, 2, 3, 4}, {0, 3, 2, 1, 4}, {0, 1, 4, 3, 2}, {0, 3, 4, 1, 2}}));
}

TEST(Twins, AreAtMostFiveOfAKind) {
  const Twins twins = twins_of(clients(6));
  EXPECT_EQ(twins.namings.size(), 120U);
  for (const Naming& naming : twins.namings) EXPECT_EQ(naming.actors[6], 6U);
}

TEST(Twins, OfAFileStandInDifferentLines) {
  Scenario scenario = clients(2);
  for (std::uint32_t i = 0; i < scenario.operations.size(); ++i) {
    scenario.operations[i].line = i + 1;
  }
  EXPECT_TRUE(twins_of(scenario).has_any());
}

TEST(Twins, AreNoneIfNobodyAsks) {
  const Twins twins = no_twins(clients(3));
  ASSERT_EQ(twins.namings.size(), 1U);
  EXPECT_EQ(twins.namings[0].actors, (Indices{0, 1, 2, 3}));
  EXPECT_EQ(twins.last_waits, 0U);
}

struct Difference {
  const char* name;
  std::function<void(Scenario&)> make;
};

void PrintTo(const Difference& difference, std::ostream* out) { *out << difference.name; }

class TellsApart : public ::testing::TestWithParam<Difference> {};

TEST_P(TellsApart, TwoClients) {
  Scenario scenario = clients(2);
  ASSERT_TRUE(twins_of(scenario).has_any());
  GetParam().make(scenario);
  EXPECT_FALSE(twins_of(scenario).has_any());
}

constexpr std::size_t first_check_out = 2;  // among the operations of clients(2)

INSTANTIATE_TEST_SUITE_P(
    All, TellsApart,
    ::testing::Values(
        Difference{"an operation more",
                   [](Scenario& each) { insert(each, {.actor = 2, .body = Clear{}}); }},
        Difference{"a deadline",
                   [](Scenario& each) {
                     each.operations[first_check_out].body = CheckOut{.label = 0, .timeout = 1ms};
                   }},
        Difference{"an error that is expected",
                   [](Scenario& each) { each.operations[first_check_out].error_expected = true; }},
        Difference{"another order of labels",
                   [](Scenario& each) {
                     each.labels.resize(4);
                     for (const LabelIndex label : {0U, 2U, 0U, 2U}) {
                       insert(each, {.actor = 1, .body = CheckOut{.label = label}});
                     }
                     for (const LabelIndex label : {1U, 3U, 3U, 1U}) {
                       insert(each, {.actor = 2, .body = CheckOut{.label = label}});
                     }
                   }},
        Difference{"somebody who cancels one of them",
                   [](Scenario& each) { insert(each, {.body = Cancel{0}}); }},
        Difference{
            "a label that both use",
            [](Scenario& each) { each.operations[first_check_out].body = CheckOut{.label = 1}; }},
        Difference{
            "a listener that acts",
            [](Scenario& each) { each.listener_actions = {{.event = EventType::pool_ready}}; }},
        Difference{"another who awaits one of them",
                   [](Scenario& each) {
                     each.actors.emplace_back("other");
                     insert(each, {.body = Start{3}});
                     insert(each, {.actor = 3, .body = WaitForThread{1}});
                   }},
        Difference{"one that is not awaited", [](Scenario& each) { each.operations.pop_back(); }},
        Difference{"an error of theirs that ends main",
                   [](Scenario& each) { each.operations.back().error_expected = false; }},
        Difference{"main that does something in the end",
                   [](Scenario& each) { each.operations.push_back({.body = Clear{}}); }}));

}  // namespace
}  // namespace cmap::sim
