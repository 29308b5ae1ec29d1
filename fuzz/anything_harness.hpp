// Composed scenarios, and on top of them what files can say but no search needs. They mean little.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "fuzz/draws.hpp"
#include "fuzz/generator.hpp"
#include "sim/choice.hpp"

namespace cmap::fuzz {

class AnythingAFileCanSay {
 public:
  explicit AnythingAFileCanSay(std::uint64_t seed) : choices_(seed, "scenario"), draws_(choices_) {}

  sim::Scenario make() {
    scenario_ = generate(choices_);
    scenario_.name = "random";  // as the file that it is read from
    for (std::string& label : scenario_.labels) label.insert(5, " ");
    for (sim::Operation& operation : scenario_.operations) {
      if (draws_.chance(1, 8)) operation.error_expected = !operation.error_expected;
    }
    set_options();
    set_server();
    for (std::size_t i = draws_.below(6); i > 0; --i) add_operation();
    if (draws_.chance(1, 4)) add_listener_action();
    return std::move(scenario_);
  }

 private:
  /// Mostly no whole milliseconds.
  Duration odd_time() {
    return std::chrono::microseconds(1250) * static_cast<std::int64_t>(draws_.below(9)) +
           Duration(static_cast<std::int64_t>(draws_.below(100)));
  }

  void set_options() {
    PoolOptions& options = scenario_.options;
    if (draws_.chance(1, 4)) options.max_idle_time = odd_time();
    if (draws_.chance(1, 4)) options.wait_queue_timeout = odd_time();
    if (draws_.chance(1, 4)) options.establishment_timeout = odd_time();
    if (draws_.chance(1, 8)) options.handshake_timeout = odd_time();
    if (draws_.chance(1, 8)) options.background_interval = -odd_time() - Duration(1);
    if (draws_.chance(1, 8)) scenario_.wait_for_event_timeout = odd_time();
    scenario_.needs_virtual_clock = draws_.chance(1, 2);
  }

  void set_server() {
    sim::ServerSetup& server = scenario_.server;
    if (draws_.chance(1, 8)) server.app_name = "an application";
    if (draws_.chance(1, 8)) server.fail_points.push_back(fail_point());
    for (sim::EstablishmentScript& script : server.establishments) {
      if (draws_.chance(1, 8)) script.teardown = odd_time();
      // Phases come in any order, and some that there are not.
      if (draws_.chance(1, 4)) {
        script.phases.push_back({.phase = static_cast<EstablishmentPhase>(draws_.below(5)),
                                 .delay = odd_time(),
                                 .hang = draws_.chance(1, 4)});
      }
    }
  }

  sim::FailPoint fail_point() {
    sim::FailPoint fail_point{.mode = static_cast<sim::FailPoint::Mode>(draws_.below(4)),
                              .count = static_cast<std::int64_t>(draws_.below(3)),
                              .fail_commands = {"hello", "isMaster"}};
    fail_point.close_connection = draws_.chance(1, 4);
    fail_point.block_connection = draws_.chance(1, 2);
    if (fail_point.block_connection) {
      fail_point.block_time = std::chrono::milliseconds(draws_.below(9));
    }
    if (draws_.chance(1, 4)) fail_point.error_code = 91;
    if (draws_.chance(1, 4)) fail_point.error_labels = {"RetryableError"};
    return fail_point;
  }

  sim::ActorIndex any_thread() {
    return static_cast<sim::ActorIndex>(1 + draws_.below(scenario_.actors.size() - 1));
  }

  void add(sim::ActorIndex actor, sim::OperationBody body) {
    scenario_.operations.push_back(
        {.actor = actor, .body = std::move(body), .error_expected = draws_.chance(3, 4)});
  }

  void add_operation() {
    switch (draws_.below(5)) {
      case 0:
        return add(any_thread(), sim::SetFailPoint{fail_point()});
      case 1:
        return add(any_thread(), sim::WaitForThread{any_thread()});
      case 2:
        return add(
            any_thread(),
            sim::WaitForEvent{.event = static_cast<EventType>(draws_.below(event_type_count)),
                              .count = 1,
                              .timeout = odd_time()});
      case 3:
        return add(sim::main_actor, sim::ExpectState{.state = PoolState::ready, .in_use = 0});
      default:
        return add(any_thread(), sim::Wait{odd_time()});
    }
  }

  void add_listener_action() {
    scenario_.labels.push_back("label of the listener");
    const auto label = static_cast<sim::LabelIndex>(scenario_.labels.size() - 1);
    scenario_.listener_actions.push_back(
        {.event = EventType::connection_closed,
         .operation = sim::CheckOut{.label = label, .timeout = odd_time()}});
    scenario_.listener_actions.push_back({.event = EventType::connection_ready,
                                          .what = sim::ListenerAction::What::spend_time,
                                          .time = odd_time()});
  }

  sim::SeededChoices choices_;
  Draws draws_;
  sim::Scenario scenario_;
};

/// The scenario of a seed.
inline sim::Scenario anything(std::uint64_t seed) { return AnythingAFileCanSay(seed).make(); }

}  // namespace cmap::fuzz
