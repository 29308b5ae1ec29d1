// Files of client runs, as `cmap fuzz --client` saves them: no clause may be broken.
#pragma once

#include <string>

#include "spec-tests/case.hpp"

namespace cmap::spec_tests {

/// One case for the file. `document` is one that holds_client_run.
CasesResult read_client_run_case(const Value& document, const std::string& path);

}  // namespace cmap::spec_tests
