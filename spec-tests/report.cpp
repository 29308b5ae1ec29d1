// Lays a failure out: head, expected against actual around the first difference, how to repeat it.
#include "spec-tests/report.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cmap::spec_tests {
namespace {

constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";
/// Of a client's trace, in a report.
constexpr std::size_t last_entries = 16;

/// Columns on the screen, near enough: characters of UTF-8.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// The first `width` columns, with "~" for what is left out.
std::string fitted(const std::string& text, std::size_t width) {
  if (columns(text) <= width) return text + std::string(width - columns(text), ' ');
  std::string result;
  std::size_t used = 0;
  for (const char c : text) {
    const bool starts_character = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (starts_character && ++used == width) break;
    result += c;
  }
  return result + '~';
}

/// Bytes that both begin with, whole characters only.
std::size_t equal_bytes(std::string_view a, std::string_view b) {
  std::size_t at = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  while (at > 0 && at < a.size() && (static_cast<unsigned char>(a[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

/// Lines that do not fit lose what they have in common, so that the difference is seen; "~" stands
/// for it.
void show_difference(std::string& left, std::string& right, std::size_t width) {
  constexpr std::size_t context = 12;
  if (columns(left) <= width && columns(right) <= width) return;
  const std::size_t equal = equal_bytes(left, right);
  if (columns(left.substr(0, equal)) + context < width) return;
  std::size_t cut = equal - std::min(equal, context);
  while (cut > 0 && (static_cast<unsigned char>(left[cut]) & 0xC0U) == 0x80U) --cut;
  for (std::string* line : {&left, &right}) *line = "~" + line->substr(cut);
}

std::string painted(std::string_view color, std::string text, const ReportOptions& options) {
  return options.color ? std::string(color) + text + std::string(plain) : text;
}

class Report {
 public:
  Report(const ScenarioFile& file, const Result& result, const ReportOptions& options)
      : file_(file),
        result_(result),
        options_(options),
        width_(std::max<std::size_t>(options.width, 60)) {}

  std::string take() {
    if (result_.outcome == Result::Outcome::error) {
      line(paint(bold, "ERROR " + file_.scenario.name) + "  " + file_.path);
      line("  " + printable(result_.message));
      repeat();
    } else if (result_.outcome == Result::Outcome::fail) {
      failure();
    }
    return text_;
  }

 private:
  void failure() {
    const Verdict& verdict = result_.verdict;
    line(paint(bold, "FAIL " + file_.scenario.name) + "  " + printable(file_.description));
    line("  " + Problem{verdict.file, verdict.mark, verdict.message}.text());
    if (verdict.expected_lines.empty() && verdict.actual_lines.empty()) {
      if (!verdict.expected.empty()) line("  expected: " + paint(green, verdict.expected));
      if (!verdict.actual.empty()) line("  actual:   " + paint(red, verdict.actual));
    } else {
      side_by_side();
    }
    if (!verdict.clause.empty()) line("  clause: " + verdict.clause);
    schedule();
    repeat();
  }

  void side_by_side() {
    const Verdict& verdict = result_.verdict;
    const std::size_t last = std::max(verdict.expected_lines.size(), verdict.actual_lines.size());
    const std::size_t at = verdict.difference;
    const std::size_t begin = at > options_.context ? at - options_.context : 0;
    const std::size_t end = std::min(last, at + options_.context + 1);
    const std::size_t half = (width_ - 9) / 2;
    line("        " + fitted("expected", half) + " actual");
    if (begin > 0) line("        (" + std::to_string(begin) + " equal lines)");
    for (std::size_t i = begin; i < end; ++i) row(i, half);
    if (end < last) line("        (" + std::to_string(last - end) + " more lines)");
  }

  void row(std::size_t index, std::size_t half) {
    const Verdict& verdict = result_.verdict;
    const bool differs = index == verdict.difference;
    std::string left = line_at(verdict.expected_lines, index);
    std::string right = line_at(verdict.actual_lines, index);
    if (differs) show_difference(left, right, half);
    left = fitted(left, half);
    right = fitted(right, half);
    right.erase(right.find_last_not_of(' ') + 1);
    if (differs) {
      left = paint(green, std::move(left));
      right = paint(red, std::move(right));
    }
    const std::string number = std::to_string(index + 1);
    line((differs ? "  > " : "    ") + std::string(number.size() < 3 ? 3 - number.size() : 0, ' ') +
         number + ' ' + left + ' ' + right);
  }

  static std::string line_at(const std::vector<std::string>& lines, std::size_t index) {
    return index < lines.size() ? printable(lines[index]) : "(nothing)";
  }

  void schedule() {
    if (result_.seed) {
      line("  schedule: seed " + std::to_string(*result_.seed));
    } else if (result_.interleaving) {
      line("  schedule: interleaving " + std::to_string(*result_.interleaving));
    } else if (result_.drift && result_.drift->missed > 0) {
      line("  " + drift_text(*result_.drift));
    }
    if (result_.schedules) line("  " + schedules_text(*result_.schedules));
  }

  void repeat() {
    if (!options_.repeat_command.empty()) line("  repeat: " + options_.repeat_command);
  }

  [[nodiscard]] std::string paint(std::string_view color, std::string text) const {
    return painted(color, std::move(text), options_);
  }

  void line(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    text_ += text + '\n';
  }

  const ScenarioFile& file_;
  const Result& result_;
  const ReportOptions& options_;
  std::size_t width_;
  std::string text_;
};

}  // namespace

std::string schedules_text(const ScheduleReport& report) {
  std::string text =
      "holds in " + std::to_string(report.held) + " of " + std::to_string(report.tried);
  if (report.seeded) return text + " seeded schedules";
  return text + (report.complete ? " interleavings" : " interleavings, of more");
}

std::string drift_text(const Drift& drift) {
  return "drift: " + std::to_string(drift.missed) + " of " + std::to_string(drift.choices) +
         " choices were not on offer";
}

std::string failure_report(const ScenarioFile& file, const Result& result,
                           const ReportOptions& options) {
  return Report(file, result, options).take();
}

std::string failure_report(const Case& test, const std::vector<Problem>& differences,
                           const sim::ClientTrace& trace, const ReportOptions& options) {
  if (differences.empty()) return "";
  std::string text =
      painted(bold, "FAIL " + test.name, options) + "  " + printable(test.description) + '\n';
  for (const Problem& difference : differences) text += "  " + difference.text() + '\n';
  for (const std::string& line : last_lines(trace)) text += "  " + line + '\n';
  if (!options.repeat_command.empty()) text += "  repeat: " + options.repeat_command + '\n';
  return text;
}

std::vector<std::string> last_lines(const sim::ClientTrace& trace) {
  if (trace.empty()) return {};
  const std::size_t count = std::min(trace.size(), last_entries);
  const bool is_all = count == trace.size();
  std::vector<std::string> lines{is_all ? std::string("what happened:")
                                        : "what happened last (" + std::to_string(count) + " of " +
                                              std::to_string(trace.size()) +
                                              "; all: replay --events -):"};
  for (std::size_t i = trace.size() - count; i < trace.size(); ++i) {
    lines.push_back("  " + printable(sim::line_of(trace[i])));
  }
  return lines;
}

}  // namespace cmap::spec_tests
