// One pass for each kind of thing that can be left out, until no pass finds anything.
#include "fuzz/shrink.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace cmap::fuzz {
namespace {

using sim::ActorIndex;
using sim::Scenario;

/// The actor that an operation is about, besides the one that performs it.
const ActorIndex* target_of(const sim::OperationBody& body) {
  if (const auto* start = std::get_if<sim::Start>(&body)) return &start->target;
  if (const auto* wait = std::get_if<sim::WaitForThread>(&body)) return &wait->target;
  return nullptr;
}
ActorIndex* target_of(sim::OperationBody& body) {
  return const_cast<ActorIndex*>(target_of(std::as_const(body)));
}

bool is_about(const sim::Operation& operation, ActorIndex actor) {
  const ActorIndex* target = target_of(operation.body);
  return operation.actor == actor || (target && *target == actor);
}

/// What an operation says of a label; null: nothing.
template <typename Body>
const sim::LabelIndex* label_in(const Body& body) {
  if constexpr (requires { body.label.has_value(); }) {
    return body.label ? &*body.label : nullptr;
  } else if constexpr (requires { body.label; }) {
    return &body.label;
  } else if constexpr (requires(sim::LabelIndex of_body) { of_body = body.connection; }) {
    return &body.connection;
  } else {
    return nullptr;
  }
}

bool is_about_label(const sim::Operation& operation, sim::LabelIndex label) {
  const sim::LabelIndex* const found =
      std::visit([](const auto& body) { return label_in(body); }, operation.body);
  return found && *found == label;
}

/// Answers as recorded, like ReplayedChoices, but does not wait for what is not on offer any more:
/// where something was left out of the scenario, what was recorded of it is passed over.
class ForgivingReplay final : public sim::ChoiceSource {
 public:
  explicit ForgivingReplay(const std::vector<sim::RecordedChoice>& recorded)
      : recorded_(recorded) {}

  std::uint32_t choose(sim::ChoiceKind, std::span<const sim::Option> options) override {
    const std::size_t end = std::min(recorded_.size(), next_ + most_passed_over);
    for (std::size_t at = next_; at < end; ++at) {
      const auto found = std::ranges::find(options, recorded_[at].option);
      if (found == options.end()) continue;
      next_ = at + 1;
      return static_cast<std::uint32_t>(found - options.begin());
    }
    return 0;
  }

 private:
  static constexpr std::size_t most_passed_over = 12;

  const std::vector<sim::RecordedChoice>& recorded_;
  std::size_t next_ = 0;
};

/// Actors have other numbers now.
void remove_actor(std::vector<sim::RecordedChoice>& schedule, ActorIndex actor) {
  const auto is_of_actors = [](const sim::RecordedChoice& choice) {
    return choice.option.action == sim::ActionKind::operate ||
           choice.option.action == sim::ActionKind::wake;
  };
  std::erase_if(schedule, [&](const sim::RecordedChoice& choice) {
    return is_of_actors(choice) && choice.option.subject == actor;
  });
  for (sim::RecordedChoice& choice : schedule) {
    if (is_of_actors(choice) && choice.option.subject > actor) --choice.option.subject;
  }
}

void remove_actor(Scenario& scenario, ActorIndex actor) {
  std::erase_if(scenario.operations,
                [&](const sim::Operation& operation) { return is_about(operation, actor); });
  scenario.actors.erase(scenario.actors.begin() + static_cast<std::ptrdiff_t>(actor));
  for (sim::Operation& operation : scenario.operations) {
    if (operation.actor > actor) --operation.actor;
    ActorIndex* target = target_of(operation.body);
    if (target && *target > actor) --*target;
  }
}

class Shrinker {
 public:
  Shrinker(Failure failure, const sim::PoolFactory& factory, const ShrinkOptions& options)
      : best_(std::move(failure)), factory_(factory), options_(options) {
    // What broke decides how much of the property is to be looked at.
    property_.compare_with_model = best_.finding.clause == "MODEL";
    property_.run_twice = best_.finding.clause == "DETERMINISM";
    if (best_.finding.clause == "NO-LIVELOCK") property_.work_budget = endless;
    if (best_.finding.clause == "PARITY") {
      property_.world = options.property.world;
      property_.impossible = options.property.impossible;
    }
  }

  Shrunk shrink() {
    do {
      changed_ = false;
      try_schedule({});
      remove_actors();
      remove_labels();
      remove_operations();
      remove_parts();
      make_dull();
      shorten_schedule();
    } while (changed_ && may_go_on());
    if (!best_.schedule.empty()) record_schedule();
    return {.failure = std::move(best_), .replays = replays_};
  }

 private:
  /// Of what takes for ever anyway each replay would take the whole budget; this is still a hundred
  /// times what a run of right size takes.
  static constexpr std::uint64_t endless = 100'000;

  [[nodiscard]] bool may_go_on() const {
    return replays_ < options_.most_replays && (!options_.go_on || options_.go_on());
  }

  /// Takes the candidate if it breaks the same.
  bool try_failure(Scenario scenario, const std::vector<sim::RecordedChoice>& schedule) {
    sim::ReplayedChoices choices(schedule);
    auto tested = try_run(scenario, choices);
    if (tested) take(std::move(scenario), schedule, std::move(*tested->finding));
    return tested.has_value();
  }
  /// The same by what is left of the schedule, which becomes what came of it.
  bool try_forgiving(Scenario scenario, const std::vector<sim::RecordedChoice>& schedule) {
    if (schedule.empty()) return false;
    ForgivingReplay choices(schedule);
    auto tested = try_run(scenario, choices);
    if (tested) {
      take(std::move(scenario), std::move(tested->schedule), std::move(*tested->finding));
    }
    return tested.has_value();
  }
  bool try_scenario(const Scenario& scenario, const std::vector<sim::RecordedChoice>& schedule) {
    return try_failure(scenario, schedule) || try_forgiving(scenario, schedule);
  }
  bool try_scenario(const Scenario& scenario) { return try_scenario(scenario, best_.schedule); }
  bool try_schedule(const std::vector<sim::RecordedChoice>& schedule) {
    return schedule.size() < best_.schedule.size() && try_failure(best_.scenario, schedule);
  }

  /// Nothing: it breaks something else, or nothing at all.
  std::optional<Tested> try_run(const Scenario& scenario, sim::ChoiceSource& choices) {
    if (!may_go_on()) return std::nullopt;
    ++replays_;
    Tested tested = options_.tester(scenario, choices, factory_, property_);
    const bool is_same = tested.finding && tested.finding->signature == best_.finding.signature;
    return is_same ? std::optional(std::move(tested)) : std::nullopt;
  }
  void take(Scenario scenario, std::vector<sim::RecordedChoice> schedule, Finding finding) {
    best_ = {std::move(scenario), std::move(schedule), std::move(finding)};
    changed_ = true;
  }

  /// Changes a copy of the scenario; `change` returns false if there is nothing to change.
  template <typename Change>
  bool try_change(Change&& change) {
    Scenario candidate = best_.scenario;
    return change(candidate) && try_scenario(candidate);
  }

  /// Leaves out chunks of a list, from large ones to single elements, the last ones first.
  /// `try_without(from, count)` says whether it still fails.
  template <typename Size, typename TryWithout>
  void remove_chunks(const Size& size, const TryWithout& try_without) {
    for (std::size_t chunk = std::max<std::size_t>(size() / 2, 1);; chunk /= 2) {
      for (std::size_t end = size(); end > 0 && may_go_on();) {
        const std::size_t count = std::min(chunk, end);
        end -= count;
        try_without(end, count);
        end = std::min(end, size());
      }
      if (chunk <= 1) return;
    }
  }

  /// The same for a list inside the scenario.
  template <typename List>
  void remove_from(const List& list) {
    remove_chunks([&] { return list(best_.scenario).size(); },
                  [&](std::size_t from, std::size_t count) {
                    try_change([&](Scenario& scenario) {
                      auto& items = list(scenario);
                      const auto begin = items.begin() + static_cast<std::ptrdiff_t>(from);
                      items.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
                      return true;
                    });
                  });
  }

  void remove_actors() {
    for (std::size_t actor = best_.scenario.actors.size() - 1; actor > 0; --actor) {
      Scenario candidate = best_.scenario;
      auto schedule = best_.schedule;
      remove_actor(candidate, static_cast<ActorIndex>(actor));
      remove_actor(schedule, static_cast<ActorIndex>(actor));
      try_scenario(candidate, schedule);
    }
  }

  /// A check-out with everything that is done with it: one without the other is misuse.
  void remove_labels() {
    for (std::size_t label = best_.scenario.labels.size(); label-- > 0;) {
      try_change([&](Scenario& scenario) {
        return std::erase_if(scenario.operations, [&](const sim::Operation& operation) {
                 return is_about_label(operation, static_cast<sim::LabelIndex>(label));
               }) > 0;
      });
    }
  }

  void remove_operations() {
    remove_from([](Scenario & scenario) -> auto& { return scenario.operations; });
  }

  void remove_parts() {
    remove_from([](Scenario & scenario) -> auto& { return scenario.listener_actions; });
    dull_establishments();
    const auto reset = [this](auto member) {
      try_change([&](Scenario& scenario) {
        auto& option = scenario.options.*member;
        if (option == std::remove_reference_t<decltype(option)>{}) return false;
        option = {};
        return true;
      });
    };
    reset(&PoolOptions::min_pool_size);
    reset(&PoolOptions::max_idle_time);
    reset(&PoolOptions::wait_queue_timeout);
    reset(&PoolOptions::background_interval);
    reset(&PoolOptions::handshake_timeout);
    reset(&PoolOptions::establishment_timeout);
    reset(&PoolOptions::max_connecting);
    reset(&PoolOptions::max_pool_size);
    try_change([&](Scenario& scenario) {
      for (auto& script : scenario.server.establishments) script.service_id.reset();
      return std::exchange(scenario.options.load_balanced, false);
    });
    for (bool sim::ServerSetup::*flag :
         {&sim::ServerSetup::tls, &sim::ServerSetup::authentication}) {
      try_change([&](Scenario& scenario) { return std::exchange(scenario.server.*flag, false); });
    }
  }

  /// An establishment whose number must stay is made one that goes well at once.
  void dull_establishments() {
    const auto all = [](Scenario & scenario) -> auto& { return scenario.server.establishments; };
    try_change([&](Scenario& scenario) {
      if (all(scenario).empty()) return false;
      all(scenario).clear();
      return true;
    });
    while (!best_.scenario.server.establishments.empty() && try_change([&](Scenario& scenario) {
      all(scenario).pop_back();
      return true;
    })) {
    }
    for (std::size_t i = 0; i < best_.scenario.server.establishments.size(); ++i) {
      dull_establishment(i);
    }
  }

  void dull_establishment(std::size_t index) {
    const auto try_on = [&](auto&& change) {
      return try_change(
          [&](Scenario& scenario) { return change(scenario.server.establishments[index]); });
    };
    using Script = sim::EstablishmentScript;
    const auto is_plain = [](const Script& script) {
      return script.phases.empty() && script.answer_inline == Script::Inline::no &&
             !script.ignores_close && script.teardown == Duration{};
    };
    const bool plain = try_on([&](Script& script) {
      if (is_plain(script)) return false;
      script = Script{.phases = {}, .service_id = script.service_id};
      return true;
    });
    if (plain) return;
    try_on([](Script& script) { return std::exchange(script.ignores_close, false); });
    try_on([](Script& script) { return std::exchange(script.teardown, Duration{}) != Duration{}; });
    try_on([](Script& script) {
      return std::exchange(script.answer_inline, Script::Inline::no) != Script::Inline::no;
    });
    try_on([](Script& script) {
      bool any = false;
      for (sim::PhaseScript& phase : script.phases) {
        any = std::exchange(phase.delay, Duration{}) != Duration{} || any;
      }
      return any;
    });
  }

  /// What stays is made as plain as it can be.
  void make_dull() {
    for (std::size_t i = 0; i < best_.scenario.operations.size(); ++i) {
      try_change([&](Scenario& scenario) { return dull(scenario.operations[i].body); });
    }
  }

  /// False if there is nothing to change.
  static bool dull(sim::OperationBody& body) {
    if (auto* check_out = std::get_if<sim::CheckOut>(&body)) {
      const bool plain = !check_out->timeout && check_out->purpose == CheckOutPurpose::other;
      check_out->timeout.reset();
      check_out->purpose = CheckOutPurpose::other;
      return !plain;
    }
    if (auto* clear = std::get_if<sim::Clear>(&body)) {
      return std::exchange(clear->interrupt_in_use_connections, false);
    }
    if (auto* wait = std::get_if<sim::Wait>(&body)) {
      constexpr Duration short_time = std::chrono::milliseconds(5);
      if (wait->duration <= short_time) return false;
      wait->duration = short_time;
      return true;
    }
    return false;
  }

  /// What is left out of a record is answered canonically, and so is all behind its end.
  void shorten_schedule() {
    remove_chunks([this] { return best_.schedule.size(); },
                  [this](std::size_t from, std::size_t count) {
                    auto schedule = best_.schedule;
                    const auto begin = schedule.begin() + static_cast<std::ptrdiff_t>(from);
                    schedule.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
                    try_schedule(schedule);
                  });
  }

  /// All choices, and not only those that had to be said: then nothing drifts when it is replayed.
  void record_schedule() {
    sim::ReplayedChoices choices(best_.schedule);
    best_.schedule = options_.tester(best_.scenario, choices, factory_, property_).schedule;
  }

  Failure best_;
  const sim::PoolFactory& factory_;
  const ShrinkOptions& options_;
  PropertyOptions property_;
  std::uint64_t replays_ = 0;
  bool changed_ = false;
};

}  // namespace

Shrunk shrink(Failure failure, const sim::PoolFactory& factory, const ShrinkOptions& options) {
  return Shrinker(std::move(failure), factory, options).shrink();
}

}  // namespace cmap::fuzz
