// The parts of a scenario, each drawn with the weights of its swarm.
#include "fuzz/generator.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/draws.hpp"

namespace cmap::fuzz {
namespace {

using namespace std::chrono_literals;
using sim::ActorIndex;
using sim::LabelIndex;
using sim::OperationBody;

constexpr std::size_t phase_count = 5;    // resolve to authenticate
constexpr std::size_t fault_count = 7;    // NetworkFault, without `none`
constexpr std::size_t purpose_count = 3;  // CheckOutPurpose

/// What a scenario can consist of.
enum class Part : std::uint8_t {
  use,        ///< a thread checks out, does something, checks in
  check_out,  ///< the main thread begins one and nobody waits for it
  wait,       ///< the main thread lets time pass
  ready,
  clear,
  burst,  ///< clear and ready without a step between
  cancel,
  keep,  ///< a thread checks out and never checks in
  close,
  fork,
  foreign,      ///< a lease of another pool is checked in
  peer_closes,  ///< the peer ends a connection, whatever its state
  fail_point,
  listener,  ///< the listener acts on an event
};
constexpr std::size_t part_count = static_cast<std::size_t>(Part::listener) + 1;

/// How often each part comes, of those that exist in this scenario.
class Swarm {
 public:
  explicit Swarm(Draws& draws) {
    // One draw says how many are left out, so that some scenarios have nearly all and some nearly
    // none.
    const std::size_t left_out = draws.below(4);
    for (std::size_t i = 0; i < part_count; ++i) {
      const bool indispensable = i == static_cast<std::size_t>(Part::use);
      const bool exists = indispensable || !draws.chance(left_out, 5);
      weights_[i] = exists ? base[i] * (1 + draws.below(4)) : 0;
      total_ += weights_[i];
    }
  }

  Part draw(Draws& draws) const {
    std::size_t at = draws.below(std::min(total_, Draws::most));
    for (std::size_t i = 0; i < part_count; ++i) {
      if (at < weights_[i]) return static_cast<Part>(i);
      at -= weights_[i];
    }
    return Part::use;
  }

 private:
  /// In the order of Part.
  static constexpr std::array<std::size_t, part_count> base{12, 5, 4, 3, 3, 1, 3,
                                                            2,  1, 1, 1, 3, 1, 8};
  std::array<std::size_t, part_count> weights_{};
  std::size_t total_ = 0;
};

class Composer {
 public:
  explicit Composer(sim::ChoiceSource& choices) : draws_(choices), swarm_(draws_) {}

  sim::Scenario compose() {
    scenario_.name = "fuzz";
    set_options();
    set_server();
    const std::size_t threads = 1 + draws_.below(4);
    for (std::size_t i = 0; i < threads; ++i) add_thread();
    if (!draws_.chance(1, 8)) add(sim::main_actor, sim::Ready{});
    const std::size_t count = 3 + draws_.below(24);
    for (std::size_t i = 0; i < count; ++i) add_part(swarm_.draw(draws_));
    if (draws_.chance(1, 4)) add_close();
    // The threads go on meanwhile.
    if (!draws_.chance(1, 4)) add(sim::main_actor, sim::Wait{5 * some_time()});
    return std::move(scenario_);
  }

 private:
  /// 0 to 25 ms in steps of 5: times of different origin meet in one instant.
  Duration some_time() { return 5ms * static_cast<std::int64_t>(draws_.below(6)); }

  void set_options() {
    PoolOptions& options = scenario_.options;
    options.load_balanced = draws_.chance(1, 6);
    if (!draws_.chance(1, 8)) {
      options.max_pool_size = draws_.pick<std::int64_t>({2, 1, 3, 0});
    }
    if (draws_.chance(1, 2))
      options.max_connecting = 1 + static_cast<std::int64_t>(draws_.below(2));
    if (draws_.chance(2, 5)) {
      const std::int64_t max = options.max_pool_size.value_or(100);
      const std::size_t most =
          max == 0 ? 3 : static_cast<std::size_t>(std::min<std::int64_t>(max, 3));
      options.min_pool_size = static_cast<std::int64_t>(draws_.below(most + 1));
    }
    if (draws_.chance(2, 5)) options.max_idle_time = some_time();
    if (draws_.chance(2, 5)) options.wait_queue_timeout = some_time();
    if (draws_.chance(2, 5)) options.background_interval = background_interval();
    if (draws_.chance(2, 5)) options.establishment_timeout = some_time();
    if (draws_.chance(1, 5)) options.handshake_timeout = some_time();
  }

  /// Negative: no regular Runs.
  Duration background_interval() {
    return draws_.chance(1, 4) ? Duration(-1ms) : some_time() + 5ms;
  }

  void set_server() {
    sim::ServerSetup& server = scenario_.server;
    server.tls = draws_.chance(1, 6);
    server.authentication = draws_.chance(1, 4);
    // How many establishments go another way than well and at once.
    const std::size_t scripts = draws_.below(17);
    for (std::size_t i = 0; i < scripts; ++i) server.establishments.push_back(script());
    if (scenario_.options.load_balanced) {
      server.establishments.resize(std::max<std::size_t>(scripts, 12));
      for (sim::EstablishmentScript& each : server.establishments) {
        if (!draws_.chance(1, 8)) each.service_id = service();
      }
    }
  }

  sim::EstablishmentScript script() {
    sim::EstablishmentScript script;
    if (!draws_.chance(1, 4)) script.phases.push_back(phase());
    if (draws_.chance(1, 10)) {
      using Inline = sim::EstablishmentScript::Inline;
      script.answer_inline = draws_.pick({Inline::fails, Inline::throws, Inline::succeeds});
    }
    script.ignores_close = draws_.chance(1, 6);
    if (draws_.chance(1, 5)) script.teardown = some_time();
    return script;
  }

  sim::PhaseScript phase() {
    sim::PhaseScript phase{.phase = phase_that_exists()};
    phase.delay = some_time();
    const bool has_code =
        phase.phase == EstablishmentPhase::hello || phase.phase == EstablishmentPhase::authenticate;
    switch (draws_.below(8)) {
      case 4:
        phase.fault = fault_in(phase.phase);
        break;
      case 5:
        phase.hang = true;
        break;
      case 6:
        // A state change error, which clears; one that says nothing of the server, which does not.
        if (has_code) phase.error_code = draws_.pick<std::int32_t>({91, 13, 18});
        break;
      case 7:
        // Where nothing is read, only a simulation can make it.
        phase.garbage = phase.phase >= EstablishmentPhase::tls || draws_.chance(1, 6);
        break;
      default:
        break;
    }
    if (phase.phase == EstablishmentPhase::authenticate && !phase.garbage && !phase.hang &&
        phase.error_code == 0 && phase.fault == NetworkFault::none) {
      phase.refused_credentials = draws_.chance(1, 3);
    }
    return phase;
  }

  EstablishmentPhase phase_that_exists() {
    const auto phase = static_cast<EstablishmentPhase>(draws_.below(phase_count));
    const bool exists =
        (phase != EstablishmentPhase::tls || scenario_.server.tls) &&
        (phase != EstablishmentPhase::authenticate || scenario_.server.authentication);
    return exists ? phase : EstablishmentPhase::hello;
  }

  /// Mostly what can happen there by itself, so that sockets can make it, too.
  NetworkFault fault_in(EstablishmentPhase phase) {
    if (draws_.chance(1, 6)) return fault();
    if (phase == EstablishmentPhase::resolve) return NetworkFault::dns;
    if (phase == EstablishmentPhase::connect && draws_.chance(1, 2)) return NetworkFault::refused;
    if (phase == EstablishmentPhase::tls && draws_.chance(1, 2)) return NetworkFault::certificate;
    return fault_of_peer();
  }
  NetworkFault fault_of_peer() { return draws_.pick({NetworkFault::eof, NetworkFault::reset}); }
  NetworkFault fault() { return static_cast<NetworkFault>(1 + draws_.below(fault_count)); }

  ServiceId service() {
    ServiceId::Bytes bytes{};
    bytes[0] = static_cast<std::uint8_t>(draws_.below(2));
    return ServiceId(bytes);
  }

  ActorIndex add_thread() {
    scenario_.actors.push_back("thread" + std::to_string(scenario_.actors.size()));
    threads_.push_back(static_cast<ActorIndex>(scenario_.actors.size() - 1));
    add(sim::main_actor, sim::Start{threads_.back()});
    return threads_.back();
  }
  ActorIndex any_thread() { return threads_[draws_.below(threads_.size())]; }

  /// Whether it fails is not known beforehand; the actor goes on.
  void add(ActorIndex actor, OperationBody body) {
    scenario_.operations.push_back(
        {.actor = actor, .body = std::move(body), .error_expected = true});
  }
  /// Without it nothing that this actor does later makes sense: its error ends the actor.
  void add_indispensable(ActorIndex actor, OperationBody body) {
    scenario_.operations.push_back({.actor = actor, .body = std::move(body)});
  }

  LabelIndex new_label() {
    scenario_.labels.push_back("label" + std::to_string(scenario_.labels.size()));
    return static_cast<LabelIndex>(scenario_.labels.size() - 1);
  }

  sim::CheckOut check_out() {
    sim::CheckOut check_out{.label = new_label()};
    if (draws_.chance(1, 3)) check_out.timeout = some_time();
    check_out.purpose = static_cast<CheckOutPurpose>(draws_.below(purpose_count));
    return check_out;
  }

  /// The main thread never waits for a check-out, so that it never hangs.
  LabelIndex add_check_out_in_background() {
    sim::CheckOut in_background = check_out();
    in_background.in_background = true;
    begun_.push_back(*in_background.label);
    add(sim::main_actor, in_background);
    return *in_background.label;
  }

  /// A thread checks out (or awaits what the main thread began), uses the connection and checks in.
  void add_use() {
    const bool new_one = threads_.size() < most_threads && draws_.chance(1, 3);
    const ActorIndex thread = new_one ? add_thread() : any_thread();
    LabelIndex label = 0;
    if (draws_.chance(1, 4)) {
      label = add_check_out_in_background();
      add_indispensable(thread, sim::AwaitCheckOut{label});
    } else {
      const sim::CheckOut in_foreground = check_out();
      label = *in_foreground.label;
      begun_.push_back(label);
      add_indispensable(thread, in_foreground);
    }
    for (std::size_t i = draws_.below(3); i > 0; --i) add(thread, something_in_use(label));
    add(thread, sim::CheckIn{label});
    if (draws_.chance(1, 6)) add(thread, sim::Wait{some_time()});
    if (draws_.chance(1, 6)) add(thread, sim::CheckInAgain{label});
  }

  OperationBody something_in_use(LabelIndex label) {
    switch (draws_.below(4)) {
      case 2:
        return sim::SetPurpose{label, static_cast<CheckOutPurpose>(draws_.below(purpose_count))};
      case 3:
        return sim::FailInUse{label, fault(),
                              draws_.pick({ErrorVerdict::clear, ErrorVerdict::keep})};
      default:
        return sim::Wait{some_time()};
    }
  }

  OperationBody clear() {
    if (scenario_.options.load_balanced) return sim::ClearService{service()};
    return sim::Clear{.interrupt_in_use_connections = draws_.chance(1, 2)};
  }

  void add_part(Part part) {
    switch (part) {
      case Part::use:
        return add_use();
      case Part::check_out:
        unused_.push_back(add_check_out_in_background());
        return;
      case Part::wait:
        return add(sim::main_actor, sim::Wait{some_time()});
      case Part::ready:
        return add(sim::main_actor, sim::Ready{});
      case Part::clear:
        return add(sim::main_actor, clear());
      case Part::burst:
        for (std::size_t i = 1 + draws_.below(2); i > 0; --i) {
          add(sim::main_actor, clear());
          add(sim::main_actor, sim::Ready{});
        }
        return;
      case Part::cancel:
        if (!begun_.empty()) {
          add(sim::main_actor,
              sim::Cancel{begun_[draws_.below(std::min(begun_.size(), Draws::most))]});
        }
        return;
      case Part::keep:
        return add(any_thread(), sim::CheckOut{});
      case Part::close:
        return add_close();
      case Part::fork:
        return add(sim::main_actor, sim::ResetAfterFork{});
      case Part::foreign:
        return add(sim::main_actor, sim::CheckInForeign{});
      case Part::peer_closes:
        return add(sim::main_actor,
                   sim::PeerCloses{static_cast<ConnectionId>(1 + draws_.below(4)),
                                   draws_.chance(1, 6) ? fault() : fault_of_peer()});
      case Part::fail_point:
        return add(sim::main_actor, sim::SetFailPoint{fail_point()});
      case Part::listener:
        return add_listener_action();
    }
  }

  void add_close() {
    // In the very instant in which somebody has waited long enough.
    const auto& timeout = scenario_.options.wait_queue_timeout;
    if (timeout && *timeout > Duration::zero() && draws_.chance(1, 4)) {
      unused_.push_back(add_check_out_in_background());
      add(sim::main_actor, sim::Wait{*timeout});
    }
    add(sim::main_actor, sim::Close{});
    if (draws_.chance(1, 3)) add(sim::main_actor, sim::Close{});
  }

  sim::FailPoint fail_point() {
    using Mode = sim::FailPoint::Mode;
    sim::FailPoint fail_point{.mode = draws_.pick({Mode::times, Mode::always_on, Mode::off}),
                              .count = 1 + static_cast<std::int64_t>(draws_.below(3))};
    fail_point.fail_commands = {"isMaster", "hello"};
    switch (draws_.below(3)) {
      case 0:
        fail_point.close_connection = true;
        break;
      case 1:
        fail_point.error_code = draws_.pick<std::int32_t>({91, 13});
        break;
      default:
        fail_point.block_connection = true;
        fail_point.block_time = some_time();
        break;
    }
    return fail_point;
  }

  void add_listener_action() {
    sim::ListenerAction action;
    // Not PoolCreated: the pool is not there yet for whoever hears of it.
    action.event = static_cast<EventType>(1 + draws_.below(event_type_count - 1));
    action.occurrence = 1 + static_cast<std::int64_t>(draws_.below(3));
    switch (draws_.below(9)) {
      case 0:
        action.what = sim::ListenerAction::What::spend_time;
        action.time = some_time();
        break;
      case 1:
        action.operation = sim::Ready{};
        break;
      case 2:
        if (!scenario_.options.load_balanced) {
          action.operation = sim::Clear{.interrupt_in_use_connections = draws_.chance(1, 2)};
        }
        break;
      case 3:
        action.operation = sim::CheckOut{.label = new_label(), .in_background = true};
        break;
      case 4:
        if (!begun_.empty()) action.operation = sim::Cancel{begun_.back()};
        break;
      case 5:
        if (draws_.chance(1, 2)) action.operation = sim::Close{};
        break;
      case 6:
      case 7:
        if (!unused_.empty()) {
          action.operation =
              sim::CheckIn{unused_[draws_.below(std::min(unused_.size(), Draws::most))]};
        }
        break;
      default:
        action.what = sim::ListenerAction::What::throw_exception;
        break;
    }
    scenario_.listener_actions.push_back(action);
  }

  static constexpr std::size_t most_threads = 8;

  Draws draws_;
  Swarm swarm_;
  sim::Scenario scenario_;
  std::vector<ActorIndex> threads_;
  std::vector<LabelIndex> begun_;   ///< check-outs that somebody may cancel
  std::vector<LabelIndex> unused_;  ///< those that no thread waits for
};

}  // namespace

sim::Scenario generate(sim::ChoiceSource& choices) { return Composer(choices).compose(); }

}  // namespace cmap::fuzz
