// The embedded data files by kind: the project's own scenarios, the exact traces of official files.
#pragma once

#include <span>

#include "spec-tests/embedded_files.hpp"

namespace cmap::spec_tests {

/// Everything below spec-tests/scenarios, sorted by path.
std::span<const EmbeddedFile> embedded_scenarios();
/// Everything below spec-tests/exact, sorted by path.
std::span<const EmbeddedFile> embedded_exact();

}  // namespace cmap::spec_tests
