// Writes the inputs that a fuzzer of the wire protocol begins with: good ones.
#include "fuzz/targets/write_seeds.hpp"
#include "pool/wire/good_inputs_harness.hpp"

int main(int argc, char** argv) {
  return cmap::fuzz::write_seeds(argc, argv, cmap::wire::good_inputs());
}
