// The canonical run first; other schedules only of what holds on the canonical one.
#include "spec-tests/runner.hpp"

#include <exception>
#include <utility>

#include "sim/choice.hpp"

namespace cmap::spec_tests {
namespace {

using Outcome = Result::Outcome;
using Schedules = RunnerOptions::Schedules;

class Runner {
 public:
  Runner(const ScenarioFile& file, const sim::PoolFactory& factory, const RunnerOptions& options)
      : file_(file), factory_(factory), options_(options) {}

  Result run() {
    if (options_.only_seed) {
      sim::SeededChoices choices(*options_.only_seed);
      run_once(choices);
      if (result_.outcome == Outcome::fail) result_.seed = options_.only_seed;
      return std::move(result_);
    }
    run_canonical();
    if (result_.outcome == Outcome::pass && options_.schedules != Schedules::none) {
      run_schedules();
    }
    return std::move(result_);
  }

 private:
  void run_canonical() {
    sim::CanonicalChoices choices;
    result_.trace = sim::run(file_.scenario, factory_, choices, options_.run);
    take(judge(file_, result_.trace, {.require_no_surplus = options_.require_no_surplus}));
    if (result_.outcome == Outcome::pass) compare_with_second_run();
  }

  void compare_with_second_run() {
    sim::CanonicalChoices choices;
    const sim::Trace second = sim::run(file_.scenario, factory_, choices, quiet());
    if (second.digest == result_.trace.digest) return;
    Verdict verdict{.what = Verdict::What::not_repeatable, .file = file_.path};
    verdict.message = "two canonical runs differ: the pool under test is not deterministic";
    verdict.expected = "digest " + std::to_string(result_.trace.digest);
    verdict.actual = "digest " + std::to_string(second.digest);
    verdict.clause = "design, principle 12";
    take(std::move(verdict));
  }

  /// One run that is not canonical, and becomes the result.
  void run_once(sim::ChoiceSource& choices) {
    result_.trace = sim::run(file_.scenario, factory_, choices, options_.run);
    take(judge(file_, result_.trace, relaxed()));
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
      if (try_schedule(choices)) {
        ++report.held;
      } else if (!result_.seed) {
        result_.seed = seed;
      }
    }
    return report;
  }

  /// Keeps the trace and the verdict of the first schedule that fails.
  bool try_schedule(sim::ChoiceSource& choices) {
    sim::Trace trace = sim::run(file_.scenario, factory_, choices, quiet());
    Verdict verdict = judge(file_, trace, relaxed());
    if (verdict.passed()) return true;
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
    return {.require_no_surplus = options_.require_no_surplus, .extensions = false, .exact = false};
  }

  const ScenarioFile& file_;
  const sim::PoolFactory& factory_;
  const RunnerOptions& options_;
  Result result_;
};

}  // namespace

Result run_file(const ScenarioFile& file, const sim::PoolFactory& factory,
                const RunnerOptions& options) {
  if (file.skip_reason) return {.outcome = Outcome::skipped, .message = *file.skip_reason};
  try {
    return Runner(file, factory, options).run();
  } catch (const std::exception& error) {
    return {.outcome = Outcome::error, .message = error.what()};
  }
}

}  // namespace cmap::spec_tests
