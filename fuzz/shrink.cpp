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
      remove_operations();
      remove_parts();
      make_dull();
      shorten_schedule();
    } while (changed_ && may_go_on());
    if (!best_.schedule.empty()) record_schedule();
    return {.failure = std::move(best_), .replays = replays_};
  }

 private:
  [[nodiscard]] bool may_go_on() const {
    return replays_ < options_.most_replays && (!options_.go_on || options_.go_on());
  }

  /// Takes the candidate if it breaks the same.
  bool try_failure(Scenario scenario, const std::vector<sim::RecordedChoice>& schedule) {
    if (!may_go_on()) return false;
    ++replays_;
    sim::ReplayedChoices choices(schedule);
    Tested tested = test(scenario, choices, factory_, property_);
    if (!tested.finding || tested.finding->signature != best_.finding.signature) return false;
    best_ = {std::move(scenario), schedule, std::move(*tested.finding)};
    changed_ = true;
    return true;
  }
  bool try_scenario(Scenario scenario) { return try_failure(std::move(scenario), best_.schedule); }
  bool try_schedule(const std::vector<sim::RecordedChoice>& schedule) {
    return schedule.size() < best_.schedule.size() && try_failure(best_.scenario, schedule);
  }

  /// Changes a copy of the scenario; `change` returns false if there is nothing to change.
  template <typename Change>
  bool try_change(Change&& change) {
    Scenario candidate = best_.scenario;
    return change(candidate) && try_scenario(std::move(candidate));
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
      try_change([&](Scenario& scenario) {
        if (actor >= scenario.actors.size()) return false;
        remove_actor(scenario, static_cast<ActorIndex>(actor));
        return true;
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
    best_.schedule = test(best_.scenario, choices, factory_, property_).schedule;
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
