// Finds the scenarios and cases that a user names: files, and folders with everything below them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "spec-tests/case.hpp"
#include "spec-tests/problem.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::spec_tests {

/// A well-formed file in a folder that is not for this runner.
struct OtherFile {
  std::string path;
  std::string format;  ///< "the unified test format", ...
};

struct Collection {
  std::vector<ScenarioFile> scenarios;
  std::vector<Case> cases;
  std::vector<OtherFile> others;
  std::vector<Problem> problems;
};

/// In the order of `paths`, files of a folder sorted by path; a file named twice counts once. YAML
/// and JSON twins (same folder, same name) must be equal as values and count once, as the YAML
/// one. Files of other formats are listed if found in a folder, and are a problem if named. Every
/// file is read whatever is wrong with the others. Throws nothing but std::bad_alloc.
Collection collect(std::span<const std::filesystem::path> paths);

/// The embedded own scenarios.
Collection collect_embedded();

}  // namespace cmap::spec_tests
