// Files of connection strings: `tests`, a list of {description, uri, valid, ...}.
#pragma once

#include <string>

#include "spec-tests/case.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// Whether the document is such a file: its first test has a `uri` and says whether it is `valid`.
bool holds_uri_cases(const Value& document);

/// One case for each test. Compared is what is not null: `valid`, `warning`, `hosts`, `auth`,
/// `options` (whose keys are the same in any case), `credential`.
CasesResult read_uri_cases(const Value& document, const std::string& path);

}  // namespace cmap::spec_tests
