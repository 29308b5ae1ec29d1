// The rest of the programs that write seeds: seed-01, seed-02, ... in a folder.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace cmap::fuzz {

/// usage: PROGRAM FOLDER. Returns the exit status: 0 good, 2 bad use or it cannot be written.
inline int write_seeds(int argc, char** argv, const std::vector<std::vector<std::uint8_t>>& seeds) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  std::size_t number = 0;
  for (const std::vector<std::uint8_t>& seed : seeds) {
    std::string name = std::to_string(++number);
    name.insert(0, name.size() < 2 ? "seed-0" : "seed-");
    std::ofstream output(folder / name, std::ios::binary);
    for (const std::uint8_t byte : seed) output.put(static_cast<char>(byte));
    output.close();
    if (!output) {
      std::fprintf(stderr, "cannot write %s\n", (folder / name).c_str());
      return 2;
    }
  }
  return 0;
}

}  // namespace cmap::fuzz
