// The parts of which the grid and the families are made.
#include "fuzz/configuration.hpp"

#include <algorithm>
#include <utility>

#include "pool/api/assert.hpp"

namespace cmap::fuzz {
namespace {

using sim::ActorIndex;

/// Whether it fails is not known beforehand, and says nothing about what comes next.
struct MayFail {
  bool operator()(const sim::PeerCloses&) const { return true; }
  bool operator()(const sim::Cancel&) const { return true; }
  bool operator()(const sim::CheckInAgain&) const { return true; }
  bool operator()(const sim::CheckInForeign&) const { return true; }
  template <typename Other>
  bool operator()(const Other&) const {
    return false;
  }
};

}  // namespace

const char* fault_name(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "";
    case Fault::refused:
      return "refused";
    case Fault::hangs:
      return "hangs";
    case Fault::late:
      return "late";
    case Fault::not_authenticated:
      return "not-authenticated";
    case Fault::peer_closes:
      return "peer-closes";
    case Fault::refused_late:
      return "refused-late";
    case Fault::no_such_name:
      return "no-such-name";
  }
  return "?";
}

std::vector<Lifecycle> lifecycles(std::size_t longest) {
  const sim::Clear clear{};
  const sim::Clear interrupt{.interrupt_in_use_connections = true};
  const sim::Close close{};
  const sim::Ready ready{};
  std::vector<Lifecycle> all = {{"", {}},
                                {"clear", {clear}},
                                {"interrupt", {interrupt}},
                                {"close", {close}},
                                {"clear-ready", {clear, ready}},
                                {"interrupt-ready", {interrupt, ready}},
                                {"clear-close", {clear, close}},
                                {"close-ready", {close, ready}},
                                {"clear-ready-clear", {clear, ready, clear}},
                                {"interrupt-ready-interrupt", {interrupt, ready, interrupt}},
                                {"clear-ready-close", {clear, ready, close}},
                                {"clear-clear-ready", {clear, clear, ready}}};
  std::erase_if(all, [&](const Lifecycle& each) { return each.operations.size() > longest; });
  return all;
}

std::vector<Lifecycle> lifecycles(const std::vector<std::string>& names) {
  const std::vector<Lifecycle> all = lifecycles(3);
  std::vector<Lifecycle> some;
  for (const std::string& name : names) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Lifecycle& each) { return each.name == name; });
    CMAP_ASSERT(found != all.end());
    some.push_back(*found);
  }
  return some;
}

Configuration::Configuration(const std::string& kind, std::uint32_t threads,
                             std::uint32_t max_pool_size, const std::string& more) {
  scenario_.name = (kind.empty() ? "" : kind + ": ") + std::to_string(threads) + " threads, " +
                   std::to_string(max_pool_size) + " connections" + more + ":";
  scenario_.options.max_pool_size = max_pool_size;
  scenario_.options.background_interval = -moment;
}

void Configuration::say(const std::string& word) {
  if (!word.empty()) scenario_.name += " " + word;
}

sim::LabelIndex Configuration::add_label() {
  const auto label = static_cast<sim::LabelIndex>(scenario_.labels.size());
  scenario_.labels.push_back("connection" + std::to_string(label));
  return label;
}

sim::LabelIndex Configuration::add_client(const sim::CheckOut& check_out,
                                          const Operations& in_use) {
  sim::CheckOut labelled = check_out;
  if (!labelled.label) labelled.label = add_label();
  Operations operations = {labelled};
  operations.insert(operations.end(), in_use.begin(), in_use.end());
  operations.emplace_back(sim::CheckIn{*labelled.label});
  add_thread("client" + std::to_string(clients_++), operations);
  return *labelled.label;
}

void Configuration::add_patient_client(std::uint32_t check_outs) {
  Operations operations;
  for (std::uint32_t i = 0; i < check_outs; ++i) {
    const sim::LabelIndex label = add_label();
    operations.emplace_back(sim::CheckOut{.label = label});
    operations.emplace_back(sim::CheckIn{label});
  }
  add_thread("client" + std::to_string(clients_++), operations);
}

void Configuration::add_thread(const std::string& name, const Operations& operations) {
  const auto actor = static_cast<ActorIndex>(scenario_.actors.size());
  scenario_.actors.push_back(name);
  for (const sim::OperationBody& body : operations) {
    scenario_.operations.push_back(
        {.actor = actor, .body = body, .error_expected = std::visit(MayFail{}, body)});
  }
}

void Configuration::add_lifecycle(const Lifecycle& lifecycle) {
  say(lifecycle.name);
  if (!lifecycle.operations.empty()) add_thread("lifecycle", lifecycle.operations);
}

void Configuration::add_fault(Fault fault) {
  say(fault_name(fault));
  sim::PhaseScript phase{.phase = EstablishmentPhase::connect};
  switch (fault) {
    case Fault::none:
      return;
    case Fault::refused:
      phase.fault = NetworkFault::refused;
      break;
    case Fault::hangs:
      phase.hang = true;
      scenario_.options.establishment_timeout = 2 * moment;
      break;
    case Fault::late:
      phase.delay = moment;
      break;
    case Fault::not_authenticated:
      phase.phase = EstablishmentPhase::authenticate;
      phase.refused_credentials = true;
      scenario_.server.authentication = true;
      break;
    case Fault::peer_closes:
      add_thread("peer", {sim::PeerCloses{.connection = ConnectionId{1}}});
      return;
    case Fault::refused_late:
      phase.delay = moment;
      phase.fault = NetworkFault::refused;
      break;
    case Fault::no_such_name:
      phase.phase = EstablishmentPhase::resolve;
      phase.fault = NetworkFault::dns;
      break;
  }
  scenario_.server.establishments.push_back({.phases = {phase}});
}

sim::Scenario Configuration::scenario() {
  std::vector<sim::Operation> all = {{.actor = sim::main_actor, .body = sim::Ready{}}};
  for (ActorIndex actor = 1; actor < scenario_.actors.size(); ++actor) {
    all.push_back({.actor = sim::main_actor, .body = sim::Start{actor}});
  }
  all.insert(all.end(), scenario_.operations.begin(), scenario_.operations.end());
  for (ActorIndex actor = 1; actor < scenario_.actors.size(); ++actor) {
    all.push_back(
        {.actor = sim::main_actor, .body = sim::WaitForThread{actor}, .error_expected = true});
  }
  scenario_.operations = std::move(all);
  return std::move(scenario_);
}

}  // namespace cmap::fuzz
