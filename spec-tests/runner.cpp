// The canonical run first, or that of the file's own schedule; other schedules only of what holds
// there.
#include "spec-tests/runner.hpp"

#include <exception>
#include <utility>
#include <vector>

#include "sim/choice.hpp"
#include "sim/compare_traces.hpp"
#include "sim/reference_model/reference_model.hpp"

namespace cmap::spec_tests {
namespace {

using Outcome = Result::Outcome;
using Schedules = RunnerOptions::Schedules;

constexpr JudgeOptions steady_expectations{
    .require_no_surplus = false, .exact = false, .messages_go_on = true};

/// Real time is no excuse for more: on a machine that always stands still the last run counts.
constexpr int most_excused_runs = 4;

class Runner {
 public:
  Runner(const ScenarioFile& file, const sim::PoolFactory& factory, const RunnerOptions& options)
      : file_(file), factory_(factory), options_(options) {}

  Result run() {
    if (options_.is_steady) {
      run_steadily();
      return std::move(result_);
    }
    if (options_.only_seed) {
      run_once(*options_.only_seed);
      if (result_.outcome == Outcome::fail) result_.seed = options_.only_seed;
      return std::move(result_);
    }
    run_judged();
    if (result_.outcome == Outcome::pass && options_.schedules != Schedules::none) {
      run_schedules();
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] sim::Trace run_in(const RunnerOptions::World& world, sim::ChoiceSource& choices,
                                  const sim::RunOptions& options) const {
    return world ? world(file_.scenario, factory_, choices, options)
                 : sim::run(file_.scenario, factory_, choices, options);
  }

  /// The run that the exact expectations describe.
  sim::Trace run_described(const RunnerOptions::World& world, const sim::RunOptions& options) {
    if (!file_.schedule) {
      sim::CanonicalChoices choices;
      return run_in(world, choices, options);
    }
    sim::ReplayedChoices choices(*file_.schedule);
    sim::Trace trace = run_in(world, choices, options);
    // All of these runs drift alike, or their traces differ.
    result_.drift =
        Drift{.missed = choices.drift(), .choices = choices.replayed() + choices.drift()};
    return trace;
  }

  void run_judged() {
    result_.trace = run_described(options_.world, options_.run);
    take(judge(
        file_, result_.trace,
        {.require_no_surplus = options_.require_no_surplus, .messages_go_on = options_.is_real}));
    if (file_.catches == caught_by_model && !options_.world) compare_with_model();
    for (std::uint64_t i = 0; i < options_.repeat && result_.outcome == Outcome::pass; ++i) {
      compare_with_another_run();
      if (options_.compared_world && result_.outcome == Outcome::pass) {
        compare(run_described(options_.compared_world, quiet()), result_.trace);
      }
    }
  }

  void run_steadily() {
    for (std::uint64_t i = 0; i < options_.repeat && result_.outcome == Outcome::pass; ++i) {
      for (int excused = 0;; ++excused) {
        result_.trace = run_described(options_.world, options_.run);
        take(judge(file_, result_.trace, steady_expectations));
        if (excused == most_excused_runs || !is_excused()) break;
        ++result_.made_again;
      }
    }
  }

  [[nodiscard]] bool is_excused() const {
    return result_.outcome == Outcome::fail && result_.trace.machine_stood_still &&
           real_time_can_be_why(file_, result_.trace, steady_expectations);
  }

  void compare_with_another_run() {
    const sim::Trace second = run_described(options_.world, quiet());
    if (options_.is_real) {
      compare(second, result_.trace);
      return;
    }
    if (second.digest == result_.trace.digest) return;
    Verdict verdict{.what = Verdict::What::not_repeatable, .file = file_.path};
    verdict.message = "two runs of one schedule differ: the pool under test is not deterministic";
    verdict.expected = "digest " + std::to_string(result_.trace.digest);
    verdict.actual = "digest " + std::to_string(second.digest);
    verdict.clause = "design, principle 12";
    take(std::move(verdict));
  }

  /// Of what fails already, it is known again that this is why it was saved.
  void compare_with_model() {
    sim::ReplayedChoices choices(file_.schedule.value_or(std::vector<sim::RecordedChoice>{}));
    const sim::Trace model = sim::run(file_.scenario, sim::reference_model(), choices, quiet());
    const auto difference = sim::first_difference(model, result_.trace);
    if (!difference) return;
    Verdict verdict = std::move(result_.verdict);
    if (verdict.passed()) {
      verdict = {.what = Verdict::What::model_differs, .file = file_.path};
      verdict.message = "MODEL: the pool does what the reference model does. " + *difference;
    }
    verdict.clause.insert(0, verdict.clause.empty() ? "MODEL" : "MODEL, ");
    take(std::move(verdict));
  }

  /// `other`: of the world to compare with, on the same schedule as `trace`.
  void compare(const sim::Trace& other, const sim::Trace& trace) {
    const auto difference = sim::first_difference(other, trace);
    if (!difference) return;
    Verdict verdict{.what = Verdict::What::worlds_differ, .file = file_.path};
    verdict.message = "two runs of one schedule differ: " + *difference;
    verdict.clause = "parity";
    take(std::move(verdict));
  }

  /// One run that is not canonical, and becomes the result.
  void run_once(std::uint64_t seed) {
    sim::SeededChoices choices(seed);
    result_.trace = run_in(options_.world, choices, options_.run);
    take(judge(file_, result_.trace, relaxed()));
    if (result_.outcome == Outcome::pass) compare_seed(seed, result_.trace);
  }

  void compare_seed(std::uint64_t seed, const sim::Trace& trace) {
    if (!options_.compared_world) return;
    sim::SeededChoices choices(seed);
    compare(run_in(options_.compared_world, choices, quiet()), trace);
  }

  void run_schedules() {
    const bool all = options_.schedules == Schedules::all;
    const std::uint64_t limit = all ? options_.max_enumerated : options_.schedule_count;
    ScheduleReport report = enumerate(limit);
    if (!report.complete && report.held == report.tried) report = draw(options_.schedule_count);
    result_.schedules = report;
  }

  /// Complete if there are no more than `limit` schedules.
  ScheduleReport enumerate(std::uint64_t limit) {
    ScheduleReport report;
    sim::EnumeratedChoices choices;
    while (choices.next_run()) {
      if (report.tried == limit) return report;
      ++report.tried;
      if (try_schedule(choices)) {
        ++report.held;
      } else if (!result_.interleaving) {
        result_.interleaving = report.tried;
      }
    }
    report.complete = true;
    return report;
  }

  ScheduleReport draw(std::uint64_t count) {
    ScheduleReport report{.seeded = true};
    for (; report.tried < count; ++report.tried) {
      const std::uint64_t seed = options_.base_seed + report.tried;
      sim::SeededChoices choices(seed);
      if (try_schedule(choices, seed)) {
        ++report.held;
      } else if (!result_.seed) {
        result_.seed = seed;
      }
    }
    return report;
  }

  /// Keeps the trace and the verdict of the first schedule that fails.
  bool try_schedule(sim::ChoiceSource& choices, std::optional<std::uint64_t> seed = {}) {
    sim::Trace trace = run_in(options_.world, choices, quiet());
    Verdict verdict = judge(file_, trace, relaxed());
    if (verdict.passed()) {
      if (seed) compare_seed(*seed, trace);
      return result_.outcome == Outcome::pass;
    }
    if (result_.outcome != Outcome::pass) return false;
    result_.trace = std::move(trace);
    take(std::move(verdict));
    return false;
  }

  void take(Verdict verdict) {
    result_.outcome = verdict.passed() ? Outcome::pass : Outcome::fail;
    result_.verdict = std::move(verdict);
  }

  [[nodiscard]] sim::RunOptions quiet() const {
    sim::RunOptions options = options_.run;
    options.record_entries = false;
    return options;
  }

  [[nodiscard]] JudgeOptions relaxed() const {
    return {.require_no_surplus = options_.require_no_surplus,
            .extensions = false,
            .exact = false,
            .messages_go_on = options_.is_real};
  }

  const ScenarioFile& file_;
  const sim::PoolFactory& factory_;
  const RunnerOptions& options_;
  Result result_;
};

}  // namespace

Result run_file(const ScenarioFile& file, const sim::PoolFactory& factory,
                const RunnerOptions& options) {
  if (auto reason = misfit(file.run_on, options.server)) {
    return {.outcome = Outcome::skipped, .message = *reason};
  }
  if (options.impossible) {
    if (auto reason = options.impossible(file)) {
      return {.outcome = Outcome::skipped, .message = *reason};
    }
  }
  try {
    return Runner(file, factory, options).run();
  } catch (const std::exception& error) {
    return {.outcome = Outcome::error, .message = error.what()};
  }
}

}  // namespace cmap::spec_tests
