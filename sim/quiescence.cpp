// The end of a run with RunOptions::drain: everybody checks in, the pool closes, nothing is left.
#include "sim/checkers/rules.hpp"
#include "sim/scenario_run.hpp"

namespace cmap::sim {
namespace {

constexpr std::uint64_t rest_budget = 200'000;

}  // namespace

void ScenarioRun::check_in_everything(const std::function<void()>& after_each) {
  const auto check_in = [&](const CheckedOut& checked_out) {
    pool_->check_in(checked_out, [](const ErrorPtr&) {});
    after_each();
  };
  for (Label& label : labels_) {
    if (label.state != Label::State::held) continue;
    label.state = Label::State::consumed;
    check_in(label.checked_out);
  }
  while (!unlabelled_.empty()) {
    const CheckedOut checked_out = unlabelled_.back();
    unlabelled_.pop_back();
    check_in(checked_out);
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
  break_clause(comes_to_rest, "The pool does not come to rest.");
  return false;
}

/// Only what is still there can fail to end.
void ScenarioRun::note_rest(const PoolCounts& counts) {
  if (!options_.note_exercised) return;
  const bool unfinished = counts.pending + counts.in_use + counts.waiting > 0;
  if (unfinished) trace_.exercised.note(comes_to_rest);
  if (unfinished || counts.available > 0) trace_.exercised.note(nothing_left);
}

void ScenarioRun::drain() {
  const auto before = pool_->snapshot();
  if (!before) return;  // nothing to see inside
  note_rest(before->counts);
  draining_ = true;
  work_ = work_of_instant_ = 0;  // what the scenario may cost, its end may cost again
  environment_.server().set(FailPoint{});
  // Each is delivered before the next, as if one thread did it: the same with every pool.
  const auto deliver = [this] {
    while (!trace_.failure && !environment_.make_delivery_queue()->empty()) step();
  };
  if (environment_.transport()) environment_.transport()->heal(deliver);
  check_in_everything(deliver);
  if (trace_.failure || !step_until_rest()) return;

  pool_->close([](const ErrorPtr&) {});
  if (!step_until_rest()) return;
  const auto snapshot = pool_->snapshot();
  if (snapshot->counts.total() != 0 || snapshot->armed_deadlines != 0) {
    break_clause(nothing_left, "Left are " + std::to_string(snapshot->counts.total()) +
                                   " connections and " + std::to_string(snapshot->armed_deadlines) +
                                   " deadlines.");
    return;
  }
  if (!checkers_) return;
  checkers_->finish_quiescent();
  report_violation();
}

}  // namespace cmap::sim
