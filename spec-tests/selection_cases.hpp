// Files of server selection: which servers suit, which of them are near enough, how often each is
// chosen, and the average of round trip times.
#pragma once

#include <string>

#include "spec-tests/case.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// Whether the document is such a file: it has a `topology_description`, or averages.
bool holds_selection_case(const Value& document);

/// One case for the file. Choices are drawn from a fixed seed.
CasesResult read_selection_case(const Value& document, const std::string& path);

}  // namespace cmap::spec_tests
