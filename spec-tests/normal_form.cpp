// Renumbers names, and leaves out what has no effect.
#include "spec-tests/normal_form.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cmap::spec_tests {
namespace {

/// New numbers in the order in which the old ones are mentioned.
class Numbering {
 public:
  explicit Numbering(std::vector<std::string> names)
      : names_(std::move(names)), new_of_(names_.size()) {}

  void mention(std::uint32_t& number) {
    auto& found = new_of_.at(number);
    if (!found) {
      found = static_cast<std::uint32_t>(order_.size());
      order_.push_back(number);
    }
    number = *found;
  }
  /// As it was mentioned, or as it was.
  void renumber(std::uint32_t& number) const {
    if (number < new_of_.size()) number = new_of_[number].value_or(number);
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const std::uint32_t old : order_) names.push_back(names_[old]);
    return names;
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::optional<std::uint32_t>> new_of_;  ///< by old number
  std::vector<std::uint32_t> order_;                  ///< old numbers, by new one
};

/// Mentions what an operation names.
struct Mention {
  Numbering actors;
  Numbering labels;

  void operator()(sim::Start& operation) { actors.mention(operation.target); }
  void operator()(sim::WaitForThread& operation) { actors.mention(operation.target); }
  void operator()(sim::CheckOut& operation) {
    if (operation.label) labels.mention(*operation.label);
  }
  void operator()(sim::CheckIn& operation) { labels.mention(operation.connection); }
  void operator()(sim::AwaitCheckOut& operation) { labels.mention(operation.label); }
  void operator()(sim::Cancel& operation) { labels.mention(operation.label); }
  void operator()(sim::CheckInAgain& operation) { labels.mention(operation.connection); }
  void operator()(sim::SetPurpose& operation) { labels.mention(operation.connection); }
  void operator()(sim::FailInUse& operation) { labels.mention(operation.connection); }
  void operator()(sim::Wait&) {}
  void operator()(sim::WaitForEvent&) {}
  void operator()(sim::Clear&) {}
  void operator()(sim::Close&) {}
  void operator()(sim::Ready&) {}
  void operator()(sim::CheckInForeign&) {}
  void operator()(sim::ClearService&) {}
  void operator()(sim::ResetAfterFork&) {}
  void operator()(sim::PeerCloses&) {}
  void operator()(sim::SetFailPoint&) {}
  void operator()(sim::ExpectState&) {}
};

void simplify(sim::FailPoint& fail_point) {
  using Mode = sim::FailPoint::Mode;
  const bool counts = fail_point.mode == Mode::times || fail_point.mode == Mode::skip;
  if (!counts) fail_point.count = 0;
}

void simplify(sim::EstablishmentScript& script, const sim::ServerSetup& server) {
  auto& phases = script.phases;
  std::erase_if(phases, [&](const sim::PhaseScript& script_of_phase) {
    const EstablishmentPhase phase = script_of_phase.phase;
    return (phase == EstablishmentPhase::tls && !server.tls) ||
           (phase == EstablishmentPhase::authenticate && !server.authentication);
  });
  std::ranges::stable_sort(phases, {}, &sim::PhaseScript::phase);
  const auto same_phase = [](const sim::PhaseScript& x, const sim::PhaseScript& y) {
    return x.phase == y.phase;
  };
  // Of several the first one counts.
  phases.erase(std::unique(phases.begin(), phases.end(), same_phase), phases.end());
}

void simplify(sim::ServerSetup& server) {
  auto& fail_points = server.fail_points;
  if (fail_points.size() > 1) fail_points.erase(fail_points.begin(), fail_points.end() - 1);
  for (sim::FailPoint& fail_point : fail_points) simplify(fail_point);
  for (sim::EstablishmentScript& script : server.establishments) simplify(script, server);
}

void simplify(sim::ListenerAction& action) {
  using What = sim::ListenerAction::What;
  if (action.what != What::operate) action.operation = sim::Ready{};
  if (action.what != What::spend_time) action.time = {};
  if (auto* check_out = std::get_if<sim::CheckOut>(&action.operation)) {
    check_out->in_background = true;  // a listener never waits
  }
}

/// These end well, or end the run.
bool cannot_fail(const sim::OperationBody& body) {
  if (const auto* check_out = std::get_if<sim::CheckOut>(&body)) return check_out->in_background;
  return std::holds_alternative<sim::Start>(body) || std::holds_alternative<sim::Wait>(body) ||
         std::holds_alternative<sim::WaitForEvent>(body) ||
         std::holds_alternative<sim::SetFailPoint>(body) ||
         std::holds_alternative<sim::ExpectState>(body);
}

/// A permission to fail stays where something is said about the error.
void simplify_errors(ScenarioFile& file) {
  auto& operations = file.scenario.operations;
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    const bool is_stated = std::ranges::any_of(
        file.operation_errors,
        [i](const OperationExpectation& expectation) { return expectation.operation == i; });
    if (!is_stated && cannot_fail(operations[i].body)) operations[i].error_expected = false;
  }
}

void simplify(sim::Scenario& scenario) {
  simplify(scenario.server);
  for (sim::ListenerAction& action : scenario.listener_actions) simplify(action);
  for (sim::Operation& operation : scenario.operations) {
    auto* const set = std::get_if<sim::SetFailPoint>(&operation.body);
    if (set != nullptr) simplify(set->fail_point);
  }
}

void renumber(ScenarioFile& file) {
  sim::Scenario& scenario = file.scenario;
  Mention mention{Numbering(scenario.actors), Numbering(scenario.labels)};
  sim::ActorIndex main = sim::main_actor;
  mention.actors.mention(main);
  for (sim::Operation& operation : scenario.operations) {
    std::visit(mention, operation.body);
    mention.actors.mention(operation.actor);
  }
  for (sim::ListenerAction& action : scenario.listener_actions) {
    std::visit(mention, action.operation);
  }
  scenario.actors = mention.actors.names();
  scenario.labels = mention.labels.names();
  for (ThreadExpectation& expectation : file.thread_ends) {
    mention.actors.renumber(expectation.actor);
  }
  if (!file.schedule) return;
  for (sim::RecordedChoice& choice : *file.schedule) {
    const sim::ActionKind action = choice.option.action;
    if (action == sim::ActionKind::operate || action == sim::ActionKind::wake) {
      mention.actors.renumber(choice.option.subject);
    }
  }
}

}  // namespace

ScenarioFile normal_form(ScenarioFile file) {
  simplify(file.scenario);
  simplify_errors(file);
  renumber(file);
  if (file.schedule) file.scenario.needs_virtual_clock = true;  // in real time nobody chooses
  return file;
}

}  // namespace cmap::spec_tests
