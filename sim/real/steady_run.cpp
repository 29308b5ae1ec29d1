// The course of a run: threads work off their operations, events are noted, everything ends.
#include "sim/real/steady_run.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace cmap::sim {
namespace {

NetworkOptions network_options(const SteadyPeer& peer, const Scenario& scenario) {
  NetworkOptions options = peer.network_options();
  if (scenario.server.app_name) options.application_name = *scenario.server.app_name;
  return options;
}

bool sets_fail_points(const Scenario& scenario) {
  const auto sets_one = [](const Operation& operation) {
    return std::holds_alternative<SetFailPoint>(operation.body);
  };
  return !scenario.server.fail_points.empty() || std::ranges::any_of(scenario.operations, sets_one);
}

/// There is no pool yet to operate on when it announces itself.
bool is_postponed(const ListenerAction& action) {
  return action.event == EventType::pool_created && action.what == ListenerAction::What::operate;
}

VirtualTime time_of(const TraceEntry& entry) {
  return std::visit([](const auto& traced) { return traced.time; }, entry);
}

bool is_event_timeout(const std::optional<RunFailure>& failure) {
  return failure && failure->kind == RunFailure::Kind::event_timeout;
}

}  // namespace

/// What was switched on is switched off, whatever happens in between.
class FailPointOff {
 public:
  explicit FailPointOff(SteadyPeer& peer) : peer_(&peer) {}
  ~FailPointOff() {
    try {
      now();
    } catch (const std::exception&) {
      // There is another exception on its way: the peer refused to switch it on, or is gone.
    }
  }
  FailPointOff(const FailPointOff&) = delete;
  FailPointOff& operator=(const FailPointOff&) = delete;

  /// Throws what the peer throws. Once.
  void now() {
    if (SteadyPeer* const peer = std::exchange(peer_, nullptr)) peer->set_fail_point({});
  }

 private:
  SteadyPeer* peer_;
};

SteadyRun::SteadyRun(const Scenario& scenario, const PoolFactory& factory, SteadyPeer& peer,
                     const RunOptions& options, Duration patience)
    : scenario_(scenario),
      peer_(peer),
      options_(options),
      patience_(patience),
      environment_(peer.address(), network_options(peer, scenario)),
      start_(environment_.now()),
      actors_(scenario.actors.size()),
      labels_(scenario.labels.size()) {
  if (options.oracles) checkers_.emplace(scenario.options);
  trace_.operation_errors.resize(scenario.operations.size());
  trace_.actor_errors.resize(scenario.actors.size());
  pool_ = factory(PoolSetup{.address = peer.shown_address(),
                            .options = scenario.options,
                            .listener = [this](const Event& event) { on_event(event); },
                            .number = 0},
                  environment_);
}

SteadyRun::~SteadyRun() { pool_.reset(); }

Trace SteadyRun::run() {
  std::optional<FailPointOff> off;
  if (sets_fail_points(scenario_)) off.emplace(peer_);
  for (const FailPoint& fail_point : scenario_.server.fail_points) peer_.set_fail_point(fail_point);
  for (const ListenerAction& action : scenario_.listener_actions) {
    if (is_postponed(action)) operate_from_listener(action.operation);
  }
  perform_all();
  end_main();
  tear_down();
  check_rest();
  if (off) switch_off(*off);
  std::ranges::stable_sort(trace_.entries, {}, time_of);
  return std::move(trace_);
}

void SteadyRun::perform_all() {
  const auto stopped = [this] {
    const Lock lock(mutex_);
    return ended() || actors_[main_actor].error != nullptr;
  };
  for (std::uint32_t index = 0; index < scenario_.operations.size() && !stopped(); ++index) {
    const Operation& operation = scenario_.operations[index];
    if (operation.actor == main_actor) {
      perform(main_actor, index);
    } else {
      schedule(operation, index);
    }
  }
}

void SteadyRun::schedule(const Operation& operation, std::uint32_t index) {
  const Lock lock(mutex_);
  Actor& target = actors_[operation.actor];
  if (!target.started) {
    fail(RunFailure::Kind::misuse,
         "An operation is scheduled on " + scenario_.actors[operation.actor] +
             ", which was not started.",
         operation.line);
    return;
  }
  if (target.error) return;  // it stopped at its error (R3)
  target.operations.push_back(index);
  changed_.notify_all();
}

/// What a thread other than main does all its life.
void SteadyRun::work(ActorIndex index) {
  Actor& actor = actors_[index];
  Lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ended() || !actor.operations.empty(); });
    if (ended()) return;
    const std::uint32_t operation = actor.operations.front();
    actor.operations.pop_front();
    actor.busy = true;
    lock.unlock();
    perform(index, operation);
    lock.lock();
    actor.busy = false;
    changed_.notify_all();
    if (actor.error) return;
  }
}

void SteadyRun::perform(ActorIndex index, std::uint32_t number) {
  const Operation& operation = scenario_.operations[number];
  {
    const Lock lock(mutex_);
    if (index == main_actor) main_line_ = operation.line;
    record(index, number, /*begins=*/true, {});
  }
  const Answer answer = carry_out(operation);
  const Lock lock(mutex_);
  if (ended()) return;
  record(index, number, /*begins=*/false, answer);
  if (!answer.error) return;
  trace_.operation_errors[number] = answer.error;
  if (operation.error_expected) return;
  actors_[index].error = answer.error;
  actors_[index].operations.clear();
}

void SteadyRun::record(ActorIndex actor, std::uint32_t index, bool begins, const Answer& answer) {
  if (!options_.record_entries || ended()) return;
  trace_.entries.emplace_back(TracedOperation{.time = now() - start_,
                                              .actor = actor,
                                              .operation = index,
                                              .begins = begins,
                                              .connection = answer.connection,
                                              .error = answer.error});
}

void SteadyRun::on_event(const Event& event) {
  std::vector<const ListenerAction*> due;
  {
    const Lock lock(mutex_);
    if (checkers_) checkers_->observe(event);
    report_violation();
    if (ended()) return;
    const TracedEvent traced{event.time - start_, event};
    if (options_.record_entries) trace_.entries.emplace_back(traced);
    trace_.events.push_back(traced);
    ++event_counts_[static_cast<std::size_t>(event.type())];
    due = due_actions(event.type());
    changed_.notify_all();
  }
  for (const ListenerAction* action : due) act_as_listener(*action);
}

std::vector<const ListenerAction*> SteadyRun::due_actions(EventType type) const {
  std::vector<const ListenerAction*> due;
  const std::int64_t count = event_counts_[static_cast<std::size_t>(type)];
  for (const ListenerAction& action : scenario_.listener_actions) {
    const bool is_due = action.event == type && action.occurrence == count;
    if (is_due && !is_postponed(action)) due.push_back(&action);
  }
  return due;
}

/// From here on nothing changes what the run has shown (R2).
void SteadyRun::end_main() {
  const Lock lock(mutex_);
  over_ = true;
  trace_.end = now() - start_;
  for (std::size_t i = 0; i < actors_.size(); ++i) trace_.actor_errors[i] = actors_[i].error;
  changed_.notify_all();
}

std::vector<CheckedOut> SteadyRun::take_leases() {
  const Lock lock(mutex_);
  std::vector<CheckedOut> leases = std::exchange(unlabelled_, {});
  for (Label& label : labels_) {
    if (label.state != Label::State::held) continue;
    label.state = Label::State::consumed;
    leases.push_back(label.checked_out);
  }
  return leases;
}

/// Closing is what ends check-outs that threads still wait for.
void SteadyRun::tear_down() {
  const auto check_in_all = [this] {
    for (const CheckedOut& lease : take_leases()) {
      await([&](auto done) { pool_->check_in(lease, std::move(done)); });
    }
  };
  const auto close = [this] { await([this](auto done) { pool_->close(std::move(done)); }); };
  check_in_all();
  close();
  for (Actor& actor : actors_) {
    if (actor.thread.joinable()) actor.thread.join();
  }
  check_in_all();
  close();  // returns behind every event that threads of the environment still deliver
}

void SteadyRun::check_rest() {
  const auto snapshot = pool_->snapshot();
  const Lock lock(mutex_);
  if ((trace_.failure && !is_event_timeout(trace_.failure)) || !snapshot) return;
  const PoolCounts& counts = snapshot->counts;
  if (counts.total() != 0 || counts.waiting != 0 || snapshot->armed_deadlines != 0) {
    fail(RunFailure::Kind::checker,
         "NO-ORPHAN: nothing is left after close. Left are " + std::to_string(counts.total()) +
             " connections, " + std::to_string(counts.waiting) + " waiting check-outs and " +
             std::to_string(snapshot->armed_deadlines) + " deadlines.");
    return;
  }
  if (checkers_) checkers_->finish_quiescent();
  report_violation();
}

/// One that stays on disturbs whoever comes next, so this is said beside whatever else is wrong.
void SteadyRun::switch_off(FailPointOff& fail_point) {
  try {
    fail_point.now();
  } catch (const std::exception& error) {
    const Lock lock(mutex_);
    std::string message = trace_.failure ? trace_.failure->message + ' ' : "";
    message +=
        std::string("The fail point is still on, it cannot be switched off: ") + error.what();
    const std::uint32_t line = trace_.failure ? trace_.failure->line : 0;
    trace_.failure.reset();
    fail(RunFailure::Kind::peer, std::move(message), line);
  }
}

void SteadyRun::fail(RunFailure::Kind kind, std::string message, std::uint32_t line) {
  const bool gives_way =
      is_event_timeout(trace_.failure) && kind != RunFailure::Kind::event_timeout;
  if (trace_.failure && !gives_way) return;
  trace_.failure =
      RunFailure{.kind = kind, .message = std::move(message), .line = line > 0 ? line : main_line_};
  changed_.notify_all();
}

void SteadyRun::report_violation() {
  if (!checkers_ || !checkers_->violation()) return;
  const Violation& violation = *checkers_->violation();
  fail(RunFailure::Kind::checker,
       violation.clause + ": " + violation.sentence + " " + violation.message);
}

}  // namespace cmap::sim
