// The pool and the reference model, side by side on thousands of random scenarios: the same events,
// outcomes and times, to the nanosecond.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sim/prng.hpp"
#include "sim/world.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;

/// Composes a scenario from a seed. Small numbers everywhere, so that limits and instants meet.
class Composer {
 public:
  explicit Composer(std::uint64_t seed) : prng_(derive_seed(seed, "composer")) {}

  Scenario compose() {
    scenario_.name = "random";
    scenario_.options = options();
    scenario_.server = server();
    const std::uint64_t threads = 1 + below(4);
    for (std::uint64_t i = 0; i < threads; ++i) add_thread();
    if (!chance(1, 8)) add(main_actor, Ready{});
    const std::uint64_t count = 5 + below(30);
    for (std::uint64_t i = 0; i < count; ++i) add_operation();
    if (chance(3, 4)) add(main_actor, Wait{5 * short_time()});  // the threads go on meanwhile
    return std::move(scenario_);
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return prng_.below(bound); }
  bool chance(std::uint64_t of, std::uint64_t all) { return prng_.ratio(of, all); }
  Duration short_time() { return 5ms * static_cast<std::int64_t>(below(6)); }

  PoolOptions options() {
    PoolOptions options;
    options.load_balanced = load_balanced_ = chance(1, 4);
    if (chance(5, 6)) options.max_pool_size = static_cast<std::int64_t>(below(4));
    if (chance(1, 2)) {
      const std::int64_t max = options.max_pool_size.value_or(100);
      options.min_pool_size =
          static_cast<std::int64_t>(below(max == 0 ? 4 : static_cast<std::uint64_t>(max) + 1)) % 4;
    }
    if (chance(1, 2)) options.max_connecting = 1 + static_cast<std::int64_t>(below(2));
    if (chance(1, 2)) options.max_idle_time = short_time();
    if (chance(1, 2)) options.wait_queue_timeout = short_time();
    if (chance(1, 3))
      options.background_interval = chance(1, 4) ? Duration(-1ms) : short_time() + 5ms;
    if (chance(1, 3)) options.establishment_timeout = short_time();
    return options;
  }

  PhaseScript phase() {
    PhaseScript script;
    script.phase = static_cast<EstablishmentPhase>(below(5));
    script.delay = short_time();
    const std::uint64_t end = below(8);
    if (end == 0) script.fault = static_cast<NetworkFault>(1 + below(7));
    if (end == 1) script.error_code = 91;
    if (end == 2) script.hang = true;
    if (end == 3) script.garbage = true;
    return script;
  }

  EstablishmentScript script() {
    EstablishmentScript script;
    if (chance(2, 3)) script.phases.push_back(phase());
    if (chance(1, 8)) {
      script.answer_inline = static_cast<EstablishmentScript::Inline>(1 + below(2));
    }
    script.ignores_close = chance(1, 6);
    if (chance(1, 4)) script.teardown = short_time();
    if (!chance(1, 8)) script.service_id = service();
    return script;
  }

  ServiceId service() {
    ServiceId::Bytes bytes{};
    bytes[0] = static_cast<std::uint8_t>(below(2));
    return ServiceId(bytes);
  }

  ServerSetup server() {
    ServerSetup setup;
    setup.tls = chance(1, 4);
    setup.authentication = chance(1, 3);
    for (int i = 0; i < 40; ++i) setup.establishments.push_back(script());
    return setup;
  }

  ActorIndex add_thread() {
    scenario_.actors.push_back("thread" + std::to_string(scenario_.actors.size()));
    threads_.push_back(static_cast<ActorIndex>(scenario_.actors.size() - 1));
    add(main_actor, Start{threads_.back()});
    return threads_.back();
  }
  ActorIndex any_thread() { return threads_[below(threads_.size())]; }

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

  CheckOut check_out() {
    CheckOut check_out{.label = new_label()};
    if (chance(1, 3)) check_out.timeout = short_time();
    check_out.purpose = static_cast<CheckOutPurpose>(below(3));
    return check_out;
  }

  /// The main thread never waits for a check-out, so that it never hangs.
  LabelIndex add_check_out_in_background() {
    CheckOut in_background = check_out();
    in_background.in_background = true;
    open_.push_back(*in_background.label);
    add(main_actor, in_background);
    return *in_background.label;
  }

  /// A thread checks out (or awaits what the main thread did), uses the connection and checks in.
  void add_use() {
    const ActorIndex thread = chance(1, 3) ? add_thread() : any_thread();
    LabelIndex label = 0;
    if (chance(1, 4)) {
      label = add_check_out_in_background();
      add_indispensable(thread, AwaitCheckOut{label});
    } else {
      const CheckOut in_foreground = check_out();
      label = *in_foreground.label;
      open_.push_back(label);
      add_indispensable(thread, in_foreground);
    }
    for (std::uint64_t i = below(4); i > 0; --i) add(thread, something_in_use(label));
    if (chance(1, 12)) return;  // kept until the end
    add(thread, CheckIn{label});
    if (chance(1, 6)) add(thread, Wait{short_time()});
    if (chance(1, 6)) add(thread, CheckInAgain{label});
  }

  OperationBody something_in_use(LabelIndex label) {
    switch (below(4)) {
      case 0:
        return SetPurpose{label, static_cast<CheckOutPurpose>(below(3))};
      case 1:
        return FailInUse{label, static_cast<NetworkFault>(1 + below(7)),
                         chance(1, 2) ? ErrorVerdict::clear : ErrorVerdict::keep};
      default:
        return Wait{short_time()};
    }
  }

  void add_clear() {
    if (load_balanced_) {
      add(main_actor, ClearService{service()});
    } else {
      add(main_actor, Clear{chance(1, 2)});
    }
  }

  void add_operation() {
    switch (below(18)) {
      case 0:
      case 1:
      case 2:
        add_check_out_in_background();
        return;
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
        add_use();
        return;
      case 8:
        if (!open_.empty()) add(main_actor, Cancel{open_[below(open_.size())]});
        return;
      case 9:
      case 10:
        add(main_actor, Wait{short_time()});
        return;
      case 11:
        add(main_actor, Ready{});
        return;
      case 12:
        add_clear();
        return;
      case 13:
        if (chance(1, 6)) add(main_actor, Close{});
        return;
      case 14:
        if (chance(1, 4)) add(main_actor, ResetAfterFork{});
        return;
      case 15:
        // A thread's own check-out, which stays until the end.
        add(any_thread(), CheckOut{});
        return;
      case 16:
        if (chance(1, 8)) add(main_actor, CheckInForeign{});
        return;
      default:
        add_listener_action();
        return;
    }
  }

  void add_listener_action() {
    ListenerAction action;
    action.event = static_cast<EventType>(1 + below(event_type_count - 1));
    action.occurrence = 1 + static_cast<std::int64_t>(below(3));
    switch (below(6)) {
      case 0:
        action.operation = Ready{};
        break;
      case 1:
        if (!load_balanced_) action.operation = Clear{chance(1, 2)};
        break;
      case 2:
        action.operation = CheckOut{.label = new_label(), .in_background = true};
        break;
      case 3:
        if (chance(1, 4)) action.operation = Close{};
        break;
      case 4:
        action.what = ListenerAction::What::throw_exception;
        break;
      default:
        action.what = ListenerAction::What::spend_time;
        action.time = short_time();
        break;
    }
    scenario_.listener_actions.push_back(action);
  }

  Prng prng_;
  Scenario scenario_;
  bool load_balanced_ = false;
  std::vector<ActorIndex> threads_;
  std::vector<LabelIndex> open_;
};

void add_error(std::string& line, const ErrorPtr& error) {
  if (!error) return;
  line += " error: ";
  line += type_name(error->type);
  line += ", ";
  line += error->message;
}

std::string line_of(const Event& event) {
  const PoolCounts& counts = event.counts;
  std::string line = "@" + milliseconds_text(event.time - TimePoint{}) + " " + describe(event);
  line += " [" + std::to_string(counts.pending) + " " + std::to_string(counts.available) + " ";
  line += std::to_string(counts.in_use) + " " + std::to_string(counts.waiting) + "]";
  if (const auto* closed = std::get_if<ConnectionClosedEvent>(&event.body)) {
    add_error(line, closed->error);
  } else if (const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&event.body)) {
    add_error(line, failed->error);
  }
  return line;
}

void add_ends(std::vector<std::string>& lines, const Trace& trace) {
  for (std::size_t i = 0; i < trace.operation_errors.size(); ++i) {
    if (!trace.operation_errors[i]) continue;
    lines.push_back("operation " + std::to_string(i));
    add_error(lines.back(), trace.operation_errors[i]);
  }
  if (trace.failure) lines.push_back("failure: " + trace.failure->message);
  lines.push_back("end @" + milliseconds_text(trace.end));
}

/// All events, those of the drain too; then the errors of the operations and how the run ended.
std::vector<std::string> run_once(const Scenario& scenario, const PoolFactory& factory) {
  std::vector<std::string> lines;
  const PoolFactory overheard = [&](const PoolSetup& setup, Environment& environment) {
    PoolSetup with_ears = setup;
    if (setup.number == 0) {
      with_ears.listener = [&lines, listener = setup.listener](const Event& event) {
        lines.push_back(line_of(event));
        listener(event);
      };
    }
    return factory(with_ears, environment);
  };
  CanonicalChoices choices;
  const Trace trace = run(scenario, overheard, choices, {.drain = true});
  // A run that failed is not drained: what its end brings up is nobody's business.
  if (trace.failure) lines.resize(trace.events.size());
  add_ends(lines, trace);
  return lines;
}

/// Empty if they are equal, else the lines around the first difference.
std::string first_difference(const std::vector<std::string>& model,
                             const std::vector<std::string>& pool) {
  std::size_t at = 0;
  while (at < model.size() && at < pool.size() && model[at] == pool[at]) ++at;
  if (at == model.size() && at == pool.size()) return {};
  std::string text;
  for (std::size_t i = at < 12 ? 0 : at - 12; i < at; ++i) text += "  both   " + model[i] + "\n";
  for (std::size_t i = at; i < at + 3 && i < model.size(); ++i)
    text += "  model  " + model[i] + "\n";
  for (std::size_t i = at; i < at + 3 && i < pool.size(); ++i) text += "  pool   " + pool[i] + "\n";
  return text;
}

#ifndef CMAP_RANDOM_SCENARIOS
#define CMAP_RANDOM_SCENARIOS 20000
#endif

TEST(ModelEquivalence, the_pool_does_what_the_model_does) {
  for (std::uint64_t seed = 1; seed <= CMAP_RANDOM_SCENARIOS; ++seed) {
    const Scenario scenario = Composer(seed).compose();
    const auto expected = run_once(scenario, reference_model());
    const auto actual = run_once(scenario, connection_pool());
    ASSERT_EQ(first_difference(expected, actual), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace cmap::sim
