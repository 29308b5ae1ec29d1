// Values, their places, and every way in which a file can be unreadable.
#include "spec-tests/document.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"

namespace cmap::spec_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

Value yaml(std::string_view text) {
  Document document = read_text(text, Syntax::yaml, "t.yml");
  EXPECT_TRUE(document.value) << problems_text(document.problems);
  return document.value.value_or(Value());
}

Value json(std::string_view text) {
  Document document = read_text(text, Syntax::json, "t.json");
  EXPECT_TRUE(document.value) << problems_text(document.problems);
  return document.value.value_or(Value());
}

/// The one problem of a text.
std::string problem(std::string_view text, Syntax syntax = Syntax::yaml) {
  const Document document = read_text(text, syntax, syntax == Syntax::yaml ? "t.yml" : "t.json");
  EXPECT_FALSE(document.value);
  EXPECT_THAT(document.problems, SizeIs(1));
  return problems_text(document.problems);
}

std::string json_problem(std::string_view text) { return problem(text, Syntax::json); }

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(Document, YamlAndJsonGiveEqualValues) {
  const Value a = yaml(
      "version: 1\n"
      "quoted: '1'\n"
      "real: 1.5\n"
      "list: [a, null, true]\n"
      "nested: {k: {l: []}}\n");
  const Value b = json(
      R"({"nested": {"k": {"l": []}}, "list": ["a", null, true], "real": 1.5, "quoted": "1",
          "version": 1})");
  EXPECT_TRUE(same_value(a, b)) << to_text(a) << "\n" << to_text(b);
  EXPECT_FALSE(same_value(yaml("1"), yaml("1.0")));
  EXPECT_TRUE(same_value(yaml("[{a: 1}]"), yaml("[{a: 1.0}]"), Numbers::by_value));
  EXPECT_FALSE(same_value(yaml("1"), yaml("1.5"), Numbers::by_value));
  EXPECT_FALSE(same_value(yaml("1"), yaml("'1'")));
  EXPECT_FALSE(same_value(yaml("[1, 2]"), yaml("[2, 1]")));
  EXPECT_FALSE(same_value(yaml("{a: 1}"), yaml("{a: 1, b: 1}")));
}

TEST(Document, PlacesOfYaml) {
  const Value root = yaml("# comment\na: 1\nb:\n  - x\n  - {c: yes}\n");
  EXPECT_EQ(root.mark, (Mark{2, 1}));
  EXPECT_EQ(root.find("a")->mark, (Mark{2, 4}));
  const auto& list = *root.find("b")->array();
  EXPECT_EQ(list[0].mark, (Mark{4, 5}));
  EXPECT_EQ(list[1].find("c")->mark, (Mark{5, 9}));
  EXPECT_EQ(root.object()->back().mark, (Mark{3, 1})) << "of the key b";
}

TEST(Document, PlacesOfJson) {
  const Value root = json("{\n  \"a\": 12,\n  \"b\": [\"x\",\n    {\"c\": null}, -3 ]\n}\n");
  EXPECT_EQ(root.mark, (Mark{1, 1}));
  EXPECT_EQ(root.find("a")->mark, (Mark{2, 8}));
  const auto& list = *root.find("b")->array();
  EXPECT_EQ(list[0].mark, (Mark{3, 9}));
  EXPECT_EQ(list[1].mark, (Mark{4, 5}));
  EXPECT_EQ(list[1].find("c")->mark, (Mark{4, 11}));
  EXPECT_EQ(list[2].mark, (Mark{4, 18}));
  EXPECT_EQ(root.object()->back().mark, (Mark{3, 3}));
}

TEST(Document, AliasesAreCopied) {
  const Value root = yaml("a: &x {b: [1]}\nc: *x\n");
  EXPECT_TRUE(same_value(*root.find("a"), *root.find("c")));
  EXPECT_EQ(root.find("c")->mark, (Mark{2, 4}));
}

TEST(Document, MergeKeysOfYaml) {
  const auto merged = [](const std::string& text) {
    return to_text(*yaml("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: " + text).find("c"));
  };
  EXPECT_EQ(merged("{<<: *a, w: 0}"), "{w: 0, x: 1, y: 2}");
  EXPECT_EQ(merged("{<<: *a, x: 7}"), "{x: 7, y: 2}");
  EXPECT_EQ(merged("{x: 7, <<: *a}"), "{x: 7, y: 2}");
  EXPECT_EQ(merged("{<<: [*a, *b]}"), "{x: 1, y: 2, z: 4}");
  EXPECT_EQ(merged("{<<: *b, <<: *a}"), "{y: 3, z: 4, x: 1}");
  EXPECT_EQ(merged("{<<: {v: [1]}}"), "{v: [1]}");
  EXPECT_EQ(merged("[{<<: {<<: *a}}]"), "[{x: 1, y: 2}]");
  EXPECT_EQ(merged("{\"<<\": 1}"), "{<<: 1}");
  EXPECT_EQ(to_text(json("{\"<<\": {\"a\": 1}}")), "{<<: {a: 1}}");
}

TEST(Document, ByteOrderMarkIsSkipped) {
  EXPECT_TRUE(yaml("\xEF\xBB\xBF"
                   "a: 1")
                  .find("a"));
  EXPECT_TRUE(json("\xEF\xBB\xBF"
                   "{\"a\": 1}")
                  .find("a"));
}

TEST(BadDocument, Empty) {
  EXPECT_EQ(problem(""), "t.yml:1:1: an empty file; expected a cmap-format scenario\n");
  EXPECT_THAT(json_problem(" \n\t"), HasSubstr("empty file"));
  EXPECT_THAT(problem("# only a comment\n"), HasSubstr("no YAML document"));
}

TEST(BadDocument, Binary) {
  EXPECT_THAT(problem(std::string_view("a: 1\nb: \0c", 10)), HasSubstr("t.yml:2:4: a NUL byte"));
  EXPECT_THAT(problem("a: \xE9t\xE9"), HasSubstr("t.yml:1:4: a byte that is not UTF-8"));
  EXPECT_THAT(json_problem("{\"a\": \"\xC0\xAF\"}"), HasSubstr("not UTF-8"));
  EXPECT_THAT(problem("\x7F"
                      "ELF\x02\x01\x01\x80"),
              HasSubstr("not UTF-8"));
  for (const auto* text :
       {"\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xE2\x82", "\xFE"}) {
    EXPECT_THAT(problem(text), HasSubstr("not UTF-8"));
  }
}

TEST(BadDocument, OtherEncodings) {
  EXPECT_THAT(problem(std::string_view("\xFF\xFE"
                                       "a\0:\0",
                                       6)),
              HasSubstr("expected UTF-8"));
  EXPECT_THAT(problem(std::string_view("\xFE\xFF\0a\0:", 6)), HasSubstr("expected UTF-8"));
}

TEST(BadDocument, BrokenSyntax) {
  EXPECT_THAT(problem("a: 1\nb: [1, 2\nc: {"), HasSubstr("not YAML"));
  EXPECT_THAT(problem("a: b: c"), HasSubstr("t.yml:1:5: not YAML"));
  EXPECT_THAT(problem("a:\n\tb: 1\n"), HasSubstr("t.yml:2:"));
  EXPECT_THAT(json_problem("{\"a\": 1,\n \"b\": tru}"), HasSubstr("t.json:2:10: not JSON"));
  EXPECT_THAT(json_problem("{\"a\": 1} x"), HasSubstr("not JSON"));
  EXPECT_THAT(json_problem("{\"a\": 1"), HasSubstr("not JSON"));
  EXPECT_THAT(json_problem("{\"a\": \"\\ud800\"}"), HasSubstr("not JSON"));
}

TEST(BadDocument, SeveralDocuments) {
  EXPECT_THAT(problem("a: 1\n---\nb: 2\n"), HasSubstr("t.yml:2:1: a second document"));
}

TEST(BadDocument, TagsAndKeysThatAreNoText) {
  EXPECT_THAT(problem("a: !!int 1"), HasSubstr("tag"));
  EXPECT_THAT(problem("a: !local [1]"), HasSubstr("tag"));
  EXPECT_THAT(problem("? [a]\n: 1\n"), HasSubstr("a key must be a text"));
  EXPECT_THAT(problem("? [a]\n: 1\n: 2\nb: \"x\n"), StartsWith("t.yml:1:3: a key must be"));
  EXPECT_THAT(problem(": 1\n"), HasSubstr("a key is missing"));
  EXPECT_THAT(problem("a:\n  b: 1\n  : {c: 1}\n"), StartsWith("t.yml:3:3: a key is missing"));
  EXPECT_THAT(problem("a: &x 1\n? *x\n: 2\n"), HasSubstr("a key must be a text"));
}

TEST(BadDocument, DuplicateKeysAreAllReported) {
  const auto document = read_text("a: 1\nb: {c: 1, c: 2}\na: 3\n", Syntax::yaml, "t.yml");
  EXPECT_FALSE(document.value);
  EXPECT_EQ(problems_text(document.problems),
            "t.yml:2:11: the key \"c\" is given twice, first in line 2; remove one\n"
            "t.yml:3:1: the key \"a\" is given twice, first in line 1; remove one\n");
  EXPECT_THAT(json_problem("{\"a\": 1,\n\"a\": 2}"), HasSubstr("t.json:2:1: the key \"a\""));
}

TEST(BadDocument, NumbersOutOfRange) {
  EXPECT_THAT(problem("a: 99999999999999999999"), HasSubstr("t.yml:1:4: the number"));
  EXPECT_THAT(problem("a: 1e999"), HasSubstr("out of range"));
  EXPECT_THAT(json_problem("{\"a\": 99999999999999999999}"), HasSubstr("t.json:1:7: "));
  EXPECT_THAT(json_problem("{\"a\": 9223372036854775808}"), HasSubstr("out of range"));
  EXPECT_THAT(json_problem("{\"a\": -9223372036854775809}"), HasSubstr("out of range"));
  EXPECT_THAT(json_problem("{\"a\": 1e999}"), HasSubstr("out of range"));
  EXPECT_EQ(*json("{\"a\": 9223372036854775807}").find("a")->integer(), 9223372036854775807);
}

TEST(BadDocument, NestingThousandsDeep) {
  constexpr std::size_t deep = 100'000;
  const std::string flow = "a: " + repeated("[", deep) + repeated("]", deep);
  EXPECT_THAT(problem(flow), HasSubstr("nested deeper than 200 levels"));
  EXPECT_THAT(problem(repeated("- ", deep) + "a"), HasSubstr("nested deeper"));
  // What yaml-cpp takes for keys that are no texts, because nothing closes them or by their form.
  for (const char* begins : {"[", "{a: ", "? ", "{", "[{"}) {
    EXPECT_THAT(problem(repeated(begins, deep)), HasSubstr("nested deeper than 200 levels"));
  }
  EXPECT_THAT(json_problem(repeated("[", deep)), HasSubstr("nested deeper"));
  EXPECT_THAT(json_problem(repeated("{\"a\":", deep)), HasSubstr("nested deeper"));
}

TEST(BadDocument, AliasBomb) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    text += repeated(", " + alias, 9) + "]\n";
  }
  EXPECT_THAT(problem(text), HasSubstr("aliases count as often as they are used"));
}

TEST(BadDocument, AliasBombOfText) {
  const std::string text =
      "a: &a \"" + std::string(1'000'000, 'x') + "\"\nb: [" + repeated("*a, ", 1000) + "]\n";
  EXPECT_THAT(problem(text), HasSubstr("MiB of text"));
}

TEST(BadDocument, AliasesThatNestTooDeep) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 300; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i);
    text += " [*a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_THAT(problem(text), HasSubstr("nested deeper"));
}

TEST(BadDocument, NothingToMerge) {
  EXPECT_THAT(problem("a:\n  <<: 1\n"), HasSubstr("t.yml:2:7: \"<<\" needs an object"));
  EXPECT_THAT(problem("a: {<<: [{b: 1}, 2]}\n"), HasSubstr("t.yml:1:18: \"<<\" needs"));
  EXPECT_THAT(problem("a: &a {<<: *a}\n"), HasSubstr("cycle"));
}

TEST(BadDocument, CyclesAndUnknownAliases) {
  EXPECT_THAT(problem("a: &a [1, *a]\n"), HasSubstr("t.yml:1:11: this alias"));
  EXPECT_THAT(problem("a: &a {b: {c: *a}}\n"), HasSubstr("cycle"));
  EXPECT_THAT(problem("a: *b\n"), HasSubstr("not YAML"));
}

TEST(BadDocument, TooManyValues) {
  EXPECT_THAT(problem(repeated("- 1\n", max_nodes + 1)), HasSubstr("more than 250000 values"));
  EXPECT_THAT(json_problem("[" + repeated("1,", max_nodes + 1) + "1]"), HasSubstr("values"));
}

// ---- files

std::string file_problem(const std::filesystem::path& path) {
  const Document document = read_file(path);
  EXPECT_FALSE(document.value);
  EXPECT_THAT(document.problems, SizeIs(1));
  return problems_text(document.problems);
}

TEST(BadFile, NotThereOrNotAFile) {
  const TemporaryFolder folder;
  EXPECT_THAT(file_problem(""), StartsWith("\"\":1:1: no such file"));
  EXPECT_THAT(file_problem(folder.path() / "none.yml"), HasSubstr("no such file"));
  EXPECT_THAT(file_problem(folder.path()), HasSubstr("not a regular file"));
  EXPECT_THAT(file_problem("/dev/zero"), HasSubstr("not a regular file"));
  const std::filesystem::path pipe = folder.path() / "pipe.yml";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(file_problem(pipe), HasSubstr("not a regular file")) << "and must not block";
}

TEST(BadFile, UnknownEnding) {
  const TemporaryFolder folder;
  EXPECT_THAT(file_problem(folder.write("a.txt", "a: 1")), HasSubstr("expected .yml, .yaml or"));
}

TEST(BadFile, AHundredMegabytesAreRefusedAtOnce) {
  const TemporaryFolder folder;
  const auto path = folder.write("big.yml", "a: 1\n");
  std::filesystem::resize_file(path, std::uintmax_t{100} << 20U);  // sparse: costs no disk
  EXPECT_EQ(file_problem(path),
            path.string() + ":1:1: has 100 MiB, more than the 16 MiB allowed; split it\n");
}

TEST(BadFile, ProblemsAreOneLineWhateverTheName) {
  const TemporaryFolder folder;
  const std::string text = file_problem(folder.write("a\nb.yml", ""));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Problems, AreBounded) {
  Problems problems("t.yml");
  for (std::uint32_t i = 0; i < 1000; ++i) problems.add({i + 1, 1}, "wrong");
  const auto taken = problems.take();
  ASSERT_EQ(taken.size(), Problems::limit + 1);
  EXPECT_EQ(taken.back().message, "and 900 more problems");
}

TEST(Problems, DidYouMean) {
  const std::vector<std::string_view> known{"checkOut", "checkIn", "clear"};
  EXPECT_EQ(did_you_mean("checkout", known), ", did you mean \"checkOut\"?");
  EXPECT_EQ(did_you_mean("chekIn", known), ", did you mean \"checkIn\"?");
  EXPECT_EQ(did_you_mean("frobnicate", known), "");
  EXPECT_EQ(did_you_mean(std::string(10'000, 'x'), known), "");
}

}  // namespace
}  // namespace cmap::spec_tests
