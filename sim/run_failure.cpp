// Why a run cannot go on, told so that one sees who waits for what.
#include <exception>
#include <utility>

#include "pool/api/assert.hpp"
#include "sim/scenario_run.hpp"

namespace cmap::sim {
namespace {

/// So many background Runs in a row that change nothing, with nothing else left to wait for: what
/// has not happened by then will not happen.
constexpr std::uint64_t idle_firing_limit = 1000;

}  // namespace

const std::string_view ScenarioRun::no_contradiction = "the pool does not contradict itself. ";
const std::string_view ScenarioRun::nothing_escapes =
    "what its callbacks and its transport throw does not leave the pool. ";

void ScenarioRun::fail(RunFailure::Kind kind, std::string message) {
  if (trace_.failure) return;
  trace_.failure = RunFailure{.kind = kind, .message = std::move(message), .line = line_};
}

void ScenarioRun::break_clause(std::string_view clause, const std::string& message) {
  if (trace_.failure) return;
  fail(RunFailure::Kind::checker, std::string(clause) + ": " + message);
  trace_.failure->clause = clause;
}

void ScenarioRun::break_clause(const Rule& rule, const std::string& detail) {
  std::string message(rule.sentence);
  message += ". ";
  message += detail;
  break_clause(rule.clause, message);
}

void ScenarioRun::check_oracles() {
  try {
    pool_->check_invariants();
  } catch (const AssertionFailed&) {
    throw;
  } catch (const std::exception& contradiction) {
    break_clause("INVARIANT", std::string(no_contradiction) + contradiction.what());
  }
  report_violation();
}

void ScenarioRun::report_violation() {
  if (!checkers_ || !checkers_->violation()) return;
  const Violation& violation = *checkers_->violation();
  break_clause(violation.clause, violation.sentence + " " + violation.message);
}

void ScenarioRun::check_progress(ActionKind action) {
  count_work();
  check_work("The work budget", work_, options_.work_budget);
  check_work("The work budget of one instant", work_of_instant_, options_.instant_work_budget);
  if (loop_.now() == TimePoint::max()) {
    fail(RunFailure::Kind::end_of_time,
         "The virtual time is used up: it ends after 292 years. Wait for less time. " +
             explain_actors());
  }
  const bool only_pool_left =
      action == ActionKind::pool_timer && !loop_.has_runnable() && loop_.timers() <= 1;
  idle_firings_ = only_pool_left ? idle_firings_ + 1 : 0;
  if (idle_firings_ > idle_firing_limit && !draining_) {
    fail(RunFailure::Kind::deadlock,
         "Nothing happens any more but background Runs that change nothing. " + explain_actors());
  }
}

void ScenarioRun::count_work() {
  if (loop_.steps_in_instant() == 1) work_of_instant_ = 0;
  const std::uint64_t work =
      RunOptions::step_work + alive_ + RunOptions::kept_work * std::exchange(kept_, 0);
  work_ += work;
  work_of_instant_ += work;
}

void ScenarioRun::check_work(std::string_view which, std::uint64_t work, std::uint64_t budget) {
  if (work <= budget || trace_.failure) return;
  std::string text(which);
  text += ", " + std::to_string(budget) + ", was passed at ";
  text += milliseconds_text(loop_.now() - TimePoint{}) + " ms after ";
  text += std::to_string(steps_) + " steps, with " + std::to_string(alive_) +
          " connections and waiting check-outs. Either this never ends, or it is too much: wait "
          "for less time, set a larger backgroundThreadIntervalMS or a smaller minPoolSize (or, in "
          "code, a larger RunOptions::work_budget). ";
  fail(RunFailure::Kind::livelock, text + explain_actors());
}

std::string ScenarioRun::explain_actors() const {
  std::string text;
  for (const auto& actor : actors_) {
    if (!text.empty()) text += " ";
    text += explain(*actor);
  }
  return text;
}

std::string ScenarioRun::explain(const Actor& actor) const {
  const std::string name = scenario_.actors[actor.index()];
  const auto in_operation = [&](const std::string& waits_for) {
    const Operation& operation = scenario_.operations[actor.current];
    std::string text = name + " waits in " + std::string(operation_name(operation.body));
    if (operation.line > 0) text += " (line " + std::to_string(operation.line) + ")";
    return text + waits_for + ".";
  };
  switch (actor.state()) {
    case Actor::State::not_started:
      return name + " was not started.";
    case Actor::State::idle:
      return name + " has nothing to do.";
    case Actor::State::returning:
    case Actor::State::runnable:
      return name + " could go on.";
    case Actor::State::sleeping:
      return in_operation("");
    case Actor::State::awaits_event: {
      const auto seen = event_counts_[static_cast<std::size_t>(actor.awaited_event)];
      return in_operation(" for " + std::string(event_name(actor.awaited_event)) + ", seen " +
                          std::to_string(seen) + " of " + std::to_string(actor.awaited_count) +
                          " times");
    }
    case Actor::State::awaits_thread: {
      const auto& wait = std::get<WaitForThread>(scenario_.operations[actor.current].body);
      return in_operation(" for " + scenario_.actors[wait.target]);
    }
    case Actor::State::awaits_pool:
      return in_operation("");
    case Actor::State::failed:
      return name + " ended with " + std::string(type_name(actor.error->type)) + ".";
  }
  return name;
}

}  // namespace cmap::sim
