// The end of a run with RunOptions::drain: everybody checks in, the pool closes, nothing is left.
#include "sim/scenario_run.hpp"

namespace cmap::sim {
namespace {

constexpr std::uint64_t rest_budget = 200'000;

}  // namespace

void ScenarioRun::check_in_everything() {
  const auto ignore = [](const ErrorPtr&) {};
  for (Label& label : labels_) {
    if (label.state != Label::State::held) continue;
    label.state = Label::State::consumed;
    pool_->check_in(label.checked_out, ignore);
  }
  while (!unlabelled_.empty()) {
    const CheckedOut checked_out = unlabelled_.back();
    unlabelled_.pop_back();
    pool_->check_in(checked_out, ignore);
  }
}

/// Steps until no check-out waits and nothing is being established, held or torn down.
bool ScenarioRun::step_until_rest() {
  for (std::uint64_t steps = 0; steps < rest_budget; ++steps) {
    const auto snapshot = pool_->snapshot();
    const TransportCounts wires =
        environment_.transport() ? environment_.transport()->counts() : TransportCounts{};
    const bool rests = snapshot->counts.pending == 0 && snapshot->counts.in_use == 0 &&
                       snapshot->counts.waiting == 0 &&
                       wires.opened - wires.closed == snapshot->counts.available;
    if (rests && environment_.make_delivery_queue()->empty()) return true;
    if (!step()) return false;
  }
  fail(RunFailure::Kind::checker,
       "PROGRESS: once faults end and everybody checks in, every check-out has an outcome. The "
       "pool does not come to rest.");
  return false;
}

void ScenarioRun::drain() {
  if (!pool_->snapshot()) return;  // nothing to see inside
  draining_ = true;
  environment_.server().set(FailPoint{});
  if (environment_.transport()) environment_.transport()->heal();
  check_in_everything();
  if (!step_until_rest()) return;

  pool_->close([](const ErrorPtr&) {});
  if (!step_until_rest()) return;
  const auto snapshot = pool_->snapshot();
  if (snapshot->counts.total() != 0 || snapshot->armed_deadlines != 0) {
    fail(RunFailure::Kind::checker, "NO-ORPHAN: nothing is left after close. Left are " +
                                        std::to_string(snapshot->counts.total()) +
                                        " connections and " +
                                        std::to_string(snapshot->armed_deadlines) + " deadlines.");
    return;
  }
  if (!checkers_) return;
  checkers_->finish_quiescent();
  report_violation();
}

}  // namespace cmap::sim
