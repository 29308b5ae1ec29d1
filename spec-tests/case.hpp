// One test of an official file that is no scenario: of connection strings, of descriptions, of
// clients.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "spec-tests/document.hpp"
#include "spec-tests/problem.hpp"

namespace cmap::sim {
class ClientWorlds;
}  // namespace cmap::sim

namespace cmap::spec_tests {

/// Most need no world, no pool and no schedule: they are the same wherever they run.
struct Case {
  std::string name;  ///< "phase-file", or "list-file/3" for the third test of a list
  std::string description;
  std::string path;  ///< of its file
  /// Why it cannot apply: what it needs that the client does not have. Empty: it can.
  std::string misfit{};
  /// Runs it. What differs, each at the place of the expectation; empty: it passes. Not called if
  /// there is a misfit. Thread-safe; outlives the document that it was read from. Empty: it needs a
  /// world.
  std::function<std::vector<Problem>()> differences{};
  /// The same, in a world made for it.
  std::function<std::vector<Problem>(const sim::ClientWorlds& worlds)> differences_in{};

  [[nodiscard]] std::vector<Problem> run(const sim::ClientWorlds& worlds) const {
    return differences ? differences() : differences_in(worlds);
  }
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
