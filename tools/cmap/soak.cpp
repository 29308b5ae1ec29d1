// The command `cmap soak`: its options, what they may be, its help.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "tools/cmap/arguments.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/soak_run.hpp"

namespace cmap::tools {
namespace {

using namespace std::chrono_literals;

constexpr const char* soak_about = "Do everything at random to real pools, from many threads";

constexpr const char* soak_details = R"(
Round after round a server is started inside, which refuses, hangs, resets, sends garbage and is
slow at random, and a pool on it, with options at random. Every thread does what its own stream of
the seed says: check-outs, cancellations, commands, clears and so on, in some rounds a close. All
events are checked while they come; in the end of each round nothing may be left of it.

The seed decides what each thread does, not how they interleave. What is wrong comes with the
clause, the last events, and the command that begins with the same round.

Examples:
  cmap soak                              ten seconds over TCP, any seed
  cmap soak --seed 7 --for 2m --on tls
  cmap soak --operations 100000 --threads 32 --json

Exit status: 0 nothing was wrong, also if SIGINT ended it; 1 something was; 2 wrong use.)";

/// The command line as it was written.
struct SoakArguments {
  std::optional<std::string> seed, round, time, operations, threads;
  std::string world = "tcp";
  bool json = false;
};

void add_soak_options(CLI::App& command, SoakArguments& arguments) {
  command.add_option("--seed", arguments.seed, "what is done; default: any")->type_name("N");
  command.add_option("--round", arguments.round, "begin with this round of the seed (default 0)")
      ->type_name("N");
  command
      .add_option("--for", arguments.time,
                  "end after so long (default 10s, without a limit if\n--operations is given)")
      ->type_name("TIME");
  command.add_option("--operations", arguments.operations, "end after so many operations")
      ->type_name("N");
  command.add_option("--threads", arguments.threads, "so many at the same time (default 8)")
      ->type_name("N");
  command.add_option("--on", arguments.world, "tcp or tls (default tcp)")->type_name("WORLD");
  command.add_flag("--json", arguments.json, "what came of it as JSON");
}

void set_limits(const SoakArguments& arguments, SoakCommand& command) {
  if (arguments.operations) {
    command.soak.operations = integer_of("--operations", *arguments.operations, 1);
  }
  if (arguments.time) {
    command.time = time_of("--for", *arguments.time);
  } else if (!arguments.operations) {
    command.time = 10s;
  }
}

SoakCommand checked_soak(const SoakArguments& arguments) {
  constexpr std::uint64_t most_threads = 1000;
  SoakCommand command{.json = arguments.json};
  command.soak.seed = arguments.seed ? integer_of("--seed", *arguments.seed, 0) : any_seed();
  if (arguments.round) command.soak.first_round = integer_of("--round", *arguments.round, 0);
  if (arguments.threads) {
    const std::uint64_t threads = integer_of("--threads", *arguments.threads, 1);
    if (threads > most_threads) {
      throw BadUse(unexpected("--threads", *arguments.threads, "an integer from 1 to 1000"));
    }
    command.soak.threads = threads;
  }
  if (arguments.world != "tcp" && arguments.world != "tls") {
    throw BadUse(unexpected("--on", arguments.world, "tcp or tls"));
  }
  command.soak.tls = arguments.world == "tls";
  set_limits(arguments, command);
  return command;
}

}  // namespace

Command add_soak(CLI::App& program) {
  CLI::App* command = program.add_subcommand("soak", soak_about);
  command->footer(soak_details);
  const auto arguments = std::make_shared<SoakArguments>();
  add_soak_options(*command, *arguments);
  return {command,
          [arguments](Console& console) { return run_soak(checked_soak(*arguments), console); }};
}

}  // namespace cmap::tools
