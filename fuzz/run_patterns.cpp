// Each pattern as a walk over the events or the entries of the trace.
#include "fuzz/run_patterns.hpp"

namespace cmap::fuzz {

using Life = Seen::Life;

Meets is(EventType type) {
  return [type](const RecordedRun&, const Seen& seen) { return seen.type() == type; };
}

Meets both(Meets a, Meets b) {
  return [a = std::move(a), b = std::move(b)](const RecordedRun& run, const Seen& seen) {
    return a(run, seen) && b(run, seen);
  };
}

Predicate some(Meets meets) {
  return [meets = std::move(meets)](const RecordedRun& run) {
    return std::any_of(run.events.begin(), run.events.end(),
                       [&](const Seen& seen) { return meets(run, seen); });
  };
}

Predicate in_turn(Meets first, Meets second) {
  return [first = std::move(first), second = std::move(second)](const RecordedRun& run) {
    for (std::size_t i = 1; i < run.events.size(); ++i) {
      if (first(run, run.events[i - 1]) && second(run, run.events[i])) return true;
    }
    return false;
  };
}

Predicate same_instant(Meets first, Meets second) {
  return [first = std::move(first), second = std::move(second)](const RecordedRun& run) {
    bool begun = false;
    Duration time{};
    for (const Seen& seen : run.events) {
      begun = begun && seen.time == time;
      if (begun && second(run, seen)) return true;
      begun = begun || first(run, seen);
      time = seen.time;
    }
    return false;
  };
}

Predicate either(Predicate a, Predicate b) {
  return [a = std::move(a), b = std::move(b)](const RecordedRun& run) { return a(run) || b(run); };
}

Meets closed(ConnectionClosedReason reason, Life life) {
  return [reason, life](const RecordedRun&, const Seen& seen) {
    const auto* event = seen.as<ConnectionClosedEvent>();
    return event && event->reason == reason && seen.life == life;
  };
}

Meets establishment_fails() { return closed(ConnectionClosedReason::error, Life::pending); }

bool overloaded(const RecordedRun&, const Seen& seen) {
  const auto* event = seen.as<ConnectionClosedEvent>();
  return event && event->error && has_label(event->error->labels, ErrorLabel::system_overloaded);
}

bool not_overloaded(const RecordedRun& run, const Seen& seen) { return !overloaded(run, seen); }

bool timed_out(const RecordedRun&, const Seen& seen) {
  const auto* failed = seen.as<ConnectionCheckOutFailedEvent>();
  return failed && failed->reason == CheckOutFailedReason::timeout &&
         failed->error->type != ErrorType::cancelled;
}

bool cancelled(const RecordedRun&, const Seen& seen) {
  const auto* failed = seen.as<ConnectionCheckOutFailedEvent>();
  return failed && failed->error->type == ErrorType::cancelled;
}

bool ended_at_queue_timeout(const RecordedRun& run, const Seen& seen) {
  const auto* failed = seen.as<ConnectionCheckOutFailedEvent>();
  return failed && failed->reason != CheckOutFailedReason::timeout && seen.queued &&
         failed->duration > Duration::zero() && failed->duration == run.options.wait_queue_timeout;
}

bool interrupts(const RecordedRun&, const Seen& seen) {
  const auto* cleared = seen.as<ConnectionPoolClearedEvent>();
  return cleared && cleared->interrupt_in_use_connections.value_or(false);
}

bool two_wait(const RecordedRun&, const Seen& seen) { return seen.waiting >= 2; }

bool while_closed(const RecordedRun&, const Seen& seen) { return seen.state == PoolState::closed; }

bool is_stale(const RecordedRun&, const Seen& seen) { return seen.stale; }

Meets given_up_by(ErrorType error) {
  return [error](const RecordedRun&, const Seen& seen) { return seen.given_up == error; };
}

bool pruned(const RecordedRun& run, const Seen& seen) {
  const auto* event = seen.as<ConnectionClosedEvent>();
  const bool perished =
      event && seen.life == Life::available && event->reason != ConnectionClosedReason::pool_closed;
  if (!perished) return false;
  const Seen* before = &seen;
  do {
    if (before == run.events.data()) return false;
    --before;
  } while (before->type() == EventType::connection_closed);
  return before->type() != EventType::check_out_started &&
         before->type() != EventType::pool_cleared;
}

Predicate in_one_go(std::vector<Does> operations) {
  return [operations = std::move(operations)](const RecordedRun& run) {
    std::size_t done = 0;
    sim::ActorIndex actor = 0;
    Duration time{};
    for (const sim::TraceEntry& entry : run.trace.entries) {
      if (const auto* step = std::get_if<sim::TracedStep>(&entry)) {
        const bool own =
            step->action.action == sim::ActionKind::deliver ||
            (step->action.action == sim::ActionKind::operate && step->action.subject == actor);
        if (!own || step->time != time) done = 0;
      }
      const auto* operation = std::get_if<sim::TracedOperation>(&entry);
      if (!operation || !operation->begins) continue;
      if (operation->actor != actor || operation->time != time) done = 0;
      if (!operations[done](run, *operation)) done = 0;
      if (!operations[done](run, *operation)) continue;
      actor = operation->actor;
      time = operation->time;
      if (++done == operations.size()) return true;
    }
    return false;
  };
}

}  // namespace cmap::fuzz
