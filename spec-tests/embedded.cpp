// Files are sorted by path, so that those of one folder are neighbours.
#include "spec-tests/embedded.hpp"

#include <algorithm>
#include <string_view>

namespace cmap::spec_tests {
namespace {

std::span<const EmbeddedFile> below(std::string_view folder) {
  const auto inside = [&](const EmbeddedFile& file) { return file.path.starts_with(folder); };
  const auto files = embedded_files();
  const auto first = std::ranges::find_if(files, inside);
  const auto last = std::find_if_not(first, files.end(), inside);
  return {first, last};
}

}  // namespace

std::span<const EmbeddedFile> embedded_scenarios() { return below("spec-tests/scenarios/"); }
std::span<const EmbeddedFile> embedded_exact() { return below("spec-tests/exact/"); }

}  // namespace cmap::spec_tests
