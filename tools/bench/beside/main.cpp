// cmap_pool_bench: the real pool beside libmongoc's, a bare mutex and bare Asio.
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/bench/beside/comparisons.hpp"

namespace {

using cmap::bench::Servers;

struct Part {
  const char* name;
  std::function<void(const Servers&, std::size_t)> run;
};

const std::vector<Part>& parts() {
  static const std::vector<Part> all = {
      {"cycles", cmap::bench::compare_cycles},
      {"hand-over", cmap::bench::compare_hand_over},
      {"establishing", cmap::bench::compare_establishing},
      {"memory", [](const Servers& servers, std::size_t) { cmap::bench::show_memory(servers); }}};
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Measures the real pool beside libmongoc's client pool, a bare mutex and bare Asio,\n"
      "in turns, against a cmap serve in a process of its own. Prints medians and ratios.\n\n"
      "examples:\n"
      "  cmap_pool_bench\n"
      "  cmap_pool_bench --rounds 51 cycles"};
  std::size_t rounds = 21;
  app.add_option("--rounds", rounds, "of each contestant")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  std::vector<std::string> wanted;
  std::vector<std::string> names;
  for (const Part& part : parts()) names.emplace_back(part.name);
  app.add_option("part", wanted, "cycles, hand-over, establishing, memory (default: all)")
      ->check(CLI::IsMember(names));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (wanted.empty()) wanted = names;
  try {
    const cmap::bench::ServerProcess tcp(/*tls=*/false);
    const cmap::bench::ServerProcess tls(/*tls=*/true);
    for (const Part& part : parts()) {
      for (const std::string& name : wanted) {
        if (name == part.name) part.run({tcp, tls}, rounds);
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
