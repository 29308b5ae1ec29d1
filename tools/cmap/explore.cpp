// The command `cmap explore`: its options, what they may be, its help.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "fuzz/families.hpp"
#include "fuzz/grid.hpp"
#include "spec-tests/collect.hpp"
#include "tools/cmap/arguments.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/explore_run.hpp"

namespace cmap::tools {
namespace {

constexpr const char* explore_about = "Try every schedule of small scenarios";

constexpr const char* explore_details = R"(
Breadth first, so that the first counterexample is the shortest one. Demanded is what cmap fuzz
demands: no checker complains, the reference model does exactly the same, nothing is left at the
end. A state that was seen before is not gone on from, nor one in which threads that do the same
have changed places; steps that make no difference to anything else are taken first; what happens
after the main thread has ended is looked at in one order.

Without a PATH: families of small scenarios. In the first, the grid, threads check a connection out
and in again, another one clears, closes or readies the pool, and the first establishment, or its
connection, may fail; the options of a size (--threads to --faults) make it smaller or larger, and
leave it alone. The others each add something to very small ones: deadlines, cancellation, ...
(--list). With a PATH (a file in cmap-format, or a folder): these scenarios; what their files expect
of one schedule is not compared.

What a file of --resume notes holds for the program that wrote it.

Examples:
  cmap explore                               all families
  cmap explore --list
  cmap explore --family deadlines --family listeners
  cmap explore --threads 2 --check-outs 2 --operations 3
  cmap explore pool-close.yml --jobs 2
  cmap explore --resume closed.txt           go on where an earlier search was interrupted

Exit status: 0 no clause was broken, also if SIGINT or --max-states ended it; 1 one was; 2 bad input
or wrong use.)";

/// The command line as it was written.
struct ExploreArguments {
  std::vector<std::string> paths, families;
  bool list = false;
  std::optional<std::string> threads, check_outs, max_pool_size, operations, faults;
  std::optional<std::string> max_states, jobs;
  std::string save = ".";
  std::string resume;
  std::string pool = "connection-pool";
  bool json = false;
};

void add_explore_options(CLI::App& command, ExploreArguments& arguments) {
  command.add_option("PATH", arguments.paths, "scenarios")->type_name("");
  command
      .add_option("--family", arguments.families,
                  "only this family; may be given several times\n(default: all)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_flag("--list", arguments.list, "only say which families there are");
  command.add_option("--threads", arguments.threads, "at most so many check out (default 3)")
      ->type_name("N");
  command.add_option("--check-outs", arguments.check_outs, "each so often (default 1)")
      ->type_name("N");
  command.add_option("--max-pool-size", arguments.max_pool_size, "at most (default 2)")
      ->type_name("N");
  command
      .add_option("--operations", arguments.operations,
                  "at most so many clear, close or ready the\npool, 0 to 3 (default 2)")
      ->type_name("N");
  command.add_option("--faults", arguments.faults, "at most so many, 0 or 1 (default 1)")
      ->type_name("N");
  command
      .add_option("--max-states", arguments.max_states,
                  "give a configuration up that has more\n(default 10000000; each takes some 24 "
                  "bytes)")
      ->type_name("N");
  command.add_option("--jobs", arguments.jobs, "runs at the same time (default: processors)")
      ->type_name("N");
  command
      .add_option("--resume", arguments.resume, "leave out what is noted in FILE, and note more")
      ->type_name("FILE");
  command
      .add_option("--save", arguments.save, "the folder for a counterexample (default: this one)")
      ->type_name("DIR");
  command
      .add_option("--pool", arguments.pool,
                  "the pool under test: connection-pool (default),\nreference-model, or a broken "
                  "model such as\nbroken:lifo-queue, to see a failure")
      ->type_name("NAME");
  command.add_flag("--json", arguments.json, "what came of it as JSON");
}

std::uint64_t number_from(const char* option, const std::optional<std::string>& text,
                          std::uint64_t least, std::uint64_t most, std::uint64_t otherwise) {
  if (!text) return otherwise;
  const std::uint64_t number = integer_of(option, *text, least);
  if (number > most) {
    throw BadUse(unexpected(
        option, *text, "an integer from " + std::to_string(least) + " to " + std::to_string(most)));
  }
  return number;
}

fuzz::GridSize size_of(const ExploreArguments& arguments) {
  const fuzz::GridSize usual;
  const auto number = [](const char* option, const std::optional<std::string>& text,
                         std::uint64_t least, std::uint64_t most, std::uint32_t otherwise) {
    return static_cast<std::uint32_t>(number_from(option, text, least, most, otherwise));
  };
  return {.threads = number("--threads", arguments.threads, 1, 8, usual.threads),
          .check_outs = number("--check-outs", arguments.check_outs, 1, 8, usual.check_outs),
          .max_pool_size =
              number("--max-pool-size", arguments.max_pool_size, 1, 8, usual.max_pool_size),
          .lifecycle = number("--operations", arguments.operations, 0, 3, usual.lifecycle),
          .faults = number("--faults", arguments.faults, 0, 1, 1) == 1};
}

std::vector<sim::Scenario> scenarios_of(const std::vector<std::string>& paths, Console& console) {
  const std::vector<std::filesystem::path> places(paths.begin(), paths.end());
  spec_tests::Collection collection = spec_tests::collect(places);
  for (const spec_tests::Problem& problem : collection.problems) {
    console.warn(problem.text() + '\n');
  }
  if (!collection.problems.empty()) throw BadUse("not every scenario could be read");
  if (!collection.cases.empty()) {
    console.warn("left out: " + std::to_string(collection.cases.size()) +
                 " tests without a pool, which have one outcome only\n");
  }
  std::vector<sim::Scenario> scenarios;
  for (spec_tests::ScenarioFile& file : collection.scenarios) {
    file.scenario.name = file.path;
    scenarios.push_back(std::move(file.scenario));
  }
  if (scenarios.empty()) throw BadUse("there is no scenario to explore");
  return scenarios;
}

/// The first option of a size that is there.
const char* size_option(const ExploreArguments& arguments) {
  if (arguments.threads) return "--threads";
  if (arguments.check_outs) return "--check-outs";
  if (arguments.max_pool_size) return "--max-pool-size";
  if (arguments.operations) return "--operations";
  return arguments.faults ? "--faults" : nullptr;
}

const fuzz::Family& checked_family(const std::string& name) {
  if (const fuzz::Family* family = fuzz::family_named(name)) return *family;
  std::string names;
  for (const fuzz::Family& each : fuzz::families()) {
    names += std::string(names.empty() ? "" : ", ") + each.name;
  }
  throw BadUse(unexpected("--family", name, "one of " + names));
}

/// In the order of the list, each once.
void add_families(const ExploreArguments& arguments, ExploreCommand& command) {
  std::set<std::string_view> wanted;
  for (const std::string& name : arguments.families) wanted.insert(checked_family(name).name);
  for (const fuzz::Family& family : fuzz::families()) {
    if (!wanted.empty() && !wanted.contains(family.name)) continue;
    std::vector<sim::Scenario> scenarios = family.configurations();
    command.families.push_back({family.name, scenarios.size()});
    std::move(scenarios.begin(), scenarios.end(), std::back_inserter(command.scenarios));
  }
}

void add_scenarios(const ExploreArguments& arguments, ExploreCommand& command, Console& console) {
  const char* const size = size_option(arguments);
  if (!arguments.families.empty() && (size || !arguments.paths.empty())) {
    throw BadUse("--family and " + std::string(size ? size : "a PATH") +
                 " both say what to explore: leave one of them out");
  }
  if (!arguments.paths.empty()) {
    command.scenarios = scenarios_of(arguments.paths, console);
  } else if (size) {
    command.scenarios = fuzz::grid(size_of(arguments));
  } else {
    add_families(arguments, command);
  }
}

ExitStatus list_families(Console& console) {
  for (const fuzz::Family& family : fuzz::families()) {
    console.say(fmt::format("{:16}{:4} configurations: {}\n", family.name,
                            family.configurations().size(), family.about));
  }
  return ExitStatus::good;
}

/// What decides on the search, as the user would write it.
std::string words_of(const ExploreArguments& arguments) {
  std::string words;
  const auto add = [&](const char* option, const std::optional<std::string>& value) {
    if (value) words += std::string(" ") + option + " " + shell_word(*value);
  };
  add("--threads", arguments.threads);
  add("--check-outs", arguments.check_outs);
  add("--max-pool-size", arguments.max_pool_size);
  add("--operations", arguments.operations);
  add("--faults", arguments.faults);
  add("--max-states", arguments.max_states);
  if (arguments.pool != "connection-pool") add("--pool", arguments.pool);
  for (const std::string& family : arguments.families) add("--family", family);
  for (const std::string& path : arguments.paths) words += " " + shell_word(path);
  return words;
}

ExploreCommand checked_explore(const ExploreArguments& arguments, Console& console) {
  ExploreCommand command{.pool = arguments.pool, .factory = pool_factory(arguments.pool)};
  static_cast<void>(size_of(arguments));  // with a PATH, too, what is wrong is said
  command.options.most_states =
      number_from("--max-states", arguments.max_states, 1, 1'000'000'000, 10'000'000);
  command.jobs = static_cast<std::size_t>(
      number_from("--jobs", arguments.jobs, 1, 1000,
                  std::max<std::uint64_t>(std::thread::hardware_concurrency(), 1)));
  add_scenarios(arguments, command, console);
  command.save = arguments.save;
  command.resume = arguments.resume;
  command.arguments = words_of(arguments);
  command.json = arguments.json;
  return command;
}

}  // namespace

Command add_explore(CLI::App& program) {
  CLI::App* command = program.add_subcommand("explore", explore_about);
  command->footer(explore_details);
  const auto arguments = std::make_shared<ExploreArguments>();
  add_explore_options(*command, *arguments);
  return {command, [arguments](Console& console) {
            if (arguments->list) return list_families(console);
            return run_explore(checked_explore(*arguments, console), console);
          }};
}

}  // namespace cmap::tools
