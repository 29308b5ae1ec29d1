// Random scenarios of everything that a file can say, for tests of what is written. They mean
// little.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "sim/prng.hpp"
#include "sim/scenario.hpp"

namespace cmap::spec_tests {

/// The scenario of a seed. All numbers are small; some times are no whole milliseconds.
class RandomScenario {
 public:
  explicit RandomScenario(std::uint64_t seed) : prng_(sim::derive_seed(seed, "scenario")) {}

  sim::Scenario make() {
    scenario_.name = "random";
    set_options();
    set_server();
    for (std::uint64_t i = 1 + below(3); i > 0; --i) add_thread();
    if (chance(7)) add(sim::main_actor, sim::Ready{});
    for (std::uint64_t i = 4 + below(20); i > 0; --i) add_something();
    if (chance(1)) scenario_.wait_for_event_timeout = some_time();
    scenario_.needs_virtual_clock = chance(4);
    add(sim::main_actor, sim::Wait{some_time() * 4});
    return std::move(scenario_);
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return prng_.below(bound); }
  bool chance(std::uint64_t of_eight) { return prng_.ratio(of_eight, 8); }
  Duration some_time() {
    using namespace std::chrono_literals;
    return 5ms * static_cast<std::int64_t>(below(6)) +
           (chance(1) ? Duration(below(1'000'000)) : 0ns);
  }
  template <typename Enum>
  Enum one_of(std::uint64_t count, std::uint64_t first = 0) {
    return static_cast<Enum>(first + below(count));
  }
  NetworkFault fault() { return one_of<NetworkFault>(7, 1); }
  ServiceId service() {
    ServiceId::Bytes bytes{};
    bytes[0] = static_cast<std::uint8_t>(below(2));
    return ServiceId(bytes);
  }

  void set_options() {
    PoolOptions& options = scenario_.options;
    options.load_balanced = chance(2);
    if (chance(6)) options.max_pool_size = 2 + static_cast<std::int64_t>(below(3));
    if (chance(4)) options.min_pool_size = static_cast<std::int64_t>(below(3));
    if (chance(4)) options.max_connecting = 1 + static_cast<std::int64_t>(below(2));
    if (chance(4)) options.max_idle_time = some_time();
    if (chance(4)) options.wait_queue_timeout = some_time();
    if (chance(3)) options.background_interval = some_time() + std::chrono::milliseconds(3);
    if (chance(1)) options.background_interval = -some_time() - Duration(1);
    if (chance(2)) options.establishment_timeout = some_time();
    if (chance(1)) options.handshake_timeout = some_time();
  }

  void set_server() {
    sim::ServerSetup& server = scenario_.server;
    server.tls = chance(2);
    server.authentication = chance(2);
    if (chance(1)) server.app_name = "an application";
    if (chance(1)) server.fail_points.push_back(fail_point());
    for (std::uint64_t i = below(10); i > 0; --i) server.establishments.push_back(script());
  }

  sim::FailPoint fail_point() {
    sim::FailPoint fail_point{.mode = one_of<sim::FailPoint::Mode>(4),
                              .count = static_cast<std::int64_t>(below(3)),
                              .fail_commands = {"hello", "isMaster"}};
    fail_point.close_connection = chance(2);
    fail_point.block_connection = chance(4);
    if (fail_point.block_connection) fail_point.block_time = std::chrono::milliseconds(below(9));
    if (chance(2)) fail_point.error_code = 91;
    if (chance(2)) fail_point.error_labels = {"RetryableError"};
    return fail_point;
  }

  sim::EstablishmentScript script() {
    sim::EstablishmentScript script;
    for (std::uint64_t i = below(3); i > 0; --i) script.phases.push_back(phase());
    if (chance(1)) script.answer_inline = one_of<sim::EstablishmentScript::Inline>(3, 1);
    script.ignores_close = chance(1);
    if (chance(2)) script.teardown = some_time();
    if (chance(6)) script.service_id = service();
    return script;
  }

  sim::PhaseScript phase() {
    sim::PhaseScript phase{.phase = one_of<EstablishmentPhase>(5), .delay = some_time()};
    const bool is_answered = phase.phase >= EstablishmentPhase::hello;
    switch (below(8)) {
      case 0:
        phase.fault = fault();
        break;
      case 1:
        phase.hang = true;
        break;
      case 2:
        phase.garbage = true;
        break;
      case 3:
        phase.error_code = is_answered ? 91 : 0;
        break;
      case 4:
        phase.refused_credentials = phase.phase == EstablishmentPhase::authenticate;
        break;
      default:
        break;
    }
    return phase;
  }

  void add_thread() {
    const auto thread = static_cast<sim::ActorIndex>(scenario_.actors.size());
    scenario_.actors.push_back("thread" + std::to_string(thread));
    add(sim::main_actor, sim::Start{thread});
  }
  sim::ActorIndex any_thread() {
    return static_cast<sim::ActorIndex>(1 + below(scenario_.actors.size() - 1));
  }
  void add(sim::ActorIndex actor, sim::OperationBody body) {
    scenario_.operations.push_back(
        {.actor = actor, .body = std::move(body), .error_expected = chance(6)});
  }

  sim::LabelIndex new_label() {
    scenario_.labels.push_back("label " + std::to_string(scenario_.labels.size()));
    return static_cast<sim::LabelIndex>(scenario_.labels.size() - 1);
  }
  sim::CheckOut check_out() {
    sim::CheckOut check_out;
    if (chance(6)) check_out.label = new_label();
    if (chance(3)) check_out.timeout = some_time();
    check_out.purpose = one_of<CheckOutPurpose>(3);
    return check_out;
  }

  /// On a thread: an error there ends it, so that nothing is checked in that is not there.
  void add_use() {
    const sim::ActorIndex thread = any_thread();
    const sim::LabelIndex label = new_label();
    const bool in_background = chance(3);
    const sim::CheckOut check_out{.label = label, .in_background = in_background};
    scenario_.operations.push_back({.actor = in_background ? 0 : thread, .body = check_out});
    if (in_background) {
      scenario_.operations.push_back({.actor = thread, .body = sim::AwaitCheckOut{label}});
    }
    if (chance(2)) add(thread, sim::SetPurpose{label, one_of<CheckOutPurpose>(3)});
    if (chance(2)) add(thread, sim::FailInUse{label, fault(), one_of<ErrorVerdict>(2)});
    if (chance(1)) add(sim::main_actor, sim::Cancel{label});
    add(thread, sim::CheckIn{label});
    if (chance(1)) add(thread, sim::CheckInAgain{label});
  }

  void add_something() {
    switch (below(14)) {
      case 0:
        return add(sim::main_actor, sim::Ready{});
      case 1:
        return add(sim::main_actor, sim::Clear{chance(4)});
      case 2:
        return add(sim::main_actor, sim::ClearService{service()});
      case 3:
        return add(chance(4) ? any_thread() : 0, sim::Wait{some_time()});
      case 4:
        return add_check_out_in_background();
      case 5:
        return add(any_thread(), check_out());
      case 6:
        return add(any_thread(), sim::SetFailPoint{fail_point()});
      case 7:
        return add_listener_action();
      case 8:
        return add_seldom();
      default:
        return add_use();
    }
  }

  void add_check_out_in_background() {
    sim::CheckOut in_background = check_out();
    in_background.in_background = true;
    add(sim::main_actor, in_background);
  }

  void add_seldom() {
    const auto main = sim::main_actor;
    switch (below(7)) {
      case 0:
        return add(main, sim::Close{});
      case 1:
        return add(main, sim::ResetAfterFork{});
      case 2:
        return add(main, sim::CheckInForeign{});
      case 3:
        return add(main, sim::PeerCloses{one_of<ConnectionId>(2, 1), fault()});
      case 4:
        return add(main, sim::ExpectState{.state = PoolState::ready, .in_use = 0});
      case 5:
        return add(any_thread(), sim::WaitForThread{any_thread()});
      default:
        return add(any_thread(), sim::WaitForEvent{.event = one_of<EventType>(event_type_count),
                                                   .count = 1,
                                                   .timeout = some_time()});
    }
  }

  void add_listener_action() {
    using Does = sim::ListenerAction::What;
    sim::ListenerAction action{.event = one_of<EventType>(event_type_count - 1, 1),
                               .occurrence = 1 + static_cast<std::int64_t>(below(3)),
                               .what = one_of<Does>(3)};
    if (action.what == Does::spend_time) action.time = some_time();
    if (action.what == Does::operate && chance(4)) {
      action.operation = sim::CheckOut{.label = new_label(), .timeout = some_time()};
    }
    scenario_.listener_actions.push_back(std::move(action));
  }

  sim::Prng prng_;
  sim::Scenario scenario_;
};

}  // namespace cmap::spec_tests
