// libFuzzer target: everything that reads bytes of a peer. Build: clang, CMAP_BUILD_FUZZERS=ON.
#include <cstddef>
#include <cstdint>
#include <memory>

#include "pool/wire/decode_everything_harness.hpp"

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto keys = std::make_shared<cmap::wire::ScramKeyCache>();
  cmap::wire::DecodeEverything({data, size}, keys).run();
  return 0;
}
