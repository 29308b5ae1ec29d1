// Epoch after epoch until the first failure, the limit or an interruption.
#include "tools/cmap/fuzz_run.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "fuzz/saved.hpp"
#include "pool/asio/steady_time.hpp"
#include "tools/cmap/in_order.hpp"
#include "tools/cmap/interruption.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {
namespace {

constexpr Duration shrinking_time = std::chrono::seconds(10);

class Fuzzing {
 public:
  Fuzzing(const FuzzCommand& command, Console& console)
      : command_(command),
        console_(console),
        fuzzer_(command.fuzz, command.factory),
        begin_(steady_now()) {}

  ExitStatus run() {
    note_interruption();
    while (!found_ && goes_on()) run_epoch();
    const double seconds = std::chrono::duration<double>(steady_now() - begin_).count();
    if (found_) report(shrunk());
    sum_up(seconds);
    return found_ ? ExitStatus::failed : ExitStatus::good;
  }

 private:
  [[nodiscard]] bool goes_on() const {
    if (command_.runs && fuzzer_.totals().runs >= *command_.runs) return false;
    return !was_interrupted() && (!command_.time || steady_now() - begin_ < *command_.time);
  }

  /// In the order of their numbers, whoever makes them: the first failure is the same one with any
  /// number of jobs.
  void run_epoch() {
    const std::uint64_t first = fuzzer_.totals().runs;
    std::uint64_t count = fuzz::Fuzzer::runs_of_epoch;
    if (command_.runs) count = std::min(count, *command_.runs - first);
    in_order(
        static_cast<std::size_t>(count), command_.jobs,
        [&](std::size_t i) { return fuzzer_.run(first + i); },
        [&](std::size_t i, fuzz::FuzzRun run) {
          if (found_) return;
          if (run.failure) {
            found_ = std::move(run.failure);
            number_ = first + i;
          }
          fuzzer_.take(std::move(run));
        });
    fuzzer_.end_epoch();
    show_progress();
  }

  void show_progress() {
    const fuzz::FuzzTotals totals = fuzzer_.totals();
    const double seconds = std::chrono::duration<double>(steady_now() - begin_).count();
    console_.progress(fmt::format("{} runs, {:.0f} per second, {} states ...", totals.runs,
                                  static_cast<double>(totals.runs) / seconds, totals.states));
  }

  fuzz::Shrunk shrunk() {
    console_.progress(fmt::format("run {} failed; making it small ...", number_));
    const TimePoint until = steady_now() + shrinking_time;
    return fuzz::shrink(*found_, command_.factory,
                        {.go_on = [until] { return steady_now() < until && !was_interrupted(); }});
  }

  void report(const fuzz::Shrunk& shrunk) {
    shrunk_ = shrunk.failure;
    const std::string name = fmt::format("fuzz-{}-{}", command_.fuzz.seed, number_);
    const spec_tests::Written file = fuzz::save(shrunk.failure, name);
    if (file.text.empty()) {
      console_.warn(fmt::format("the failure cannot be saved: {}\n", file.reason));
    } else {
      write(command_.save / (name + ".yml"), file.text);
    }
    if (!command_.json) say(shrunk, file.text);
  }

  void write(const std::filesystem::path& path, const std::string& text) {
    std::error_code ignored;
    std::filesystem::create_directories(path.parent_path(), ignored);
    std::ofstream output(path, std::ios::binary);
    output << text;
    output.close();
    if (output) {
      saved_ = path.lexically_normal().string();
    } else {
      console_.warn(fmt::format("cannot write {}\n", path.string()));
    }
  }

  void say(const fuzz::Shrunk& shrunk, const std::string& text) {
    const auto& scenario = shrunk.failure.scenario;
    console_.say(console_.paint(Color::red, "FAIL") + fmt::format("   run {} of seed {}: {}\n",
                                                                  number_, command_.fuzz.seed,
                                                                  shrunk.failure.finding.message));
    console_.say(
        fmt::format("  {} operations and {} choices are left of {} and {}, after {} replays\n",
                    scenario.operations.size(), shrunk.failure.schedule.size(),
                    found_->scenario.operations.size(), found_->schedule.size(), shrunk.replays));
    if (!text.empty()) {
      console_.say("\n");
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        console_.say("    " + text.substr(at, end - at) + "\n");
        at = end + 1;
      }
    }
    console_.say("\n  repeat: " + repeat_search() + "\n");
    if (!saved_.empty()) console_.say("          " + repeat_replay() + "\n");
    console_.say("\n");
  }

  [[nodiscard]] std::string repeat_search() const {
    std::string text =
        fmt::format("{} fuzz --seed {}", shell_word(console_.program()), command_.fuzz.seed);
    if (command_.fuzz.strategy != fuzz::Strategy::portfolio) {
      text += fmt::format(" --strategy {}", fuzz::strategy_name(command_.fuzz.strategy));
    }
    return text + pool_option() + fmt::format(" --runs {}", number_ + 1);
  }
  [[nodiscard]] std::string repeat_replay() const {
    return shell_word(console_.program()) + " replay" + pool_option() + ' ' + shell_word(saved_);
  }
  [[nodiscard]] std::string pool_option() const {
    return command_.pool == "connection-pool" ? "" : " --pool " + command_.pool;
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
    if (!found_) console_.say(console_.paint(Color::green, "no clause was broken") + "\n");
  }

  void say_json(const fuzz::FuzzTotals& totals, double seconds) {
    JsonObject object;
    object.add("seed", command_.fuzz.seed)
        .add("strategy", fuzz::strategy_name(command_.fuzz.strategy))
        .add("runs", totals.runs)
        .add("steps", totals.steps)
        .add("states", totals.states)
        .add("seconds", seconds)
        .add("ok", !found_.has_value());
    if (shrunk_) {
      JsonObject failure;
      failure.add("run", number_)
          .add("clause", shrunk_->finding.clause)
          .add("message", shrunk_->finding.message)
          .add("operations", std::uint64_t{shrunk_->scenario.operations.size()})
          .add("choices", std::uint64_t{shrunk_->schedule.size()})
          .add("file", saved_)
          .add("repeat", repeat_search());
      object.add("failure", failure);
    }
    console_.out().write(object.text() + '\n');
  }

  const FuzzCommand& command_;
  Console& console_;
  fuzz::Fuzzer fuzzer_;
  const TimePoint begin_;
  std::optional<fuzz::Failure> found_;
  std::optional<fuzz::Failure> shrunk_;
  std::uint64_t number_ = 0;
  std::string saved_;
};

}  // namespace

ExitStatus run_fuzz(const FuzzCommand& command, Console& console) {
  return Fuzzing(command, console).run();
}

}  // namespace cmap::tools
