// What is looked for in a run: events in some order, operations that begin or end somehow.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/recorded_run.hpp"

namespace cmap::fuzz {

using Predicate = std::function<bool(const RecordedRun&)>;
/// Of one event.
using Meets = std::function<bool(const RecordedRun&, const Seen&)>;

// Events in some order.

Meets is(EventType type);
Meets both(Meets a, Meets b);
Predicate some(Meets meets);
/// The second directly behind the first.
Predicate in_turn(Meets first, Meets second);
/// The second anywhere behind the first, before time moves.
Predicate same_instant(Meets first, Meets second);
Predicate either(Predicate a, Predicate b);

// Single events.

Meets closed(ConnectionClosedReason reason, Seen::Life life);
Meets establishment_fails();
bool overloaded(const RecordedRun&, const Seen& seen);
bool not_overloaded(const RecordedRun& run, const Seen& seen);
/// By the queue's timeout or the call's deadline.
bool timed_out(const RecordedRun&, const Seen& seen);
bool cancelled(const RecordedRun&, const Seen& seen);
/// Its time was up, but something else was first.
bool ended_at_queue_timeout(const RecordedRun& run, const Seen& seen);
bool interrupts(const RecordedRun&, const Seen& seen);
bool two_wait(const RecordedRun&, const Seen& seen);
bool while_closed(const RecordedRun&, const Seen& seen);
bool is_stale(const RecordedRun&, const Seen& seen);
Meets given_up_by(ErrorType error);
/// One that the background Run met, not a check-out.
bool pruned(const RecordedRun& run, const Seen& seen);

// Operations and steps.

template <typename Operation>
bool does(const RecordedRun& run, const sim::TracedOperation& traced) {
  return std::holds_alternative<Operation>(run.scenario.operations[traced.operation].body);
}

using Does = bool (*)(const RecordedRun&, const sim::TracedOperation&);

/// One actor begins these one after the other at once, and nothing of others comes between.
Predicate in_one_go(std::vector<Does> operations);

/// An operation whose end meets the condition.
template <typename Operation, typename Condition>
Predicate ended(Condition condition) {
  return [condition](const RecordedRun& run) {
    return std::any_of(
        run.trace.entries.begin(), run.trace.entries.end(), [&](const sim::TraceEntry& entry) {
          const auto* traced = std::get_if<sim::TracedOperation>(&entry);
          return traced && !traced->begins && does<Operation>(run, *traced) &&
                 condition(run, *traced,
                           std::get<Operation>(run.scenario.operations[traced->operation].body));
        });
  };
}

/// The operation begins when an event that meets the condition has been seen; in the same instant,
/// if that is asked for.
template <typename Operation>
Predicate begun_after(Meets meets, bool at_once) {
  return [meets = std::move(meets), at_once](const RecordedRun& run) {
    std::size_t events = 0;
    std::optional<Duration> met;
    for (const sim::TraceEntry& entry : run.trace.entries) {
      if (std::holds_alternative<sim::TracedEvent>(entry)) {
        const Seen& seen = run.events[events++];
        if (meets(run, seen)) met = seen.time;
      }
      const auto* traced = std::get_if<sim::TracedOperation>(&entry);
      if (!traced || !traced->begins || !met || !does<Operation>(run, *traced)) continue;
      if (!at_once || traced->time == *met) return true;
    }
    return false;
  };
}

}  // namespace cmap::fuzz
