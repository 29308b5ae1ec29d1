// The data files of this folder, compiled in: the program runs the project's own scenarios, and
// knows the exact traces of all, without a folder beside it.
#pragma once

#include <span>
#include <string_view>

namespace cmap::spec_tests {

struct EmbeddedFile {
  std::string_view path;  ///< From the root of the repository: "spec-tests/scenarios/...".
  std::string_view text;
};

/// Everything below spec-tests/scenarios and spec-tests/exact, sorted by path. Defined in a
/// source that the build generates.
std::span<const EmbeddedFile> embedded_files();

}  // namespace cmap::spec_tests
