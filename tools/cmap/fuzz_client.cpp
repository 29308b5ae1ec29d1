// Makes each run twice, and the first that fails small.
#include "tools/cmap/fuzz_client.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "pool/asio/steady_time.hpp"
#include "sim/client/repeated_client_run.hpp"
#include "sim/client/shrink_client_plan.hpp"
#include "spec-tests/client_run_file.hpp"
#include "spec-tests/report.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/coverage_output.hpp"
#include "tools/cmap/found_failure.hpp"
#include "tools/cmap/in_order.hpp"
#include "tools/cmap/interruption.hpp"
#include "tools/cmap/isolated.hpp"
#include "tools/cmap/json_text.hpp"
#include "tools/cmap/run_guard.hpp"

namespace cmap::tools {
namespace {

constexpr std::uint64_t runs_at_a_time = 256;
constexpr const char* guarded_client = "cmap fuzz --client: the client";

/// The first failure.
struct Found {
  std::uint64_t seed = 0;
  sim::Violation violation;  ///< of the plan as it was made
  std::string end{};         ///< of the process that made it, if it ended one
  sim::ShrunkClientPlan shrunk{};
  SavedFailure saved{};
};

class ClientFuzzing {
 public:
  ClientFuzzing(const FuzzCommand& command, Console& console, const MakeClientPlan& make_plan)
      : command_(command), console_(console), make_plan_(make_plan), begin_(steady_now()) {}

  ExitStatus run() {
    note_interruption();
    while (!found_ && goes_on()) run_some();
    const double seconds = std::chrono::duration<double>(steady_now() - begin_).count();
    is_lost_ = command_.after_crash && !found_;
    if (is_lost_ && !was_interrupted()) console_.warn(no_crash_again);
    if (found_) report(*found_);
    sum_up(seconds);
    return found_ || is_lost_ ? ExitStatus::failed : ExitStatus::good;
  }

 private:
  [[nodiscard]] std::uint64_t runs_left() const {
    return command_.runs ? command_.shard.share(*command_.runs) - runs_ : runs_at_a_time;
  }
  [[nodiscard]] bool goes_on() const {
    if (command_.after_crash) return runs_ <= *command_.after_crash && !was_interrupted();
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
    if (command_.after_crash == first) {
      run_isolated(first, count);
    } else {
      run_here(first, count);
    }
  }

  void run_here(std::uint64_t first, std::uint64_t count) {
    RunGuard guard({.subject = guarded_client,
                    .where = fmt::format("one of {} runs from seed {}\n", count, seed_of(first)),
                    .longest_run = command_.longest_run,
                    .successor = successor_words(command_, first),
                    .unfinished = &unfinished_});
    in_order(
        static_cast<std::size_t>(count), command_.jobs,
        [&](std::size_t i) {
          const std::uint64_t seed = seed_of(first + i);
          const UnfinishedRuns::Run unfinished(unfinished_, seed);
          sim::ClientRunResult result = sim::run_client_twice(make_plan_(seed), seed);
          guard.going_on();
          return result;
        },
        [&](std::size_t i, const sim::ClientRunResult& result) {
          if (!found_) take(seed_of(first + i), result);
        });
  }

  /// One of these has ended an earlier process. What comes back in one of its own mostly does here.
  void run_isolated(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t i = first; i < first + count && !found_ && !was_interrupted(); ++i) {
      const std::uint64_t seed = seed_of(i);
      console_.progress(fmt::format("seed {} in a process of its own ...", seed));
      const auto end = end_of_run(make_plan_(seed), seed, longest_isolated_run);
      if (!end) {
        run_here(i, 1);
        continue;
      }
      ++runs_;
      found_ = Found{.seed = seed, .violation = violation_of(*end), .end = end->signature};
    }
  }

  static std::optional<ProcessEnd> end_of_run(const sim::ClientPlan& plan, std::uint64_t seed,
                                              const IsolationLimits& limits) {
    return end_of_process(
        "client", [&] { sim::run_client_twice(plan, seed); }, limits);
  }

  static sim::Violation violation_of(const ProcessEnd& end) {
    return {.clause = end.clause, .sentence = end.sentence, .message = end.what};
  }

  /// What ends the program: not made small.
  void save_unfinished(std::uint64_t seed) {
    const SavedFailure saved = save(make_plan_(seed), seed, "PROGRESS");
    if (saved.path.empty()) return;
    console_.warn(
        fmt::format("  the run of seed {} is saved: {}\n", seed, replay_command(saved, console_)));
  }

  SavedFailure save(const sim::ClientPlan& plan, std::uint64_t seed, const std::string& catches) {
    return save_failure(
        spec_tests::write_client_run({.plan = plan, .schedule = seed, .catches = catches}),
        fmt::format("fuzz-client-{}", seed), command_.save, console_);
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
    if (result.violation) found_ = Found{.seed = seed, .violation = *result.violation};
  }

  [[nodiscard]] std::string coverage_text() const {
    std::vector<MetItem> items;
    for (std::size_t i = 0; i < met_.size(); ++i) items.push_back({name_of(i), met_[i]});
    return met_text(items, runs_);
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

  void report(Found& found) {
    console_.progress(fmt::format("seed {} failed; making it small ...", found.seed));
    if (command_.after_crash) {
      shrink_isolated(found);
    } else {
      shrink_here(found);
    }
    found.saved = save(found.shrunk.plan, found.seed, found.shrunk.violation.clause);
    if (!command_.json) say(found);
  }

  /// Less than the whole may crash, or never come back.
  void shrink_here(Found& found) {
    const UnfinishedRuns::Run unfinished(unfinished_, found.seed);
    RunGuard guard(
        {.subject = guarded_client,
         .where = made_small,
         .longest_run = command_.longest_run,
         .successor = successor_words(command_, (runs_ - 1) / runs_at_a_time * runs_at_a_time),
         .unfinished = &unfinished_});
    shrink(found, shrinking_time, [&guard, seed = found.seed](const sim::ClientPlan& plan) {
      guard.going_on();
      return sim::run_client_twice(plan, seed).violation;
    });
  }

  /// Was the time too little for what does come back, on a machine that stood still, the failure
  /// stays as large as it was.
  void shrink_isolated(Found& found) {
    const auto test = [&found](const IsolationLimits& limits, const sim::ClientPlan& plan) {
      const auto end = end_of_run(plan, found.seed, limits);
      if (!end) return sim::run_client_twice(plan, found.seed).violation;
      return end->signature == found.end ? std::optional(violation_of(*end)) : std::nullopt;
    };
    shrink(found, isolated_shrinking_time,
           [&](const sim::ClientPlan& plan) { return test(longest_isolated_replay, plan); });
    if (!test(longest_isolated_run, found.shrunk.plan)) {
      found.shrunk = {.plan = make_plan_(found.seed), .violation = found.violation};
    }
  }

  template <typename Test>
  void shrink(Found& found, Duration limit, Test test) {
    found.shrunk =
        sim::shrink_client_plan(make_plan_(found.seed), found.violation,
                                {.test = std::move(test), .goes_on = for_so_long(limit)});
  }

  void say(const Found& found) {
    const sim::Violation& violation = found.shrunk.violation;
    console_.say(fmt::format("FAIL seed {}: {}\n  clause: {}: {}\n  what happens, made short:\n",
                             found.seed, violation.message, violation.clause, violation.sentence));
    for (const std::string& line : sim::plan_lines(found.shrunk.plan)) {
      console_.say("    " + line + '\n');
    }
    for (const std::string& line : spec_tests::last_lines(trace_of(found))) {
      console_.say("  " + line + '\n');
    }
    if (!found.saved.path.empty()) {
      console_.say(fmt::format("  repeat: {}\n", replay_command(found.saved, console_)));
    }
    console_.say(fmt::format("  repeat: {}\n", repeat_search(found.seed)));
  }

  /// Of what was made small; nothing if that would end this process.
  static sim::ClientTrace trace_of(const Found& found) {
    sim::ClientTrace trace;
    if (!found.end.empty()) return trace;
    sim::SeededChoices choices(found.seed);
    sim::run_client(found.shrunk.plan, choices, &trace);
    return trace;
  }

  [[nodiscard]] std::string repeat_search(std::uint64_t seed) const {
    return fmt::format("{} fuzz --client --seed {} --runs 1", shell_word(console_.program()), seed);
  }

  /// As that of a pool.
  [[nodiscard]] JsonObject failure_json(const Found& found) const {
    const sim::ShrunkClientPlan& shrunk = found.shrunk;
    JsonObject json;
    json.add("seed", found.seed)
        .add("clause", shrunk.violation.clause)
        .add("message", shrunk.violation.sentence + ": " + shrunk.violation.message)
        .add("operations", std::uint64_t{shrunk.plan.happenings.size() + shrunk.plan.calls.size()})
        .add("file", found.saved.path)
        .add("repeat", repeat_search(found.seed));
    return json;
  }

  void say_json(double seconds) {
    JsonObject json;
    json.add("seed", command_.fuzz.seed).add("runs", runs_).add("steps", sum_.steps);
    json.add("poolEvents", sum_.pool_events).add("heartbeatEvents", sum_.heartbeat_events);
    json.add("topologyEvents", sum_.topology_events).add("succeeded", sum_.calls_succeeded);
    json.add("failed", sum_.calls_failed).add("clears", sum_.clears);
    json.add("removed", sum_.removed).add("broken", found_ || is_lost_).add("seconds", seconds);
    if (found_) json.add("failure", failure_json(*found_));
    if (command_.fuzz.property.note_coverage) json.add("coverage", coverage_json());
    console_.out().write(json.text() + '\n');
  }

  void sum_up(double seconds) {
    if (command_.json) return say_json(seconds);
    console_.say(fmt::format(
        "seed {}: {} runs, each made twice, in {:.1f} s\n"
        "  {} steps, {} events of pools, {} of heartbeats, {} of topologies\n"
        "  {} calls succeeded, {} failed; {} pools cleared, {} servers removed\n",
        command_.fuzz.seed, runs_, seconds, sum_.steps, sum_.pool_events, sum_.heartbeat_events,
        sum_.topology_events, sum_.calls_succeeded, sum_.calls_failed, sum_.clears, sum_.removed));
    if (!is_lost_) console_.say(found_ ? "a clause was broken\n" : "no clause was broken\n");
    if (command_.fuzz.property.note_coverage) console_.say(coverage_text());
  }

  const FuzzCommand& command_;
  Console& console_;
  const MakeClientPlan& make_plan_;
  const TimePoint begin_;
  UnfinishedRuns unfinished_{[this](std::uint64_t seed) { save_unfinished(seed); }};
  std::uint64_t runs_ = 0;
  std::optional<Found> found_;
  bool is_lost_ = false;  ///< what ended an earlier process does not come again
  sim::ClientRunResult sum_;
  std::array<std::uint64_t, sim::client_ingredient_count> met_{};
};

}  // namespace

ExitStatus fuzz_client(const FuzzCommand& command, Console& console,
                       const MakeClientPlan& make_plan) {
  if (command.json) console.words_to_error();
  return ClientFuzzing(command, console, make_plan).run();
}

}  // namespace cmap::tools
