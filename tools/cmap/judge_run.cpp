// One line for each log, what is wrong with its lines around it, a summary; or one JSON line for
// each pool.
#include "tools/cmap/judge_run.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "spec-tests/problem.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {
namespace {

using spec_tests::printable;
using spec_tests::Problem;
using spec_tests::shortened;

/// How many lines are shown before the event that is wrong.
constexpr std::uint32_t lines_before = 3;

struct LogText {
  std::string name;
  std::string text;
  std::string trouble;  ///< why it could not be read; empty: it was
};

std::string all_of(std::istream& stream) {
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Pipes, too: a shell's <(...) is one.
LogText read_log(const std::string& path) {
  if (path == "-") return {"standard input", all_of(std::cin), {}};
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return {path, {}, "a folder; expected a log with one JSON object a line"};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return {path, {}, std::string("cannot be opened: ") + std::strerror(errno)};
  LogText log{path, all_of(file), {}};
  if (file.bad()) log.trouble = "cannot be read";
  return log;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// "1 event", "2 events"
std::string how_many(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// "A-POOL-4, A-POOL-5 (no options); A-EV-2 (no durations)"; empty: all were judged.
std::string left_out_text(const std::set<NotJudged>& not_judged) {
  std::map<std::string, std::string> by_field;
  for (const NotJudged& clause : not_judged) {
    std::string& clauses = by_field[clause.lacks];
    clauses += (clauses.empty() ? "" : ", ") + clause.clause;
  }
  std::string text;
  for (const auto& [field, clauses] : by_field) {
    text += fmt::format("{}{} (no {})", text.empty() ? "" : "; ", clauses, field);
  }
  return text;
}

class Judging {
 public:
  Judging(const JudgeCommand& command, Console& console) : command_(command), console_(console) {}

  ExitStatus run() {
    for (const std::string& path : command_.paths) judge(read_log(path));
    if (!command_.json) {
      for (const std::string& failure : failures_) console_.say('\n' + failure);
      summarise();
    }
    if (broken_ > 0) return ExitStatus::failed;
    return unusable_ > 0 ? ExitStatus::bad_use : ExitStatus::good;
  }

 private:
  void judge(const LogText& log) {
    if (!log.trouble.empty()) {
      return refuse(log, {Problem{log.name, {}, log.trouble}});
    }
    const EventLog events = read_event_log(log.text, log.name);
    const JudgedLog judged = judge_log(events, command_.rules, log.name);
    if (!judged.problems.empty()) return refuse(log, judged.problems);
    note(judged);
    const auto lines = split_lines(log.text);
    for (const JudgedPool& pool : judged.pools) {
      if (command_.json) {
        console_.out().write(json_line(log, pool, lines) + '\n');
      } else if (pool.finding) {
        failures_.push_back(failure_text(log, pool, lines));
      }
    }
    if (!command_.json) say_outcome(log, judged);
  }

  void note(const JudgedLog& judged) {
    events_ += judged.events();
    unclear_events_ += judged.unclear_events();
    pools_ += judged.pools.size();
    for (const JudgedPool& pool : judged.pools) {
      if (pool.finding) ++broken_;
      not_judged_.insert(pool.not_judged.begin(), pool.not_judged.end());
    }
  }

  void refuse(const LogText& log, const std::vector<Problem>& problems) {
    ++unusable_;
    if (command_.json) {
      std::string message;
      for (const Problem& problem : problems) {
        message += (message.empty() ? "" : "\n") + problem.text();
      }
      JsonObject json;
      json.add("file", log.name).add("result", "error").add("message", message);
      console_.out().write(json.text() + '\n');
      return;
    }
    console_.say(outcome(Color::red, "ERROR", log.name, "cannot be judged"));
    for (const Problem& problem : problems) console_.warn("error: " + problem.text() + '\n');
  }

  [[nodiscard]] std::string outcome(Color color, std::string_view label, std::string_view name,
                                    std::string_view figures) const {
    return fmt::format("{}  {}  {}\n", console_.paint(color, fmt::format("{:<5}", label)),
                       printable(name), figures);
  }

  void say_outcome(const LogText& log, const JudgedLog& judged) {
    std::string figures = fmt::format("{} of {}", how_many(judged.events(), "event"),
                                      how_many(judged.pools.size(), "pool"));
    const std::size_t unclear = judged.unclear_events();
    if (unclear > 0) figures += fmt::format(", {} not judged", unclear);
    const bool good = judged.is_clean();
    console_.say(
        outcome(good ? Color::green : Color::red, good ? "PASS" : "FAIL", log.name, figures));
  }

  [[nodiscard]] std::string failure_text(const LogText& log, const JudgedPool& pool,
                                         const std::vector<std::string_view>& lines) const {
    const Finding& finding = *pool.finding;
    const sim::Violation& violation = finding.violation;
    std::string text =
        fmt::format("{} {}:{}: {} ({})\n", console_.paint(Color::red, "FAIL"), printable(log.name),
                    finding.line, violation.sentence, violation.clause);
    text += "  " + (pool.address.empty() ? "" : printable(pool.address) + ": ") +
            printable(violation.message) + '\n';
    const std::uint32_t first = finding.line > lines_before ? finding.line - lines_before : 1;
    for (std::uint32_t line = first; line <= finding.line; ++line) {
      text += quoted(lines, line, line == finding.line);
    }
    if (finding.shown_by != finding.line) {
      text += "  as is certain since\n" + quoted(lines, finding.shown_by, true);
    }
    if (pool.follows_open_pool) {
      text += fmt::format(
          "  Line {} begins this pool while another of its address is not closed. If both were in\n"
          "  use, this says nothing: give each a log of its own, or a key \"pool\".\n",
          pool.line);
    }
    return text;
  }

  /// Only an event that is meant is shown whole, however long.
  [[nodiscard]] std::string quoted(const std::vector<std::string_view>& lines, std::uint32_t line,
                                   bool is_meant) const {
    constexpr std::size_t margin = 14;
    const std::size_t width = std::max<std::size_t>(console_.width(), 2 * margin) - margin;
    const std::string_view whole = lines[line - 1];
    const std::string text =
        fmt::format("  {}{:>6}  {}", is_meant ? '>' : ' ', line,
                    printable(shortened(whole, is_meant ? whole.size() : width)));
    return (is_meant ? console_.paint(Color::bold, text) : text) + '\n';
  }

  [[nodiscard]] std::string json_line(const LogText& log, const JudgedPool& pool,
                                      const std::vector<std::string_view>& lines) const {
    const std::set<NotJudged> left_out(pool.not_judged.begin(), pool.not_judged.end());
    JsonObject json;
    json.add("file", log.name)
        .add("pool", pool.address)
        .add("line", pool.line)
        .add("result", pool.finding ? "fail" : "pass")
        .add("events", std::uint64_t{pool.events})
        .add("clausesJudged", std::uint64_t{clause_count() - left_out.size()});
    if (!left_out.empty()) json.add("notJudged", left_out_text(left_out));
    if (pool.unclear_events > 0) json.add("unclearEvents", std::uint64_t{pool.unclear_events});
    if (!pool.finding) return json.text();
    const Finding& finding = *pool.finding;
    JsonObject violation;
    violation.add("clause", finding.violation.clause)
        .add("sentence", finding.violation.sentence)
        .add("message", finding.violation.message)
        .add("line", finding.line)
        .add("shownByLine", finding.shown_by)
        .add("event", lines[finding.line - 1]);
    return json.add("violation", violation).text();
  }

  void summarise() {
    if (pools_ == 0) return;
    std::string text =
        fmt::format("{} of {}: ", how_many(events_, "event"), how_many(pools_, "pool"));
    text += broken_ == 0   ? "no clause broken"
            : broken_ == 1 ? "1 pool breaks a clause"
                           : fmt::format("{} pools break a clause", broken_);
    text = console_.paint(broken_ == 0 && unusable_ == 0 ? Color::green : Color::red, text);
    // Judged of every pool, that is.
    text += fmt::format("; {} judged", how_many(clause_count() - not_judged_.size(), "clause"));
    if (command_.rules.strict) text += ", and the decisions R1 to R22";
    if (!not_judged_.empty()) text += ", not judged: " + left_out_text(not_judged_);
    if (unclear_events_ > 0) {
      text += "; not judged: " + how_many(unclear_events_, "event") +
              ", since one may be of a pool or of its successor";
    }
    if (unusable_ > 0) text += "; " + how_many(unusable_, "unusable log");
    console_.say('\n' + text + '\n');
  }

  const JudgeCommand& command_;
  Console& console_;
  std::vector<std::string> failures_;
  std::set<NotJudged> not_judged_;
  std::size_t events_ = 0;
  std::size_t unclear_events_ = 0;
  std::size_t pools_ = 0;
  std::size_t broken_ = 0;    ///< pools
  std::size_t unusable_ = 0;  ///< logs
};

}  // namespace

ExitStatus run_judge(const JudgeCommand& command, Console& console) {
  return Judging(command, console).run();
}

}  // namespace cmap::tools
