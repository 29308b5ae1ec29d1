// Compares what a run did with everything its file expects, and names the first difference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::spec_tests {

/// Pass, or the first difference.
struct Verdict {
  enum class What : std::uint8_t {
    pass,
    run_failure,      ///< the run itself broke off: waitForEvent in vain, deadlock, livelock, ...
    event,            ///< an event does not match
    missing_event,    ///< fewer events than expected
    surplus_event,    ///< more events than expected, and not ignored (R2)
    main_error,       ///< error of the main thread: another, none, or one that nobody expects (R3)
    thread_error,     ///< x-cmap.threads
    operation_error,  ///< x-cmap.error of an operation
    exact_line,       ///< a line of the exact trace differs, is missing or is too many
    end_time,         ///< the main thread ends at another virtual time (R14)
    not_repeatable,   ///< the same run twice gave two digests
    worlds_differ,    ///< two worlds made different things of one schedule
    model_differs,    ///< the reference model makes something else of the schedule
  } what = What::pass;

  std::string file;      ///< of the expectation
  Mark mark;             ///< of the expectation, or of the operation that failed
  std::string message;   ///< one sentence
  std::string expected;  ///< the value concerned, as text
  std::string actual;
  std::string clause;  ///< "A-OUT-7", "R2", ...; several by comma

  /// What to show side by side; both empty if there is nothing to show. `difference` is the first
  /// line that differs, 0-based, and may be one past the end of either list.
  std::vector<std::string> expected_lines;
  std::vector<std::string> actual_lines;
  std::size_t difference = 0;

  [[nodiscard]] bool passed() const { return what == What::pass; }
};

struct JudgeOptions {
  /// Surplus events fail; they do in simulation, they are allowed in real time (R2).
  bool require_no_surplus = true;
  /// Also compare x-cmap's operation errors and thread ends.
  bool extensions = true;
  /// Also compare the exact trace and the end time, if the file has them.
  bool exact = true;
  /// A message may say more than the expected one, which it begins with: real networks give
  /// details.
  bool messages_go_on = false;
};

/// The order of the checks: the run itself, the error of the main thread (it ends the run early),
/// the file's own list, surplus, the extension, the exact trace, the end time.
Verdict judge(const ScenarioFile& file, const sim::Trace& trace, const JudgeOptions& options = {});

/// Of a run that fails: whether real time can be why, all alone. That is so if all that is wrong is
/// an event that was waited for in vain, the file's own list, and errors of what took too long or
/// should have. A checker that complains, misuse, a wrong state, a deadlock are none of it.
bool real_time_can_be_why(const ScenarioFile& file, const sim::Trace& trace,
                          const JudgeOptions& options = {});

/// "event", "surplus event", ...
std::string_view what_name(Verdict::What what);

}  // namespace cmap::spec_tests
