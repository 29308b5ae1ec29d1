// Establishments that go well, badly or late, and connections that break.
#include <array>
#include <string>
#include <utility>

#include "fuzz/ingredient_groups.hpp"
#include "fuzz/run_patterns.hpp"

namespace cmap::fuzz {
namespace {

/// Of connections that were created.
Predicate scripted(std::function<bool(const sim::EstablishmentScript&)> matches) {
  return some([matches = std::move(matches)](const RecordedRun& run, const Seen& seen) {
    const auto& scripts = run.scenario.server.establishments;
    const auto index = static_cast<std::size_t>(number(seen.connection) - 1);
    return seen.type() == EventType::connection_created && index < scripts.size() &&
           matches(scripts[index]);
  });
}

/// Its answer comes when it was closed already: the transport could not be cancelled. Whether it
/// is a good one is in the script.
Predicate answered_when_closed(Meets closes, bool well) {
  return [closes = std::move(closes), well](const RecordedRun& run) {
    std::vector<std::uint32_t> waited_for;
    std::size_t events = 0;
    for (const sim::TraceEntry& entry : run.trace.entries) {
      if (std::holds_alternative<sim::TracedEvent>(entry)) {
        const Seen& seen = run.events[events++];
        const auto id = static_cast<std::uint32_t>(number(seen.connection));
        const auto& scripts = run.scenario.server.establishments;
        if (id == 0 || id > scripts.size() || !closes(run, seen)) continue;
        const sim::EstablishmentScript& script = scripts[id - 1];
        const bool good = std::all_of(
            script.phases.begin(), script.phases.end(), [](const sim::PhaseScript& phase) {
              return phase == sim::PhaseScript{.phase = phase.phase, .delay = phase.delay};
            });
        if (script.ignores_close && good == well) waited_for.push_back(id);
      }
      const auto* step = std::get_if<sim::TracedStep>(&entry);
      if (!step || step->action.action != sim::ActionKind::transport) continue;
      if (std::count(waited_for.begin(), waited_for.end(), step->action.subject) > 0) return true;
    }
    return false;
  };
}

/// A check-out's first event waits to be delivered while something else goes on.
bool is_interleaved(const RecordedRun& run) {
  bool owed = false;
  int others = 0;
  for (const sim::TraceEntry& entry : run.trace.entries) {
    if (std::holds_alternative<sim::TracedEvent>(entry)) owed = false;
    if (const auto* step = std::get_if<sim::TracedStep>(&entry)) {
      // The first one is the check-out's own.
      if (owed && step->action.action != sim::ActionKind::deliver && ++others > 1) return true;
    }
    const auto* traced = std::get_if<sim::TracedOperation>(&entry);
    if (!owed && traced && traced->begins && does<sim::CheckOut>(run, *traced)) {
      owed = true;
      others = 0;
    }
  }
  return false;
}

}  // namespace

void add_establishments(Ingredients& all) {
  using Script = sim::EstablishmentScript;
  all.push_back({"establishment fails overloaded, which clears nothing",
                 some(both(establishment_fails(), overloaded))});
  all.push_back(
      {"establishment fails, which clears",
       same_instant(is(EventType::pool_cleared), both(establishment_fails(), not_overloaded))});
  constexpr std::array ways = {
      std::pair{"establish throws", Script::Inline::throws},
      std::pair{"establish fails inside the call", Script::Inline::fails},
      std::pair{"establish succeeds inside the call", Script::Inline::succeeds}};
  for (const auto& [name, way] : ways) {
    all.push_back({name, scripted([way = way](const Script& script) {
                     return script.answer_inline == way;
                   })});
  }
  for (const EstablishmentPhase phase :
       {EstablishmentPhase::resolve, EstablishmentPhase::connect, EstablishmentPhase::tls,
        EstablishmentPhase::hello, EstablishmentPhase::authenticate}) {
    all.push_back({"establishment hangs: " + std::string(phase_name(phase)),
                   scripted([phase](const Script& script) {
                     return std::any_of(script.phases.begin(), script.phases.end(),
                                        [phase](const sim::PhaseScript& each) {
                                          return each.hang && each.phase == phase;
                                        });
                   })});
  }
}

void add_late_answers(Ingredients& all) {
  const auto add = [&all](std::string name, Predicate is_in) {
    all.push_back({std::move(name), std::move(is_in)});
  };
  for (const auto& [name, error] : {std::pair{"deadline", ErrorType::deadline_exceeded},
                                    std::pair{"cancellation", ErrorType::cancelled}}) {
    const Meets given_up = given_up_by(error);
    add(std::string("established after the ") + name,
        some(both(is(EventType::connection_ready), given_up)));
    add(std::string("failed after the ") + name, some(both(establishment_fails(), given_up)));
  }
  const Meets by_close = closed(ConnectionClosedReason::pool_closed, Seen::Life::pending);
  const Meets by_interrupt = closed(ConnectionClosedReason::stale, Seen::Life::pending);
  for (const bool well : {true, false}) {
    const std::string what = well ? "success" : "failure";
    add("late " + what + " after close()", answered_when_closed(by_close, well));
    add("late " + what + " after an interruption", answered_when_closed(by_interrupt, well));
  }
  add("success when cleared meanwhile", some([](const RecordedRun& run, const Seen& seen) {
        return closed(ConnectionClosedReason::stale, Seen::Life::pending)(run, seen) &&
               seen.stale && seen.state == PoolState::ready;
      }));
}

void add_errors(Ingredients& all) {
  all.push_back({"posted steps interleaved", is_interleaved});
  all.push_back({"error while available",
                 some(closed(ConnectionClosedReason::error, Seen::Life::available))});
  all.push_back(
      {"error while in use", some(closed(ConnectionClosedReason::error, Seen::Life::in_use))});
  const auto fails = [](NetworkFault fault, ErrorVerdict verdict) {
    return ended<sim::FailInUse>([fault, verdict](const RecordedRun&,
                                                  const sim::TracedOperation& traced,
                                                  const sim::FailInUse& failed) {
      return !traced.error && failed.fault == fault && failed.verdict == verdict;
    });
  };
  all.push_back({"operation times out", either(fails(NetworkFault::timeout, ErrorVerdict::keep),
                                               fails(NetworkFault::timeout, ErrorVerdict::clear))});
  all.push_back({"operation fails, which clears", fails(NetworkFault::reset, ErrorVerdict::clear)});
}

}  // namespace cmap::fuzz
