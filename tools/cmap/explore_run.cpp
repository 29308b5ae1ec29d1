// One scenario after the other, or one on all threads, until the first failure or an interruption.
#include "tools/cmap/explore_run.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "fuzz/saved.hpp"
#include "pool/asio/steady_time.hpp"
#include "tools/cmap/closed_scenarios.hpp"
#include "tools/cmap/found_failure.hpp"
#include "tools/cmap/in_order.hpp"
#include "tools/cmap/interruption.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {
namespace {

/// 5312004 as "5,312,004".
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t left = digits.size(); left > 3; left -= 3) digits.insert(left - 3, ",");
  return digits;
}

std::string counted(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", grouped(count), one, count == 1 ? "" : "s");
}

/// As the name of a file.
std::string file_name(const std::string& scenario) {
  std::string name = "explore";
  bool gap = true;
  for (const char c : scenario) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain && gap) name += '-';
    if (plain) name += c;
    gap = !plain;
  }
  return name;
}

struct Explored {
  fuzz::ExploreTotals totals{};
  std::optional<fuzz::Failure> failure{};
  bool ended = false;  ///< else it was interrupted
};

void add_totals(fuzz::ExploreTotals& sum, const fuzz::ExploreTotals& totals) {
  sum.states += totals.states;
  sum.transitions += totals.transitions;
  sum.ends += totals.ends;
  sum.depth = std::max(sum.depth, totals.depth);
}

class Exploring {
 public:
  Exploring(const ExploreCommand& command, Console& console)
      : command_(command),
        console_(console),
        closed_(command.resume, command.arguments),
        begin_(steady_now()) {}

  ExitStatus run() {
    note_interruption();
    if (command_.scenarios.size() == 1) {
      take(0, explore_on_all_threads(command_.scenarios.front()));
    } else {
      in_order(
          command_.scenarios.size(), command_.jobs, [this](std::size_t i) { return explore(i); },
          [this](std::size_t i, Explored explored) { take(i, std::move(explored)); });
    }
    if (failure_) report();
    sum_up();
    return failure_ ? ExitStatus::failed : ExitStatus::good;
  }

 private:
  [[nodiscard]] bool goes_on() const { return !was_interrupted() && !stops_; }

  Explored explore(std::size_t i) {
    const sim::Scenario& scenario = command_.scenarios[i];
    if (const auto* before = closed_.find(scenario.name)) {
      return {.totals = *before, .ended = true};
    }
    fuzz::Explorer explorer(scenario, command_.factory, command_.options);
    explorer.run([this] { return goes_on(); });
    return ended(explorer);
  }

  /// A level is expanded in parts, for the memory that it takes and for the progress.
  Explored explore_on_all_threads(const sim::Scenario& scenario) {
    if (const auto* before = closed_.find(scenario.name)) {
      return {.totals = *before, .ended = true};
    }
    fuzz::Explorer explorer(scenario, command_.factory, command_.options);
    while (explorer.level_size() > 0 && goes_on() && expand_level(explorer)) explorer.end_level();
    return ended(explorer);
  }

  /// False: it was interrupted.
  bool expand_level(fuzz::Explorer& explorer) {
    constexpr std::size_t part = 4096;
    for (std::size_t first = 0; first < explorer.level_size(); first += part) {
      if (explorer.failure()) return true;
      if (!goes_on()) return false;
      in_order(
          std::min(part, explorer.level_size() - first), command_.jobs,
          [&](std::size_t i) { return explorer.expand(first + i); },
          [&](std::size_t, const fuzz::Explorer::Expansion& expansion) {
            if (!explorer.failure()) explorer.take(expansion);
          });
      show_progress(explorer.totals().states);
    }
    return true;
  }

  static Explored ended(const fuzz::Explorer& explorer) {
    return {.totals = explorer.totals(),
            .failure = explorer.failure(),
            .ended = explorer.level_size() == 0 || explorer.failure()};
  }

  /// After the first failure nothing counts any more: it is the same one with any number of jobs.
  void take(std::size_t i, Explored explored) {
    if (failure_) return;
    const fuzz::ExploreTotals& totals = explored.totals;
    add_totals(all_, totals);
    const bool family_ends = explored.ended && add_to_family(totals);
    if (explored.failure) {
      failure_ = std::move(explored.failure);
      failure_depth_ = totals.depth;
      stops_ = true;
      return;
    }
    if (!explored.ended) return;
    if (totals.cut_off) {
      ++cut_off_;
    } else {
      ++closed_count_;
      const std::string& name = command_.scenarios[i].name;
      if (!closed_.find(name)) closed_.add(name, totals);
      show_progress(0);
    }
    if (family_ends) say_family();
  }

  /// True: it was the last one of its family.
  bool add_to_family(const fuzz::ExploreTotals& totals) {
    if (command_.families.empty()) return false;
    if (families_.empty() || families_.back().ended == size_of_family()) families_.emplace_back();
    ++families_.back().ended;
    add_totals(families_.back().totals, totals);
    return families_.back().ended == size_of_family();
  }
  [[nodiscard]] std::size_t size_of_family() const {
    return command_.families[families_.size() - 1].size;
  }

  void say_family() {
    if (command_.json || command_.families.size() == 1) return;
    const fuzz::ExploreTotals& totals = families_.back().totals;
    console_.say(fmt::format("{:16}{:>18}, {:>14}, at most {}\n",
                             command_.families[families_.size() - 1].name,
                             counted(size_of_family(), "configuration"),
                             counted(totals.states, "state"), counted(totals.depth, "choice")));
  }

  void show_progress(std::uint64_t states_of_running) {
    const double seconds = std::max(passed(), 1e-9);
    const std::uint64_t states = all_.states + states_of_running;
    console_.progress(fmt::format("{} of {}, {}, {:.0f} per second ...", closed_count_,
                                  counted(command_.scenarios.size(), "configuration"),
                                  counted(states, "state"), static_cast<double>(states) / seconds));
  }

  [[nodiscard]] double passed() const {
    return std::chrono::duration<double>(steady_now() - begin_).count();
  }

  void report() {
    const std::string name = file_name(failure_->scenario.name);
    saved_ = save_failure(fuzz::save(*failure_, name), name, command_.save, console_);
    if (command_.json) return;
    console_.say(console_.paint(Color::red, "FAIL") +
                 fmt::format("   {} {}\n", failure_->scenario.name, failure_->finding.message));
    console_.say(fmt::format("  {} led to it, and no fewer break a clause of this scenario\n",
                             counted(failure_depth_, "choice")));
    say_file(saved_, console_);
    console_.say("\n  repeat: " + repeat_search() + "\n");
    if (!saved_.path.empty()) {
      console_.say("          " + replay_command(saved_, console_, pool_option(command_.pool)) +
                   "\n");
    }
    console_.say("\n");
  }

  [[nodiscard]] std::string repeat_search() const {
    return shell_word(console_.program()) + " explore" + command_.arguments;
  }

  void sum_up() {
    if (command_.json) {
      say_json();
      return;
    }
    const std::uint64_t all = command_.scenarios.size();
    const std::string covered = fmt::format(
        "{}, {} ({}, at most {}, in {:.1f} s)", counted(all_.states, "state"),
        counted(failure_ ? closed_count_ + 1 : closed_count_ + cut_off_, "configuration"),
        counted(all_.transitions, "run"), counted(all_.depth, "choice"), passed());
    if (failure_) {
      console_.say("a violation in " + covered + "\n");
      return;
    }
    console_.say(console_.paint(Color::green, "no violation") + " in " + covered + "\n");
    if (cut_off_ > 0) {
      console_.say(fmt::format("not all: {} had more than {}\n", counted(cut_off_, "configuration"),
                               counted(command_.options.most_states, "state")));
    }
    if (closed_count_ + cut_off_ < all) {
      console_.say(fmt::format("interrupted: {} of {} were closed\n", closed_count_,
                               counted(all, "configuration")));
    }
  }

  void say_json() {
    JsonObject object;
    object.add("configurations", std::uint64_t{command_.scenarios.size()})
        .add("closed", closed_count_)
        .add("cutOff", cut_off_)
        .add("states", all_.states)
        .add("runs", all_.transitions)
        .add("choices", all_.depth)
        .add("seconds", passed())
        .add("ok", !failure_.has_value());
    if (!command_.families.empty()) object.add("families", families_as_json());
    if (failure_) {
      JsonObject failure;
      failure.add("configuration", failure_->scenario.name)
          .add("clause", failure_->finding.clause)
          .add("message", failure_->finding.message)
          .add("operations", std::uint64_t{failure_->scenario.operations.size()})
          .add("choices", failure_depth_)
          .add("file", saved_.path)
          .add("repeat", repeat_search());
      object.add("failure", failure);
    }
    console_.out().write(object.text() + '\n');
  }

  [[nodiscard]] JsonObject families_as_json() const {
    JsonObject all;
    for (std::size_t i = 0; i < families_.size(); ++i) {
      JsonObject family;
      family.add("configurations", std::uint64_t{command_.families[i].size})
          .add("explored", std::uint64_t{families_[i].ended})
          .add("states", families_[i].totals.states)
          .add("runs", families_[i].totals.transitions)
          .add("choices", families_[i].totals.depth);
      all.add(command_.families[i].name, family);
    }
    return all;
  }

  /// So far.
  struct FamilySum {
    std::size_t ended = 0;
    fuzz::ExploreTotals totals{};
  };

  const ExploreCommand& command_;
  Console& console_;
  ClosedScenarios closed_;
  std::vector<FamilySum> families_;  ///< those that were begun
  const TimePoint begin_;
  std::atomic<bool> stops_ = false;
  fuzz::ExploreTotals all_;
  std::uint64_t closed_count_ = 0;
  std::uint64_t cut_off_ = 0;
  std::optional<fuzz::Failure> failure_;
  std::uint64_t failure_depth_ = 0;
  SavedFailure saved_;
};

}  // namespace

ExitStatus run_explore(const ExploreCommand& command, Console& console) {
  return Exploring(command, console).run();
}

}  // namespace cmap::tools
