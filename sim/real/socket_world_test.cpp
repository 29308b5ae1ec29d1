// Plans of establishments on real sockets: what the simulation says is what comes.
#include "sim/real/socket_world.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "sim/compare_traces.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;

void add(Scenario& scenario, OperationBody body, ActorIndex actor = main_actor) {
  scenario.operations.push_back(
      {.actor = actor, .body = std::move(body), .error_expected = actor != main_actor});
}

/// One check-out whose connection is established as the script says, and one more.
Scenario scripted(PhaseScript phase) {
  Scenario scenario;
  scenario.options.establishment_timeout = 50ms;
  scenario.server.tls = true;
  scenario.server.authentication = true;
  scenario.server.establishments.push_back({.phases = {phase}});
  scenario.actors.emplace_back("thread1");
  add(scenario, Ready{});
  add(scenario, Start{1});
  add(scenario, CheckOut{}, 1);
  add(scenario, WaitForThread{1});
  add(scenario, Wait{100ms});
  add(scenario, Ready{});
  add(scenario, CheckOut{});
  return scenario;
}

class SocketWorldTest : public testing::Test {
 protected:
  void expect_parity(const Scenario& scenario) {
    CanonicalChoices simulated;
    CanonicalChoices real;
    const Trace expected = run(scenario, connection_pool(), simulated);
    const Trace actual = world.run(scenario, connection_pool(), real, {});
    EXPECT_EQ(first_difference(expected, actual).value_or(""), "");
    EXPECT_GE(actual.events.size(), 8U);
  }

  SocketWorld world{{}};
};

TEST_F(SocketWorldTest, EverythingThatCanHappenOnTheWayHappens) {
  using enum EstablishmentPhase;
  for (const PhaseScript& phase :
       {PhaseScript{.phase = connect, .delay = 7ms},
        PhaseScript{.phase = resolve, .delay = 3ms, .fault = NetworkFault::dns},
        PhaseScript{.phase = connect, .delay = 3ms, .fault = NetworkFault::refused},
        PhaseScript{.phase = connect, .fault = NetworkFault::eof},
        PhaseScript{.phase = tls, .fault = NetworkFault::certificate},
        PhaseScript{.phase = tls, .delay = 2ms, .fault = NetworkFault::eof},
        PhaseScript{.phase = tls, .garbage = true},
        PhaseScript{.phase = hello, .fault = NetworkFault::reset},
        PhaseScript{.phase = hello, .error_code = 91}, PhaseScript{.phase = hello, .garbage = true},
        PhaseScript{.phase = authenticate, .delay = 1ms, .fault = NetworkFault::eof},
        PhaseScript{.phase = authenticate, .refused_credentials = true},
        PhaseScript{.phase = connect, .hang = true}, PhaseScript{.phase = tls, .hang = true},
        PhaseScript{.phase = hello, .hang = true},
        PhaseScript{.phase = authenticate, .hang = true}}) {
    SCOPED_TRACE(std::string(phase_name(phase.phase)) + " " + std::string(fault_name(phase.fault)));
    expect_parity(scripted(phase));
  }
}

TEST_F(SocketWorldTest, APeerThatEndsAnAvailableConnection) {
  for (const NetworkFault fault : {NetworkFault::eof, NetworkFault::reset}) {
    Scenario scenario;
    scenario.labels.emplace_back("connection");
    add(scenario, Ready{});
    add(scenario, CheckOut{.label = 0});
    add(scenario, CheckIn{0});
    add(scenario, PeerCloses{.connection = ConnectionId{1}, .fault = fault});
    add(scenario, CheckOut{.label = 0});
    expect_parity(scenario);
  }
}

/// Each server numbers its connections from 1, and two can be at their gates at a time.
TEST_F(SocketWorldTest, ConnectionsOfTwoServersAreToldApart) {
  Scenario scenario;
  scenario.options.load_balanced = true;
  scenario.server.establishments = {
      {.phases = {{.phase = EstablishmentPhase::hello, .delay = 5ms}}},
      {.phases = {}, .service_id = ServiceId{}}};
  scenario.labels = {"without-service", "with-service"};
  add(scenario, Ready{});
  add(scenario, CheckOut{.label = 0, .in_background = true});
  add(scenario, CheckOut{.label = 1, .in_background = true});
  add(scenario, Wait{5ms});
  expect_parity(scenario);
}

/// What the transport does to its pool is the simulation's; that there are connections is not.
TEST_F(SocketWorldTest, WhatATransportDoesOfItself) {
  using Script = EstablishmentScript;
  for (const Script& script :
       {Script{.phases = {}, .answer_inline = Script::Inline::throws},
        Script{.phases = {}, .answer_inline = Script::Inline::fails},
        Script{.phases = {}, .answer_inline = Script::Inline::succeeds},
        Script{.phases = {{.phase = EstablishmentPhase::hello, .delay = 5ms}},
        .ignores_close = true},
        Script{.phases = {{.phase = EstablishmentPhase::hello, .delay = 5ms, .error_code = 91}},
        .ignores_close = true,
        .teardown = 7ms},
        Script{.phases = {}, .teardown = 7ms}}) {
    Scenario scenario;
    scenario.server.establishments = {script};
    scenario.labels = {"first", "second"};
    add(scenario, Ready{});
    add(scenario, CheckOut{.label = 0, .in_background = true});
    add(scenario, Wait{2ms});
    add(scenario, Clear{.interrupt_in_use_connections = true});
    add(scenario, Wait{8ms});
    add(scenario, Ready{});
    add(scenario, CheckOut{.label = 1, .in_background = true});
    add(scenario, Wait{8ms});
    expect_parity(scenario);
  }
}

/// Of two things in one instant the first one counts, and both worlds agree which that is.
TEST_F(SocketWorldTest, APeerThatEndsAnEstablishment) {
  using enum EstablishmentPhase;
  for (const EstablishmentPhase phase : {connect, tls, hello, authenticate}) {
    Scenario scenario = scripted({.phase = phase, .delay = 10ms});
    scenario.actors.emplace_back("peer");
    add(scenario, PeerCloses{.connection = ConnectionId{1}}, 2);
    add(scenario, PeerCloses{.connection = ConnectionId{1}, .fault = NetworkFault::reset}, 2);
    scenario.operations.insert(scenario.operations.begin() + 2, {.body = Start{2}});
    expect_parity(scenario);
  }
}

/// The refusal is to come later.
TEST_F(SocketWorldTest, ATimeoutBeforeWhatEndsItAtOnce) {
  for (const PhaseScript& phase :
       {PhaseScript{
            .phase = EstablishmentPhase::resolve, .delay = 60ms, .fault = NetworkFault::dns},
        PhaseScript{
            .phase = EstablishmentPhase::connect, .delay = 60ms, .fault = NetworkFault::refused}}) {
    for (int i = 0; i < 20; ++i) expect_parity(scripted(phase));
  }
}

/// Several choose that the deadline is reached, and then that the answer is there, in one instant.
TEST_F(SocketWorldTest, AnAnswerInTheInstantOfItsTimeout) {
  for (const EstablishmentPhase phase :
       {EstablishmentPhase::hello, EstablishmentPhase::authenticate}) {
    const Scenario scenario = scripted({.phase = phase, .delay = 50ms});
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      SeededChoices simulated(seed);
      SeededChoices real(seed);
      const Trace expected = run(scenario, connection_pool(), simulated);
      const Trace actual = world.run(scenario, connection_pool(), real, {});
      EXPECT_EQ(first_difference(expected, actual).value_or(""), "");
    }
  }
}

TEST_F(SocketWorldTest, WhatOnlyTheSimulationCanMakeIsNamed) {
  const auto reason = [](const Scenario& scenario) {
    return SocketWorld::only_simulated(scenario).value_or("");
  };
  EXPECT_EQ(reason(scripted({})), "");
  EXPECT_EQ(reason(scripted({.phase = EstablishmentPhase::hello, .fault = NetworkFault::dns})),
            "the fault dns in the phase hello");
  EXPECT_EQ(reason(scripted({.phase = EstablishmentPhase::hello, .garbage = true})), "");
  EXPECT_EQ(reason(scripted({.phase = EstablishmentPhase::connect, .garbage = true})),
            "garbage in the phase connect");
  EXPECT_EQ(reason(scripted({.phase = EstablishmentPhase::tls, .garbage = true})), "");
}

TEST(FirstDifference, NamesIt) {
  Scenario scenario = scripted({});
  CanonicalChoices choices;
  const Trace trace = run(scenario, connection_pool(), choices);
  EXPECT_FALSE(first_difference(trace, trace));
  Trace other = trace;
  other.events[3].time += 1ms;
  EXPECT_EQ(first_difference(trace, other)->find("event 4 is"), 0U);
  other = trace;
  other.events.pop_back();
  EXPECT_NE(first_difference(trace, other)->find("(nothing)"), std::string::npos);
  other = trace;
  other.end += 1ms;
  EXPECT_EQ(first_difference(trace, other)->find("the end is at"), 0U);
  other = trace;
  other.abandoned = 1;
  EXPECT_NE(first_difference(trace, other)->find("given up"), std::string::npos);
  other = trace;
  other.operation_errors[0] = pool_cleared_error(Address(), nullptr);
  Trace caused = trace;
  caused.operation_errors[0] = pool_cleared_error(Address(), pool_closed_error(Address()));
  EXPECT_NE(first_difference(other, caused)->find("because of"), std::string::npos);
}

}  // namespace
}  // namespace cmap::sim
