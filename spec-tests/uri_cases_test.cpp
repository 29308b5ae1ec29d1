// Tests of connection strings: what is compared, where differences are, what cannot apply.
#include "spec-tests/uri_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"
#include "spec-tests/report.hpp"

namespace cmap::spec_tests {
namespace {

using ::testing::HasSubstr;

CasesResult cases(const std::string& text) {
  const Document document = read_text(text, Syntax::yaml, "dir/some.yml");
  if (!document.value || !holds_uri_cases(*document.value)) return {};
  return read_uri_cases(*document.value, "dir/some.yml");
}

/// The differences of one test; its head ends on line 4.
std::string differences(const std::string& uri, const std::string& expectations) {
  const CasesResult result =
      cases("tests:\n - description: x\n   uri: \"" + uri + "\"\n" + expectations);
  if (result.cases.size() != 1) return "no case: " + problems_text(result.problems);
  return problems_text(result.cases[0].differences({}));
}

TEST(UriCases, EachTestIsACase) {
  const CasesResult result = cases(
      "tests:\n- {description: first, uri: 'mongodb://h', valid: true}\n"
      "- {description: second, uri: '', valid: false}\n");
  ASSERT_EQ(result.cases.size(), 2U) << problems_text(result.problems);
  EXPECT_EQ(result.cases[0].name, "some/1");
  EXPECT_EQ(result.cases[1].name, "some/2");
  EXPECT_EQ(result.cases[1].description, "second");
  EXPECT_EQ(result.cases[1].path, "dir/some.yml");
  for (const Case& test : result.cases) EXPECT_EQ(problems_text(test.differences({})), "");
}

TEST(UriCases, Validity) {
  EXPECT_EQ(differences("mongodb://h:0", "   valid: true\n"),
            "dir/some.yml:3:9: must be accepted, and is refused: the host \"h\": expected HOST or "
            "HOST:PORT, with a port from 1 to 65535\n");
  EXPECT_EQ(differences("mongodb://h", "   valid: false\n"),
            "dir/some.yml:3:9: must be refused, and is accepted\n");
}

TEST(UriCases, Warnings) {
  EXPECT_EQ(differences("mongodb://h/?x=1", "   valid: true\n   warning: false\n"),
            "dir/some.yml:5:13: expected no warning, and it warns: the option \"x\" is unknown and "
            "has no effect\n");
  EXPECT_EQ(differences("mongodb://h/", "   valid: true\n   warning: true\n"),
            "dir/some.yml:5:13: expected a warning, and there is none\n");
  EXPECT_EQ(differences("mongodb://h/?x=1", "   valid: true\n   warning: ~\n"), "");
}

TEST(UriCases, HostsAuthAndOptions) {
  EXPECT_EQ(differences("mongodb://u:p@h,i:1/db?MaxPoolSize=5",
                        "   valid: true\n"
                        "   hosts: [{type: hostname, host: h, port: ~}, {host: i, port: 1}]\n"
                        "   auth: {username: u, password: p, db: db}\n"
                        "   options: {maxpoolsize: 5}\n"),
            "");
  EXPECT_EQ(differences("mongodb://u:p@h,i:1/db?maxPoolSize=5",
                        "   valid: true\n"
                        "   hosts: [{host: h, port: 1}]\n"
                        "   auth: {username: v, db: ~}\n"
                        "   options: {maxPoolSize: '5', other: 1}\n"),
            "dir/some.yml:5:28: hosts[0].port: expected 1, but it is 27017\n"
            "dir/some.yml:5:11: expected 1 hosts, but there are 2\n"
            "dir/some.yml:6:21: auth.username: expected \"v\", but it is \"u\"\n"
            "dir/some.yml:7:27: options.maxPoolSize: expected \"5\", but it is 5\n"
            "dir/some.yml:7:32: options.other is not known to this runner\n");
}

TEST(UriCases, Credentials) {
  EXPECT_EQ(differences("mongodb://h/?authSource=a", "   valid: true\n   credential: ~\n"), "");
  EXPECT_THAT(differences("mongodb://u@h/", "   valid: true\n   credential: ~\n"),
              HasSubstr("expected no credential, and there is one"));
  EXPECT_THAT(differences("mongodb://h/", "   valid: true\n   credential: {username: u}\n"),
              HasSubstr("expected a credential, and there is none"));
  EXPECT_EQ(differences("mongodb://u:p@h/?authMechanism=SCRAM-SHA-1",
                        "   valid: true\n   credential: {username: u, password: p, source: b, "
                        "mechanism: SCRAM-SHA-1, mechanism_properties: ~}\n"),
            "dir/some.yml:5:51: credential.source: expected \"b\", but it is \"admin\"\n");
}

TEST(UriCases, WhatTheClientDoesNotHaveIsAMisfit) {
  const CasesResult result = cases(
      "tests:\n- {description: a, uri: 'mongodb+srv://h', valid: true}\n"
      "- {description: b, uri: 'mongodb://h', valid: true}\n");
  ASSERT_EQ(result.cases.size(), 2U);
  EXPECT_THAT(result.cases[0].misfit, HasSubstr("mongodb+srv is not supported"));
  EXPECT_EQ(result.cases[1].misfit, "");
}

TEST(UriCases, WhatIsWrongWithAFile) {
  const CasesResult result =
      cases("tests:\n- {description: a, uri: x, valid: true, warning: 1, odd: 2}\n- {uri: 3}\n");
  EXPECT_TRUE(result.cases.empty());
  const std::string problems = problems_text(result.problems);
  for (const char* part : {"some.yml:2:50: warning: expected a boolean or null, not 1", "\"odd\"",
                           "uri must be a text", "\"valid\""}) {
    EXPECT_THAT(problems, HasSubstr(part));
  }
}

TEST(UriCases, AFailureOnAScreen) {
  const CasesResult result =
      cases("tests:\n- {description: d, uri: 'mongodb://h', valid: false}\n");
  ASSERT_EQ(result.cases.size(), 1U);
  EXPECT_EQ(failure_report(result.cases[0], result.cases[0].differences({}), {},
                           {.repeat_command = "cmap replay x"}),
            "FAIL some/1  d\n"
            "  dir/some.yml:2:25: must be refused, and is accepted\n"
            "  repeat: cmap replay x\n");
}

TEST(UriCases, TheOfficialPoolOptionsPass) {
  const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
  if (checkout == nullptr || *checkout == '\0') return;  // which Official says aloud
  const Collection found =
      collect(std::vector{std::filesystem::path(checkout) / "source/uri-options/tests" /
                          "connection-pool-options.yml"});
  EXPECT_EQ(problems_text(found.problems), "");
  EXPECT_EQ(found.cases.size(), 7U);
  for (const Case& test : found.cases) {
    EXPECT_EQ(test.misfit, "");
    EXPECT_EQ(failure_report(test, test.differences({})), "");
  }
}

}  // namespace
}  // namespace cmap::spec_tests
