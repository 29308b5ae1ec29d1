// Writes the inputs that a fuzzer of the pool begins with: the same ones every time.
#include <memory>

#include "fuzz/bytes.hpp"
#include "fuzz/strategies.hpp"
#include "fuzz/targets/write_seeds.hpp"
#include "sim/world.hpp"

int main(int argc, char** argv) {
  constexpr std::uint64_t count = 48;
  std::vector<std::vector<std::uint8_t>> seeds;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    using namespace cmap;
    sim::SeededChoices composing(seed, "scenario");
    std::unique_ptr<sim::ChoiceSource> schedule = std::make_unique<sim::SeededChoices>(seed);
    if (seed % 3 == 1) schedule = fuzz::pct_choices(seed);
    if (seed % 3 == 2) schedule = fuzz::delaying_choices(seed);
    seeds.push_back(fuzz::bytes_of(composing, *schedule, sim::connection_pool()));
  }
  return cmap::fuzz::write_seeds(argc, argv, seeds);
}
