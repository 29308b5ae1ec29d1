// Runs the files of server discovery against TopologyCore.
#pragma once

#include <string>

#include "spec-tests/case.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// Whether the document is a file of server discovery: it has `phases`.
bool holds_sdam_case(const Value& document);

/// One case for the file. After each phase its outcome is compared: the topology with all of its
/// servers, or the events since the last phase. It ends with the first phase that differs.
CasesResult read_sdam_case(const Value& document, const std::string& path);

}  // namespace cmap::spec_tests
