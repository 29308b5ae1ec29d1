// Uses of the pool, right and wrong, from threads and from listeners.
#include <array>
#include <string>
#include <utility>

#include "fuzz/ingredient_groups.hpp"
#include "fuzz/run_patterns.hpp"

namespace cmap::fuzz {
namespace {

/// The listener closes the pool because of what a background Run did.
bool closes_inside_run(const RecordedRun& run) {
  for (const sim::ListenerAction& action : run.scenario.listener_actions) {
    if (!std::holds_alternative<sim::Close>(action.operation)) continue;
    std::int64_t count = 0;
    for (const Seen& seen : run.events) {
      if (seen.type() != action.event || ++count != action.occurrence) continue;
      const bool populates = seen.type() == EventType::connection_created && seen.populated;
      if (populates || pruned(run, seen)) return true;
    }
  }
  return false;
}

Predicate listener_acts(EventType event, std::function<bool(const sim::ListenerAction&)> acts) {
  return [event, acts = std::move(acts)](const RecordedRun& run) {
    const auto seen = std::count_if(run.events.begin(), run.events.end(),
                                    [event](const Seen& each) { return each.type() == event; });
    return std::any_of(run.scenario.listener_actions.begin(), run.scenario.listener_actions.end(),
                       [&](const sim::ListenerAction& action) {
                         return action.event == event && action.occurrence <= seen && acts(action);
                       });
  };
}

template <typename Operation>
bool operates(const sim::ListenerAction& action) {
  return action.what == sim::ListenerAction::What::operate &&
         std::holds_alternative<Operation>(action.operation);
}

/// The event that the listener acts at is followed by a check-in, before time moves.
bool checks_in_at(EventType event, const RecordedRun& run) {
  for (const sim::ListenerAction& action : run.scenario.listener_actions) {
    if (action.event != event || !operates<sim::CheckIn>(action)) continue;
    std::int64_t count = 0;
    Duration time{};
    for (const Seen& seen : run.events) {
      const bool acted = count >= action.occurrence;
      if (acted && seen.time == time && seen.type() == EventType::checked_in) return true;
      if (!acted && seen.type() == event && ++count == action.occurrence) time = seen.time;
    }
  }
  return false;
}

}  // namespace

void add_wrong_check_ins(Ingredients& all) {
  const auto refused = [](const RecordedRun&, const sim::TracedOperation& traced, const auto&) {
    return traced.error != nullptr;
  };
  all.push_back({"double check-in", ended<sim::CheckInAgain>(refused)});
  all.push_back({"foreign check-in", ended<sim::CheckInForeign>(refused)});
  all.push_back({"check-in after interruption",
                 some(both(is(EventType::checked_in), [](const RecordedRun&, const Seen& seen) {
                   return seen.had_holder_before_clear;
                 }))});
  all.push_back({"check-in after close", some(both(is(EventType::checked_in), while_closed))});
  all.push_back({"abandoned handle",
                 ended<sim::CheckOut>([](const RecordedRun&, const sim::TracedOperation& traced,
                                         const sim::CheckOut& check_out) {
                   return !check_out.label && traced.connection != ConnectionId::none;
                 })});
}

void add_clears(Ingredients& all) {
  const auto counts = [](std::uint32_t PoolCounts::*count) {
    return [count](const RecordedRun&, const Seen& seen) { return seen.event->counts.*count > 0; };
  };
  all.push_back({"clear, ready, clear in one go",
                 in_one_go({does<sim::Clear>, does<sim::Ready>, does<sim::Clear>})});
  all.push_back(
      {"clear(interrupt) with pending", some(both(interrupts, counts(&PoolCounts::pending)))});
  all.push_back(
      {"clear(interrupt) with in use", some(both(interrupts, counts(&PoolCounts::in_use)))});
  all.push_back({"clear with waiters", some(both(is(EventType::pool_cleared), two_wait))});
  all.push_back({"failure of an old generation", some(both(establishment_fails(), is_stale))});
  all.push_back({"fork", ended<sim::ResetAfterFork>(
                             [](const RecordedRun&, const sim::TracedOperation& traced,
                                const sim::ResetAfterFork&) { return !traced.error; })});
}

void add_closes(Ingredients& all) {
  const Meets pool_closed = is(EventType::pool_closed);
  all.push_back({"close with waiters", some([](const RecordedRun&, const Seen& seen) {
                   const auto* failed = seen.as<ConnectionCheckOutFailedEvent>();
                   return failed && seen.queued &&
                          failed->reason == CheckOutFailedReason::pool_closed;
                 })});
  all.push_back({"close with pending",
                 some(closed(ConnectionClosedReason::pool_closed, Seen::Life::pending))});
  all.push_back({"close with available",
                 some(closed(ConnectionClosedReason::pool_closed, Seen::Life::available))});
  all.push_back(
      {"close with in use", some(both(pool_closed, [](const RecordedRun&, const Seen& seen) {
         return seen.event->counts.in_use > 0;
       }))});
  all.push_back({"close with slow teardown", some([](const RecordedRun& run, const Seen& seen) {
                   const auto* event = seen.as<ConnectionClosedEvent>();
                   const auto& scripts = run.scenario.server.establishments;
                   const auto index = static_cast<std::size_t>(number(seen.connection) - 1);
                   return event && event->reason == ConnectionClosedReason::pool_closed &&
                          index < scripts.size() && scripts[index].teardown > Duration::zero();
                 })});
  all.push_back({"close inside a background Run", closes_inside_run});
  all.push_back({"close after close", begun_after<sim::Close>(pool_closed, false)});
  all.push_back({"ready after close", begun_after<sim::Ready>(pool_closed, false)});
  all.push_back({"clear after close", begun_after<sim::Clear>(pool_closed, false)});
}

void add_listeners(Ingredients& all) {
  using What = sim::ListenerAction::What;
  const std::array<std::pair<const char*, std::function<bool(const sim::ListenerAction&)>>, 7>
      actions = {{
          {"checks out", operates<sim::CheckOut>},
          {"cancels", operates<sim::Cancel>},
          {"calls ready", operates<sim::Ready>},
          {"clears", operates<sim::Clear>},
          {"closes", operates<sim::Close>},
          {"is slow", [](const auto& action) { return action.what == What::spend_time; }},
          {"throws", [](const auto& action) { return action.what == What::throw_exception; }},
      }};
  for (std::size_t i = 1; i < event_type_count; ++i) {
    const auto event = static_cast<EventType>(i);
    for (const auto& [name, acts] : actions) {
      all.push_back({"listener " + std::string(name) + " at " + std::string(event_name(event)),
                     listener_acts(event, acts)});
    }
    all.push_back({"listener checks in at " + std::string(event_name(event)),
                   [event](const RecordedRun& run) { return checks_in_at(event, run); }});
  }
}

void add_uses(Ingredients& all) {
  all.push_back({"held longer than maxIdleTimeMS, used again before",
                 some([](const RecordedRun& run, const Seen& seen) {
                   const Duration limit = run.options.max_idle_time;
                   return seen.type() == EventType::checked_out && limit > Duration::zero() &&
                          seen.last_hold > limit && seen.for_so_long <= limit;
                 })});
  all.push_back({"check-outs in one go",
                 in_one_go({does<sim::CheckOut>, does<sim::CheckOut>, does<sim::CheckOut>})});
  all.push_back(
      {"check-in and check-out in one go", in_one_go({does<sim::CheckIn>, does<sim::CheckOut>})});
}

}  // namespace cmap::fuzz
