// What the normal form changes, and that it leaves alone what people write.
#include "spec-tests/normal_form.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"

namespace cmap::spec_tests {
namespace {

using ::testing::ElementsAre;

TEST(NormalForm, LeavesAloneWhatPeopleWrite) {
  for (const ScenarioFile& file : all_scenarios()) {
    EXPECT_EQ(normal_form(file).scenario, file.scenario) << file.path;
  }
}

TEST(NormalForm, NamesAreNumberedAsTheFileMentionsThem) {
  ScenarioFile file;
  file.scenario.actors = {"main", "nobody", "second", "first"};
  file.scenario.labels = {"b", "unused", "a"};
  file.scenario.operations = {{.body = sim::Start{3}},
                              {.body = sim::Start{2}},
                              {.actor = 3, .body = sim::CheckOut{.label = 2}},
                              {.actor = 2, .body = sim::CheckIn{2}}};
  file.scenario.listener_actions = {{.operation = sim::CheckOut{.label = 0}}};
  using sim::ActionKind;
  file.schedule = {{{.option = {ActionKind::operate, 3}},
                    {.option = {ActionKind::wake, 2}},
                    {.option = {ActionKind::transport, 3}}}};
  file.thread_ends.push_back({.actor = 2});
  file = normal_form(file);

  EXPECT_THAT(file.scenario.actors, ElementsAre("main", "first", "second"));
  EXPECT_THAT(file.scenario.labels, ElementsAre("a", "b"));
  const std::vector<sim::Operation> expected{{.body = sim::Start{1}},
                                             {.body = sim::Start{2}},
                                             {.actor = 1, .body = sim::CheckOut{.label = 0}},
                                             {.actor = 2, .body = sim::CheckIn{0}}};
  EXPECT_EQ(file.scenario.operations, expected);
  EXPECT_EQ(file.scenario.listener_actions[0].operation,
            sim::OperationBody(sim::CheckOut{.label = 1, .in_background = true}));
  EXPECT_EQ(file.schedule->at(0).option, (sim::Option{ActionKind::operate, 1}));
  EXPECT_EQ(file.schedule->at(1).option, (sim::Option{ActionKind::wake, 2}));
  EXPECT_EQ(file.schedule->at(2).option, (sim::Option{ActionKind::transport, 3}));
  EXPECT_EQ(file.thread_ends[0].actor, 2U);
}

TEST(NormalForm, WhatHasNoEffectIsGone) {
  ScenarioFile file;
  sim::ServerSetup& server = file.scenario.server;
  server.fail_points = {{.mode = sim::FailPoint::Mode::always_on, .fail_commands = {"ping"}},
                        {.mode = sim::FailPoint::Mode::off, .count = 3}};
  server.establishments = {{.phases = {{.phase = EstablishmentPhase::hello, .hang = true},
                                       {.phase = EstablishmentPhase::tls, .garbage = true},
                                       {.phase = EstablishmentPhase::connect},
                                       {.phase = EstablishmentPhase::hello}}}};
  file.scenario.listener_actions = {
      {.what = sim::ListenerAction::What::throw_exception, .operation = sim::Close{}}};
  const sim::Scenario scenario = normal_form(file).scenario;

  EXPECT_THAT(scenario.server.fail_points, ElementsAre(sim::FailPoint{}));
  EXPECT_THAT(scenario.server.establishments[0].phases,
              ElementsAre(sim::PhaseScript{.phase = EstablishmentPhase::connect},
                          sim::PhaseScript{.phase = EstablishmentPhase::hello, .hang = true}));
  EXPECT_EQ(scenario.listener_actions[0].operation, sim::OperationBody(sim::Ready{}));
}

TEST(NormalForm, OnlyWhatCanFailIsAllowedTo) {
  ScenarioFile file = scenario(R"(
operations:
  - {name: checkOut, label: a, x-cmap: {background: true, error: any}}
  - {name: checkOut, x-cmap: {error: any}}
  - {name: wait, ms: 1, x-cmap: {error: any}}
  - {name: wait, ms: 1, x-cmap: {error: {}}}
)");
  file = normal_form(file);
  std::vector<bool> allowed;
  for (const sim::Operation& each : file.scenario.operations)
    allowed.push_back(each.error_expected);
  EXPECT_THAT(allowed, ElementsAre(false, true, false, true));
}

}  // namespace
}  // namespace cmap::spec_tests
