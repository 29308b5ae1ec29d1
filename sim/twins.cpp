// Compares programs, with labels by their place in them.
#include "sim/twins.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "sim/scenario_traits.hpp"

namespace cmap::sim {
namespace {

constexpr std::size_t most_namings = 120;

/// The label that an operation is about, to be replaced; null: none.
struct LabelOf {
  LabelIndex* operator()(CheckOut& each) const { return each.label ? &*each.label : nullptr; }
  LabelIndex* operator()(CheckIn& each) const { return &each.connection; }
  LabelIndex* operator()(AwaitCheckOut& each) const { return &each.label; }
  LabelIndex* operator()(Cancel& each) const { return &each.label; }
  LabelIndex* operator()(CheckInAgain& each) const { return &each.connection; }
  LabelIndex* operator()(SetPurpose& each) const { return &each.connection; }
  LabelIndex* operator()(FailInUse& each) const { return &each.connection; }
  // One by one: whoever adds an operation has to think of its label.
  LabelIndex* operator()(Start&) const { return nullptr; }
  LabelIndex* operator()(Wait&) const { return nullptr; }
  LabelIndex* operator()(WaitForThread&) const { return nullptr; }
  LabelIndex* operator()(WaitForEvent&) const { return nullptr; }
  LabelIndex* operator()(Clear&) const { return nullptr; }
  LabelIndex* operator()(Close&) const { return nullptr; }
  LabelIndex* operator()(Ready&) const { return nullptr; }
  LabelIndex* operator()(CheckInForeign&) const { return nullptr; }
  LabelIndex* operator()(ClearService&) const { return nullptr; }
  LabelIndex* operator()(ResetAfterFork&) const { return nullptr; }
  LabelIndex* operator()(PeerCloses&) const { return nullptr; }
  LabelIndex* operator()(SetFailPoint&) const { return nullptr; }
  LabelIndex* operator()(ExpectState&) const { return nullptr; }
};

bool is_last_wait(const Operation& operation) {
  return operation.actor == main_actor && operation.error_expected &&
         std::holds_alternative<WaitForThread>(operation.body);
}

/// Where the last operations begin that do nothing but wait.
std::size_t begin_of_last_waits(const std::vector<Operation>& operations) {
  const auto last = std::find_if_not(operations.rbegin(), operations.rend(), is_last_wait);
  return static_cast<std::size_t>(operations.rend() - last);
}

class Programs {
 public:
  Programs(const Scenario& scenario, std::size_t last_waits_begin)
      : programs_(scenario.actors.size()) {
    for (std::size_t index = 0; index < last_waits_begin; ++index) add(scenario.operations[index]);
    for (std::size_t index = last_waits_begin; index < scenario.operations.size(); ++index) {
      ++programs_[std::get<WaitForThread>(scenario.operations[index].body).target].last_waits;
    }
  }

  [[nodiscard]] bool are_twins(ActorIndex a, ActorIndex b) const {
    return programs_[a] == programs_[b] && !shared_.contains(a) && !shared_.contains(b);
  }
  /// In the order in which its operations name them.
  [[nodiscard]] const std::vector<LabelIndex>& labels(ActorIndex actor) const {
    return programs_[actor].labels.own;
  }

 private:
  struct Labels {
    std::vector<LabelIndex> own;
    /// Which ones these are does not count.
    bool operator==(const Labels& other) const { return own.size() == other.own.size(); }
  };
  struct Program {
    std::vector<Operation> operations;  ///< all as if main's, with labels by their place
    Labels labels;
    std::size_t last_waits = 0;  ///< for it
    bool operator==(const Program&) const = default;
  };

  void add(Operation operation) {
    const ActorIndex actor = std::exchange(operation.actor, main_actor);
    Program& program = programs_[actor];
    if (LabelIndex* const label = std::visit(LabelOf{}, operation.body)) {
      const ActorIndex owner = owners_.emplace(*label, actor).first->second;
      if (owner != actor) shared_.insert({owner, actor});
      auto& own = program.labels.own;
      const auto known = std::find(own.begin(), own.end(), *label);
      const auto place = static_cast<LabelIndex>(known - own.begin());
      if (known == own.end()) own.push_back(*label);
      *label = place;
    }
    program.operations.push_back(std::move(operation));
  }

  std::vector<Program> programs_;
  std::map<LabelIndex, ActorIndex> owners_;
  std::set<ActorIndex> shared_;  ///< who use a label of somebody else's, or share one of theirs
};

using Kind = std::vector<ActorIndex>;

std::vector<Kind> kinds_of(const Programs& programs, std::size_t actors) {
  std::vector<Kind> kinds;
  for (ActorIndex actor = main_actor + 1; actor < actors; ++actor) {
    const auto known = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) {
      return programs.are_twins(kind.front(), actor);
    });
    if (known != kinds.end()) {
      known->push_back(actor);
    } else {
      kinds.push_back({actor});
    }
  }
  return kinds;
}

/// With everything that was permuted before. Of too many of a kind, the last ones are left alone.
void permute(Kind kind, std::vector<Naming>& namings) {
  const std::size_t before = namings.size();
  std::size_t all = before;
  std::size_t size = 1;
  while (size < kind.size() && all * (size + 1) <= most_namings) all *= ++size;
  kind.resize(size);
  Kind order = kind;
  while (std::next_permutation(order.begin(), order.end())) {
    for (std::size_t i = 0; i < before; ++i) {
      Naming naming = namings[i];
      for (std::size_t place = 0; place < size; ++place) naming.actors[kind[place]] = order[place];
      namings.push_back(std::move(naming));
    }
  }
}

/// What follows from who has which name.
void complete(Naming& naming, const Programs& programs) {
  for (ActorIndex name = main_actor; name < naming.actors.size(); ++name) {
    const ActorIndex actor = naming.actors[name];
    naming.names[actor] = name;
    if (name == actor) continue;
    const auto& places = programs.labels(name);
    const auto& labels = programs.labels(actor);
    for (std::size_t i = 0; i < places.size(); ++i) naming.labels[places[i]] = labels[i];
  }
}

Naming own_names(const Scenario& scenario) {
  Naming naming;
  naming.names.resize(scenario.actors.size());
  std::iota(naming.names.begin(), naming.names.end(), main_actor);
  naming.actors = naming.names;
  naming.labels.resize(scenario.labels.size());
  std::iota(naming.labels.begin(), naming.labels.end(), LabelIndex{0});
  return naming;
}

}  // namespace

Twins no_twins(const Scenario& scenario) {
  Twins twins{.namings = {own_names(scenario)}, .last_waits = 0, .places = {}};
  std::vector<std::uint32_t> counts(scenario.actors.size());
  for (const Operation& operation : scenario.operations) {
    twins.places.push_back(counts[operation.actor]++);
  }
  return twins;
}

Twins twins_of(const Scenario& scenario) {
  Twins twins = no_twins(scenario);
  if (!scenario.listener_actions.empty() || !traits_of(scenario).main_joins) return twins;
  const std::size_t begin = begin_of_last_waits(scenario.operations);
  twins.last_waits = scenario.operations.size() - begin;
  if (twins.last_waits == 0) return twins;
  const Programs programs(scenario, begin);
  for (const Kind& kind : kinds_of(programs, scenario.actors.size())) permute(kind, twins.namings);
  for (Naming& naming : twins.namings) complete(naming, programs);
  return twins;
}

}  // namespace cmap::sim
