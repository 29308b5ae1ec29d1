// Writes the file.
#include "tools/cmap/found_failure.hpp"

#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace cmap::tools {

SavedFailure save_failure(spec_tests::Written file, const std::string& name,
                          const std::filesystem::path& folder, Console& console) {
  if (file.text.empty()) {
    console.warn(fmt::format("the failure cannot be saved: {}\n", file.reason));
    return {};
  }
  const std::filesystem::path path = folder / (name + ".yml");
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  std::ofstream output(path, std::ios::binary);
  output << file.text;
  output.close();
  SavedFailure saved{.text = std::move(file.text), .path = {}};
  if (output) {
    saved.path = path.lexically_normal().string();
  } else {
    console.warn(fmt::format("cannot write {}\n", path.string()));
  }
  return saved;
}

void say_file(const SavedFailure& saved, Console& console) {
  if (saved.text.empty()) return;
  console.say("\n");
  for (std::size_t at = 0; at < saved.text.size();) {
    const std::size_t end = saved.text.find('\n', at);
    console.say("    " + saved.text.substr(at, end - at) + "\n");
    at = end + 1;
  }
}

std::string pool_option(const std::string& pool) {
  return pool == "connection-pool" ? "" : " --pool " + pool;
}

std::string replay_command(const SavedFailure& saved, const Console& console,
                           const std::string& options) {
  return shell_word(console.program()) + " replay" + options + " " + shell_word(saved.path);
}

}  // namespace cmap::tools
