# Writes OUTPUT, the source that defines cmap::spec_tests::embedded_files(): the text of each file
# named in LIST (one path a line, relative to ROOT). Called as `cmake -D... -P EmbedFiles.cmake`.
file(STRINGS "${LIST}" paths)
list(LENGTH paths count)
set(source
    "// Generated from the data files of spec-tests; see tools/cmake/EmbedFiles.cmake.
#include \"spec-tests/embedded_files.hpp\"

#include <array>

namespace cmap::spec_tests {

std::span<const EmbeddedFile> embedded_files() {
  static constexpr std::array<EmbeddedFile, ${count}> kFiles = {{
")
foreach(path IN LISTS paths)
  file(READ "${ROOT}/${path}" text)
  string(APPEND source "      {\"${path}\", R\"embedded(${text})embedded\"},\n")
endforeach()
string(APPEND source "  }};
  return kFiles;
}

}  // namespace cmap::spec_tests
")
file(WRITE "${OUTPUT}" "${source}")
