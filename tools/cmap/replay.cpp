// The command `cmap replay`: its options, what they may be, its help.
#include <charconv>
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
#include "tools/cmap/commands.hpp"
#include "tools/cmap/replay_run.hpp"

namespace cmap::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* about =
    "Run scenarios in cmap-format on a virtual clock and compare every event.\n"
    "\n"
    "PATH is a .yml, .yaml or .json file, or a folder with everything below it. Without a PATH: "
    "the\n"
    "scenarios that are compiled in, and the official ones of a checkout of the specifications.";

constexpr const char* examples = R"(
Examples:
  cmap replay                                all scenarios that are compiled in
  cmap replay --specifications ~/specifications
  cmap replay my-scenarios/ pool-close.yml
  cmap replay --schedules all pool-close.yml every order of what may happen in any order
  cmap replay --seed 7 pool-close.yml        one of these orders
  cmap replay --filter 'clear|A-CLR'         by name, description or requirement
  cmap replay --json | jq 'select(.result != "pass")'
  cmap replay --trace trace.json             to be opened in https://ui.perfetto.dev
  cmap replay --pool reference-model         put another pool under test

Words for people go to standard output, and to standard error when --json, --events - or --log=json
is there; scenarios that pass are then not listed (--verbose lists them).

Exit status: 0 all passed; 1 a scenario failed; 2 bad input, wrong use, or no scenario at all.)";

/// The command line as it was written.
struct Arguments {
  std::vector<std::string> paths;
  std::string world = "sim";
  std::string pool = "connection-pool";
  std::optional<std::string> seed, schedules, filter, specifications, events, trace;
  std::string log;
  bool json = false;
  bool list = false;
  bool verbose = false;
};

void add_options(CLI::App& command, Arguments& arguments) {
  command.add_option("PATH", arguments.paths, "Files and folders")->type_name("...");
  command.add_option("--on", arguments.world, "The world to run in: sim, the simulated one")
      ->type_name("WORLD");
  command
      .add_option("--pool", arguments.pool,
                  "The pool under test: connection-pool (the default) "
                  "or reference-model")
      ->type_name("NAME");
  command
      .add_option("--filter", arguments.filter,
                  "Only scenarios whose name, description or requirement contains a match of "
                  "this regular expression (ECMAScript)")
      ->type_name("REGEX");
  command
      .add_option(
          "--specifications", arguments.specifications,
          "A checkout of the specifications, whose files are run too; also: the environment "
          "variable CMAP_SPECIFICATIONS. Not with PATH")
      ->type_name("DIR");
  command
      .add_option("--seed", arguments.seed,
                  "Run the schedule of this seed instead of the canonical one")
      ->type_name("N");
  command
      .add_option(
          "--schedules", arguments.schedules,
          "Besides the canonical schedule, run N others; or all there are (up to 20000, else "
          "1000 by seed)")
      ->type_name("N|all");
  command.add_flag("--list", arguments.list, "Name the scenarios, run none");
  command.add_flag("--json", arguments.json, "Results as JSON lines on standard output");
  command
      .add_option("--events", arguments.events, "All events as JSON lines; - is standard output")
      ->type_name("FILE|-");
  command
      .add_option("--trace", arguments.trace,
                  "What connections and actors did when, in Chrome's trace format")
      ->type_name("FILE");
  command.add_flag("--log{text}", arguments.log,
                   "The pool's log messages; --log=json as JSON lines");
  command.add_flag("--verbose", arguments.verbose,
                   "Descriptions and digests, all failures in full, every file that is not run");
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

std::string unexpected(std::string_view option, std::string_view value, std::string_view expected) {
  return std::string(option) + ' ' + spec_tests::in_quotes(value) + ": expected " +
         std::string(expected);
}

void require_world(const std::string& world) {
  if (world == "sim") return;
  const bool is_planned =
      world == "socket" || world == "tcp" || world == "tls" || world.starts_with("mongodb");
  throw BadUse(is_planned
                   ? "--on " + spec_tests::in_quotes(world) + ": real sockets are not there yet"
                   : unexpected("--on", world, "sim"),
               "use --on sim, the simulated world, or leave it out");
}

sim::PoolFactory pool_factory(const std::string& name) {
  if (name == "connection-pool") return sim::connection_pool();
  if (name == "reference-model") return sim::reference_model();
  throw BadUse(unexpected("--pool", name, "connection-pool or reference-model"));
}

void set_schedules(const Arguments& arguments, ReplayOptions& options) {
  using Schedules = spec_tests::RunnerOptions::Schedules;
  constexpr const char* expected_seed = "an integer from 0 to 18446744073709551615";
  if (arguments.seed && arguments.schedules) {
    throw BadUse("--seed and --schedules exclude each other",
                 "--seed N runs one schedule, --schedules N runs many");
  }
  if (arguments.seed) {
    options.runner.only_seed = number_of(*arguments.seed);
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
  const auto count = number_of(*arguments.schedules);
  if (!count || *count == 0) {
    throw BadUse(unexpected("--schedules", *arguments.schedules,
                            "how many other schedules to run, an integer from 1, or all"));
  }
  options.runner.schedules = Schedules::some;
  options.runner.schedule_count = *count;
}

Filter make_filter(const std::string& text) {
  try {
    return {text, std::regex(text, std::regex::ECMAScript | std::regex::optimize)};
  } catch (const std::regex_error&) {
    throw BadUse(unexpected("--filter", text, "a regular expression"),
                 "put a \\ before each of ^$.|?*+()[]{} that is meant literally");
  }
}

std::optional<fs::path> specifications(const Arguments& arguments) {
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

ReplayOptions checked(const Arguments& arguments) {
  ReplayOptions options;
  require_world(arguments.world);
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
  return options;
}

}  // namespace

Command add_replay(CLI::App& program) {
  CLI::App* command = program.add_subcommand("replay", about);
  command->footer(examples);
  const auto arguments = std::make_shared<Arguments>();
  add_options(*command, *arguments);
  return {command, [arguments](Console& console) { return replay(checked(*arguments), console); }};
}

}  // namespace cmap::tools
