// JSON text: whatever goes in comes back from a parser, numbers are exact.
#include "tools/cmap/json_text.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"

namespace cmap::tools {
namespace {

using namespace std::chrono_literals;

std::string back(std::string_view text) {
  return text_member(parsed(JsonObject().add("k", text).text()), "k");
}

TEST(JsonText, StringsComeBack) {
  for (const std::string_view text :
       {"", "plain", "\"quoted\" \\ back\\slash", "line\nfeed\ttab\x01\x1f", "gr\xc3\xbc\xc3\x9f",
        "\xe2\x82\xac \xf0\x9f\x98\x80", "</script>"}) {
    EXPECT_EQ(back(text), text);
  }
}

TEST(JsonText, WhatIsNoUtf8BecomesTheReplacementCharacter) {
  const std::string replaced = "\xef\xbf\xbd";
  EXPECT_EQ(back("a\xff"
                 "b"),
            "a" + replaced + "b");
  EXPECT_EQ(back("\xc3"), replaced);                                // cut short
  EXPECT_EQ(back("\xc0\xaf"), replaced + replaced);                 // overlong
  EXPECT_EQ(back("\xed\xa0\x80"), replaced + replaced + replaced);  // a surrogate
  EXPECT_EQ(back("\xf4\x90\x80\x80").size(), 4 * replaced.size());  // beyond the last character
}

TEST(JsonText, KeepsTheOrderOfKeys) {
  JsonObject inner;
  inner.add("x", true);
  EXPECT_EQ(JsonObject().add("b", std::int64_t{-1}).add("a", "t").add("c", inner).text(),
            R"({"b":-1,"a":"t","c":{"x":true}})");
  EXPECT_EQ(JsonObject().text(), "{}");
}

TEST(JsonText, WritesNumbersExactly) {
  EXPECT_EQ(JsonObject().add("n", std::numeric_limits<std::uint64_t>::max()).text(),
            R"({"n":18446744073709551615})");
  EXPECT_EQ(JsonObject().add("n", 0.1).add("m", 3.0).text(), R"({"n":0.1,"m":3})");
  EXPECT_EQ(JsonObject().add_milliseconds("t", 250us).text(), R"({"t":0.25})");
  EXPECT_EQ(JsonObject().add_milliseconds("t", 24h).text(), R"({"t":86400000})");
  EXPECT_EQ(JsonObject().add_milliseconds("t", 24h + 1ns).text(), R"({"t":86400000.000001})");
  EXPECT_EQ(JsonObject().add_microseconds("t", 1500ns).text(), R"({"t":1.5})");
  EXPECT_EQ(JsonObject().add_microseconds("t", 7ns).text(), R"({"t":0.007})");
  EXPECT_EQ(JsonObject().add_microseconds("t", 2ms).text(), R"({"t":2000})");
}

}  // namespace
}  // namespace cmap::tools
