// The state of a run: which of its steps commute, and its fingerprint where it was stopped.
#include <algorithm>
#include <variant>

#include "pool/api/assert.hpp"
#include "sim/scenario_run.hpp"
#include "sim/state_digest.hpp"

namespace cmap::sim {
namespace {

/// It is between the actor and itself: no pool is asked.
struct IsLocal {
  const ScenarioTraits& traits;

  bool operator()(const Start&) const { return traits.main_joins; }
  bool operator()(const WaitForThread&) const { return traits.main_joins; }
  /// A listener may let time pass.
  bool operator()(const Wait&) const { return !traits.listener_acts; }
  bool operator()(const WaitForEvent&) const { return !traits.listener_acts; }
  template <typename Other>
  bool operator()(const Other&) const {
    return false;
  }
};

}  // namespace

bool ScenarioRun::commutes(const Actor& actor) const {
  switch (actor.state()) {
    case Actor::State::sleeping:
    case Actor::State::returning:
      return true;
    case Actor::State::runnable:
      break;
    default:
      return false;
  }
  // Main's end ends the run.
  if (actor.operations.empty()) return actor.index() != main_actor && traits_.main_joins;
  const Operation& next = scenario_.operations[actor.operations.front()];
  const bool is_scheduled = actor.index() == main_actor && next.actor != main_actor;
  return is_scheduled ? traits_.main_joins : std::visit(IsLocal{traits_}, next.body);
}

/// Effects are carried out in their order whatever happens between them: it matters only where
/// somebody can do something else before.
bool ScenarioRun::commutes(const Effect& effect) const {
  if (traits_.listener_acts) return false;
  if (std::holds_alternative<Event>(effect)) {
    return std::none_of(event_waiters_.begin(), event_waiters_.end(),
                        [this](const Actor* actor) { return loop_.is_due(*actor); });
  }
  if (const auto* completed = std::get_if<CheckOutCompleted>(&effect)) {
    return completed->check_out.id == CheckOutId::none || traits_.labels_are_private;
  }
  if (std::holds_alternative<PoolDrained>(effect)) return true;
  return traits_.transports_are_private && (std::holds_alternative<StartEstablishing>(effect) ||
                                            std::holds_alternative<InterruptConnection>(effect));
}

void ScenarioRun::stop() { trace_.stopped_at = state(); }

std::uint64_t ScenarioRun::state() const {
  const ScenarioTraits traits = skips_commuting_ ? traits_ : traits_of(scenario_);
  StateDigest digest(loop_.now(), traits.named_connection, traits.scripted_connection);
  visit_actors(digest);
  visit_labels(traits, digest);
  CMAP_ASSERT(pool_->visit_state(digest));
  environment_.visit_state(digest);
  visit_foreign_pools(digest);
  loop_.visit_state(digest);
  visit_counted_events(traits, digest);
  if (checkers_) checkers_->visit_state(digest);
  digest.word(idle_firings_);
  return digest.value();
}

/// Each in words of its own: its connections have the ids of the first pool's.
void ScenarioRun::visit_foreign_pools(StateDigest& digest) const {
  for (const ForeignPool& foreign : foreign_pools_) {
    StateDigest own(loop_.now(), ConnectionId::none, ConnectionId::none);
    CMAP_ASSERT(foreign.pool->visit_state(own));
    foreign.environment->visit_state(own);
    digest.word(own.value());
  }
}

void ScenarioRun::visit_actors(StateDigest& digest) const {
  std::vector<const Actor*> awaiting;  // their operations end in the order in which they began
  for (const auto& actor : actors_) {
    digest.choice(actor->state());
    digest.word(actor->operations.size());
    if (!actor->operations.empty()) digest.word(actor->operations.front());
    digest.word(actor->current);
    digest.error(actor->error);
    digest.word(actor->joiners.size());
    for (const Actor* joiner : actor->joiners) digest.word(joiner->index());
    if (actor->state() == Actor::State::awaits_pool) {
      digest.check_out(actor->check_out);
      awaiting.push_back(actor.get());
    }
  }
  std::sort(awaiting.begin(), awaiting.end(),
            [](const Actor* a, const Actor* b) { return a->begun < b->begun; });
  for (const Actor* actor : awaiting) digest.word(actor->index());
  for (const Actor* actor : event_waiters_) digest.word(actor->index());
}

void ScenarioRun::visit_labels(const ScenarioTraits& traits, StateDigest& digest) const {
  const auto matters = [&](const Label& label, Label::State state) {
    return label.state == state || traits.ended_labels_are_used;
  };
  for (const Label& label : labels_) {
    digest.choice(label.state);
    if (matters(label, Label::State::held)) digest.connection(label.checked_out.connection);
    if (matters(label, Label::State::coming)) digest.check_out(label.number);
    digest.error(label.error);
    digest.flag(label.awaited_by != nullptr);
    if (label.awaited_by) digest.word(label.awaited_by->index());
  }
  for (const CheckedOut& checked_out : unlabelled_) digest.connection(checked_out.connection);
  digest.last_check_out(last_check_out_);
}

void ScenarioRun::visit_counted_events(const ScenarioTraits& traits, StateDigest& digest) const {
  for (std::size_t type = 0; type < event_type_count; ++type) {
    const auto count = std::min(event_counts_[type], traits.counted_events[type]);
    digest.word(static_cast<std::uint64_t>(count));
  }
}

}  // namespace cmap::sim
