// The one place that makes sockets for replays.
#include "tools/cmap/worlds.hpp"

#include <memory>
#include <utility>

#include "sim/real/socket_world.hpp"
#include "spec-tests/problem.hpp"
#include "tools/cmap/commands.hpp"

namespace cmap::tools {
namespace {

World socket_world(const std::string& name) {
  // Made when it is first needed: not for --list.
  const auto world = std::make_shared<std::unique_ptr<sim::SocketWorld>>();
  const sim::SocketWorld::Options options{.tls = name == "tls"};
  return {.name = name,
          .run =
              [world, options](const sim::Scenario& scenario, const sim::PoolFactory& factory,
                               sim::ChoiceSource& choices, const sim::RunOptions& run) {
                if (!*world) *world = std::make_unique<sim::SocketWorld>(options);
                return (*world)->run(scenario, factory, choices, run);
              },
          .is_simulated = false};
}

void forbid_the_impossible(spec_tests::RunnerOptions& runner, const World& world) {
  if (!world.is_simulated) runner.impossible = sim::SocketWorld::only_simulated;
}

}  // namespace

World world_named(const std::string& option, const std::string& name) {
  if (name == "sim") return {.name = name, .run = sim::run};
  if (name == "tcp" || name == "tls") return socket_world(name);
  throw BadUse(option + ' ' + spec_tests::in_quotes(name) + ": expected sim, tcp or tls",
               "sim is the simulated world; tcp and tls are real sockets on this machine");
}

void run_on(spec_tests::RunnerOptions& runner, const std::string& name) {
  World world = world_named("--on", name);
  forbid_the_impossible(runner, world);
  runner.is_real = !world.is_simulated;
  runner.world = std::move(world.run);
}

void run_and_compare(spec_tests::RunnerOptions& runner, const std::string& names) {
  const std::size_t comma = names.find(',');
  if (comma == std::string::npos) {
    throw BadUse("--compare " + spec_tests::in_quotes(names) + ": expected two worlds",
                 "for example: --compare sim,tcp");
  }
  World first = world_named("--compare", names.substr(0, comma));
  World second = world_named("--compare", names.substr(comma + 1));
  forbid_the_impossible(runner, first);
  forbid_the_impossible(runner, second);
  runner.is_real = !second.is_simulated;
  runner.compared_world = std::move(first.run);
  runner.world = std::move(second.run);
}

}  // namespace cmap::tools
