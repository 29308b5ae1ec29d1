// Puts the configurations together.
#include "fuzz/grid.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace cmap::fuzz {
namespace {

using sim::ActorIndex;
using sim::OperationBody;
using std::chrono::milliseconds;

// In one instant with each other, so that either can come first.
constexpr Duration delay_when_late = milliseconds(50);
constexpr Duration wait_queue_timeout = delay_when_late;
constexpr Duration establishment_timeout = 2 * delay_when_late;
constexpr Duration max_idle_time = milliseconds(10);

enum class Fault : std::uint8_t { none, refused, hangs, late, not_authenticated, peer_closes };
constexpr std::array all_faults = {Fault::none, Fault::refused,           Fault::hangs,
                                   Fault::late, Fault::not_authenticated, Fault::peer_closes};

struct Lifecycle {
  const char* name;
  std::vector<OperationBody> operations;
};

/// The short ones first.
std::vector<Lifecycle> lifecycles(std::size_t longest) {
  const sim::Clear clear{};
  const sim::Clear interrupt{.interrupt_in_use_connections = true};
  const sim::Close close{};
  const sim::Ready ready{};
  std::vector<Lifecycle> all = {{"", {}},
                                {" clear", {clear}},
                                {" interrupt", {interrupt}},
                                {" close", {close}},
                                {" clear-ready", {clear, ready}},
                                {" interrupt-ready", {interrupt, ready}},
                                {" clear-close", {clear, close}},
                                {" close-ready", {close, ready}},
                                {" clear-ready-clear", {clear, ready, clear}},
                                {" interrupt-ready-interrupt", {interrupt, ready, interrupt}},
                                {" clear-ready-close", {clear, ready, close}},
                                {" clear-clear-ready", {clear, clear, ready}}};
  std::erase_if(all, [&](const Lifecycle& each) { return each.operations.size() > longest; });
  return all;
}

const char* fault_suffix(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "";
    case Fault::refused:
      return " refused";
    case Fault::hangs:
      return " hangs";
    case Fault::late:
      return " late";
    case Fault::not_authenticated:
      return " not-authenticated";
    case Fault::peer_closes:
      return " peer-closes";
  }
  return "?";
}

class Configuration {
 public:
  Configuration(std::uint32_t threads, std::uint32_t max_pool_size, bool has_options) {
    scenario_.name = std::to_string(threads) + " threads, " + std::to_string(max_pool_size) +
                     " connections" + (has_options ? ", options" : "") + ":";
    PoolOptions& options = scenario_.options;
    options.max_pool_size = max_pool_size;
    options.background_interval = -delay_when_late;
    if (!has_options) return;
    options.background_interval.reset();
    options.min_pool_size = 1;
    options.max_connecting = 1;
    options.wait_queue_timeout = wait_queue_timeout;
    options.max_idle_time = max_idle_time;
  }

  void add_fault(Fault fault) {
    scenario_.name += fault_suffix(fault);
    sim::PhaseScript phase{.phase = EstablishmentPhase::connect};
    switch (fault) {
      case Fault::none:
        return;
      case Fault::refused:
        phase.fault = NetworkFault::refused;
        break;
      case Fault::hangs:
        phase.hang = true;
        scenario_.options.establishment_timeout = establishment_timeout;
        break;
      case Fault::late:
        phase.delay = delay_when_late;
        break;
      case Fault::not_authenticated:
        phase.phase = EstablishmentPhase::authenticate;
        phase.refused_credentials = true;
        scenario_.server.authentication = true;
        break;
      case Fault::peer_closes:
        add_thread("peer", {sim::PeerCloses{.connection = ConnectionId{1}}}, true);
        return;
    }
    scenario_.server.establishments.push_back({.phases = {phase}});
  }

  void add_lifecycle(const Lifecycle& lifecycle) {
    scenario_.name += lifecycle.name;
    if (!lifecycle.operations.empty()) add_thread("lifecycle", lifecycle.operations);
  }

  void add_client(std::uint32_t check_outs) {
    const std::string number = std::to_string(clients_++);
    std::vector<OperationBody> operations;
    for (std::uint32_t i = 0; i < check_outs; ++i) {
      const auto label = static_cast<sim::LabelIndex>(scenario_.labels.size());
      scenario_.labels.push_back("connection" + std::to_string(label));
      operations.emplace_back(sim::CheckOut{.label = label});
      operations.emplace_back(sim::CheckIn{label});
    }
    add_thread("client" + number, operations);
  }

  /// Main makes the pool ready, lets the others go and waits for them, whatever comes of them.
  sim::Scenario scenario() {
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

 private:
  void add_thread(std::string name, const std::vector<OperationBody>& operations,
                  bool error_expected = false) {
    const auto actor = static_cast<ActorIndex>(scenario_.actors.size());
    scenario_.actors.push_back(std::move(name));
    for (const OperationBody& body : operations) {
      scenario_.operations.push_back(
          {.actor = actor, .body = body, .error_expected = error_expected});
    }
  }

  sim::Scenario scenario_;
  std::uint32_t clients_ = 1;
};

}  // namespace

std::vector<sim::Scenario> grid(const GridSize& size) {
  std::vector<sim::Scenario> all;
  const std::size_t faults = size.faults ? all_faults.size() : 1;
  for (std::uint32_t threads = 1; threads <= size.threads; ++threads) {
    for (std::uint32_t pool = 1; pool <= std::min(size.max_pool_size, threads); ++pool) {
      for (const Lifecycle& lifecycle : lifecycles(size.lifecycle)) {
        for (std::size_t fault = 0; fault < faults; ++fault) {
          for (const bool has_options : {false, true}) {
            Configuration configuration(threads, pool, has_options);
            for (std::uint32_t i = 0; i < threads; ++i) configuration.add_client(size.check_outs);
            configuration.add_lifecycle(lifecycle);
            configuration.add_fault(all_faults.at(fault));
            all.push_back(configuration.scenario());
          }
        }
      }
    }
  }
  return all;
}

}  // namespace cmap::fuzz
