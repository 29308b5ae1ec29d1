// What people read: a failure on one screen.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spec-tests/case.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::spec_tests {

struct ReportOptions {
  std::size_t width = 100;  ///< of the screen; at least 60
  bool color = false;       ///< ANSI escape sequences
  std::size_t context = 6;  ///< lines before and after the first difference
  /// Shown as the way to repeat the failure; empty: not shown.
  std::string repeat_command;
};

/// "holds in 212 of 212 interleavings", "holds in 1000 of 1000 seeded schedules".
std::string schedules_text(const ScheduleReport& report);

/// "drift: 3 of 120 choices were not on offer".
std::string drift_text(const Drift& drift);

/// File and line of the expectation, what was expected and what came, side by side around the first
/// difference, the clause, the command. Ends with a newline. Empty for a result without failure.
std::string failure_report(const ScenarioFile& file, const Result& result,
                           const ReportOptions& options = {});

/// The same for a case: every difference with its place, and what its clients did last.
std::string failure_report(const Case& test, const std::vector<Problem>& differences,
                           const sim::ClientTrace& trace = {}, const ReportOptions& options = {});

/// The end of a trace, as far as a screen has room: a line for each entry, after the head "what
/// happened last". Empty for an empty one.
std::vector<std::string> last_lines(const sim::ClientTrace& trace);

}  // namespace cmap::spec_tests
