// The decoders on 20,000 inputs made from good ones by small damage; the same ones in every run.
#include <gtest/gtest.h>

#include "pool/api/random_harness.hpp"
#include "pool/wire/decode_everything_harness.hpp"
#include "pool/wire/good_inputs_harness.hpp"

namespace cmap::wire {
namespace {

void damage(Bytes& input, test::Random& dice) {
  if (input.empty()) return;
  const std::size_t at = dice.below(input.size());
  switch (dice.below(6)) {
    case 0:
      input[at] = static_cast<std::uint8_t>(dice.below(256));
      break;
    case 1:
      input[at] = static_cast<std::uint8_t>(input[at] ^ (1U << dice.below(8)));
      break;
    case 2:
      input.resize(at);
      break;
    case 3:
      input.insert(input.begin() + static_cast<std::ptrdiff_t>(at),
                   static_cast<std::uint8_t>(dice.below(256)));
      break;
    case 4: {  // a number where a length may be
      constexpr std::int32_t numbers[] = {-1, 0, 1, 4, 5, 16, 255, 48'000'000, 0x7FFFFFFF};
      if (at + 4 <= input.size()) store_at(input, at, numbers[dice.below(std::size(numbers))]);
      break;
    }
    case 5:  // the header's length fits again
      if (input.size() >= 4) store_at(input, 0, static_cast<std::int32_t>(input.size()));
      break;
    default:
      break;
  }
}

/// In quarters, which can run at the same time.
class Mutations : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Mutations, NoInputDoesHarm) {
  const std::vector<Bytes> good = good_inputs();
  test::Random dice(GetParam());
  DecodeCounts sum;
  const auto keys = std::make_shared<ScramKeyCache>();
  for (int i = 0; i < 5'000; ++i) {
    Bytes input = good[dice.below(good.size())];
    const std::size_t times = dice.below(4);
    for (std::size_t time = 0; time < times; ++time) damage(input, dice);
    const DecodeCounts counts = DecodeEverything(input, keys).run();
    sum.messages += counts.messages;
    sum.decoded += counts.decoded;
    sum.documents += counts.documents;
    sum.establishments += counts.establishments;
  }
  // Neither all good nor all bad, or nothing was tested.
  EXPECT_GT(sum.messages, 1'200U);
  EXPECT_GT(sum.decoded, 500U);
  EXPECT_LT(sum.decoded, sum.messages);
  EXPECT_GT(sum.documents, 1'200U);
  EXPECT_GT(sum.establishments, 120U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Mutations, testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace cmap::wire
