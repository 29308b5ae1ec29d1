// Epoch after epoch until the first failure, the limit or an interruption.
#include "tools/cmap/fuzz_run.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "fuzz/corpus.hpp"
#include "fuzz/saved.hpp"
#include "pool/asio/steady_time.hpp"
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

constexpr const char* guarded_pool = "cmap fuzz: the pool";

class Fuzzing {
 public:
  Fuzzing(const FuzzCommand& command, Console& console)
      : command_(command),
        console_(console),
        fuzzer_(with_samples(command.fuzz, console), command.factory),
        begin_(steady_now()) {}

  ExitStatus run() {
    note_interruption();
    if (command_.corpus) begin_with_corpus();
    while (!found_ && goes_on()) run_epoch();
    const double seconds = std::chrono::duration<double>(steady_now() - begin_).count();
    is_lost_ = is_lost_ || (command_.after_crash && !found_);  // interrupted before it came again
    if (found_) report(command_.after_crash ? shrunk_isolated() : shrunk_here());
    if (command_.corpus) keep_corpus();
    sum_up(seconds);
    return found_ || is_lost_ ? ExitStatus::failed : ExitStatus::good;
  }

 private:
  [[nodiscard]] bool goes_on() const {
    if (is_lost_) return false;
    if (command_.after_crash && fuzzer_.totals().runs <= *command_.after_crash) {
      return !was_interrupted();
    }
    if (command_.runs && fuzzer_.totals().runs >= command_.shard.share(*command_.runs)) {
      return false;
    }
    return !was_interrupted() && (!command_.time || steady_now() - begin_ < *command_.time);
  }

  /// In the order of their numbers, whoever makes them: the first failure is the same one with any
  /// number of jobs.
  void run_epoch() {
    const std::uint64_t first = epoch_ = fuzzer_.totals().runs;
    std::uint64_t count = fuzz::Fuzzer::runs_of_epoch;
    if (command_.runs) count = std::min(count, command_.shard.share(*command_.runs) - first);
    if (command_.after_crash == first) {
      run_isolated_epoch(first, count);
    } else {
      run_epoch(first, count);
    }
    fuzzer_.end_epoch();
    show_progress();
  }

  void run_epoch(std::uint64_t first, std::uint64_t count) {
    RunGuard guard({.subject = guarded_pool,
                    .where = which_runs(first, count),
                    .longest_run = command_.longest_run,
                    .successor = successor_words(command_, first),
                    .unfinished = &unfinished_});
    in_order(
        static_cast<std::size_t>(count), command_.jobs,
        [&](std::size_t i) {
          const std::uint64_t number = command_.shard.number(first + i);
          const UnfinishedRuns::Run unfinished(unfinished_, number);
          fuzz::FuzzRun run = fuzzer_.run(number);
          guard.going_on();
          return run;
        },
        [&](std::size_t i, fuzz::FuzzRun run) {
          if (!found_) take(command_.shard.number(first + i), std::move(run));
        });
  }

  void run_isolated_epoch(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count && !found_ && !was_interrupted(); ++i) {
      const std::uint64_t number = command_.shard.number(first + i);
      console_.progress(fmt::format("run {} in a process of its own ...", number));
      take(number, fuzzer_.run(number, isolated(longest_isolated_run)));
    }
    if (found_ || was_interrupted()) return;
    console_.warn(no_crash_again);
    is_lost_ = true;
  }

  void take(std::uint64_t number, fuzz::FuzzRun run) {
    if (run.failure) {
      number_ = number;
      found(run, fmt::format("run {} of seed {}", number, command_.fuzz.seed), name_of(number));
    }
    fuzzer_.take(std::move(run));
  }

  [[nodiscard]] static fuzz::Tester isolated(const IsolationLimits& limits) {
    return [limits](const sim::Scenario& scenario, sim::ChoiceSource& choices,
                    const sim::PoolFactory& factory, const fuzz::PropertyOptions& options) {
      return test_isolated(scenario, choices, factory, options, limits);
    };
  }

  /// What ends the program: neither made small nor judged.
  void save_unfinished(std::uint64_t number) {
    fuzz::Failure failure = fuzzer_.composed(number);
    failure.finding.clause = "PROGRESS";
    const std::string name = name_of(number);
    const SavedFailure saved =
        save_failure(fuzz::save(failure, name), name, command_.save, console_);
    if (saved.path.empty()) return;
    console_.warn(fmt::format(
        "  run {} is saved: {}\n", number,
        replay_command(saved, console_, pool_option(command_.pool) + compare_option())));
  }

  [[nodiscard]] std::string name_of(std::uint64_t number) const {
    return fmt::format("fuzz-{}-{}", command_.fuzz.seed, number);
  }

  /// For what ends the program.
  [[nodiscard]] std::string which_runs(std::uint64_t first, std::uint64_t count) const {
    return fmt::format("one of the runs {} to {}\n  repeat: {}\n", command_.shard.number(first),
                       command_.shard.number(first + count - 1),
                       repeat_search(command_.shard.number(first + count - 1)));
  }

  void found(const fuzz::FuzzRun& run, std::string where, std::string name) {
    found_ = run.failure;
    found_entry_ = run.made_by;
    where_ = std::move(where);
    name_ = std::move(name);
  }

  void begin_with_corpus() {
    const fuzz::Corpus corpus = read_corpus();
    corpus_bytes_ = corpus.bytes;
    entries_read_ = corpus.files.size();
    const bool is_isolated = command_.after_crash == FuzzCommand::in_corpus;
    const fuzz::Tester tester = is_isolated ? isolated(longest_isolated_run) : fuzz::test;
    std::optional<RunGuard> guard;
    if (!is_isolated) {  // which makes copies of this process
      guard.emplace(GuardOptions{.subject = guarded_pool,
                                 .where = "a run of the corpus\n",
                                 .longest_run = command_.longest_run,
                                 .successor = successor_words(command_, FuzzCommand::in_corpus)});
    }
    in_order(
        corpus.files.size(), is_isolated ? 1 : command_.jobs,
        [&](std::size_t i) {
          fuzz::FuzzRun run = fuzzer_.run_again(corpus.files[i].entry, tester);
          if (guard) guard->going_on();
          return run;
        },
        [&](std::size_t i, fuzz::FuzzRun run) {
          if (run.failure && !found_) {
            const std::filesystem::path& path = corpus.files[i].path;
            found(run, path.string(), "fuzz-" + path.stem().string());
          }
          fuzzer_.begin_with(std::move(run));
        });
    is_lost_ = is_isolated && !found_;
    if (is_lost_) console_.warn(no_crash_again);
  }

  [[nodiscard]] fuzz::Corpus read_corpus() const {
    try {
      fuzz::Corpus corpus = fuzz::read_corpus(*command_.corpus);
      if (corpus.problems.empty()) return corpus;
      throw BadUse(corpus.problems.front().text(),
                   "what is damaged can be removed: the search finds it again");
    } catch (const std::filesystem::filesystem_error& error) {
      throw BadUse("--corpus " + shell_word(command_.corpus->string()) + ": " +
                   error.code().message());
    }
  }

  /// The run that failed, then what showed something new, as far as there is room.
  void keep_corpus() {
    if (found_entry_ && number_ && !keep(fuzz::entry_text(*found_entry_))) return;
    for (const fuzz::CorpusEntry& entry : fuzzer_.worth_keeping()) {
      const std::string text = fuzz::entry_text(entry);
      if (corpus_bytes_ + text.size() > fuzz::most_corpus_bytes) {
        ++entries_left_out_;
      } else if (!keep(text)) {
        return;
      }
    }
  }

  bool keep(const std::string& text) {
    if (!fuzz::write_entry(*command_.corpus, text)) {
      console_.warn(fmt::format("cannot write to {}\n", command_.corpus->string()));
      return false;
    }
    corpus_bytes_ += text.size();
    ++entries_added_;
    return true;
  }

  static fuzz::FuzzOptions with_samples(fuzz::FuzzOptions options, const Console& console) {
    options.samples_coverage = console.has_progress();
    return options;
  }

  void show_progress() {
    const fuzz::FuzzTotals totals = fuzzer_.totals();
    const double seconds = std::chrono::duration<double>(steady_now() - begin_).count();
    console_.progress(fmt::format("{} runs, {:.0f} per second, {} states, {} ...", totals.runs,
                                  static_cast<double>(totals.runs) / seconds, totals.states,
                                  clauses_met(fuzzer_.coverage())));
  }

  fuzz::Shrunk shrunk(fuzz::ShrinkOptions options, Duration limit) {
    console_.progress(fmt::format("{} failed; making it small ...", where_));
    options.go_on = [goes_on = for_so_long(limit), each = std::move(options.go_on)] {
      if (each) each();
      return goes_on();
    };
    return fuzz::shrink(*found_, command_.factory, options);
  }

  /// Less than the whole may crash, or never come back.
  fuzz::Shrunk shrunk_here() {
    RunGuard guard({.subject = guarded_pool,
                    .where = made_small,
                    .longest_run = command_.longest_run,
                    .successor = successor_words(command_, epoch_)});
    const auto note_next = [&] {
      guard.going_on();
      return true;
    };
    return shrunk({.go_on = note_next, .property = command_.fuzz.property}, shrinking_time);
  }

  /// Each replay of what hangs takes all the time that it is given. Was that too little on a
  /// machine that stood still, the failure stays as large as it was.
  fuzz::Shrunk shrunk_isolated() {
    fuzz::Shrunk small = shrunk({.tester = writable_and_isolated()}, isolated_shrinking_time);
    sim::ReplayedChoices choices(small.failure.schedule);
    const fuzz::Tested tested =
        test_isolated(small.failure.scenario, choices, command_.factory, {}, longest_isolated_run);
    const bool still_fails =
        tested.finding && tested.finding->signature == found_->finding.signature;
    if (!still_fails) small.failure = *found_;
    return small;
  }

  /// What another operation needs may be left out and missed by nobody, if that one comes behind
  /// the end of the process.
  [[nodiscard]] fuzz::Tester writable_and_isolated() const {
    return [this](const sim::Scenario& scenario, sim::ChoiceSource& choices,
                  const sim::PoolFactory& factory, const fuzz::PropertyOptions& options) {
      fuzz::Tested tested =
          test_isolated(scenario, choices, factory, options, longest_isolated_replay);
      if (!tested.finding || !ends_process(*tested.finding)) return tested;
      const fuzz::Failure candidate{.scenario = scenario, .schedule = {}, .finding = {}};
      if (fuzz::save(candidate, name_).text.empty()) tested.finding.reset();
      return tested;
    };
  }

  void report(const fuzz::Shrunk& shrunk) {
    shrunk_ = shrunk.failure;
    saved_ = save_failure(written(shrunk.failure), name_, command_.save, console_);
    if (!command_.json) say(shrunk);
  }

  spec_tests::Written written(const fuzz::Failure& failure) {
    if (command_.portable) {
      spec_tests::Written file = fuzz::save_portably(failure, name_, command_.factory);
      if (!file.text.empty()) return file;
      console_.warn(fmt::format("the failure is saved with x-cmap: {}\n", file.reason));
    }
    return fuzz::save(failure, name_);
  }

  void say(const fuzz::Shrunk& shrunk) {
    const auto& scenario = shrunk.failure.scenario;
    console_.say(console_.paint(Color::red, "FAIL") +
                 fmt::format("   {}: {}\n", where_, shrunk.failure.finding.message));
    console_.say(
        fmt::format("  {} operations and {} choices are left of {} and {}, after {} replays\n",
                    scenario.operations.size(), shrunk.failure.schedule.size(),
                    found_->scenario.operations.size(), found_->schedule.size(), shrunk.replays));
    say_file(saved_, console_);
    console_.say("\n  repeat: " + repeat_search(number_.value_or(0)) + "\n");
    if (!saved_.path.empty()) {
      console_.say("          " +
                   replay_command(saved_, console_, pool_option(command_.pool) + compare_option()) +
                   "\n");
    }
    console_.say("\n");
  }

  /// With a corpus, the next search begins with what failed.
  [[nodiscard]] std::string repeat_search(std::uint64_t last) const {
    std::string text = shell_word(console_.program()) + " fuzz";
    if (command_.corpus) {
      return text + " --corpus " + shell_word(command_.corpus->string()) +
             pool_option(command_.pool) + world_option();
    }
    text += fmt::format(" --seed {}", command_.fuzz.seed);
    if (command_.fuzz.strategy != fuzz::Strategy::portfolio) {
      text += fmt::format(" --strategy {}", fuzz::strategy_name(command_.fuzz.strategy));
    }
    if (command_.shard.parts > 1) {
      text += fmt::format(" --shard {}/{}", command_.shard.part, command_.shard.parts);
    }
    return text + pool_option(command_.pool) + world_option() + fmt::format(" --runs {}", last + 1);
  }
  [[nodiscard]] std::string world_option() const {
    return command_.world == "sim" ? "" : " --on " + command_.world;
  }
  [[nodiscard]] std::string compare_option() const {
    return command_.world == "sim" ? "" : " --compare sim," + command_.world;
  }

  void sum_up(double seconds) {
    const fuzz::FuzzTotals totals = fuzzer_.totals();
    const double per_second = static_cast<double>(totals.runs) / std::max(seconds, 1e-9);
    if (command_.json) {
      say_json(totals, seconds);
      return;
    }
    console_.say(fmt::format(
        "seed {}: {} runs, {} steps, {} states, in {:.1f} s ({:.0f} per second)\n",
        command_.fuzz.seed, totals.runs, totals.steps, totals.states, seconds, per_second));
    if (command_.world != "sim") say_parity(totals);
    if (command_.corpus) {
      console_.say(fmt::format("corpus: {} entries were there, {} are new, {} KiB in all\n",
                               entries_read_, entries_added_, (corpus_bytes_ + 1023) / 1024));
      if (entries_left_out_ > 0) {
        console_.say(
            fmt::format("corpus: it is full, {} entries were left out\n", entries_left_out_));
      }
    }
    if (!found_ && !is_lost_) {
      console_.say(console_.paint(Color::green, "no clause was broken") + "\n");
    }
    if (command_.fuzz.property.note_coverage) console_.say(coverage_text(fuzzer_.coverage()));
  }

  static std::uint64_t impossible(const fuzz::FuzzTotals& totals) {
    std::uint64_t sum = 0;
    for (const auto& [reason, count] : totals.impossible) sum += count;
    return sum;
  }

  void say_parity(const fuzz::FuzzTotals& totals) {
    console_.say(fmt::format("{}: {} of {} runs, the same there; only the simulation can make:\n",
                             command_.world, totals.runs - impossible(totals), totals.runs));
    for (const auto& [reason, count] : totals.impossible) {
      console_.say(fmt::format("  {:>6}  {}\n", count, reason));
    }
  }

  void say_json(const fuzz::FuzzTotals& totals, double seconds) {
    JsonObject object;
    object.add("seed", command_.fuzz.seed)
        .add("strategy", fuzz::strategy_name(command_.fuzz.strategy))
        .add("runs", totals.runs)
        .add("steps", totals.steps)
        .add("states", totals.states)
        .add("seconds", seconds);
    if (command_.world != "sim") {
      object.add("world", command_.world).add("only_simulated", impossible(totals));
    }
    if (command_.corpus) {
      JsonObject corpus;
      corpus.add("read", entries_read_)
          .add("added", entries_added_)
          .add("bytes", corpus_bytes_)
          .add("left_out", entries_left_out_);
      object.add("corpus", corpus);
    }
    object.add("ok", !found_ && !is_lost_);
    if (shrunk_) {
      JsonObject failure;
      if (number_) failure.add("run", *number_);
      failure.add("clause", shrunk_->finding.clause)
          .add("message", shrunk_->finding.message)
          .add("operations", std::uint64_t{shrunk_->scenario.operations.size()})
          .add("choices", std::uint64_t{shrunk_->schedule.size()})
          .add("file", saved_.path)
          .add("repeat", repeat_search(number_.value_or(0)));
      object.add("failure", failure);
    }
    if (command_.fuzz.property.note_coverage) {
      object.add("coverage", coverage_json(fuzzer_.coverage()));
    }
    console_.out().write(object.text() + '\n');
  }

  const FuzzCommand& command_;
  Console& console_;
  fuzz::Fuzzer fuzzer_;
  UnfinishedRuns unfinished_{[this](std::uint64_t number) { save_unfinished(number); }};
  const TimePoint begin_;
  std::uint64_t epoch_ = 0;  ///< begins with this number of runs
  std::optional<fuzz::Failure> found_;
  std::optional<fuzz::Failure> shrunk_;
  std::optional<fuzz::CorpusEntry> found_entry_;
  std::optional<std::uint64_t> number_;  ///< of the run that failed; none: it is of the corpus
  std::string where_;                    ///< it failed
  std::string name_;                     ///< of the failure
  bool is_lost_ = false;                 ///< what ended an earlier process does not come again
  SavedFailure saved_;
  std::uint64_t entries_read_ = 0;
  std::uint64_t entries_added_ = 0;
  std::uint64_t entries_left_out_ = 0;
  std::uint64_t corpus_bytes_ = 0;
};

}  // namespace

/// Only this process knows the threads of another world.
std::vector<std::string> successor_words(const FuzzCommand& command, std::uint64_t first) {
  std::vector<std::string> words = command.command_line;
  if (words.empty() || command.after_crash || command.world != "sim") return {};
  words.push_back(fmt::format("--after-crash={}/{}", command.fuzz.seed, first));
  return words;
}

std::function<bool()> for_so_long(Duration limit) {
  return [until = steady_now() + limit] { return steady_now() < until && !was_interrupted(); };
}

ExitStatus run_fuzz(const FuzzCommand& command, Console& console) {
  return Fuzzing(command, console).run();
}

}  // namespace cmap::tools
