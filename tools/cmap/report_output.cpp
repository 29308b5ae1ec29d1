// Lays out lines, failures and the summary for a screen.
#include "tools/cmap/report_output.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "spec-tests/report.hpp"
#include "tools/cmap/results_output.hpp"

namespace cmap::tools {
namespace {

namespace fs = std::filesystem;
using Outcome = spec_tests::Result::Outcome;

constexpr std::size_t widest_name = 72;
constexpr std::size_t longest_shown = 200;

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string title(const std::string& folder, bool embedded) {
  return spec_tests::printable(folder) + (embedded ? " (compiled in)" : "");
}

struct Label {
  std::string_view text;
  Color color;
};

Label label(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass:
      return {"PASS ", Color::green};
    case Outcome::fail:
      return {"FAIL ", Color::red};
    case Outcome::skipped:
      return {"SKIP ", Color::yellow};
    case Outcome::error:
      return {"ERROR", Color::red};
  }
  return {"?", Color::none};
}

/// "6/10 events": how many of those that occurred the file's own list says something about.
std::string events_text(const Played& played) {
  const auto& events = played.result.trace.events;
  const auto compared = std::ranges::count_if(
      events, [&](const auto& event) { return !played.file.ignores(event.event.type()); });
  return fmt::format("{}/{} events", compared, events.size());
}

/// "6 events": on the steady clock all else differs from run to run.
std::string steady_figures(const Played& played) {
  return fmt::format("  {:>12}", fmt::format("{} events", played.file.events.size()));
}

/// "12.3 ms", "12.3 s"
std::string time_text(std::chrono::duration<double> time) {
  if (time >= std::chrono::seconds(1)) return fmt::format("{:.1f} s", time.count());
  return fmt::format("{:.1f} ms", time.count() * 1e3);
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// As a regular expression that matches nothing else.
std::string exact_pattern(std::string_view name) {
  std::string pattern = "^";
  for (const char c : name) {
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + '$';
}

/// A path that is no option.
std::string path_word(const std::string& path) {
  return shell_word(path.starts_with('-') ? "./" + path : path);
}

/// Where it ran, for the command line.
std::string world_words(const ReplayOptions& options) {
  if (options.world == "sim") return "";
  const bool says_clock = options.runner.is_steady && !options.integration_only;
  return " --on " + shell_word(options.world) + (says_clock ? " --clock steady" : "");
}

}  // namespace

std::string repeat_command(const Played& played, const ReplayOptions& options,
                           const std::string& program) {
  const spec_tests::Result& result = played.result;
  std::string command = shell_word(program) + " replay";
  if (!options.compare.empty()) {
    command += " --compare " + options.compare;
  } else {
    command += world_words(options);
  }
  if (options.pool != "connection-pool") command += " --pool " + options.pool;
  if (result.seed) {
    command += " --seed " + std::to_string(*result.seed);
  } else if (result.interleaving) {
    command += " --schedules " + options.schedules;
  }
  if (played.embedded) {
    return command + " --filter " + shell_word(exact_pattern(played.file.scenario.name));
  }
  return command + ' ' + path_word(played.file.path);
}

std::string repeat_command(const PlayedCase& played, const ReplayOptions& options,
                           const std::string& program) {
  const bool is_elsewhere = played.test.is_of_world && options.compare.empty();
  return shell_word(program) + " replay" + (is_elsewhere ? world_words(options) : "") +
         " --filter " + shell_word(exact_pattern(played.test.name)) + ' ' +
         path_word(played.test.path);
}

ReportOutput::ReportOutput(Console& console, const ReplayOptions& options,
                           const Selection& selection, std::chrono::steady_clock::time_point start)
    : console_(console), options_(options), selection_(selection), start_(start) {
  std::set<std::string> folders;
  for (const Selected& scenario : selection.scenarios) {
    name_width_ = std::max(name_width_, scenario.file.scenario.name.size());
    folders.insert(folder_of(scenario.file.path));
  }
  for (const spec_tests::Case& test : selection.cases) {
    name_width_ = std::max(name_width_, test.name.size());
    folders.insert(folder_of(test.path));
  }
  name_width_ = std::min(name_width_, widest_name);
  several_folders_ = folders.size() > 1;
}

void ReportOutput::add(const Played& played) {
  const Outcome outcome = played.result.outcome;
  const bool is_good = outcome == Outcome::pass || outcome == Outcome::skipped;
  ++(outcome == Outcome::pass ? passed_ : outcome == Outcome::skipped ? skipped_ : failed_);
  made_again_ += played.result.made_again;
  if (is_shown(is_good)) {
    heading(played.file.path, played.embedded);
    console_.say(line(played));
  }
  if (!is_good && has_room_for_failure()) {
    failures_.push_back(spec_tests::failure_report(
        played.file, played.result,
        {.width = console_.width(),
         .color = console_.has_color(),
         .repeat_command = repeat_command(played, options_, console_.program())}));
  }
}

void ReportOutput::add_case(const PlayedCase& played) {
  const spec_tests::Case& test = played.test;
  const bool is_skipped = !test.misfit.empty();
  const bool is_failed = !played.differences.empty();
  ++(is_skipped ? skipped_ : is_failed ? failed_ : passed_);
  if (is_shown(!is_failed)) {
    heading(test.path, /*embedded=*/false);
    const Label head = label(is_skipped  ? Outcome::skipped
                             : is_failed ? Outcome::fail
                                         : Outcome::pass);
    const std::string& words = is_skipped ? test.misfit : test.description;
    console_.say(fmt::format("{}  {:<{}}  {}\n", console_.paint(head.color, head.text),
                             spec_tests::printable(test.name), name_width_,
                             spec_tests::printable(spec_tests::shortened(words, longest_shown))));
  }
  if (is_failed && has_room_for_failure()) {
    failures_.push_back(spec_tests::failure_report(
        test, played.differences, played.trace,
        {.color = console_.has_color(),
         .repeat_command = repeat_command(played, options_, console_.program())}));
  }
}

/// Where machines read the results, people are shown what went wrong.
bool ReportOutput::is_shown(bool is_good) const {
  return !is_good || !options_.machine_output() || options_.verbose;
}

bool ReportOutput::has_room_for_failure() const {
  return failures_.size() < shown_failures || options_.verbose;
}

void ReportOutput::heading(const std::string& path, bool embedded) {
  if (!several_folders_) return;
  const std::string folder = folder_of(path);
  if (folder == folder_) return;
  console_.say((folder_.empty() ? "" : "\n") +
               console_.paint(Color::bold, title(folder, embedded)) + '\n');
  folder_ = folder;
}

std::string ReportOutput::exact_figures(const Played& played) const {
  const spec_tests::Result& result = played.result;
  std::string text = fmt::format("  {:>12}  end {} ms", events_text(played),
                                 sim::milliseconds_text(result.trace.end));
  if (result.schedules) text += "  " + spec_tests::schedules_text(*result.schedules);
  if (result.drift && result.drift->missed > 0) {
    text += "  " + spec_tests::drift_text(*result.drift);
  }
  if (options_.verbose) text += "  digest " + digest_text(result.trace.digest);
  return text;
}

std::string ReportOutput::line(const Played& played) const {
  const spec_tests::Result& result = played.result;
  const Label head = label(result.outcome);
  const bool has_run = result.outcome == Outcome::pass || result.outcome == Outcome::fail;
  std::string text = fmt::format("{}  {:<{}}", console_.paint(head.color, head.text),
                                 spec_tests::printable(played.file.scenario.name), name_width_);
  if (has_run) {
    text += options_.runner.is_steady ? steady_figures(played) : exact_figures(played);
  } else {
    text += "  " + spec_tests::printable(spec_tests::shortened(result.message, longest_shown));
  }
  text += '\n';
  if (options_.verbose) {
    text += "         " +
            spec_tests::printable(spec_tests::shortened(played.file.description, longest_shown)) +
            '\n';
  }
  return text;
}

void ReportOutput::finish() {
  show_failures();
  show_other_files();
  show_summary();
}

void ReportOutput::show_failures() {
  for (const std::string& failure : failures_) console_.say('\n' + failure);
  if (failed_ > failures_.size()) {
    console_.say(fmt::format("\n{} more; --verbose shows them all\n",
                             counted(failed_ - failures_.size(), "failure")));
  }
}

/// One line for each folder and format.
void ReportOutput::show_other_files() {
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  for (const spec_tests::OtherFile& file : selection_.others) {
    if (options_.verbose) {
      console_.say(
          fmt::format("not run: {} ({})\n", spec_tests::printable(file.path), file.format));
    } else {
      ++counts[{folder_of(file.path), file.format}];
    }
  }
  if (selection_.unit_files > 0) {
    console_.say(fmt::format("not run: {} (a deployment is for integration files)\n",
                             counted(selection_.unit_files, "unit test")));
  }
  for (const auto& [key, count] : counts) {
    console_.say(fmt::format("not run: {} in {} ({})\n", counted(count, "file"),
                             spec_tests::printable(key.first), key.second));
  }
}

void ReportOutput::show_summary() {
  const auto taken = std::chrono::steady_clock::now() - start_;
  const std::size_t total = passed_ + failed_ + skipped_;
  if (total == 0) return;  // which is an error that is explained as such
  std::set<std::string> bad_files;
  for (const auto& problem : selection_.problems) bad_files.insert(problem.file);
  const bool only_cases = selection_.scenarios.empty() && !selection_.cases.empty();
  std::string text = fmt::format("{} of {} passed", passed_,
                                 selection_.cases.empty() || only_cases
                                     ? counted(total, only_cases ? "case" : "scenario")
                                     : fmt::format("{} scenarios and cases", total));
  if (failed_ > 0) text += fmt::format(", {} failed", failed_);
  if (skipped_ > 0) text += fmt::format(", {} skipped", skipped_);
  if (!bad_files.empty()) text += ", " + counted(bad_files.size(), "unusable file");
  if (selection_.filtered_out > 0) text += fmt::format(", {} left out", selection_.filtered_out);
  const bool is_good = failed_ == 0 && bad_files.empty();
  console_.say('\n' + console_.paint(is_good ? Color::green : Color::red, text) + " (" +
               time_text(taken) + ")\n");
  if (made_again_ > 0) {
    console_.say(counted(made_again_, "run") + " made again: the machine stood still\n");
  }
  if (options_.paths.empty() && !selection_.has_official) {
    console_.say(
        "The official files took no part: --specifications DIR or CMAP_SPECIFICATIONS names a "
        "checkout.\n");
  }
}

}  // namespace cmap::tools
