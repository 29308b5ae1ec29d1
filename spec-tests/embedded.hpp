// The project's own scenarios and the exact traces of the official files, compiled in: the program
// needs no files at run time. embed.cmake writes the definitions.
#pragma once

#include <span>
#include <string_view>

namespace cmap::spec_tests {

struct EmbeddedFile {
  std::string_view name;  ///< from the root of the repository: "spec-tests/scenarios/x.yml"
  std::string_view content;
};

/// spec-tests/scenarios/*.yml, sorted by name.
std::span<const EmbeddedFile> embedded_scenarios();
/// spec-tests/exact/*.yml, sorted by name.
std::span<const EmbeddedFile> embedded_exact();

}  // namespace cmap::spec_tests
