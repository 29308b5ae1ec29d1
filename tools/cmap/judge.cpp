// The command `cmap judge`: its options, what they may be, its help.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/cmap/commands.hpp"
#include "tools/cmap/judge_run.hpp"

namespace cmap::tools {
namespace {

constexpr const char* judge_about = "Judge the event log of any driver's pool, clause by clause";

constexpr const char* judge_details = R"(
LOG has one JSON object a line: an event as cmap replay --events writes it, or a log message as
--log=json does; in the words of the specification both. Needed are type (or message), address (or
serverHost, serverPort), connectionId (or driverConnectionId) and reason, where an event has them.
The options of ConnectionPoolCreated and durations make more clauses judgeable; what could not be
judged is said. Keys that are not known do not matter; empty lines, and the events of monitors,
topologies and commands, are skipped.

Only what the specification demands is demanded, whatever the order in which threads emit their
events; so a log that passes may be wrong, but a correct pool never fails. A pool is judged from
its ConnectionPoolCreated on, and the next one of the same address takes its place. What was under
way in the former when it was closed may end after that; where an event may be of either pool, what
follows in the two is not judged, which is said. Pools that are open at the same time at one address
need a log each, or a key that tells them apart: "pool", "client", "case" or "scenario".

Examples:
  cmap judge events.jsonl
  cmap judge --complete driver1.jsonl driver2.jsonl
  cmap replay --events - pool-close.yml | cmap judge --strict -
  cmap judge --json events.jsonl | jq 'select(.result != "pass")'

Exit status: 0 no clause is broken; 1 one is; 2 bad input or wrong use.)";

void add_judge_options(CLI::App& command, JudgeCommand& judge) {
  command.add_option("LOG", judge.paths, "files; - is standard input")->type_name("");
  command.add_flag("--complete", judge.rules.complete,
                   "the log ends when nothing goes on any more: every check-out\n"
                   "has ended, and what was checked out was checked in");
  command.add_flag("--strict", judge.rules.strict,
                   "also by the decisions of this project (R1 to R22), times and\n"
                   "counts; needs every key that cmap replay --events writes");
  command.add_flag("--json", judge.json, "a JSON line for each pool");
}

const JudgeCommand& checked_judge(const JudgeCommand& judge) {
  if (judge.paths.empty()) throw BadUse("no LOG is given", "to read standard input: cmap judge -");
  if (std::ranges::count(judge.paths, "-") > 1) throw BadUse("standard input is given twice");
  return judge;
}

}  // namespace

Command add_judge(CLI::App& program) {
  CLI::App* command = program.add_subcommand("judge", judge_about);
  command->footer(judge_details);
  const auto judge = std::make_shared<JudgeCommand>();
  add_judge_options(*command, *judge);
  return {command, [judge](Console& console) { return run_judge(checked_judge(*judge), console); }};
}

}  // namespace cmap::tools
