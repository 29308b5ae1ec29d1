// Tells the formats that hold cases apart.
#include "spec-tests/case.hpp"

#include "spec-tests/client_run_cases.hpp"
#include "spec-tests/client_run_file.hpp"
#include "spec-tests/sdam_cases.hpp"
#include "spec-tests/selection_cases.hpp"
#include "spec-tests/unified_cases.hpp"
#include "spec-tests/uri_cases.hpp"

namespace cmap::spec_tests {

std::optional<CasesResult> read_cases(const Value& document, const std::string& path) {
  if (holds_unified_cases(document)) return read_unified_cases(document, path);
  if (holds_uri_cases(document)) return read_uri_cases(document, path);
  if (holds_selection_case(document)) return read_selection_case(document, path);
  if (holds_sdam_case(document)) return read_sdam_case(document, path);
  if (holds_client_run(document)) return read_client_run_case(document, path);
  return std::nullopt;
}

}  // namespace cmap::spec_tests
