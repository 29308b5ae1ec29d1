// What each operation of a scenario does.
#include <algorithm>
#include <utility>

#include "pool/api/assert.hpp"
#include "sim/expect_state.hpp"
#include "sim/listener_operations.hpp"
#include "sim/scenario_run.hpp"

namespace cmap::sim {

std::string_view operation_name(const OperationBody& body) {
  struct Name {
    std::string_view operator()(const Start&) const { return "start"; }
    std::string_view operator()(const Wait&) const { return "wait"; }
    std::string_view operator()(const WaitForThread&) const { return "waitForThread"; }
    std::string_view operator()(const WaitForEvent&) const { return "waitForEvent"; }
    std::string_view operator()(const CheckOut&) const { return "checkOut"; }
    std::string_view operator()(const CheckIn&) const { return "checkIn"; }
    std::string_view operator()(const Clear&) const { return "clear"; }
    std::string_view operator()(const Close&) const { return "close"; }
    std::string_view operator()(const Ready&) const { return "ready"; }
    std::string_view operator()(const AwaitCheckOut&) const { return "awaitCheckOut"; }
    std::string_view operator()(const Cancel&) const { return "cancel"; }
    std::string_view operator()(const CheckInAgain&) const { return "checkInAgain"; }
    std::string_view operator()(const CheckInForeign&) const { return "checkInForeign"; }
    std::string_view operator()(const ClearService&) const { return "clearService"; }
    std::string_view operator()(const ResetAfterFork&) const { return "resetAfterFork"; }
    std::string_view operator()(const SetPurpose&) const { return "setPurpose"; }
    std::string_view operator()(const FailInUse&) const { return "failInUse"; }
    std::string_view operator()(const PeerCloses&) const { return "peerCloses"; }
    std::string_view operator()(const SetFailPoint&) const { return "setFailPoint"; }
    std::string_view operator()(const ExpectState&) const { return "expectState"; }
  };
  return std::visit(Name{}, body);
}

void ScenarioRun::perform(Actor& actor, const Start& operation) {
  Actor& target = *actors_[operation.target];
  if (target.state() != Actor::State::not_started) {
    fail(RunFailure::Kind::misuse,
         "start: " + scenario_.actors[operation.target] + " was started before.");
    return;
  }
  target.set_state(Actor::State::idle);
  end_operation(actor, nullptr);
}

void ScenarioRun::perform(Actor& actor, const Wait& operation) {
  actor.set_state(Actor::State::sleeping);
  loop_.arm(actor, saturating_sum(loop_.now(), operation.duration), TimerClass::actor);
}

void ScenarioRun::perform(Actor& actor, const WaitForThread& operation) {
  Actor& target = *actors_[operation.target];
  if (target.state() == Actor::State::not_started) {
    fail(RunFailure::Kind::misuse,
         "waitForThread: " + scenario_.actors[operation.target] + " was not started.");
  } else if (target.has_ended()) {
    end_operation(actor, target.error);
  } else {
    actor.set_state(Actor::State::awaits_thread);
    target.joiners.push_back(&actor);
  }
}

void ScenarioRun::perform(Actor& actor, const WaitForEvent& operation) {
  if (event_counts_[static_cast<std::size_t>(operation.event)] >= operation.count) {
    end_operation(actor, nullptr);
    return;
  }
  actor.awaited_event = operation.event;
  actor.awaited_count = operation.count;
  actor.set_state(Actor::State::awaits_event);
  event_waiters_.push_back(&actor);
  const Duration timeout = operation.timeout.value_or(scenario_.wait_for_event_timeout);
  loop_.arm(actor, saturating_sum(loop_.now(), timeout), TimerClass::actor);
}

void ScenarioRun::perform(Actor& actor, const CheckOut& operation) {
  if (operation.in_background) {
    // Queued first: what the pool delivers at once goes before it.
    actor.set_state(Actor::State::returning);
    loop_.make_runnable_next(actor);
    start_check_out(nullptr, operation);
  } else {
    start_check_out(&actor, operation);
  }
}

/// `actor`: whoever waits for the outcome; null if nobody does.
void ScenarioRun::start_check_out(Actor* actor, const CheckOut& operation) {
  CheckOutRequest request{.deadline = std::nullopt, .purpose = operation.purpose};
  if (operation.timeout) request.deadline = saturating_sum(loop_.now(), *operation.timeout);
  const auto label = operation.label;
  last_check_out_ = next(last_check_out_);
  if (label) labels_[*label] = Label{.state = Label::State::coming, .number = last_check_out_};
  if (actor) actor->check_out = last_check_out_;
  const std::uint64_t check_out = pool_->check_out(
      request,
      [this, actor, label](CheckOutOutcome outcome) { receive(actor, label, std::move(outcome)); });
  if (label) labels_[*label].check_out = check_out;
}

void ScenarioRun::receive(Actor* actor, std::optional<LabelIndex> label, CheckOutOutcome outcome) {
  if (label) {
    Label& target = labels_[*label];
    target.state = outcome.error ? Label::State::failed : Label::State::held;
    target.checked_out = outcome.checked_out;
    target.error = outcome.error;
    if (Actor* waiting = std::exchange(target.awaited_by, nullptr)) {
      end_operation(*waiting, outcome.error);
    }
  } else if (!outcome.error) {
    unlabelled_.push_back(outcome.checked_out);  // kept until the end (R4)
  }
  if (draining_) check_in_everything();
  if (!actor) return;
  const ConnectionId given = outcome.checked_out.connection;
  end_operation(*actor, std::move(outcome.error), given);
}

ScenarioRun::Label* ScenarioRun::held(LabelIndex label) {
  Label& found = labels_[label];
  if (found.state == Label::State::held) return &found;
  if (draining_) return nullptr;  // everything was checked in for everybody
  fail(RunFailure::Kind::misuse, "No connection is checked out under the label '" +
                                     scenario_.labels[label] + "' at this moment.");
  return nullptr;
}

void ScenarioRun::perform(Actor& actor, const CheckIn& operation) {
  Label* label = held(operation.connection);
  if (!label) return;
  label->state = Label::State::consumed;
  pool_->check_in(label->checked_out, done_of(actor));
}

void ScenarioRun::perform(Actor& actor, const Clear& operation) {
  pool_->clear({.interrupt_in_use_connections = operation.interrupt_in_use_connections},
               done_of(actor));
}

void ScenarioRun::perform(Actor& actor, const Close&) { pool_->close(done_of(actor)); }

void ScenarioRun::perform(Actor& actor, const Ready&) { pool_->ready(done_of(actor)); }

void ScenarioRun::perform(Actor& actor, const AwaitCheckOut& operation) {
  Label& label = labels_[operation.label];
  if (label.state == Label::State::coming) {
    label.awaited_by = &actor;
  } else {
    end_operation(actor, label.error);
  }
}

void ScenarioRun::perform(Actor& actor, const Cancel& operation) {
  pool_->cancel(labels_[operation.label].check_out, done_of(actor));
}

void ScenarioRun::perform(Actor& actor, const CheckInAgain& operation) {
  pool_->check_in(labels_[operation.connection].checked_out, done_of(actor));
}

/// A pool of the same kind, with a peer that always answers at once, gives the foreign lease. Each
/// has its own: what an earlier one has yet to do still waits in the loop.
void ScenarioRun::perform(Actor& actor, const CheckInForeign&) {
  ForeignPool& foreign = foreign_pools_.emplace_back();
  const auto number = static_cast<std::uint32_t>(foreign_pools_.size());
  foreign.environment = std::make_unique<SimulatedEnvironment>(loop_, foreign_setup_, Handshake{},
                                                               number, options_.backend);
  foreign.pool = factory_(PoolSetup{.address = Address("foreign", Address::default_port),
                                    .options = {},
                                    .listener = [](const Event&) {},
                                    .number = number},
                          *foreign.environment);
  foreign.pool->ready([](const ErrorPtr&) {});
  foreign.pool->check_out({}, [this, &actor](const CheckOutOutcome& outcome) {
    if (main_ended_) return;  // or the run was stopped meanwhile
    CMAP_ASSERT(!outcome.error);
    pool_->check_in(outcome.checked_out, done_of(actor));
  });
}

void ScenarioRun::perform(Actor& actor, const ClearService& operation) {
  pool_->clear_service(operation.service, done_of(actor));
}

void ScenarioRun::perform(Actor& actor, const ResetAfterFork&) {
  pool_->reset_after_fork(done_of(actor));
}

void ScenarioRun::perform(Actor& actor, const SetPurpose& operation) {
  if (Label* label = held(operation.connection)) {
    pool_->set_purpose(label->checked_out, operation.purpose, done_of(actor));
  }
}

void ScenarioRun::perform(Actor& actor, const FailInUse& operation) {
  Label* label = held(operation.connection);
  if (!label) return;
  const ErrorPtr error = establishment_error(Address(), operation.fault, EstablishmentPhase::done);
  pool_->connection_failed(label->checked_out, error, operation.verdict, done_of(actor));
}

void ScenarioRun::perform(Actor& actor, const PeerCloses& operation) {
  SimulatedTransport* transport = environment_.transport();
  if (transport && transport->peer_closes(operation.connection, operation.fault)) {
    end_operation(actor, nullptr);
    return;
  }
  const std::string message = "peerCloses: there is no open connection " +
                              std::to_string(number(operation.connection)) + ".";
  // Whoever expects an error does not know whether it is there.
  if (scenario_.operations[actor.current].error_expected) {
    end_operation(actor, usage_error(Address(), message));
  } else {
    fail(RunFailure::Kind::misuse, message);
  }
}

void ScenarioRun::perform(Actor& actor, const SetFailPoint& operation) {
  environment_.server().set(operation.fail_point);
  end_operation(actor, nullptr);
}

void ScenarioRun::perform(Actor& actor, const ExpectState& operation) {
  compare_state(operation);
  if (!trace_.failure) end_operation(actor, nullptr);
}

void ScenarioRun::compare_state(const ExpectState& expected) {
  const TransportCounts wires =
      environment_.transport() ? environment_.transport()->counts() : TransportCounts{};
  const std::string differences = state_differences(expected, pool_->snapshot(), wires);
  if (!differences.empty()) fail(RunFailure::Kind::wrong_state, "expectState: " + differences);
}

void ScenarioRun::operate_from_listener(const OperationBody& body) {
  const auto misuse = sim::operate_from_listener(
      *pool_, body,
      {.start_check_out =
           [this](const CheckOut& operation) { start_check_out(nullptr, operation); },
       .take = [this](LabelIndex index) -> std::optional<CheckedOut> {
         Label& label = labels_[index];
         if (label.state != Label::State::held) return std::nullopt;
         label.state = Label::State::consumed;
         return label.checked_out;
       },
       .check_out_of = [this](LabelIndex index) { return labels_[index].check_out; }});
  if (misuse) fail(RunFailure::Kind::misuse, *misuse);
}

}  // namespace cmap::sim
