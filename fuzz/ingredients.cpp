// Options, the queue, ties of times, background Runs; and all together.
#include "fuzz/ingredients.hpp"

#include <array>
#include <string>
#include <utility>

#include "fuzz/ingredient_groups.hpp"
#include "fuzz/run_patterns.hpp"

namespace cmap::fuzz {
namespace {

void add_options(Ingredients& all) {
  const auto add = [&all](std::string name, bool (*is_so)(const PoolOptions&)) {
    all.push_back(
        {std::move(name), [is_so](const RecordedRun& run) { return is_so(run.scenario.options); }});
  };
  add("maxPoolSize 0", [](const PoolOptions& o) { return o.max_pool_size == 0; });
  add("maxPoolSize 1", [](const PoolOptions& o) { return o.max_pool_size == 1; });
  add("maxPoolSize 2", [](const PoolOptions& o) { return o.max_pool_size == 2; });
  add("maxPoolSize 3", [](const PoolOptions& o) { return o.max_pool_size == 3; });
  add("maxConnecting 1", [](const PoolOptions& o) { return o.max_connecting == 1; });
  add("maxConnecting 2", [](const PoolOptions& o) { return o.max_connecting == 2; });
  add("minPoolSize 0", [](const PoolOptions& o) { return o.min_pool_size == 0; });
  add("minPoolSize between", [](const PoolOptions& o) {
    return o.min_pool_size > 0 && o.max_pool_size && o.min_pool_size < o.max_pool_size;
  });
  add("minPoolSize equals maxPoolSize", [](const PoolOptions& o) {
    return o.min_pool_size > 0 && o.min_pool_size == o.max_pool_size;
  });
  add("maxIdleTimeMS 0", [](const PoolOptions& o) { return o.max_idle_time == Duration::zero(); });
  add("waitQueueTimeoutMS 0",
      [](const PoolOptions& o) { return o.wait_queue_timeout == Duration::zero(); });
  add("establishment timeout 0",
      [](const PoolOptions& o) { return o.establishment_timeout == Duration::zero(); });
  add("no time for a command of the handshake is too long",
      [](const PoolOptions& o) { return o.handshake_timeout == Duration::zero(); });
  add("no background Run",
      [](const PoolOptions& o) { return o.background_interval < Duration::zero(); });
  add("load balanced", [](const PoolOptions& o) { return o.load_balanced; });
}

void add_gates(Ingredients& all) {
  const auto add = [&all](std::string name, Predicate is_in) {
    all.push_back({std::move(name), std::move(is_in)});
  };
  const auto full = [](const RecordedRun& run, const Seen& seen) {
    return run.options.max_pool_size > 0 &&
           seen.event->counts.total() >= static_cast<std::uint64_t>(run.options.max_pool_size);
  };
  add("two wait at maxPoolSize", some(both(two_wait, full)));
  add("two wait at maxConnecting",
      some(both(two_wait, [full](const RecordedRun& run, const Seen& seen) {
        return !full(run, seen) &&
               seen.event->counts.pending >= static_cast<std::uint64_t>(run.options.max_connecting);
      })));
  const Meets created = is(EventType::connection_created);
  const Meets checked_in = both(is(EventType::checked_in), two_wait);
  const Meets ready = both(is(EventType::connection_ready), two_wait);
  add("two wait: a healthy check-in frees", in_turn(checked_in, is(EventType::checked_out)));
  add("two wait: a perished check-in frees", in_turn(checked_in, is(EventType::connection_closed)));
  add("two wait: a failure frees", same_instant(both(establishment_fails(), two_wait), created));
  add("two wait: population frees",
      in_turn(both(ready, [](const RecordedRun&, const Seen& seen) { return seen.populated; }),
              is(EventType::checked_out)));
  add("two wait: an abandoned establishment frees",
      in_turn(both(ready,
                   [](const RecordedRun&, const Seen& seen) { return seen.given_up.has_value(); }),
              is(EventType::checked_out)));
  // Nobody waits while there is something to prune.
  add("a prune frees a full pool",
      same_instant(both(pruned,
                        [](const RecordedRun& run, const Seen& seen) {
                          return seen.event->counts.total() + 1 ==
                                 static_cast<std::uint64_t>(run.options.max_pool_size);
                        }),
                   created));
}

void add_ties(Ingredients& all) {
  const std::array<std::pair<const char*, Meets>, 6> others = {{
      {"check-in", is(EventType::checked_in)},
      {"established", is(EventType::connection_ready)},
      {"failed", establishment_fails()},
      {"clear", is(EventType::pool_cleared)},
      {"ready", is(EventType::pool_ready)},
      {"close", is(EventType::pool_closed)},
  }};
  for (const auto& [name, other] : others) {
    const std::string text(name);
    all.push_back({"same instant: timeout, " + text, same_instant(timed_out, other)});
    // Of close() the failures stand before its event.
    const bool closes = text == "close";
    all.push_back({"same instant: " + text + ", timeout",
                   closes ? some(both(ended_at_queue_timeout,
                                      [](const RecordedRun&, const Seen& seen) {
                                        return seen.as<ConnectionCheckOutFailedEvent>()->reason ==
                                               CheckOutFailedReason::pool_closed;
                                      }))
                          : either(same_instant(other, timed_out),
                                   same_instant(other, ended_at_queue_timeout))});
    all.push_back({"same instant: cancel, " + text, same_instant(cancelled, other)});
    all.push_back({"same instant: " + text + ", cancel",
                   closes ? begun_after<sim::Cancel>(other, /*at_once=*/true)
                          : same_instant(other, cancelled)});
  }
}

void add_exact_times(Ingredients& all) {
  all.push_back(
      {"used again at exactly maxIdleTimeMS", some([](const RecordedRun& run, const Seen& seen) {
         return seen.type() == EventType::checked_out &&
                run.options.max_idle_time > Duration::zero() &&
                seen.for_so_long == run.options.max_idle_time;
       })});
  all.push_back(
      {"served at exactly waitQueueTimeoutMS", some([](const RecordedRun& run, const Seen& seen) {
         const auto* out = seen.as<ConnectionCheckedOutEvent>();
         return out && run.options.wait_queue_timeout > Duration::zero() &&
                out->duration == run.options.wait_queue_timeout;
       })});
  all.push_back({"established at exactly the establishment's timeout",
                 some([](const RecordedRun& run, const Seen& seen) {
                   const auto* ready = seen.as<ConnectionReadyEvent>();
                   return ready && run.options.establishment_timeout > Duration::zero() &&
                          ready->duration == run.options.establishment_timeout;
                 })});
}

/// As its script says, whatever the pool bounds.
bool times_out_of_itself(const RecordedRun& run, ConnectionId connection) {
  const auto& scripts = run.scenario.server.establishments;
  const auto index = static_cast<std::size_t>(number(connection) - 1);
  return index < scripts.size() &&
         std::any_of(scripts[index].phases.begin(), scripts[index].phases.end(),
                     [](const auto& phase) { return phase.fault == NetworkFault::timeout; });
}

/// What the time for establishing bounds ends where the handshake begins.
void add_handshake_times(Ingredients& all) {
  all.push_back({"established later than the establishment's timeout, in the handshake's time",
                 some([](const RecordedRun& run, const Seen& seen) {
                   const auto* ready = seen.as<ConnectionReadyEvent>();
                   return ready && run.options.handshake_timeout &&
                          run.options.establishment_timeout > Duration::zero() &&
                          ready->duration > run.options.establishment_timeout;
                 })});
  all.push_back({"the time of a command of the handshake is over",
                 some([](const RecordedRun& run, const Seen& seen) {
                   const auto* closed = seen.as<ConnectionClosedEvent>();
                   return closed && seen.life == Seen::Life::pending && closed->error &&
                          closed->error->fault == NetworkFault::timeout &&
                          run.options.handshake_timeout &&
                          run.options.establishment_timeout == Duration::zero() &&
                          !times_out_of_itself(run, seen.connection);
                 })});
}

/// Only the background Run has the pool's timer.
bool only_runs_are_timed(const RecordedRun& run) {
  const bool deadlines = std::any_of(
      run.scenario.operations.begin(), run.scenario.operations.end(), [](const auto& operation) {
        const auto* check_out = std::get_if<sim::CheckOut>(&operation.body);
        return check_out && check_out->timeout;
      });
  return !deadlines && run.options.wait_queue_timeout == Duration::zero() &&
         run.options.establishment_timeout == Duration::zero() && !run.options.handshake_timeout;
}

/// A background Run comes while the pool, as the last event told it, is so.
Predicate runs_while(std::function<bool(const RecordedRun&, const Seen& last)> is_so) {
  return [is_so = std::move(is_so)](const RecordedRun& run) {
    if (!only_runs_are_timed(run)) return false;
    std::size_t events = 0;
    for (const sim::TraceEntry& entry : run.trace.entries) {
      if (std::holds_alternative<sim::TracedEvent>(entry)) ++events;
      const auto* step = std::get_if<sim::TracedStep>(&entry);
      const bool runs = step && step->action.action == sim::ActionKind::pool_timer && events > 0;
      if (runs && is_so(run, run.events[events - 1])) return true;
    }
    return false;
  };
}

bool two_runs_while_pending(const RecordedRun& run) {
  if (!only_runs_are_timed(run)) return false;
  std::size_t events = 0;
  std::vector<std::pair<ConnectionId, int>> pending;
  for (const sim::TraceEntry& entry : run.trace.entries) {
    if (std::holds_alternative<sim::TracedEvent>(entry)) {
      const Seen& seen = run.events[events++];
      std::erase_if(pending, [&](const auto& each) { return each.first == seen.connection; });
      if (seen.type() == EventType::connection_created) pending.emplace_back(seen.connection, 0);
    }
    const auto* step = std::get_if<sim::TracedStep>(&entry);
    if (!step || step->action.action != sim::ActionKind::pool_timer) continue;
    for (auto& [connection, runs] : pending) {
      if (++runs == 2) return true;
    }
  }
  return false;
}

void add_runs(Ingredients& all) {
  const auto counts = [](std::uint32_t PoolCounts::*count) {
    return runs_while(
        [count](const RecordedRun&, const Seen& last) { return last.event->counts.*count > 0; });
  };
  all.push_back({"background Run while pending", counts(&PoolCounts::pending)});
  all.push_back({"background Run while available", counts(&PoolCounts::available)});
  all.push_back({"background Run while in use", counts(&PoolCounts::in_use)});
  all.push_back({"background Run while waiting", counts(&PoolCounts::waiting)});
  all.push_back(
      {"background Run while paused", runs_while([](const RecordedRun&, const Seen& last) {
         return last.type() == EventType::pool_cleared;
       })});
  all.push_back(
      {"background Run with minPoolSize 0", runs_while([](const RecordedRun& run, const Seen&) {
         return run.options.min_pool_size == 0;
       })});
  all.push_back({"two background Runs during one establishment", two_runs_while_pending});
}

Ingredients all_ingredients() {
  Ingredients all;
  add_options(all);
  add_establishments(all);
  add_late_answers(all);
  add_gates(all);
  add_ties(all);
  add_exact_times(all);
  add_handshake_times(all);
  add_errors(all);
  add_wrong_check_ins(all);
  add_clears(all);
  add_closes(all);
  add_listeners(all);
  add_runs(all);
  add_uses(all);
  return all;
}

}  // namespace

std::span<const Ingredient> ingredients() {
  static const Ingredients all = all_ingredients();
  return all;
}

}  // namespace cmap::fuzz
