// The loop over the scenarios, and what decides on the exit status.
#include "tools/cmap/replay_run.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/choice.hpp"
#include "spec-tests/problem.hpp"
#include "tools/cmap/crash_note.hpp"
#include "tools/cmap/events_output.hpp"
#include "tools/cmap/in_order.hpp"
#include "tools/cmap/interruption.hpp"
#include "tools/cmap/json_text.hpp"
#include "tools/cmap/log_output.hpp"
#include "tools/cmap/report_output.hpp"
#include "tools/cmap/results_output.hpp"
#include "tools/cmap/trace_output.hpp"
#include "tools/cmap/unfinished_runs.hpp"
#include "tools/cmap/watchdog.hpp"

namespace cmap::tools {
namespace {

namespace fs = std::filesystem;
using Outcome = spec_tests::Result::Outcome;

constexpr std::size_t shown_description = 200;
constexpr const char* interrupted = "interrupted";

/// The runner keeps no entries of schedules other than the canonical one: the failing one again.
sim::Trace with_entries(const spec_tests::ScenarioFile& file, const ReplayOptions& options,
                        const spec_tests::Result& result) {
  const auto run = [&](sim::ChoiceSource& choices, const sim::RunOptions& how) {
    const auto& world = options.runner.world;
    return world ? world(file.scenario, options.factory, choices, how)
                 : sim::run(file.scenario, options.factory, choices, how);
  };
  if (result.seed) {
    sim::SeededChoices choices(*result.seed);
    return run(choices, options.runner.run);
  }
  sim::EnumeratedChoices choices;
  sim::RunOptions quiet = options.runner.run;
  quiet.record_entries = false;
  for (std::uint64_t number = 1; choices.next_run(); ++number) {
    if (number == *result.interleaving) break;
    run(choices, quiet);
  }
  return run(choices, options.runner.run);
}

class Replay {
 public:
  Replay(const ReplayOptions& options, Console& console)
      : options_(options),
        console_(console),
        start_(std::chrono::steady_clock::now()),
        factory_(options.factory) {}

  ExitStatus run() {
    if (options_.machine_output()) console_.words_to_error();
    selection_ = select(options_);
    for (const spec_tests::Problem& problem : selection_.problems) {
      console_.warn(problem.text() + '\n');
    }
    if (options_.list) {
      list();
    } else {
      if (options_.integration_only) note_interruption();
      say_what_is_not_for_cases();
      make_sinks();
      run_scenarios();
      run_cases();
      for (const auto& sink : sinks_) sink->finish();
    }
    explain_nothing();
    return status();
  }

 private:
  void run_scenarios() {
    if (selection_.scenarios.empty()) return;
    std::optional<CrashNote> note;
    if (options_.at_once > 1) note.emplace("crashed in one of the scenarios of this moment\n");
    if (!options_.runner.is_steady) watch_runs();
    in_order(
        selection_.scenarios.size(), options_.at_once,
        [this](std::size_t index) { return run_one(index); },
        [this](std::size_t index, spec_tests::Result result) { take(index, result); });
    watchdog_.reset();
  }

  /// On the virtual clock, where a run takes milliseconds. Each begins with its pools.
  void watch_runs() {
    watch("pool", under_way_);
    factory_ = [this](const sim::PoolSetup& setup, Environment& environment) {
      watchdog_->going_on();
      return options_.factory(setup, environment);
    };
  }

  void watch(const char* subject, UnfinishedRuns& runs) {
    watchdog_.emplace(options_.longest_run,
                      fmt::format("cmap replay: the {} does not come back from\n", subject),
                      static_cast<int>(ExitStatus::failed), [&runs] { runs.save_all(); });
  }

  /// Those that need a world take real time in all but the simulated one.
  void run_cases() {
    if (options_.world == "sim") watch("client", cases_under_way_);
    std::optional<CrashNote> note;
    if (options_.cases_at_once > 1) note.emplace("crashed in one of the cases of this moment\n");
    in_order(
        selection_.cases.size(), options_.cases_at_once,
        [this](std::size_t index) {
          const UnfinishedRuns::Run run(cases_under_way_, index);
          if (watchdog_) watchdog_->going_on();
          return run_case(selection_.cases[index]);
        },
        [this](std::size_t index, const CaseOutcome& played) {
          take(selection_.cases[index], played);
        });
    watchdog_.reset();
  }

  /// Else it would look as if these had been done.
  void say_what_is_not_for_cases() {
    if (selection_.cases.empty()) return;
    std::string names;
    const auto add = [&](bool is_given, std::string_view name) {
      if (is_given) names += std::string(names.empty() ? "" : ", ") + std::string(name);
    };
    add(!options_.compare.empty(), "--compare");
    add(options_.runner.repeat > 1, "--repeat");
    add(options_.runner.only_seed.has_value(), "--seed");
    add(!options_.schedules.empty(), "--schedules");
    add(options_.pool != "connection-pool", "--pool");
    add(options_.trace.has_value(), "--trace");
    add(options_.log != LogForm::none, "--log");
    if (names.empty()) return;
    console_.warn(fmt::format("note: {} of {} tests are cases, for which these do nothing: {}\n",
                              selection_.cases.size(), total(), names));
  }

  void make_sinks() {
    if (options_.events) {
      sinks_.push_back(std::make_unique<EventsOutput>(open(*options_.events)));
    }
    if (options_.trace) sinks_.push_back(std::make_unique<TraceOutput>(open(*options_.trace)));
    if (options_.json) {
      sinks_.push_back(
          std::make_unique<ResultsOutput>(console_.out(), selection_.problems, options_.world));
    }
    if (options_.log != LogForm::none) {
      sinks_.push_back(std::make_unique<LogOutput>(console_, options_));
    }
    sinks_.push_back(std::make_unique<ReportOutput>(console_, options_, selection_, start_));
  }

  Output& open(const std::string& name) {
    if (name == "-") return console_.out();
    for (const Selected& scenario : selection_.scenarios) {
      if (!scenario.embedded) require_other_file(name, scenario.file.path);
    }
    for (const spec_tests::Case& test : selection_.cases) require_other_file(name, test.path);
    files_.push_back(Output::create_file(name));
    if (!files_.back()->error().empty()) throw BadUse(files_.back()->error());
    return *files_.back();
  }

  /// What is read, and its twin, are not overwritten.
  static void require_other_file(const fs::path& output, const fs::path& input) {
    fs::path twin = input;
    twin.replace_extension(".json");
    std::error_code ignored;
    if (fs::equivalent(output, input, ignored) || fs::equivalent(output, twin, ignored)) {
      throw BadUse("will not overwrite the scenario " + spec_tests::printable(output.string()),
                   "to read a scenario, put its name after the options");
    }
  }

  /// On any thread, where several run at once: these say nothing on the console.
  [[nodiscard]] spec_tests::Result run_one(std::size_t index) {
    const Selected& scenario = selection_.scenarios[index];
    if (was_interrupted()) return {.outcome = Outcome::skipped, .message = interrupted};
    std::optional<CrashNote> note;
    if (options_.at_once == 1) {
      announce(index);
      note.emplace("crashed in the scenario " + spec_tests::printable(scenario.file.path) + '\n');
    }
    const UnfinishedRuns::Run run(under_way_, index);
    return spec_tests::run_file(scenario.file, factory_, options_.runner);
  }

  void announce(std::size_t index) {
    const Selected& scenario = selection_.scenarios[index];
    console_.out().flush();  // should the pool crash, everything before it is there
    console_.progress(fmt::format("[{}/{}] {}", index + 1, selection_.scenarios.size(),
                                  spec_tests::printable(scenario.file.scenario.name)));
  }

  void take(std::size_t index, spec_tests::Result& result) {
    const Selected& scenario = selection_.scenarios[index];
    if (options_.trace && (result.seed || result.interleaving)) {
      result.trace = with_entries(scenario.file, options_, result);
    }
    failed_ |= result.outcome == Outcome::fail || result.outcome == Outcome::error;
    if (result.outcome == Outcome::skipped) skip(result.message);
    const Played played{scenario.file, result, scenario.embedded};
    for (const auto& sink : sinks_) sink->add(played);
    const bool more_under_way = options_.at_once > 1 && index + 1 < selection_.scenarios.size();
    if (more_under_way) announce(index + 1);
  }

  struct CaseOutcome {
    std::string not_run{};  ///< why not; empty: it was
    std::vector<spec_tests::Problem> differences{};
    sim::ClientTrace trace{};
  };

  /// As run_one.
  [[nodiscard]] CaseOutcome run_case(const spec_tests::Case& test) {
    if (was_interrupted()) return {.not_run = interrupted};
    if (!test.misfit.empty()) return {.not_run = test.misfit};
    std::optional<CrashNote> note;
    if (options_.cases_at_once == 1) {
      console_.out().flush();
      note.emplace("crashed in the case " + spec_tests::printable(test.name) + '\n');
    }
    CaseOutcome played;
    played.differences =
        test.differences({.worlds = options_.client_worlds.get(), .trace = &played.trace});
    if (played.differences.empty() && !options_.events) played.trace = {};  // nobody wants it
    return played;
  }

  void take(const spec_tests::Case& test, const CaseOutcome& played) {
    if (!played.not_run.empty()) skip(played.not_run);
    failed_ |= !played.differences.empty();
    if (played.not_run == interrupted) return;
    for (const auto& sink : sinks_) sink->add_case({test, played.differences, played.trace});
  }

  void skip(const std::string& reason) {
    was_cut_short_ |= reason == interrupted;
    if (skipped_++ == 0) first_reason_ = reason;
  }

  [[nodiscard]] std::size_t total() const {
    return selection_.scenarios.size() + selection_.cases.size();
  }

  void list() {
    std::size_t width = 0;
    for (const Selected& scenario : selection_.scenarios) {
      width = std::max(width, scenario.file.scenario.name.size());
    }
    for (const spec_tests::Case& test : selection_.cases) width = std::max(width, test.name.size());
    for (const Selected& scenario : selection_.scenarios) {
      const spec_tests::ScenarioFile& file = scenario.file;
      list(JsonObject().add("scenario", file.scenario.name).add("file", file.path),
           file.scenario.name, width, file.description);
    }
    for (const spec_tests::Case& test : selection_.cases) {
      list(JsonObject().add("case", test.name).add("file", test.path), test.name, width,
           test.description, test.misfit);
    }
  }

  void list(JsonObject& json, const std::string& name, std::size_t width,
            const std::string& description, const std::string& misfit = {}) {
    if (options_.json) {
      json.add("description", description);
      if (!misfit.empty()) json.add("notRun", misfit);
      console_.out().write(json.text() + '\n');
      return;
    }
    console_.say(
        fmt::format("{:<{}}  {}{}\n", spec_tests::printable(name), width,
                    spec_tests::printable(spec_tests::shortened(description, shown_description)),
                    misfit.empty() ? "" : " (not run: " + spec_tests::printable(misfit) + ')'));
  }

  [[nodiscard]] bool nothing_was_run() const { return !options_.list && skipped_ == total(); }

  void explain_nothing() {
    if (was_cut_short_) {
      console_.error("interrupted: not every scenario was run");
    } else if (total() > 0) {
      if (!nothing_was_run()) return;
      console_.error(fmt::format("nothing was run: {0} of {0} {1} were skipped; the first: {2}",
                                 skipped_, selection_.cases.empty() ? "scenarios" : "tests",
                                 spec_tests::printable(first_reason_)));
    } else if (selection_.unit_files > 0) {
      console_.error(fmt::format("none of {} scenarios is an integration file, which a deployment "
                                 "is for",
                                 selection_.unit_files),
                     "to run the others in real time: --on tcp --clock steady");
    } else if (selection_.filtered_out > 0) {
      console_.error(
          fmt::format("none of {} scenarios matches --filter {}", selection_.filtered_out,
                      spec_tests::in_quotes(options_.filter->text())),
          "--list shows their names and descriptions");
    } else {
      console_.error("no scenario found",
                     "a scenario is a .yml, .yaml or .json file in cmap-format");
    }
  }

  ExitStatus status() {
    bool written = console_.finish();
    for (const auto& file : files_) {
      file->close();
      if (file->error().empty()) continue;
      console_.error(file->error());
      written = false;
    }
    if (failed_) return ExitStatus::failed;
    const bool all_good = written && selection_.problems.empty() && total() > 0 &&
                          !nothing_was_run() && !was_cut_short_;
    return all_good ? ExitStatus::good : ExitStatus::bad_use;
  }

  const ReplayOptions& options_;
  Console& console_;
  std::chrono::steady_clock::time_point start_;
  Selection selection_;
  std::vector<std::unique_ptr<Output>> files_;
  std::vector<std::unique_ptr<ResultSink>> sinks_;
  std::size_t skipped_ = 0;
  std::string first_reason_;  ///< to skip one
  bool failed_ = false;
  bool was_cut_short_ = false;
  sim::PoolFactory factory_;  ///< options_'s, watched
  UnfinishedRuns under_way_{[this](std::uint64_t index) {
    console_.warn("  " + spec_tests::printable(selection_.scenarios[index].file.path) + '\n');
  }};
  UnfinishedRuns cases_under_way_{[this](std::uint64_t index) {
    console_.warn("  " + spec_tests::printable(selection_.cases[index].name) + '\n');
  }};
  std::optional<Watchdog> watchdog_;  ///< ends before what it looks at
};

}  // namespace

ExitStatus replay(const ReplayOptions& options, Console& console) {
  return Replay(options, console).run();
}

}  // namespace cmap::tools
