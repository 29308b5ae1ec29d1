// A scenario as a cmap-format file: how what the fuzzer found is kept.
#pragma once

#include <string>

#include "sim/trace.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::spec_tests {

struct WriteOptions {
  /// What is expected: a run, usually of the reference model, on the schedule of the file. Its
  /// events replace the file's own list, its times become the exact expectation, and the main
  /// thread ends as it did. Null: what the file expects already. Must outlive the call.
  const sim::Trace* expected = nullptr;
  /// For the runners of other drivers: without the extension x-cmap. What only watches is left out
  /// (exact times, what is caught, how threads end), and so is a permission to fail that `expected`
  /// does not use; whatever else only the extension can say is a reason not to write. A schedule is
  /// one, too: on another the events may be others. To leave it out, drop it and give the
  /// `expected` of the canonical one.
  bool portable = false;
};

/// Exactly one of the two is not empty.
struct Written {
  std::string text;
  std::string reason;  ///< why there is no text
};

/// The file as YAML, the same bytes every time. `read_scenario_text` gives `normal_form(file)`,
/// which is what this makes sure of: a scenario that no file could hold (an operation of a thread
/// that is not started before, a label that nobody sets, times beyond the limits of the format) is
/// refused with the reader's problems as the reason.
Written write_scenario(const ScenarioFile& file, const WriteOptions& options = {});

}  // namespace cmap::spec_tests
