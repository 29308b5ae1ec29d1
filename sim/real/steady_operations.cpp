// What each operation of a scenario does on the steady clock.
#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

#include "sim/expect_state.hpp"
#include "sim/listener_operations.hpp"
#include "sim/real/steady_run.hpp"

namespace cmap::sim {
namespace {

/// How long the inside of a pool may take to become what expectState expects: what happens on
/// other threads has no exact time.
constexpr std::chrono::seconds state_patience{2};
constexpr std::chrono::milliseconds between_questions{1};

}  // namespace

SteadyRun::Answer SteadyRun::carry_out(const Operation& operation) {
  return std::visit([this](const auto& body) { return operate(body); }, operation.body);
}

/// A run that has failed waits for nothing but its own end.
void SteadyRun::await(Lock& lock, const Answer& answer) {
  const auto is_there = [&] { return answer.is_there || (trace_.failure && !over_); };
  if (changed_.wait_for(lock, patience_, is_there)) return;
  fail(RunFailure::Kind::deadlock,
       "An operation of the pool has not returned for " + milliseconds_text(patience_) + " ms.");
}

SteadyRun::Answer SteadyRun::await(const std::function<void(PoolUnderTest::Done)>& call) {
  // Shared: an answer that comes too late must find it.
  const auto answer = std::make_shared<Answer>();
  call([this, answer](ErrorPtr error) {
    const Lock lock(mutex_);
    answer->is_there = true;
    answer->error = std::move(error);
    changed_.notify_all();
  });
  Lock lock(mutex_);
  await(lock, *answer);
  return *answer;
}

SteadyRun::Answer SteadyRun::operate(const Start& operation) {
  const Lock lock(mutex_);
  Actor& target = actors_[operation.target];
  if (target.started) {
    fail(RunFailure::Kind::misuse,
         "start: " + scenario_.actors[operation.target] + " was started before.");
    return {};
  }
  target.started = true;
  target.thread = std::thread([this, index = operation.target] { work(index); });
  return {};
}

SteadyRun::Answer SteadyRun::operate(const Wait& operation) {
  Lock lock(mutex_);
  changed_.wait_for(lock, operation.duration, [this] { return ended(); });
  return {};
}

SteadyRun::Answer SteadyRun::operate(const WaitForThread& operation) {
  Lock lock(mutex_);
  const Actor& target = actors_[operation.target];
  const std::string& name = scenario_.actors[operation.target];
  if (!target.started) {
    fail(RunFailure::Kind::misuse, "waitForThread: " + name + " was not started.");
    return {};
  }
  const auto has_ended = [&] { return ended() || target.has_ended(); };
  if (!changed_.wait_for(lock, patience_, has_ended)) {
    fail(RunFailure::Kind::deadlock,
         "waitForThread: " + name + " has not ended for " + milliseconds_text(patience_) + " ms.");
  }
  return {.is_there = true, .error = target.error};
}

SteadyRun::Answer SteadyRun::operate(const WaitForEvent& operation) {
  Lock lock(mutex_);
  const std::int64_t& seen = event_counts_[static_cast<std::size_t>(operation.event)];
  const Duration timeout = operation.timeout.value_or(scenario_.wait_for_event_timeout);
  if (!changed_.wait_for(lock, timeout, [&] { return ended() || seen >= operation.count; })) {
    fail(RunFailure::Kind::event_timeout,
         "waitForEvent: " + std::string(event_name(operation.event)) + " did not occur " +
             std::to_string(operation.count) + " times within " + milliseconds_text(timeout) +
             " ms, but " + std::to_string(seen) + " times.");
  }
  return {};
}

std::shared_ptr<SteadyRun::Answer> SteadyRun::start_check_out(const CheckOut& operation) {
  CheckOutRequest request{.deadline = std::nullopt, .purpose = operation.purpose};
  if (operation.timeout) request.deadline = saturating_sum(now(), *operation.timeout);
  const auto label = operation.label;
  if (label) {
    const Lock lock(mutex_);
    labels_[*label] = Label{.state = Label::State::coming};
  }
  auto answer = std::make_shared<Answer>();
  const std::uint64_t check_out = pool_->check_out(
      request,
      [this, answer, label](const CheckOutOutcome& outcome) { receive(*answer, label, outcome); });
  const Lock lock(mutex_);
  if (label) labels_[*label].check_out = check_out;
  return answer;
}

void SteadyRun::receive(Answer& answer, std::optional<LabelIndex> label,
                        const CheckOutOutcome& outcome) {
  const Lock lock(mutex_);
  if (label) {
    Label& target = labels_[*label];
    target.state = outcome.error ? Label::State::failed : Label::State::held;
    target.checked_out = outcome.checked_out;
    target.error = outcome.error;
  } else if (!outcome.error) {
    unlabelled_.push_back(outcome.checked_out);  // kept until the end (R4)
  }
  answer = {.is_there = true,
            .error = outcome.error,
            .connection = outcome.error ? ConnectionId::none : outcome.checked_out.connection};
  changed_.notify_all();
}

SteadyRun::Answer SteadyRun::operate(const CheckOut& operation) {
  const auto answer = start_check_out(operation);
  if (operation.in_background) return {};
  Lock lock(mutex_);
  await(lock, *answer);
  return *answer;
}

std::optional<CheckedOut> SteadyRun::held(LabelIndex index, bool consume) {
  const Lock lock(mutex_);
  Label& label = labels_[index];
  if (label.state != Label::State::held) {
    if (!over_) {
      fail(RunFailure::Kind::misuse, "No connection is checked out under the label '" +
                                         scenario_.labels[index] + "' at this moment.");
    }
    return std::nullopt;
  }
  if (consume) label.state = Label::State::consumed;
  return label.checked_out;
}

std::optional<CheckedOut> SteadyRun::take_if_held(LabelIndex index) {
  const Lock lock(mutex_);
  Label& label = labels_[index];
  if (label.state != Label::State::held) return std::nullopt;
  label.state = Label::State::consumed;
  return label.checked_out;
}

SteadyRun::Answer SteadyRun::operate(const CheckIn& operation) {
  const auto lease = held(operation.connection, /*consume=*/true);
  if (!lease) return {};
  return await([&](auto done) { pool_->check_in(*lease, std::move(done)); });
}

SteadyRun::Answer SteadyRun::operate(const Clear& operation) {
  return await([&](auto done) {
    pool_->clear({.interrupt_in_use_connections = operation.interrupt_in_use_connections},
                 std::move(done));
  });
}

SteadyRun::Answer SteadyRun::operate(const Close&) {
  return await([this](auto done) { pool_->close(std::move(done)); });
}

SteadyRun::Answer SteadyRun::operate(const Ready&) {
  return await([this](auto done) { pool_->ready(std::move(done)); });
}

SteadyRun::Answer SteadyRun::operate(const AwaitCheckOut& operation) {
  Lock lock(mutex_);
  const Label& label = labels_[operation.label];
  const auto has_outcome = [&] { return ended() || label.state != Label::State::coming; };
  if (!changed_.wait_for(lock, patience_, has_outcome)) {
    fail(RunFailure::Kind::deadlock, "awaitCheckOut: '" + scenario_.labels[operation.label] +
                                         "' has had no outcome for " +
                                         milliseconds_text(patience_) + " ms.");
  }
  return {.is_there = true, .error = label.error};
}

SteadyRun::Answer SteadyRun::operate(const Cancel& operation) {
  Lock lock(mutex_);
  const std::uint64_t check_out = labels_[operation.label].check_out;
  lock.unlock();
  return await([&](auto done) { pool_->cancel(check_out, std::move(done)); });
}

SteadyRun::Answer SteadyRun::operate(const CheckInAgain& operation) {
  Lock lock(mutex_);
  const CheckedOut lease = labels_[operation.connection].checked_out;
  lock.unlock();
  return await([&](auto done) { pool_->check_in(lease, std::move(done)); });
}

SteadyRun::Answer SteadyRun::operate(const ClearService& operation) {
  return await([&](auto done) { pool_->clear_service(operation.service, std::move(done)); });
}

SteadyRun::Answer SteadyRun::operate(const ResetAfterFork&) {
  return await([this](auto done) { pool_->reset_after_fork(std::move(done)); });
}

SteadyRun::Answer SteadyRun::operate(const SetPurpose& operation) {
  const auto lease = held(operation.connection, /*consume=*/false);
  if (!lease) return {};
  return await([&](auto done) { pool_->set_purpose(*lease, operation.purpose, std::move(done)); });
}

SteadyRun::Answer SteadyRun::operate(const FailInUse& operation) {
  const auto lease = held(operation.connection, /*consume=*/false);
  if (!lease) return {};
  const ErrorPtr error =
      establishment_error(peer_.shown_address(), operation.fault, EstablishmentPhase::done);
  return await([&](auto done) {
    pool_->connection_failed(*lease, error, operation.verdict, std::move(done));
  });
}

SteadyRun::Answer SteadyRun::operate(const SetFailPoint& operation) {
  try {
    peer_.set_fail_point(operation.fail_point);
  } catch (const std::exception& error) {
    const Lock lock(mutex_);
    fail(RunFailure::Kind::misuse, std::string("setFailPoint: ") + error.what());
  }
  return {};
}

/// SteadyWorld::only_virtual keeps scenarios with these two away.
SteadyRun::Answer SteadyRun::operate(const CheckInForeign&) {
  const Lock lock(mutex_);
  fail(RunFailure::Kind::misuse, "checkInForeign needs the virtual clock.");
  return {};
}

SteadyRun::Answer SteadyRun::operate(const PeerCloses&) {
  const Lock lock(mutex_);
  fail(RunFailure::Kind::misuse, "peerCloses needs the virtual clock.");
  return {};
}

SteadyRun::Answer SteadyRun::operate(const ExpectState& operation) {
  const TimePoint until = now() + std::min<Duration>(patience_, state_patience);
  for (;;) {
    const std::string text = state_differences(operation, pool_->snapshot(), TransportCounts{});
    if (text.empty()) return {};
    Lock lock(mutex_);
    if (ended()) return {};
    if (now() >= until) {
      fail(RunFailure::Kind::wrong_state, "expectState: " + text);
      return {};
    }
    changed_.wait_for(lock, between_questions);
  }
}

void SteadyRun::act_as_listener(const ListenerAction& action) {
  switch (action.what) {
    case ListenerAction::What::operate:
      operate_from_listener(action.operation);
      return;
    case ListenerAction::What::throw_exception:
      throw std::runtime_error("a listener throws");
    case ListenerAction::What::spend_time:
      return;  // only on the virtual clock
  }
}

void SteadyRun::operate_from_listener(const OperationBody& body) {
  const auto misuse = sim::operate_from_listener(
      *pool_, body,
      {.start_check_out = [this](const CheckOut& operation) { start_check_out(operation); },
       .take = [this](LabelIndex label) { return take_if_held(label); },
       .check_out_of =
           [this](LabelIndex label) {
             const Lock lock(mutex_);
             return labels_[label].check_out;
           }});
  if (!misuse) return;
  const Lock lock(mutex_);
  fail(RunFailure::Kind::misuse, *misuse);
}

}  // namespace cmap::sim
