// The core schema of YAML 1.2, case by case.
#include "spec-tests/scalar.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace cmap::spec_tests {
namespace {

using Kind = Value::Kind;

Kind kind_of(std::string_view text) { return plain_scalar(text).value().kind(); }

TEST(PlainScalar, Null) {
  for (const auto* text : {"", "~", "null", "Null", "NULL"}) EXPECT_EQ(kind_of(text), Kind::null);
  EXPECT_EQ(kind_of("nULL"), Kind::text);
}

TEST(PlainScalar, Booleans) {
  for (const auto* text : {"true", "True", "TRUE"}) EXPECT_TRUE(*plain_scalar(text)->boolean());
  for (const auto* text : {"false", "False", "FALSE"}) EXPECT_FALSE(*plain_scalar(text)->boolean());
  // Booleans of YAML 1.1 only.
  for (const auto* text : {"yes", "no", "on", "off", "y", "n"})
    EXPECT_EQ(kind_of(text), Kind::text);
}

TEST(PlainScalar, Integers) {
  EXPECT_EQ(*plain_scalar("0")->integer(), 0);
  EXPECT_EQ(*plain_scalar("42")->integer(), 42);
  EXPECT_EQ(*plain_scalar("+42")->integer(), 42);
  EXPECT_EQ(*plain_scalar("-1")->integer(), -1);
  EXPECT_EQ(*plain_scalar("010")->integer(), 10) << "octal is 0o in YAML 1.2";
  EXPECT_EQ(*plain_scalar("0o17")->integer(), 15);
  EXPECT_EQ(*plain_scalar("0xfF")->integer(), 255);
  EXPECT_EQ(*plain_scalar("9223372036854775807")->integer(),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(*plain_scalar("-9223372036854775808")->integer(),
            std::numeric_limits<std::int64_t>::min());
}

TEST(PlainScalar, Reals) {
  EXPECT_EQ(*plain_scalar("1.5")->real(), 1.5);
  EXPECT_EQ(*plain_scalar("+1.5")->real(), 1.5);
  EXPECT_EQ(*plain_scalar("-.5")->real(), -0.5);
  EXPECT_EQ(*plain_scalar("1.")->real(), 1.0);
  EXPECT_EQ(*plain_scalar("1e3")->real(), 1000.0);
  EXPECT_EQ(*plain_scalar("2.5E-1")->real(), 0.25);
  EXPECT_TRUE(std::isinf(*plain_scalar("-.inf")->real()));
  EXPECT_TRUE(std::isnan(*plain_scalar(".nan")->real()));
}

TEST(PlainScalar, EverythingElseIsText) {
  for (const auto* text : {"a", "1a", "0x", "0o8", ".", "-", "+", "e5", "1e", "1e+", "1.2.3", "--1",
                           "1_000", "0b1", "4.4.0", "inf", "12:30", "1 2"}) {
    EXPECT_EQ(kind_of(text), Kind::text) << text;
  }
}

TEST(PlainScalar, NumbersThatFitNothing) {
  for (const auto* text : {"9223372036854775808", "-9223372036854775809", "0x10000000000000000",
                           "1e999", "99999999999999999999999"}) {
    EXPECT_FALSE(plain_scalar(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace cmap::spec_tests
