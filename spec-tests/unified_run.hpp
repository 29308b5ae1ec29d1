// One run of a unified test.
#pragma once

#include <vector>

#include "sim/client/client_world.hpp"
#include "spec-tests/case.hpp"
#include "spec-tests/unified_file.hpp"

namespace cmap::spec_tests {

/// In a new world; its operations, and what the clients of its entities do, are added to the trace.
/// `test` is one of the file, without a misfit. Answers what differs, each at the place of the
/// expectation or operation.
std::vector<Problem> run_unified_test(const UnifiedFile& file, const UnifiedTest& test,
                                      const sim::ClientWorldOptions& options, const CaseRun& run);

}  // namespace cmap::spec_tests
