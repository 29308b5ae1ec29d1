// SASLprep, with the examples of its standard.
#include "pool/wire/saslprep.hpp"

#include <gtest/gtest.h>

namespace cmap::wire {
namespace {

TEST(Saslprep, TheExamplesOfTheStandard) {
  const std::pair<std::string_view, std::string_view> examples[] = {
      {"I\u00ADX", "IX"}, {"user", "user"}, {"USER", "USER"}, {"\u00AA", "a"}, {"\u2168", "IX"}};
  for (const auto& [text, prepared] : examples) {
    const Result<std::string> result = saslprep(text);
    ASSERT_TRUE(result) << text;
    EXPECT_EQ(*result, prepared);
  }
  EXPECT_FALSE(saslprep("\x07")) << "a control character";
  EXPECT_FALSE(saslprep("\u0627\x31")) << "directions are mixed";
}

TEST(Saslprep, OtherTexts) {
  EXPECT_EQ(*saslprep(""), "");
  EXPECT_EQ(*saslprep("a\u00A0b"), "a b");
  EXPECT_FALSE(saslprep("\xC3\x28")) << "not UTF-8";
  EXPECT_FALSE(saslprep("\U0001F600")) << "unknown to the Unicode of that time";
  // One of the characters that become eighteen.
  EXPECT_GT(saslprep("\uFDFA")->size(), 18U);
}

}  // namespace
}  // namespace cmap::wire
