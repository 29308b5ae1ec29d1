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

void ScenarioRun::stop() {
  const Twins nobody = options_.twins ? Twins{} : no_twins(scenario_);
  const Twins& twins = options_.twins ? *options_.twins : nobody;
  for (const Naming& naming : twins.namings) {
    trace_.stopped_at.push_back(state(twins, naming));
    if (!may_rename(twins)) break;
  }
}

/// Main only awaits whoever has not ended, or has ended itself.
bool ScenarioRun::may_rename(const Twins& twins) const {
  return twins.has_any() && actors_[main_actor]->operations.size() < twins.last_waits;
}

std::uint64_t ScenarioRun::state(const Twins& twins, const Naming& naming) const {
  const ScenarioTraits traits = skips_commuting_ ? traits_ : traits_of(scenario_);
  StateDigest digest(loop_.now(), traits.named_connection, traits.scripted_connection,
                     naming.names);
  visit_actors(twins, naming, digest);
  visit_labels(traits, naming, digest);
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
    StateDigest own(loop_.now(), ConnectionId::none, ConnectionId::none, {});
    CMAP_ASSERT(foreign.pool->visit_state(own));
    foreign.environment->visit_state(own);
    digest.word(own.value());
  }
}

/// Where main only awaits the others, those who have not ended say whom.
void ScenarioRun::visit_actor(const Actor& actor, const Twins& twins, StateDigest& digest) const {
  digest.choice(actor.state());
  const bool awaits_all = may_rename(twins);
  if (awaits_all && actor.state() == Actor::State::awaits_thread) return;
  digest.word(actor.operations.size());
  if (!actor.operations.empty()) digest.word(twins.places[actor.operations.front()]);
  digest.word(actor.begun > 0 ? 1 + std::uint64_t{twins.places[actor.current]} : 0);
  digest.error(actor.error);
  if (awaits_all) return;
  digest.word(actor.joiners.size());
  for (const Actor* joiner : actor.joiners) digest.actor(joiner->index());
}

void ScenarioRun::visit_actors(const Twins& twins, const Naming& naming,
                               StateDigest& digest) const {
  digest.flag(may_rename(twins));
  std::vector<const Actor*> awaiting;  // their operations end in the order in which they began
  for (const ActorIndex index : naming.actors) {
    const Actor& actor = *actors_[index];
    visit_actor(actor, twins, digest);
    if (actor.state() == Actor::State::awaits_pool) {
      digest.check_out(actor.check_out);
      awaiting.push_back(&actor);
    }
  }
  std::sort(awaiting.begin(), awaiting.end(),
            [](const Actor* a, const Actor* b) { return a->begun < b->begun; });
  for (const Actor* actor : awaiting) digest.actor(actor->index());
  for (const Actor* actor : event_waiters_) digest.actor(actor->index());
}

void ScenarioRun::visit_labels(const ScenarioTraits& traits, const Naming& naming,
                               StateDigest& digest) const {
  const auto matters = [&](const Label& label, Label::State state) {
    return label.state == state || traits.ended_labels_are_used;
  };
  for (const LabelIndex index : naming.labels) {
    const Label& label = labels_[index];
    digest.choice(label.state);
    if (matters(label, Label::State::held)) digest.connection(label.checked_out.connection);
    if (matters(label, Label::State::coming)) digest.check_out(label.number);
    digest.error(label.error);
    digest.flag(label.awaited_by != nullptr);
    if (label.awaited_by) digest.actor(label.awaited_by->index());
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
