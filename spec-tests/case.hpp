// One test of an official file that is no scenario: of connection strings, of descriptions, of
// clients.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/client/client_trace.hpp"
#include "spec-tests/document.hpp"
#include "spec-tests/problem.hpp"

namespace cmap::sim {
class ClientWorlds;
}  // namespace cmap::sim

namespace cmap::spec_tests {

struct CaseRun {
  const sim::ClientWorlds* worlds = nullptr;  ///< never null for a case of a world
  /// What its clients did is added to it, if it has any. Null: nobody wants to know.
  sim::ClientTrace* trace = nullptr;
};

/// Most need no world, no pool and no schedule: they are the same wherever they run.
struct Case {
  std::string name;  ///< "phase-file", or "list-file/3" for the third test of a list
  std::string description;
  std::string path;  ///< of its file
  /// Why it cannot apply: what it needs that the client does not have. Empty: it can.
  std::string misfit{};
  /// Whether it runs in one of the worlds that it is given, and is not the same in all of them.
  bool is_of_world = false;
  /// Runs it. What differs, each at the place of the expectation; empty: it passes. Not called if
  /// there is a misfit. Thread-safe; outlives the document that it was read from.
  std::function<std::vector<Problem>(const CaseRun& run)> differences{};
};

/// What a file of cases holds, or what is wrong with it.
struct CasesResult {
  std::vector<Case> cases;
  std::vector<Problem> problems;  ///< then there are no cases
};

/// Nothing if the document is of none of the formats that hold cases. Throws nothing but
/// std::bad_alloc.
std::optional<CasesResult> read_cases(const Value& document, const std::string& path);

}  // namespace cmap::spec_tests
