// The command `cmap monitor`: its options, what they may be, its help.
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "spec-tests/problem.hpp"
#include "tools/cmap/arguments.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/monitor_run.hpp"

namespace cmap::tools {
namespace {

constexpr const char* monitor_about = "Watch the pools of a deployment: every event as it happens";

constexpr const char* monitor_details = R"(
Connects to all servers that the connection string leads to, sends a ping until one answers it, and
prints every event of their pools until Ctrl-C; then it closes in order, and prints the closing
events, too. What becomes of the servers is said on standard error, once for every change.

The formats: node, as the Node.js driver prints events; json, the lines of cmap replay --events; log
and log-json, the log messages of the specification for pools, topology and server selection, as
text and as JSON. Their levels are those of MONGODB_LOG_CONNECTION, MONGODB_LOG_TOPOLOGY and
MONGODB_LOG_SERVER_SELECTION, or else MONGODB_LOG_ALL (default here: debug); text goes to where
MONGODB_LOG_PATH says (default here: standard output), JSON always to standard output.

Examples:
  cmap serve --replica-set rs --ports 31000,31001,31002 &
  cmap monitor 'mongodb://127.0.0.1:31000/?replicaSet=rs'
  cmap monitor --workload 20 --stats 'mongodb://127.0.0.1:31000/?replicaSet=rs&maxPoolSize=10'
  cmap monitor --for 10s --format json URI | jq -c 'select(.type | endswith("Cleared"))'
  cmap monitor --format json URI | cmap judge -

Exit status: 0 a connection was established; 1 none was; 2 wrong use, or
output that cannot be written.)";

/// The command line as it was written.
struct MonitorArguments {
  std::string uri;
  std::string format = "node";
  std::optional<std::string> workload, time;
  bool stats = false;
};

void add_monitor_options(CLI::App& command, MonitorArguments& arguments) {
  command.add_option("URI", arguments.uri, "mongodb://HOST:PORT,.../?OPTION=VALUE&...")
      ->type_name("")
      ->required();
  command.add_option("--format", arguments.format, "node (default), json, log or log-json")
      ->type_name("FORMAT");
  command
      .add_option("--workload", arguments.workload,
                  "so many pings at the same time, again and again")
      ->type_name("N");
  command.add_flag("--stats", arguments.stats,
                   "instead of events a table of all servers: each second on a\n"
                   "terminal, as far as it has room, and all of it at the end");
  command.add_option("--for", arguments.time, "end after so long")->type_name("TIME");
}

EventFormat format_of(const std::string& name) {
  if (name == "node") return EventFormat::node;
  if (name == "json") return EventFormat::json;
  if (name == "log") return EventFormat::log;
  if (name == "log-json") return EventFormat::log_json;
  throw BadUse(unexpected("--format", name, "node, json, log or log-json"));
}

ConnectionString connection_of(const std::string& uri, Console& console) {
  const auto parsed = parse_connection_string(uri);
  const std::string shown = spec_tests::printable(without_password(uri));
  if (!parsed) throw BadUse(shown + ": " + spec_tests::printable(parsed.error()));
  for (const std::string& warning : parsed->warnings) {
    console.warn("warning: " + spec_tests::printable(warning) + '\n');
  }
  for (const std::string& note : parsed->notes) {
    console.warn("note: " + spec_tests::printable(note) + '\n');
  }
  return *parsed;
}

MonitorCommand checked_monitor(const MonitorArguments& arguments, Console& console) {
  constexpr std::uint64_t most_workload = 10'000;
  MonitorCommand options{.format = format_of(arguments.format), .stats = arguments.stats};
  if (arguments.workload) {
    options.workload = integer_of("--workload", *arguments.workload, 1);
    if (options.workload > most_workload) {
      throw BadUse(unexpected("--workload", *arguments.workload, "an integer from 1 to 10000"));
    }
  }
  if (arguments.time) options.time = time_of("--for", *arguments.time);
  if (options.stats && arguments.format != "node") {
    throw BadUse("--stats and --format exclude each other", "the table has one form only");
  }
  options.connection = connection_of(arguments.uri, console);
  return options;
}

}  // namespace

Command add_monitor(CLI::App& program) {
  CLI::App* command = program.add_subcommand("monitor", monitor_about);
  command->footer(monitor_details);
  const auto arguments = std::make_shared<MonitorArguments>();
  add_monitor_options(*command, *arguments);
  return {command, [arguments](Console& console) {
            return monitor(checked_monitor(*arguments, console), console);
          }};
}

}  // namespace cmap::tools
