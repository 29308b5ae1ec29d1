// The command `cmap replay`: its options, what they may be, its help.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "sim/world.hpp"
#include "spec-tests/problem.hpp"
#include "tools/cmap/arguments.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/replay_run.hpp"
#include "tools/cmap/worlds.hpp"

namespace cmap::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* replay_about = "Run scenarios and compare every event";

constexpr const char* replay_details = R"(
PATH is a .yml, .yaml or .json file in cmap-format, or a folder with everything below it. Without a
PATH: the scenarios that are compiled in, and the official ones of a checkout of the specifications.
Files of uri-options, connection-string, auth, server-selection and server-discovery-and-monitoring
are understood as well: each of their tests is a case, which needs no pool and is the same in every
world. So is each test of the unified test format, for each topology: it runs a client, in
simulation or, with --on tcp or tls, in real time against a server inside. And so are the files that
cmap fuzz --client saves. What fails shows what its clients did last; --events shows all of it, the
events of monitors and topologies included, and what was done to them as lines with "happening".

Words for people go to standard output. With --json, --events - or --log=json that is for machines,
and words go to standard error; scenarios that pass are then not listed, but with --verbose.

Examples:
  cmap replay                                  all scenarios that are compiled in
  cmap replay --specifications ~/specifications
  cmap replay my-scenarios/ pool-close.yml
  cmap replay --schedules all pool-close.yml   in every order in which things may happen
  cmap replay --seed 7 pool-close.yml          in one of these orders
  cmap replay --filter 'clear|A-CLR'           by name, description or requirement
  cmap replay --json | jq 'select(.result != "pass")'
  cmap replay --trace trace.json               for https://ui.perfetto.dev
  cmap replay --pool reference-model           another pool under test
  cmap replay --on tls                         the same over real sockets
  cmap replay --compare sim,tcp --repeat 100   the same, event for event?
  cmap replay --on tcp --clock steady          in real time: only the causal order counts
  cmap replay --on 'mongodb://ada:secret@db1:27017/?tls=true&tlsCAFile=ca.pem'
                                               the integration files, against a deployment

A deployment is mongodb://[USER:PASSWORD@]HOST[:PORT][,...]/?OPTION=VALUE&... of whose options
authSource, authMechanism, tls, tlsCAFile, tlsCertificateKeyFile, tlsAllowInvalidCertificates,
tlsAllowInvalidHostnames and appName matter here. It must accept configureFailPoint. Ctrl-C lets the
scenario end that is under way, with its fail point; a second one may leave that on.

Exit status: 0 all passed; 1 a scenario failed; 2 bad input, wrong use, or nothing was run: there is
no scenario, or all are skipped; on a deployment also: interrupted. Elsewhere Ctrl-C ends it at
once.)";

/// The command line as it was written.
struct ReplayArguments {
  std::vector<std::string> paths;
  std::string pool = "connection-pool";
  std::optional<std::string> world, clock, compare, repeat, seed, schedules, filter, specifications,
      events, trace;
  std::string log;
  bool json = false;
  bool list = false;
  bool verbose = false;
};

void add_choices(CLI::App& command, ReplayArguments& arguments) {
  command.add_option("PATH", arguments.paths, "files and folders")->type_name("");
  command
      .add_option("--on", arguments.world,
                  "the world to run in: sim (default), the simulated one; tcp\n"
                  "or tls, real sockets and threads; a connection string\n"
                  "mongodb://HOST:PORT/, a running deployment, in real time")
      ->type_name("WORLD");
  command
      .add_option("--clock", arguments.clock,
                  "the clock of tcp and tls: virtual (default), exact to the\n"
                  "nanosecond, or steady, real time and causal order")
      ->type_name("CLOCK");
  command
      .add_option("--compare", arguments.compare,
                  "run in both worlds: events, times and outcomes must be equal")
      ->type_name("A,B");
  command
      .add_option("--repeat", arguments.repeat,
                  "run the canonical schedule so often, all alike; on the\n"
                  "steady clock: run so often")
      ->type_name("N");
  command
      .add_option("--pool", arguments.pool,
                  "the pool under test: connection-pool (default) or\nreference-model")
      ->type_name("NAME");
  command
      .add_option("--filter", arguments.filter,
                  "only scenarios whose name, description or requirement\n"
                  "contains a match of this regular expression (ECMAScript)")
      ->type_name("REGEX");
  command
      .add_option("--specifications", arguments.specifications,
                  "a checkout of the specifications, whose files are run too;\n"
                  "not with PATH. Also: the variable CMAP_SPECIFICATIONS")
      ->type_name("DIR");
  command
      .add_option("--seed", arguments.seed, "run the schedule of this seed, not the canonical one")
      ->type_name("N");
  command
      .add_option("--schedules", arguments.schedules,
                  "after the canonical schedule all others, by seeds if there\n"
                  "are more than N; all: 1000 seeds if there are more than 20000")
      ->type_name("N|all");
  command.add_flag("--list", arguments.list, "name the scenarios, run none");
}

void add_outputs(CLI::App& command, ReplayArguments& arguments) {
  command.add_flag("--json", arguments.json, "results as JSON lines on standard output");
  command
      .add_option("--events", arguments.events, "all events as JSON lines; - is standard output")
      ->type_name("FILE|-");
  command
      .add_option("--trace", arguments.trace,
                  "what connections and actors did when, in Chrome's trace format")
      ->type_name("FILE");
  command.add_flag("--log{text}", arguments.log,
                   "the pool's log messages as text, or as JSON lines; on standard\n"
                   "error if standard output is for --json or --events");
  command.add_flag("--verbose", arguments.verbose,
                   "descriptions, digests, all failures, every file that is not run");
}

/// Whether the clock is the steady one.
bool is_steady(const ReplayArguments& arguments) {
  const bool on_deployment = arguments.world && names_deployment(*arguments.world);
  if (!arguments.clock) return on_deployment;
  if (*arguments.clock != "virtual" && *arguments.clock != "steady") {
    throw BadUse(unexpected("--clock", *arguments.clock, "virtual or steady"));
  }
  const bool steady = *arguments.clock == "steady";
  if (on_deployment && !steady) {
    throw BadUse("--clock virtual is not for a deployment, whose time is real");
  }
  return steady;
}

/// On the steady clock nobody chooses an order.
void require_no_schedules(const ReplayArguments& arguments) {
  const auto refuse = [](const char* option) {
    throw BadUse(std::string(option) + " needs the virtual clock",
                 "on the steady clock the order is as it comes; --repeat N runs it again");
  };
  if (arguments.compare) refuse("--compare");
  if (arguments.seed) refuse("--seed");
  if (arguments.schedules) refuse("--schedules");
  if (arguments.pool != "connection-pool") {
    throw BadUse("--pool " + arguments.pool + " needs the virtual clock: it is for one thread");
  }
}

void set_world(const ReplayArguments& arguments, ReplayOptions& options, Console& console) {
  if (arguments.compare && arguments.world) {
    throw BadUse("--on and --compare exclude each other", "--compare names both worlds");
  }
  const bool steady = is_steady(arguments);
  if (steady) require_no_schedules(arguments);
  const std::string world = arguments.world.value_or("sim");
  if (names_deployment(world)) {
    run_on_deployment(options, world, console);
  } else if (steady) {
    run_steadily_on(options, world);
  } else if (arguments.compare) {
    run_and_compare(options, *arguments.compare);
  } else if (arguments.world) {
    run_on(options, world);
  }
}

void set_repeat(const ReplayArguments& arguments, ReplayOptions& options) {
  if (!arguments.repeat) return;
  const auto count = number_of<std::uint64_t>(*arguments.repeat);
  if (!count || *count == 0) {
    throw BadUse(unexpected("--repeat", *arguments.repeat, "an integer from 1"));
  }
  options.runner.repeat = *count;
}

void set_schedules(const ReplayArguments& arguments, ReplayOptions& options) {
  using Schedules = spec_tests::RunnerOptions::Schedules;
  constexpr const char* expected_seed = "an integer from 0 to 18446744073709551615";
  if (arguments.seed && arguments.schedules) {
    throw BadUse("--seed and --schedules exclude each other",
                 "--seed N runs one schedule, --schedules N runs many");
  }
  if (arguments.seed) {
    options.runner.only_seed = number_of<std::uint64_t>(*arguments.seed);
    if (!options.runner.only_seed) {
      throw BadUse(unexpected("--seed", *arguments.seed, expected_seed));
    }
  }
  if (!arguments.schedules) return;
  options.schedules = *arguments.schedules;
  if (*arguments.schedules == "all") {
    options.runner.schedules = Schedules::all;
    return;
  }
  const auto count = number_of<std::uint64_t>(*arguments.schedules);
  if (!count || *count == 0) {
    throw BadUse(unexpected("--schedules", *arguments.schedules,
                            "how many other schedules to run, an integer from 1, or all"));
  }
  options.runner.schedules = Schedules::some;
  options.runner.schedule_count = *count;
}

Filter make_filter(const std::string& text) {
  if (auto filter = Filter::from_text(text)) return *filter;
  throw BadUse(unexpected("--filter", text, "a regular expression"),
               "put a \\ before each of ^$.|?*+()[]{} that is meant literally");
}

std::optional<fs::path> specifications(const ReplayArguments& arguments) {
  std::string folder = arguments.specifications.value_or("");
  std::string source = "--specifications";
  if (arguments.specifications && !arguments.paths.empty()) {
    throw BadUse("--specifications is for a replay without PATH",
                 "leave one of them out, or name a folder of the checkout as a PATH");
  }
  if (!arguments.specifications) {
    const char* value = std::getenv("CMAP_SPECIFICATIONS");
    if (!arguments.paths.empty() || !value || *value == '\0') return std::nullopt;
    folder = value;
    source = "CMAP_SPECIFICATIONS";
  }
  std::error_code ignored;
  if (fs::is_directory(fs::path(folder) / official_folder, ignored)) return folder;
  throw BadUse(
      unexpected(source, folder, std::string("a folder with ") + official_folder + " in it"),
      "tools/fetch-specifications makes one");
}

/// An output file must not be what somebody meant to be read.
std::optional<std::string> output_file(std::string_view option,
                                       const std::optional<std::string>& name) {
  if (!name) return name;
  const std::string ending = fs::path(*name).extension().string();
  if (name->empty() || ending == ".yml" || ending == ".yaml") {
    throw BadUse(unexpected(option, *name, "the name of a file to write"),
                 "to read a scenario, put its name after the options");
  }
  return name;
}

LogForm log_form(const std::string& name) {
  if (name.empty()) return LogForm::none;
  if (name == "text") return LogForm::text;
  if (name == "json") return LogForm::json;
  throw BadUse(unexpected("--log", name, "text or json"));
}

ReplayOptions checked_replay(const ReplayArguments& arguments, Console& console) {
  ReplayOptions options;
  set_repeat(arguments, options);
  options.pool = arguments.pool;
  options.factory = pool_factory(arguments.pool);
  set_schedules(arguments, options);
  if (arguments.filter) options.filter = make_filter(*arguments.filter);
  options.paths.assign(arguments.paths.begin(), arguments.paths.end());
  options.specifications = specifications(arguments);
  options.list = arguments.list;
  options.json = arguments.json;
  options.verbose = arguments.verbose;
  options.log = log_form(arguments.log);
  options.events = output_file("--events", arguments.events);
  options.trace = output_file("--trace", arguments.trace);
  options.runner.run.record_entries = options.trace.has_value();
  if (options.trace == "-") throw BadUse("--trace - : expected the name of a file to write");
  if (options.trace && options.trace == options.events) {
    throw BadUse("--events and --trace name the same file");
  }
  // Last: what is wrong with the command line is said before anybody connects.
  set_world(arguments, options, console);
  return options;
}

}  // namespace

Command add_replay(CLI::App& program) {
  CLI::App* command = program.add_subcommand("replay", replay_about);
  command->footer(replay_details);
  const auto arguments = std::make_shared<ReplayArguments>();
  add_choices(*command, *arguments);
  add_outputs(*command, *arguments);
  return {command, [arguments](Console& console) {
            return replay(checked_replay(*arguments, console), console);
          }};
}

}  // namespace cmap::tools
