// What becomes of results: every kind of output of `cmap replay` is a sink of its own.
#pragma once

#include <vector>

#include "spec-tests/case.hpp"
#include "spec-tests/runner.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::tools {

/// A scenario that was run.
struct Played {
  const spec_tests::ScenarioFile& file;
  const spec_tests::Result& result;
  /// Compiled into the program: `file.path` names no file that the user has.
  bool embedded = false;
};

/// A case that was run, or, if it has a misfit, was not.
struct PlayedCase {
  const spec_tests::Case& test;
  const std::vector<spec_tests::Problem>& differences;
  const sim::ClientTrace& trace;  ///< of its clients, if it has any
};

class ResultSink {
 public:
  virtual ~ResultSink() = default;
  /// In the order of the scenarios.
  virtual void add(const Played& played) = 0;
  /// In the order of the cases, after all scenarios.
  virtual void add_case(const PlayedCase&) {}
  /// After the last one.
  virtual void finish() {}
};

}  // namespace cmap::tools
