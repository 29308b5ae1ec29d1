// The one place that makes sockets for replays.
#include "tools/cmap/worlds.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "pool/client/connection_string.hpp"
#include "sim/real/deployment.hpp"
#include "sim/real/loopback_peers.hpp"
#include "sim/real/served_client_world.hpp"
#include "sim/real/socket_world.hpp"
#include "sim/real/steady_world.hpp"
#include "spec-tests/problem.hpp"
#include "tools/cmap/commands.hpp"

namespace cmap::tools {
namespace {

using spec_tests::RunnerOptions;
using spec_tests::ScenarioFile;
using Reason = std::optional<std::string>;

/// So many scenarios at a time: on the steady clock they mostly wait.
constexpr std::size_t steady_scenarios_at_once = 8;

struct World {
  RunnerOptions::World run;
  bool is_simulated = true;
};

World socket_world(bool tls) {
  // Made when it is first needed: not for --list.
  const auto world = std::make_shared<std::unique_ptr<sim::SocketWorld>>();
  const sim::SocketWorld::Options options{.tls = tls};
  return {.run =
              [world, options](const sim::Scenario& scenario, const sim::PoolFactory& factory,
                               sim::ChoiceSource& choices, const sim::RunOptions& run) {
                if (!*world) *world = std::make_unique<sim::SocketWorld>(options);
                return (*world)->run(scenario, factory, choices, run);
              },
          .is_simulated = false};
}

World world_named(const std::string& option, const std::string& name) {
  if (name == "sim") return {.run = sim::run};
  if (name == "tcp" || name == "tls") return socket_world(name == "tls");
  const bool is_on = option == "--on";
  throw BadUse(option + ' ' + spec_tests::in_quotes(without_password(name)) +
                   ": expected sim, tcp" + (is_on ? ", tls or a connection string" : " or tls"),
               std::string("sim is the simulated world; tcp and tls are real sockets on this "
                           "machine") +
                   (is_on ? "; mongodb://HOST:PORT/ is a running deployment" : ""));
}

Reason with_prefix(const char* prefix, Reason reason) {
  if (reason) reason->insert(0, prefix);
  return reason;
}

void forbid_the_impossible(RunnerOptions& runner, const World& world) {
  if (world.is_simulated) return;
  runner.impossible = [](const ScenarioFile& file) {
    return with_prefix("only the simulation can make ",
                       sim::SocketWorld::only_simulated(file.scenario));
  };
}

/// `peers` owns what the peers need.
void run_steadily(ReplayOptions& options, sim::SteadyPeerFactory peers) {
  const sim::SteadyWorld world({.peers = std::move(peers)});
  RunnerOptions& runner = options.runner;
  runner.is_steady = true;
  runner.is_real = true;
  runner.world = [world](const sim::Scenario& scenario, const sim::PoolFactory& factory,
                         sim::ChoiceSource&,
                         const sim::RunOptions& run) { return world.run(scenario, factory, run); };
  runner.impossible = [](const ScenarioFile& file) {
    return with_prefix("needs the virtual clock: ", sim::SteadyWorld::only_virtual(file.scenario));
  };
}

/// Cases that need a world: always with a server inside, and on the steady clock.
void run_clients_on_sockets(ReplayOptions& options, bool tls) {
  options.client_worlds = std::make_shared<sim::ServedClientWorlds>(tls);
  options.cases_at_once = steady_scenarios_at_once;
}

std::shared_ptr<sim::Deployment> connected(const ConnectionString& connection_string) {
  try {
    return std::make_shared<sim::Deployment>(connection_string);
  } catch (const sim::DeploymentError& error) {
    throw BadUse(spec_tests::printable(error.what()), "to have a server at hand: cmap serve");
  } catch (const std::exception& error) {
    // An option that cannot be used, such as a CA file that is not there.
    throw BadUse(spec_tests::printable(error.what()));
  }
}

}  // namespace

void run_on(ReplayOptions& options, const std::string& name) {
  World world = world_named("--on", name);
  options.world = name;
  forbid_the_impossible(options.runner, world);
  options.runner.is_real = !world.is_simulated;
  options.runner.world = std::move(world.run);
  if (!world.is_simulated) run_clients_on_sockets(options, name == "tls");
}

void run_and_compare(ReplayOptions& options, const std::string& names) {
  const std::size_t comma = names.find(',');
  if (comma == std::string::npos) {
    throw BadUse("--compare " + spec_tests::in_quotes(names) + ": expected two worlds",
                 "for example: --compare sim,tcp");
  }
  World first = world_named("--compare", names.substr(0, comma));
  World second = world_named("--compare", names.substr(comma + 1));
  RunnerOptions& runner = options.runner;
  forbid_the_impossible(runner, first);
  forbid_the_impossible(runner, second);
  runner.is_real = !second.is_simulated;
  runner.compared_world = std::move(first.run);
  runner.world = std::move(second.run);
  options.compare = names;
  options.world = names.substr(comma + 1);
}

RealWorld real_world(const std::string& option, const std::string& name) {
  if (name != "tcp" && name != "tls") {
    throw BadUse(option + ' ' + spec_tests::in_quotes(name) + ": expected sim, tcp or tls");
  }
  return {.run = socket_world(name == "tls").run, .impossible = sim::SocketWorld::only_simulated};
}

void run_steadily_on(ReplayOptions& options, const std::string& name) {
  if (name == "sim") {
    throw BadUse("--clock steady is for real sockets, and the world is sim",
                 "for example: --on tcp --clock steady");
  }
  const World is_known = world_named("--on", name);
  static_cast<void>(is_known);
  const auto peers = std::make_shared<sim::LoopbackPeers>(name == "tls");
  run_steadily(options, [peers](const sim::Scenario& scenario) { return peers->make(scenario); });
  run_clients_on_sockets(options, name == "tls");
  options.world = name;
  options.at_once = steady_scenarios_at_once;
}

bool names_deployment(const std::string& world) { return world.starts_with("mongodb"); }

void run_on_deployment(ReplayOptions& options, const std::string& text, Console& console) {
  const auto parsed = parse_connection_string(text);
  const std::string shown = without_password(text);
  if (!parsed) throw BadUse("--on " + shell_word(shown) + ": " + parsed.error());
  for (const std::string& warning : parsed->warnings) {
    console.warn("warning: " + spec_tests::printable(warning) + '\n');
  }
  for (const std::string& note : parsed->notes) {
    console.warn("note: " + spec_tests::printable(note) + '\n');
  }
  options.world = shown;
  options.integration_only = true;
  if (options.list) return;
  const auto deployment = connected(*parsed);
  options.runner.server = deployment->facts();
  run_steadily(options, [deployment](const sim::Scenario&) { return deployment->make_peer(); });
}

}  // namespace cmap::tools
