// What becomes of results: every kind of output of `cmap replay` is a sink of its own.
#pragma once

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

class ResultSink {
 public:
  virtual ~ResultSink() = default;
  /// In the order of the scenarios.
  virtual void add(const Played& played) = 0;
  /// After the last one.
  virtual void finish() {}
};

}  // namespace cmap::tools
