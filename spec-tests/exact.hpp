// Exact expectations: every event of the canonical run with its virtual time, and the run's end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/api/time.hpp"
#include "sim/trace.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// "@500 ConnectionReady connectionId=1 duration=500": "@", milliseconds, space, sim::describe.
struct TraceLine {
  std::string text;
  Mark mark;
};

/// What the format of the specification cannot say. Own scenarios have it under `x-cmap`, official
/// ones in a file of the same name in spec-tests/exact/.
struct ExactExpectation {
  std::string file;  ///< where the marks point into
  /// Virtual time at which the main thread ends.
  std::optional<Duration> end;
  Mark end_mark;
  /// All events, ignored ones included.
  std::optional<std::vector<TraceLine>> trace;
  Mark trace_mark;
};

/// How `event` is written in an exact trace.
std::string trace_line(const sim::TracedEvent& event);

/// A file with the keys description, endMS and trace, all required.
struct ExactFile {
  std::string description;  ///< of the scenario it belongs to
  ExactExpectation exact;
};
struct ExactFileResult {
  std::optional<ExactFile> file;
  std::vector<Problem> problems;
};
ExactFileResult read_exact_file(std::string_view content, const std::string& path);

/// The embedded exact expectation for the official file with this name (without folder and ending)
/// and this description. Nothing for any other file, also if it happens to have the same name.
std::optional<ExactExpectation> official_exact(std::string_view stem, std::string_view description);

}  // namespace cmap::spec_tests
