// Values as YAML: how it looks, and that it is read back as what it was.
#include "spec-tests/yaml_text.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/prng.hpp"

namespace cmap::spec_tests {
namespace {

Value from_json(const std::string& json) {
  Document document = read_text(json, Syntax::json, "json");
  if (!document.value) throw std::invalid_argument(json);
  return std::move(*document.value);
}

std::string laid_out(const std::string& json) { return yaml_text(*from_json(json).object()); }

/// Empty if reading the text of a value gives the value.
std::string lost(const Value& value) {
  const std::string yaml = yaml_text(*value.object());
  const Document document = read_text(yaml, Syntax::yaml, "yaml");
  if (document.value && same_value(*document.value, value)) return {};
  return yaml + (document.problems.empty() ? "" : document.problems.front().text());
}

TEST(YamlText, IsLaidOutAsPeopleDo) {
  EXPECT_EQ(laid_out(R"({"version": 1, "poolOptions": {"maxPoolSize": 1},
                         "operations": [{"name": "ready"}, {"name": "wait", "ms": 0.5}],
                         "x-cmap": {"requirement": ["A-WQ-1", "R2"], "server": {"tls": true},
                                    "establishments": [{}, {"hello": {"hang": true}}],
                                    "trace": ["@0 ConnectionPoolReady"]}})"),
            R"(version: 1
poolOptions:
  maxPoolSize: 1
operations:
  - name: ready
  - {name: wait, ms: 0.5}
x-cmap:
  requirement: [A-WQ-1, R2]
  server: {tls: true}
  establishments:
    - {}
    - hello: {hang: true}
  trace:
    - "@0 ConnectionPoolReady"
)");
}

TEST(YamlText, WhatDoesNotFitGoesOnInTheNextLine) {
  const std::string words = "must say what it catches (A-WQ-3, A-OUT-6, R2) and ";
  const std::string name(60, 'n');
  EXPECT_EQ(laid_out(R"({"description": ")" + words + words + R"(end",
                         "list": [{"a": ")" +
                     name + R"(", "b": ")" + name + R"("}]})"),
            "description: " + words +
                "must say what it catches (A-WQ-3,\n  A-OUT-6, R2) and end\n"
                "list:\n  - a: " +
                name + "\n    b: " + name + "\n");
}

TEST(YamlText, QuotesWhatWouldBeReadAsSomethingElse) {
  EXPECT_EQ(laid_out(R"({"a": "42", "b": "true", "c": "off", "d": "x: y", "e": "", "f": " g",
                         "h": "1e3", "i": "#", "j": "a\"b\\c\n", "on": ["off", "a, b"]})"),
            R"(a: "42"
b: "true"
c: "off"
d: "x: y"
e: ""
f: " g"
h: "1e3"
i: "#"
j: "a\"b\\c\n"
on:
  - "off"
  - a, b
)");
}

TEST(YamlText, EmptyThingsStayWhatTheyAre) {
  EXPECT_EQ(laid_out(R"({"a": [], "b": {}, "c": null})"), "a: []\nb: {}\nc: null\n");
}

TEST(YamlText, NumbersKeepTheirType) {
  const Value value = from_json("[0.000001, 2.0, -0.5, 1e300, 9007199254740993, -1, 0.1]");
  EXPECT_EQ(lost(Value(Value::Object{{"numbers", {}, value}})), "");
}

/// Of everything that makes YAML strange, at random.
class RandomValues {
 public:
  explicit RandomValues(std::uint64_t seed) : prng_(sim::derive_seed(seed, "yaml")) {}

  Value::Object object(int depth) {
    Value::Object object;
    for (std::uint64_t i = 1 + prng_.below(4); i > 0; --i) {
      object.push_back({words() + std::to_string(i), {}, value(depth)});
    }
    return object;
  }

 private:
  Value value(int depth) {
    switch (prng_.below(depth > 0 ? 8 : 5)) {
      case 0:
        return {};
      case 1:
        return Value(prng_.below(2) == 0);
      case 2:
        return Value(static_cast<std::int64_t>(prng_.below(1000)) - 500);
      case 5:
        return Value(object(depth - 1));
      case 6:
      case 7: {
        Value::Array array;
        for (std::uint64_t i = prng_.below(4); i > 0; --i) array.push_back(value(depth - 1));
        return Value(std::move(array));
      }
      default:
        return Value(words());
    }
  }

  std::string words() {
    static const std::vector<std::string> pieces{
        "word", " ",  "  ",   "a, b", "x: y", " #",   "-",   "- ",     "1",
        "true", "\n", "\t",   "\"",   "'",    "\\",   "[",   "}",      "@",
        "&a",   "*a", "!tag", "%",    "\x01", ": ",   "...", "---",    "null",
        "~",    "?",  "|",    ">",    "0x1F", ".inf", "=",   "\u00e4", "(A-1)"};
    std::string words;
    for (std::uint64_t i = prng_.below(2) == 0 ? 2 : prng_.below(40); i > 0; --i) {
      words += pieces[prng_.below(pieces.size())];
    }
    return words;
  }

  sim::Prng prng_;
};

TEST(YamlText, NothingIsLost) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    const Value value(RandomValues(seed).object(3));
    ASSERT_EQ(lost(value), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace cmap::spec_tests
