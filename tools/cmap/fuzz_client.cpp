// Makes each run twice, and the first that fails small.
#include "tools/cmap/fuzz_client.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "fuzz/coverage.hpp"
#include "pool/asio/steady_time.hpp"
#include "sim/client/client_run.hpp"
#include "sim/client/shrink_client_plan.hpp"
#include "spec-tests/client_run_file.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/crash_note.hpp"
#include "tools/cmap/found_failure.hpp"
#include "tools/cmap/in_order.hpp"
#include "tools/cmap/interruption.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {
namespace {

constexpr std::uint64_t runs_at_a_time = 256;

sim::ClientRunResult run_of(std::uint64_t seed) {
  const sim::ClientPlan plan = sim::make_client_plan(seed);
  const auto run = [&] {
    sim::SeededChoices choices(seed);
    return sim::run_client(plan, choices);
  };
  sim::ClientRunResult result = run();
  if (!result.violation && result != run()) {
    result.violation = sim::Violation{"principle 12", "the same input gives the same run",
                                      "two runs of one seed differ"};
  }
  return result;
}

class ClientFuzzing {
 public:
  ClientFuzzing(const FuzzCommand& command, Console& console)
      : command_(command), console_(console), begin_(steady_now()) {}

  ExitStatus run() {
    note_interruption();
    while (!failed_ && goes_on()) run_some();
    sum_up();
    return failed_ ? ExitStatus::failed : ExitStatus::good;
  }

 private:
  [[nodiscard]] std::uint64_t runs_left() const {
    return command_.runs ? command_.shard.share(*command_.runs) - runs_ : runs_at_a_time;
  }
  [[nodiscard]] bool goes_on() const {
    return runs_left() > 0 && !was_interrupted() &&
           (!command_.time || steady_now() - begin_ < *command_.time);
  }
  [[nodiscard]] std::uint64_t seed_of(std::uint64_t run) const {
    return command_.fuzz.seed + command_.shard.number(run);
  }

  void run_some() {
    const std::uint64_t first = runs_;
    const std::uint64_t count = std::min(runs_left(), runs_at_a_time);
    console_.progress(fmt::format("seed {}, {} runs", seed_of(first), runs_));
    const CrashNote crash(fmt::format(
        "cmap fuzz --client: crashed in one of {} runs from seed {}\n", count, seed_of(first)));
    in_order(
        static_cast<std::size_t>(count), command_.jobs,
        [&](std::size_t i) { return run_of(seed_of(first + i)); },
        [&](std::size_t i, const sim::ClientRunResult& result) {
          if (!failed_) take(seed_of(first + i), result);
        });
  }

  void take(std::uint64_t seed, const sim::ClientRunResult& result) {
    ++runs_;
    sum_.steps += result.steps;
    sum_.pool_events += result.pool_events;
    sum_.heartbeat_events += result.heartbeat_events;
    sum_.topology_events += result.topology_events;
    sum_.calls_succeeded += result.calls_succeeded;
    sum_.calls_failed += result.calls_failed;
    sum_.clears += result.clears;
    sum_.removed += result.removed;
    for (std::size_t i = 0; i < met_.size(); ++i) met_[i] += result.ingredients[i] ? 1U : 0U;
    if (result.violation) report(seed, *result.violation);
  }

  /// As the table of scenarios and pools.
  [[nodiscard]] std::string coverage_text() const {
    std::string text = fmt::format("\nmet in so many of 20,000 runs ({} were made):\n", runs_);
    for (std::size_t i = 0; i < met_.size(); ++i) {
      text += fmt::format("  {:>6}  {}{}\n", fuzz::per_20000(met_[i], runs_), name_of(i),
                          met_[i] == 0 ? "  NEVER" : "");
    }
    const auto missed = std::count(met_.begin(), met_.end(), 0U);
    return text + fmt::format("{} of {} were never met\n", missed, met_.size());
  }

  [[nodiscard]] JsonObject coverage_json() const {
    JsonObject ingredients;
    for (std::size_t i = 0; i < met_.size(); ++i) ingredients.add(name_of(i), met_[i]);
    JsonObject all;
    all.add("runs", runs_).add("ingredients", ingredients);
    return all;
  }

  static std::string_view name_of(std::size_t ingredient) {
    return sim::ingredient_name(static_cast<sim::ClientIngredient>(ingredient));
  }

  void report(std::uint64_t seed, const sim::Violation& violation) {
    failed_ = true;
    const auto plan =
        sim::shrink_client_plan(sim::make_client_plan(seed), seed, violation.clause).plan;
    sim::SeededChoices choices(seed);
    const auto again = sim::run_client(plan, choices).violation;
    console_.say(fmt::format("FAIL seed {}: {}\n  clause: {}: {}\n  what happens, made short:\n",
                             seed, (again ? *again : violation).message, violation.clause,
                             violation.sentence));
    for (const std::string& line : sim::plan_lines(plan)) console_.say("    " + line + '\n');
    const SavedFailure saved = save_failure(
        spec_tests::write_client_run({.plan = plan, .schedule = seed, .catches = violation.clause}),
        fmt::format("fuzz-client-{}", seed), command_.save, console_);
    if (!saved.path.empty()) {
      console_.say(fmt::format("  repeat: {}\n", replay_command(saved, console_)));
    }
    console_.say(fmt::format("  repeat: {} fuzz --client --seed {} --runs 1\n",
                             shell_word(console_.program()), seed));
  }

  void sum_up() {
    const double seconds = std::chrono::duration<double>(steady_now() - begin_).count();
    if (command_.json) {
      JsonObject json;
      json.add("seed", command_.fuzz.seed).add("runs", runs_).add("steps", sum_.steps);
      json.add("poolEvents", sum_.pool_events).add("heartbeatEvents", sum_.heartbeat_events);
      json.add("topologyEvents", sum_.topology_events).add("succeeded", sum_.calls_succeeded);
      json.add("failed", sum_.calls_failed).add("clears", sum_.clears);
      json.add("removed", sum_.removed).add("broken", failed_).add("seconds", seconds);
      if (command_.fuzz.property.note_coverage) json.add("coverage", coverage_json());
      console_.out().write(json.text() + '\n');
      return;
    }
    console_.say(fmt::format(
        "seed {}: {} runs, each made twice, in {:.1f} s\n"
        "  {} steps, {} events of pools, {} of heartbeats, {} of topologies\n"
        "  {} calls succeeded, {} failed; {} pools cleared, {} servers removed\n{}\n",
        command_.fuzz.seed, runs_, seconds, sum_.steps, sum_.pool_events, sum_.heartbeat_events,
        sum_.topology_events, sum_.calls_succeeded, sum_.calls_failed, sum_.clears, sum_.removed,
        failed_ ? "a clause was broken" : "no clause was broken"));
    if (command_.fuzz.property.note_coverage) console_.say(coverage_text());
  }

  const FuzzCommand& command_;
  Console& console_;
  const TimePoint begin_;
  std::uint64_t runs_ = 0;
  bool failed_ = false;
  sim::ClientRunResult sum_;
  std::array<std::uint64_t, sim::client_ingredient_count> met_{};
};

}  // namespace

ExitStatus fuzz_client(const FuzzCommand& command, Console& console) {
  if (command.json) console.words_to_error();
  return ClientFuzzing(command, console).run();
}

}  // namespace cmap::tools
