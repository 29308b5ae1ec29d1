// `cmap soak` at work: the progress, SIGINT, the summary, the report of what is wrong.
#include "tools/cmap/soak_run.hpp"

#include <cstdlib>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "pool/asio/steady_time.hpp"
#include "tools/cmap/interruption.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {
namespace {

class Soaking {
 public:
  Soaking(SoakCommand command, Console& console)
      : command_(std::move(command)), console_(console), begin_(steady_now()) {}

  ExitStatus run() {
    note_interruption();
    command_.soak.go_on = [this](const sim::SoakTotals& totals) { return goes_on(totals); };
    const sim::SoakReport report =
        sim::soak(command_.soak, [this](const sim::SoakReport& stuck) { give_up(stuck); });
    say(report);
    return report.failure ? ExitStatus::failed : ExitStatus::good;
  }

 private:
  bool goes_on(const sim::SoakTotals& totals) {
    console_.progress(fmt::format("{} ...", counts_of(totals)));
    return !was_interrupted() && (!command_.time || steady_now() - begin_ < *command_.time);
  }

  /// There are threads that cannot be ended, and they use what would be destroyed.
  [[noreturn]] void give_up(const sim::SoakReport& report) {
    say(report);
    console_.finish();
    std::_Exit(static_cast<int>(ExitStatus::failed));
  }

  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(steady_now() - begin_).count();
  }

  static std::string counts_of(const sim::SoakTotals& totals) {
    return fmt::format("{} rounds, {} operations, {} events", totals.rounds, totals.steps,
                       totals.events);
  }

  void say(const sim::SoakReport& report) {
    if (command_.json) {
      console_.out().write(json_of(report) + '\n');
      return;
    }
    const sim::SoakTotals& totals = report.totals;
    if (report.failure) say(*report.failure);
    console_.say(fmt::format("seed {}, {}, {} threads: {} in {:.1f} s\n", command_.soak.seed,
                             world(), command_.soak.threads, counts_of(totals), seconds()));
    console_.say(fmt::format("{} of {} check-outs got a connection, {} of {} commands a reply\n",
                             totals.checked_out, totals.check_outs, totals.answered,
                             totals.commands));
    console_.say(fmt::format("{} of {} connections were established, {} clears\n",
                             totals.established, totals.created, totals.clears));
    if (!report.failure) console_.say(console_.paint(Color::green, "nothing was wrong") + "\n");
  }

  void say(const sim::SoakFailure& failure) {
    const sim::Violation& violation = failure.violation;
    console_.say(console_.paint(Color::red, "FAIL") + "   " + violation.clause + ": " +
                 violation.sentence + "\n  " + violation.message + "\n");
    console_.say(fmt::format("  round {}: {}\n  the last events, and when, from the last:\n",
                             failure.round, failure.setting));
    for (const std::string& line : failure.last_events) console_.say("    " + line + "\n");
    console_.say("  repeat: " + repeat(failure) + "\n\n");
  }

  [[nodiscard]] std::string repeat(const sim::SoakFailure& failure) const {
    const std::string command = fmt::format("{} soak --seed {} --round {} --threads {} --on {}",
                                            shell_word(console_.program()), command_.soak.seed,
                                            failure.round, command_.soak.threads, world());
    if (!failure.operations) return command;
    return fmt::format("{} --operations {}", command, *failure.operations);
  }

  [[nodiscard]] std::string json_of(const sim::SoakReport& report) const {
    const sim::SoakTotals& totals = report.totals;
    JsonObject object;
    object.add("seed", command_.soak.seed)
        .add("world", world())
        .add("threads", std::uint64_t{command_.soak.threads})
        .add("seconds", seconds())
        .add("rounds", totals.rounds)
        .add("operations", totals.steps)
        .add("events", totals.events)
        .add("check_outs", totals.check_outs)
        .add("checked_out", totals.checked_out)
        .add("commands", totals.commands)
        .add("answered", totals.answered)
        .add("created", totals.created)
        .add("established", totals.established)
        .add("clears", totals.clears)
        .add("ok", !report.failure);
    if (const auto& failure = report.failure) {
      std::string events;
      for (const std::string& line : failure->last_events) events += line + '\n';
      JsonObject violation;
      violation.add("clause", failure->violation.clause)
          .add("sentence", failure->violation.sentence)
          .add("message", failure->violation.message)
          .add("round", failure->round)
          .add("setting", failure->setting)
          .add("last_events", events)
          .add("repeat", repeat(*failure));
      object.add("violation", violation);
    }
    return object.text();
  }

  [[nodiscard]] const char* world() const { return command_.soak.tls ? "tls" : "tcp"; }

  SoakCommand command_;
  Console& console_;
  const TimePoint begin_;
};

}  // namespace

ExitStatus run_soak(SoakCommand command, Console& console) {
  return Soaking(std::move(command), console).run();
}

}  // namespace cmap::tools
