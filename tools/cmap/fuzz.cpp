// The command `cmap fuzz`: its options, what they may be, its help.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <CLI/CLI.hpp>

#include "tools/cmap/arguments.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/fuzz_client.hpp"
#include "tools/cmap/fuzz_run.hpp"
#include "tools/cmap/successor.hpp"
#include "tools/cmap/worlds.hpp"

namespace cmap::tools {
namespace {

constexpr const char* fuzz_about = "Look for a scenario and a schedule that break a clause";

constexpr const char* fuzz_details = R"(
Run after run composes a scenario, runs it in simulation on a schedule of its own, and demands that
no checker complains, that the reference model does exactly the same, that the same choices give the
same run, and that nothing is left when everybody has checked in. The first run that fails is made
small, shown, and saved as a scenario file with its schedule.

A pool that crashes, or does not come back for half a minute, ends no search: the runs of that
moment are made again, each in a process of its own, and the first that fails is made small there.

A run depends on the seed and its number, on no clock and not on the number of jobs. Runs that
showed something new are mutated from the next epoch of 512 runs on.

--corpus DIR: the search begins with what is in the folder, and when it ends, also by Ctrl-C, adds what
showed states that nothing there shows: text files, 1 MiB in all at most. A run that failed is added
too; as long as it fails, the next search begins with it.

--shard I/N: of the runs 0 to --runs of a seed this search makes those whose number leaves the remainder
I-1 when divided by N. Together the shards make every run once. Each has epochs of its own, and
mutates what it found itself or read from its corpus; corpora of several shards are merged by copying
all files into one folder.

--on tcp: what the simulation does on the virtual clock, real sockets and threads must do too: the same
events, outcomes and times. Scenarios that only the simulation can make are counted by the reason.

--portable: the saved file is for the runners of other drivers. It has no x-cmap, and lists the events
that the reference model shows; where that is not enough, the reason is said and the file is saved as ever.

--client: instead of one pool a whole client, with its monitors, in a simulated deployment: a replica
set, mongos, a load balancer, a single server. Members are killed, restarted, cut off and slow, step
down, leave the set and come back, answer with errors and fail to authenticate, while connections
are checked out and commands run. Each seed from --seed on is a run, made twice. Demanded is what
holds of all events, that no server can be selected while its pool is paused, that afterwards the
client knows what there is, and that nothing is left when it was closed. The first run that fails is
made small, shown, and saved as a file that cmap replay takes; one that ends the program, too.

Strategies: portfolio (the default, a mixture of the others), random, pct (priorities that change a
few times), delays (canonical, a few things held back), mutation (what showed something new, changed
a little).

Examples:
  cmap fuzz                               ten seconds, any seed, all processors
  cmap fuzz --seed 7 --runs 100000
  cmap fuzz --for 10m --save failures --json
  cmap fuzz --runs 20000 --coverage       what the search met, and what it did not
  cmap fuzz --for 8h --corpus corpus      until Ctrl-C; the next one goes on from there
  cmap fuzz --seed 7 --runs 1000000 --shard 2/4
  cmap fuzz --on tcp --runs 1000
  cmap fuzz --client --seed 1 --runs 100000 --coverage

Exit status: 0 no clause was broken, also if SIGINT ended it; 1 one was; 2 wrong use.)";

/// The command line as it was written.
struct FuzzArguments {
  std::optional<std::string> seed, runs, time, jobs, shard, corpus;
  std::optional<std::string>
      after_crash;  ///< "SEED/RUNS" (FuzzCommand::after_crash), of a process that a run has ended
  std::string strategy = "portfolio";
  std::string save = ".";
  std::string pool = "connection-pool";
  bool coverage = false;
  std::string world = "sim";
  bool portable = false;
  bool client = false;
  bool json = false;
};

void add_fuzz_options(CLI::App& command, FuzzArguments& arguments) {
  command.add_option("--seed", arguments.seed, "what is tried; default: any")->type_name("N");
  command.add_option("--runs", arguments.runs, "end after so many runs")->type_name("N");
  command
      .add_option("--for", arguments.time,
                  "end after so long (default 10s, without a limit if\n--runs is given)")
      ->type_name("TIME");
  command.add_option("--jobs", arguments.jobs, "runs at the same time (default: processors)")
      ->type_name("N");
  command.add_option("--strategy", arguments.strategy, "portfolio, random, pct, delays, mutation")
      ->type_name("NAME");
  command.add_option("--save", arguments.save, "the folder for a failure (default: this one)")
      ->type_name("DIR");
  command
      .add_option(
          "--on", arguments.world,
          "tcp or tls: each run also on real sockets and\nthreads, where all must be the same")
      ->type_name("WORLD");
  command.add_flag("--portable", arguments.portable,
                   "save the failure for other drivers' runners, without x-cmap");
  command
      .add_option("--corpus", arguments.corpus,
                  "the folder with what earlier searches found new;\nmade if it is not there")
      ->type_name("DIR");
  command.add_option("--shard", arguments.shard, "make part I of N of the runs")->type_name("I/N");
  command
      .add_option("--pool", arguments.pool,
                  "the pool under test: connection-pool (default),\nreference-model, or a broken "
                  "model such as\nbroken:lifo-queue, to see a failure")
      ->type_name("NAME");
  command.add_flag("--coverage", arguments.coverage,
                   "also say how often each ingredient and each clause was\nmet (runs per 20,000)");
  command.add_flag("--client", arguments.client,
                   "a client and its monitors in a simulated deployment");
  command.add_flag("--json", arguments.json, "what came of it as JSON");
  command.add_option("--after-crash", arguments.after_crash)->group("");
}

/// What is about scenarios and pools says nothing to a client.
void require_no_scenarios(const CLI::App& command) {
  for (const char* option : {"--strategy", "--on", "--portable", "--corpus", "--pool"}) {
    if (command.count(option) > 0) {
      throw BadUse(std::string(option) + " and --client exclude each other",
                   "with --client go --seed, --runs, --for, --jobs, --shard, --save, "
                   "--coverage and --json");
    }
  }
}

fuzz::Strategy strategy_of(const std::string& name) {
  using fuzz::Strategy;
  for (const Strategy strategy : {Strategy::portfolio, Strategy::random, Strategy::pct,
                                  Strategy::delays, Strategy::mutation}) {
    if (fuzz::strategy_name(strategy) == name) return strategy;
  }
  throw BadUse(unexpected("--strategy", name, "portfolio, random, pct, delays or mutation"));
}

Shard shard_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto part = number_of<std::uint32_t>(text.substr(0, slash));
    const auto parts = number_of<std::uint32_t>(text.substr(slash + 1));
    if (part && parts && *part >= 1 && *part <= *parts) return {.part = *part, .parts = *parts};
  }
  throw BadUse(unexpected("--shard", text, "a part and the number of parts, such as 1/4"));
}

/// What a process says that a run has ended (FuzzCommand::after_crash); no user does.
void go_on_after_crash(std::string_view text, FuzzCommand& command) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto seed = number_of<std::uint64_t>(text.substr(0, slash));
  const auto runs = number_of<std::uint64_t>(text.substr(std::min(slash + 1, text.size())));
  if (!seed || !runs)
    throw BadUse(unexpected("--after-crash", text, "a seed and a number of runs"));
  command.fuzz.seed = *seed;
  command.after_crash = *runs;
}

FuzzCommand checked_fuzz(const FuzzArguments& arguments) {
  constexpr std::uint64_t most_jobs = 1000;
  FuzzCommand command{.pool = arguments.pool, .factory = pool_factory(arguments.pool)};
  command.fuzz.seed = arguments.seed ? integer_of("--seed", *arguments.seed, 0) : any_seed();
  command.fuzz.strategy = strategy_of(arguments.strategy);
  command.fuzz.property.note_coverage = arguments.coverage;
  if (arguments.runs) command.runs = integer_of("--runs", *arguments.runs, 1);
  if (arguments.time) {
    command.time = time_of("--for", *arguments.time);
  } else if (!arguments.runs) {
    command.time = std::chrono::seconds(10);
  }
  command.jobs = std::max(std::thread::hardware_concurrency(), 1U);
  if (arguments.jobs) {
    command.jobs = integer_of("--jobs", *arguments.jobs, 1);
    if (command.jobs > most_jobs) {
      throw BadUse(unexpected("--jobs", *arguments.jobs, "an integer from 1 to 1000"));
    }
  }
  if (arguments.world != "sim") {
    const RealWorld world = real_world("--on", arguments.world);
    command.world = arguments.world;
    command.fuzz.property.world = world.run;
    command.fuzz.property.impossible = world.impossible;
    command.jobs = 1;  // its runs come one after the other
  }
  if (arguments.shard) command.shard = shard_of(*arguments.shard);
  if (command.runs && command.shard.share(*command.runs) == 0) {
    throw BadUse("--shard " + *arguments.shard + " has none of the runs of --runs " +
                 *arguments.runs);
  }
  if (arguments.after_crash) go_on_after_crash(*arguments.after_crash, command);
  command.command_line = own_command_line();
  command.corpus = arguments.corpus;
  command.save = arguments.save;
  command.portable = arguments.portable;
  command.json = arguments.json;
  return command;
}

}  // namespace

Command add_fuzz(CLI::App& program) {
  CLI::App* command = program.add_subcommand("fuzz", fuzz_about);
  command->footer(fuzz_details);
  const auto arguments = std::make_shared<FuzzArguments>();
  add_fuzz_options(*command, *arguments);
  return {command, [arguments, command](Console& console) {
            const FuzzCommand checked = checked_fuzz(*arguments);
            if (!arguments->client) return run_fuzz(checked, console);
            require_no_scenarios(*command);
            return fuzz_client(checked, console);
          }};
}

}  // namespace cmap::tools
