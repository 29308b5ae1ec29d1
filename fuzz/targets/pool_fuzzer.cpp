// libFuzzer target: the pool in simulation, on scenarios and schedules made of the input.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/bytes.hpp"
#include "fuzz/targets/pool_to_fuzz.hpp"

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const cmap::sim::PoolFactory pool = cmap::fuzz::pool_to_fuzz();
  if (auto failure = cmap::fuzz::test_bytes({data, size}, pool)) {
    std::fputs(cmap::fuzz::report_of(std::move(*failure), pool).c_str(), stderr);
    std::abort();
  }
  return 0;
}
