// The worlds that `cmap replay` can run scenarios in, by their names on the command line.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "spec-tests/runner.hpp"
#include "tools/cmap/console.hpp"
#include "tools/cmap/replay_options.hpp"

namespace cmap::tools {

/// Each throws BadUse for a name that is no world. What a real world needs (servers, connections)
/// lives as long as `options`.

/// On the virtual clock: "sim", "tcp" or "tls".
void run_on(ReplayOptions& options, const std::string& world);
/// In the second of "first,second", compared with the first.
void run_and_compare(ReplayOptions& options, const std::string& worlds);

/// A world of real sockets, "tcp" or "tls", and why it cannot make a scenario. For one thread.
/// `option`: of the command line, for the complaint.
struct RealWorld {
  spec_tests::RunnerOptions::World run;
  std::function<std::optional<std::string>(const sim::Scenario&)> impossible;
};
RealWorld real_world(const std::string& option, const std::string& name);

/// On the steady clock, with a server inside: "tcp" or "tls".
void run_steadily_on(ReplayOptions& options, const std::string& world);
/// On the steady clock, against a running deployment, which is connected to unless it is only to
/// be listed what would run. Warnings go to `console`.
void run_on_deployment(ReplayOptions& options, const std::string& connection_string,
                       Console& console);
/// Whether it says mongodb://, or seems to mean it.
bool names_deployment(const std::string& world);

}  // namespace cmap::tools
