// The course of a run: actors take their turns, the pool's events are seen, the main thread ends.
#include "sim/scenario_run.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <utility>

#include "pool/api/assert.hpp"
#include "sim/event_digest.hpp"

namespace cmap::sim {
namespace {

/// What is delivered belongs to the turn of the actor that caused it; anything else ends the turn.
bool ends_turn(ActionKind action) {
  return action != ActionKind::deliver && action != ActionKind::operate &&
         action != ActionKind::wake;
}

/// Where leaks are looked for, it is none. Runs may be made on several threads.
void keep_for_ever(std::unique_ptr<PoolUnderTest> pool) {
  struct Kept {
    std::unique_ptr<PoolUnderTest> pool;
    Kept* next = nullptr;
  };
  static std::atomic<Kept*> all = nullptr;
  auto* const kept = new Kept{.pool = std::move(pool)};
  kept->next = all.exchange(kept);
}

}  // namespace

Actor::Actor(ScenarioRun& run, ActorIndex index)
    : Runnable({.action = ActionKind::operate, .subject = index}), run_(run), index_(index) {}

void Actor::run() { run_.resume(*this); }

bool Actor::commutes() const { return run_.commutes(*this); }

void Actor::set_state(State state) {
  state_ = state;
  const bool waits = state == State::sleeping || state == State::awaits_event;
  rename({.action = waits ? ActionKind::wake : ActionKind::operate, .subject = index_});
}

ScenarioRun::ScenarioRun(const Scenario& scenario, const PoolFactory& factory,
                         ChoiceSource& choices, const RunOptions& options)
    : scenario_(scenario),
      factory_(factory),
      options_(options),
      loop_(choices),
      environment_(loop_, scenario.server,
                   {.load_balanced = scenario.options.load_balanced,
                    .is_timed = scenario.options.handshake_timeout.has_value()},
                   /*number=*/0, options.backend),
      labels_(scenario.labels.size()),
      traits_(choices.skips_commuting() ? traits_of(scenario) : ScenarioTraits{}),
      skips_commuting_(choices.skips_commuting()) {
  if (skips_commuting_) {
    environment_.set_commuting([this](const Effect& effect) { return commutes(effect); });
  }
  if (options.oracles) checkers_.emplace(scenario.options);
  if (checkers_ && options.note_exercised) checkers_->note_exercised(trace_.exercised);
  for (ActorIndex index = 0; index < scenario.actors.size(); ++index) {
    actors_.push_back(std::make_unique<Actor>(*this, index));
  }
  trace_.events.reserve(4 * scenario.operations.size() + 8);
  trace_.operation_errors.resize(scenario.operations.size());
  trace_.actor_errors.resize(scenario.actors.size());
}

ScenarioRun::~ScenarioRun() = default;

/// A pool that contradicts itself must not go on, but whoever looks for such pools wants to know
/// how it came to that.
Trace ScenarioRun::run() {
  const AssertionsThrow assertions_throw;
  try {
    play();
    tear_down();
  } catch (const AssertionFailed& failed) {
    break_clause("INVARIANT", std::string(no_contradiction) + failed.what());
    abandon();
  } catch (const std::exception& escaped) {
    if (!pool_) throw;  // there is no pool with such options
    break_clause("INVARIANT", std::string(nothing_escapes) + escaped.what());
    abandon();
  }
  return std::move(trace_);
}

void ScenarioRun::play() {
  pool_ = factory_(PoolSetup{.address = Address(),
                             .options = scenario_.options,
                             .listener = [this](const Event& event) { on_event(event); },
                             .number = 0},
                   environment_);
  for (const OperationBody* operation : postponed_) operate_from_listener(*operation);
  Actor& main = *actors_[main_actor];
  for (std::uint32_t index = 0; index < scenario_.operations.size(); ++index) {
    main.operations.push_back(index);
  }
  main.set_state(Actor::State::runnable);
  loop_.make_runnable(main);
  while (!main_ended_ && !trace_.failure && step()) {
  }
  if (skips_commuting_) loop_.choose_no_more();
  trace_.end = loop_.now() - TimePoint{};
  trace_.steps = steps_;
  if (const auto* transport = environment_.transport()) {
    trace_.abandoned = transport->counts().abandoned;
  }
  // No event shows it, so that it is folded where there is any.
  if (trace_.abandoned > 0) digest_.fold(static_cast<std::uint64_t>(trace_.abandoned));
  trace_.digest = digest_.value();
  for (const auto& actor : actors_) trace_.actor_errors[actor->index()] = actor->error;
  if (options_.drain && !trace_.failure && trace_.stopped_at.empty()) drain();
}

bool ScenarioRun::step() {
  Runnable* const next = loop_.next();
  if (!next && loop_.was_stopped()) {
    stop();
    return false;
  }
  if (!next) {
    fail(RunFailure::Kind::deadlock, "Nothing can happen any more. " + explain_actors());
    return false;
  }
  const Option action = next->option();
  if (ends_turn(action.action)) running_ = nullptr;
  next->run();
  ++steps_;
  const VirtualTime time = loop_.now() - TimePoint{};
  digest_.fold(static_cast<std::uint64_t>(action.action) << 32 | action.subject,
               static_cast<std::uint64_t>(time.count()));
  if (options_.record_entries && !draining_) {
    trace_.entries.emplace_back(TracedStep{time, action});
    ++kept_;
  }
  if (options_.oracles) check_oracles();
  check_progress(action.action);
  return !trace_.failure;
}

void ScenarioRun::resume(Actor& actor) {
  running_ = &actor;
  switch (actor.state()) {
    case Actor::State::runnable:
      begin_next(actor);
      return;
    case Actor::State::sleeping:
    case Actor::State::returning:
      end_operation(actor, nullptr);
      return;
    case Actor::State::awaits_event:
      std::erase(event_waiters_, &actor);
      fail(RunFailure::Kind::event_timeout,
           "waitForEvent: " + std::string(event_name(actor.awaited_event)) + " did not occur " +
               std::to_string(actor.awaited_count) + " times in time. " + explain_actors());
      return;
    case Actor::State::not_started:
    case Actor::State::idle:
    case Actor::State::awaits_thread:
    case Actor::State::awaits_pool:
    case Actor::State::failed:
      break;
  }
  assertion_failed("an actor's turn, though it has none", __FILE__, __LINE__);
}

void ScenarioRun::begin_next(Actor& actor) {
  if (actor.operations.empty()) {
    end_actor(actor);
    return;
  }
  const std::uint32_t index = actor.operations.front();
  actor.operations.pop_front();
  const Operation& operation = scenario_.operations[index];
  line_ = operation.line;
  if (actor.index() == main_actor && operation.actor != main_actor) {
    schedule(operation, index);
    go_on(actor);
    return;
  }
  actor.current = index;
  actor.begun = ++operations_begun_;
  actor.set_state(Actor::State::awaits_pool);
  record_operation(actor, /*begins=*/true);
  const auto turn = [&] {
    std::visit([&](const auto& body) { perform(actor, body); }, operation.body);
  };
  if (options_.on_thread_of) {
    options_.on_thread_of(actor.index(), turn);
  } else {
    turn();
  }
}

/// The main thread does not wait for what it schedules (R1).
void ScenarioRun::schedule(const Operation& operation, std::uint32_t index) {
  Actor& target = *actors_[operation.actor];
  if (target.state() == Actor::State::not_started) {
    fail(RunFailure::Kind::misuse, "An operation is scheduled on " +
                                       scenario_.actors[operation.actor] +
                                       ", which was not started.");
    return;
  }
  if (target.error) return;  // it stops at its error, or has stopped (R3)
  target.operations.push_back(index);
  if (target.state() != Actor::State::idle) return;
  target.set_state(Actor::State::runnable);
  loop_.make_runnable(target);
}

PoolUnderTest::Done ScenarioRun::done_of(Actor& actor) {
  return [this, &actor](ErrorPtr error) { end_operation(actor, std::move(error)); };
}

void ScenarioRun::end_operation(Actor& actor, ErrorPtr error, ConnectionId given) {
  if (main_ended_ || trace_.failure) return;
  record_operation(actor, /*begins=*/false, error, given);
  const Operation& operation = scenario_.operations[actor.current];
  if (error) {
    trace_.operation_errors[actor.current] = error;
    if (!operation.error_expected) {
      actor.error = std::move(error);
      actor.operations.clear();
    }
  }
  go_on(actor);
}

/// An actor that did not have to wait goes on before all others; one that did queues behind those
/// that became runnable before it (R1). Its end, too, is a turn: what is being delivered goes
/// first.
void ScenarioRun::go_on(Actor& actor) {
  actor.set_state(Actor::State::runnable);
  if (running_ == &actor) {
    loop_.make_runnable_next(actor);
  } else {
    loop_.make_runnable(actor);
  }
}

void ScenarioRun::end_actor(Actor& actor) {
  actor.set_state(actor.error ? Actor::State::failed : Actor::State::idle);
  if (actor.index() == main_actor) main_ended_ = true;
  for (Actor* joiner : std::exchange(actor.joiners, {})) end_operation(*joiner, actor.error);
}

void ScenarioRun::record_operation(const Actor& actor, bool begins, const ErrorPtr& error,
                                   ConnectionId given) {
  const VirtualTime time = loop_.now() - TimePoint{};
  digest_.fold(begins ? 1U : 2U, actor.current);
  if (!begins) fold_error(digest_, error);
  if (!options_.record_entries) return;
  trace_.entries.emplace_back(TracedOperation{.time = time,
                                              .actor = actor.index(),
                                              .operation = actor.current,
                                              .begins = begins,
                                              .connection = given,
                                              .error = error});
}

void ScenarioRun::on_event(const Event& event) {
  if (checkers_) checkers_->observe(event);
  alive_ = std::uint64_t{event.counts.total()} + event.counts.waiting;
  if (main_ended_) return;
  ++kept_;
  fold_event(digest_, event);
  const TracedEvent traced{event.time - TimePoint{}, event};
  if (options_.record_entries) trace_.entries.emplace_back(traced);
  trace_.events.push_back(traced);
  idle_firings_ = 0;
  ++event_counts_[static_cast<std::size_t>(event.type())];
  wake_event_waiters(event.type());
  if (!scenario_.listener_actions.empty()) act_as_listener(event.type());
}

void ScenarioRun::wake_event_waiters(EventType type) {
  const std::int64_t count = event_counts_[static_cast<std::size_t>(type)];
  for (std::size_t i = 0; i < event_waiters_.size();) {
    Actor& actor = *event_waiters_[i];
    if (actor.awaited_event != type || actor.awaited_count > count) {
      ++i;
      continue;
    }
    event_waiters_.erase(event_waiters_.begin() + static_cast<std::ptrdiff_t>(i));
    loop_.disarm(actor);
    end_operation(actor, nullptr);
  }
}

/// What the scenario's listener does with this event, besides recording it.
void ScenarioRun::act_as_listener(EventType type) {
  const std::int64_t count = event_counts_[static_cast<std::size_t>(type)];
  for (const ListenerAction& action : scenario_.listener_actions) {
    if (action.event != type || action.occurrence != count) continue;
    switch (action.what) {
      case ListenerAction::What::operate:
        if (pool_) {
          operate_from_listener(action.operation);
        } else {
          postponed_.push_back(&action.operation);
        }
        break;
      case ListenerAction::What::spend_time:
        loop_.spend(action.time);
        break;
      case ListenerAction::What::throw_exception:
        throw std::runtime_error("a listener throws");
    }
  }
}

/// Carries out what is left in the queues, so that nothing keeps anything alive.
void ScenarioRun::tear_down() {
  main_ended_ = true;
  draining_ = false;  // what still comes from the pool finds none to be checked in to
  checkers_.reset();
  end_world(environment_, pool_);
  for (ForeignPool& foreign : foreign_pools_) end_world(*foreign.environment, foreign.pool);
}

void ScenarioRun::end_world(SimulatedEnvironment& environment,
                            std::unique_ptr<PoolUnderTest>& pool) {
  const auto deliveries = environment.make_delivery_queue();
  pool.reset();
  while (deliveries->deliver_one() > 0) {
  }
}

/// Nothing of such a pool may be called again, not even its destructor.
void ScenarioRun::abandon() {
  main_ended_ = true;
  checkers_.reset();
  keep_for_ever(std::move(pool_));
  for (ForeignPool& foreign : foreign_pools_) keep_for_ever(std::move(foreign.pool));
  trace_.steps = steps_;
  trace_.digest = digest_.value();
  trace_.end = loop_.now() - TimePoint{};
}

Trace run(const Scenario& scenario, const PoolFactory& factory, ChoiceSource& choices,
          const RunOptions& options) {
  return ScenarioRun(scenario, factory, choices, options).run();
}

}  // namespace cmap::sim
