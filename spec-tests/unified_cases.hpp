// Files of the unified test format: operations of clients, and the events and log messages that
// they bring (C.1 to C.3).
#pragma once

#include <string>

#include "spec-tests/case.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// Whether the document is such a file: it has a `schemaVersion`.
bool holds_unified_cases(const Value& document);

/// A case for each test and each topology that it is meant for: "find-network-error/1 on single". A
/// test that cannot apply is one case.
CasesResult read_unified_cases(const Value& document, const std::string& path);

}  // namespace cmap::spec_tests
