// Looks through all operations.
#include "sim/scenario_traits.hpp"

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

namespace cmap::sim {
namespace {

class Look {
 public:
  explicit Look(const Scenario& scenario) : owners_(scenario.labels.size()) {
    traits_.listener_acts = !scenario.listener_actions.empty();
    traits_.main_joins = true;
    traits_.labels_are_private = true;
    const auto& scripts = scenario.server.establishments;
    traits_.transports_are_private =
        std::all_of(scripts.begin(), scripts.end(), [](const EstablishmentScript& script) {
          return script.answer_inline == EstablishmentScript::Inline::no;
        });
    traits_.scripted_connection = static_cast<ConnectionId>(scripts.size());
    for (const ListenerAction& action : scenario.listener_actions) {
      count(action.event, action.occurrence);
      traits_.ended_labels_are_used = true;  // whatever it does
    }
    for (const Operation& operation : scenario.operations) {
      actor_ = operation.actor;
      std::visit(*this, operation.body);
    }
  }

  [[nodiscard]] const ScenarioTraits& traits() const { return traits_; }

  void operator()(const Start&) { joins(); }
  void operator()(const WaitForThread&) { joins(); }
  void operator()(const WaitForEvent& wait) { count(wait.event, wait.count); }
  void operator()(const CheckOut& check_out) {
    if (!check_out.label) return;
    use(*check_out.label);
    if (check_out.in_background) traits_.labels_are_private = false;
  }
  void operator()(const CheckIn& check_in) { use(check_in.connection); }
  void operator()(const AwaitCheckOut& await) { use(await.label); }
  void operator()(const CheckInAgain& check_in) {
    use(check_in.connection);
    traits_.ended_labels_are_used = true;
  }
  void operator()(const SetPurpose& set) { use(set.connection); }
  void operator()(const FailInUse& fail) { use(fail.connection); }
  void operator()(const PeerCloses& closes) {
    traits_.transports_are_private = false;
    traits_.named_connection = std::max(traits_.named_connection, closes.connection);
  }
  void operator()(const SetFailPoint&) { traits_.transports_are_private = false; }
  void operator()(const ExpectState&) { traits_.transports_are_private = false; }
  void operator()(const Wait&) {}
  void operator()(const Clear&) {}
  void operator()(const Close&) {}
  void operator()(const Ready&) {}
  void operator()(const Cancel&) { traits_.ended_labels_are_used = true; }
  void operator()(const CheckInForeign&) {}
  void operator()(const ClearService&) {}
  void operator()(const ResetAfterFork&) {}

 private:
  void joins() {
    if (actor_ != main_actor) traits_.main_joins = false;
  }
  void use(LabelIndex label) {
    auto& owner = owners_[label];
    if (owner && *owner != actor_) traits_.labels_are_private = false;
    owner = actor_;
  }
  void count(EventType event, std::int64_t occurrence) {
    auto& most = traits_.counted_events[static_cast<std::size_t>(event)];
    most = std::max(most, occurrence);
  }

  ScenarioTraits traits_;
  ActorIndex actor_ = main_actor;
  std::vector<std::optional<ActorIndex>> owners_;
};

}  // namespace

ScenarioTraits traits_of(const Scenario& scenario) { return Look(scenario).traits(); }

}  // namespace cmap::sim
