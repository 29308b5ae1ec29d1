// Files of server discovery: what is read, what is compared, where differences are; and all of the
// official ones that a checkout has.
#include "spec-tests/sdam_cases.hpp"

#include <array>

#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"
#include "spec-tests/report.hpp"

namespace cmap::spec_tests {
namespace {

CasesResult sdam_case(const std::string& phases) {
  const Document document =
      read_text("description: d\nuri: 'mongodb://A/?replicaSet=rs'\nphases:\n" + phases,
                Syntax::yaml, "dir/some.yml");
  if (!document.value || !holds_sdam_case(*document.value)) return {};
  return read_sdam_case(*document.value, "dir/some.yml");
}

/// The outcome begins on line 6.
std::string sdam_differences(const std::string& outcome) {
  const CasesResult result = sdam_case(
      "- responses:\n"
      "  - [a, {ok: 1, isWritablePrimary: true, setName: rs, hosts: [a, b], setVersion: 1.0,\n"
      "         electionId: {$oid: '000000000000000000000002'}, maxWireVersion: 21}]\n"
      "  outcome:\n" +
      outcome);
  if (result.cases.size() != 1) return "no case: " + problems_text(result.problems);
  return problems_text(result.cases[0].differences({}));
}

TEST(SdamCases, EqualOutcome) {
  EXPECT_EQ(sdam_differences("    topologyType: ReplicaSetWithPrimary\n"
                             "    setName: rs\n"
                             "    logicalSessionTimeoutMinutes: ~\n"
                             "    maxSetVersion: 1\n"
                             "    maxElectionId: {$oid: '000000000000000000000002'}\n"
                             "    compatible: true\n"
                             "    servers:\n"
                             "      a: {type: RSPrimary, setName: rs, setVersion: 1,\n"
                             "          electionId: {$oid: '000000000000000000000002'},\n"
                             "          topologyVersion: ~, minWireVersion: 0,\n"
                             "          maxWireVersion: 21, pool: {generation: 0}}\n"
                             "      B:27017: {type: PossiblePrimary, electionId: ~}\n"),
            "");
}

TEST(SdamCases, EveryDifferenceHasItsPlaceAndClause) {
  EXPECT_EQ(sdam_differences("    topologyType: Sharded\n"
                             "    compatible: false\n"
                             "    maxElectionId: ~\n"
                             "    servers:\n"
                             "      a: {type: Mongos, error: x, pool: {generation: 1}}\n"
                             "      c: {}\n"),
            "dir/some.yml:8:19: phase 1: topologyType: expected \"Sharded\", but is "
            "\"ReplicaSetWithPrimary\" (D-RS-1, D-RS-5)\n"
            "dir/some.yml:9:17: phase 1: compatible: expected false, but is true (D-RS-3)\n"
            "dir/some.yml:10:20: phase 1: maxElectionId: expected null, but is "
            "\"000000000000000000000002\" (D-SD-6)\n"
            "dir/some.yml:12:17: phase 1: servers.a:27017.type: expected \"Mongos\", but is "
            "\"RSPrimary\" (D-RS-3, D.2)\n"
            "dir/some.yml:12:32: phase 1: servers.a:27017.error: expected \"x\", but is null "
            "(D-SD-5, D-SD-6)\n"
            "dir/some.yml:12:54: phase 1: servers.a:27017.pool.generation: expected 1, but is 0 "
            "(D.2, D-SD-5)\n"
            "dir/some.yml:13:7: phase 1: servers: expected \"c:27017\", but it is not there\n"
            "dir/some.yml:12:7: phase 1: servers: \"b:27017\" is there, but is not expected\n");
}

TEST(SdamCases, Events) {
  const std::string opening =
      "    events:\n"
      "    - topology_opening_event: {topologyId: '42'}\n"
      "    - topology_description_changed_event:\n"
      "        newDescription: {topologyType: ReplicaSetNoPrimary, servers: [{address: "
      "'a:27017'}]}\n"
      "    - server_opening_event: {address: 'a:27017'}\n";
  const std::string changed =
      "    - server_description_changed_event: {newDescription: {hosts: ['a:27017', 'b:27017']}}\n"
      "    - server_opening_event: {address: 'b:27017'}\n";
  EXPECT_EQ(sdam_differences(opening + changed + "    - topology_description_changed_event: {}\n"),
            "");
  EXPECT_EQ(sdam_differences(opening + changed),
            "dir/some.yml:9:5: phase 1: events: expected 5, but there are 6; the first surplus one "
            "is topology_description_changed_event\n");
}

TEST(SdamCases, ApplicationErrorsCountInGenerations) {
  const CasesResult result = sdam_case(
      "- responses:\n"
      "  - [a, {ok: 1, isWritablePrimary: true, setName: rs, hosts: [a], maxWireVersion: 21}]\n"
      "  outcome: {topologyType: ReplicaSetWithPrimary, servers: {a: {type: RSPrimary}}}\n"
      "- applicationErrors:\n"
      "  - {address: a, when: afterHandshakeCompletes, type: network, maxWireVersion: 21}\n"
      "  - {address: a, when: afterHandshakeCompletes, type: command, generation: 1,\n"
      "     response: {ok: 1, writeConcernError: {code: 91, errmsg: bye}}}\n"
      "  - {address: a, when: afterHandshakeCompletes, type: network, generation: 1}\n"
      "  outcome:\n"
      "    topologyType: ReplicaSetNoPrimary\n"
      "    servers: {a: {type: Unknown, error: bye, pool: {generation: 3}}}\n");
  ASSERT_EQ(result.cases.size(), 1U) << problems_text(result.problems);
  EXPECT_EQ(problems_text(result.cases[0].differences({})),
            "dir/some.yml:14:65: phase 2: servers.a:27017.pool.generation: expected 3, but is 2 "
            "(D.2, D-SD-5)\n");
}

TEST(SdamCases, UnknownKeysAndWordsAreProblems) {
  const CasesResult result = sdam_case(
      "- responses: [[a]]\n"
      "  applicationErrors:\n"
      "  - {address: 'a:b', when: before, type: network, code: 1}\n"
      "  outcome:\n"
      "    topologytype: Single\n"
      "    servers: {a: {typ: RSPrimary}}\n"
      "    events: [{server_opened_event: {}}]\n"
      "  more: 1\n");
  EXPECT_TRUE(result.cases.empty());
  const std::string problems = problems_text(result.problems);
  for (const char* part :
       {"dir/some.yml:4:15: a response must be a list of an address and a reply\n",
        "dir/some.yml:6:15: address must be HOST:PORT, but is \"a:b\"\n",
        "dir/some.yml:6:28: when \"before\" is unknown",
        "dir/some.yml:6:51: unknown key \"code\" in an application error",
        "dir/some.yml:8:5: unknown key \"topologytype\" in an outcome, did you mean "
        "\"topologyType\"?",
        "dir/some.yml:9:19: unknown key \"typ\" in a server of the outcome",
        "dir/some.yml:10:15: unknown key \"server_opened_event\" in an event",
        "dir/some.yml:11:3: unknown key \"more\" in a phase"}) {
    EXPECT_NE(problems.find(part), std::string::npos) << part << "\nin\n" << problems;
  }
}

/// A folder of the checkout that CMAP_SPECIFICATIONS names, and how many files are in it. Only the
/// first two are in every checkout.
struct OfficialSdam {
  const char* folder;
  std::size_t files;
  bool is_optional = true;
};

TEST(SdamCases, AllOfficialFilesPass) {
  const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
  if (checkout == nullptr || *checkout == '\0') return;  // official_test.cpp says so
  for (const auto& [folder, files, is_optional] :
       {OfficialSdam{"errors", 72, false}, OfficialSdam{"rs", 77, false},
        OfficialSdam{"single", 19}, OfficialSdam{"sharded", 9}, OfficialSdam{"load-balanced", 1},
        OfficialSdam{"monitoring", 8}}) {
    const auto path =
        std::filesystem::path(checkout) / "source/server-discovery-and-monitoring/tests" / folder;
    if (is_optional && !std::filesystem::exists(path)) continue;
    const Collection collection = collect(std::vector{path});
    EXPECT_EQ(problems_text(collection.problems), "");
    EXPECT_EQ(collection.cases.size(), files) << folder;
    for (const Case& test : collection.cases) {
      EXPECT_EQ(test.misfit, "") << test.path;
      EXPECT_EQ(failure_report(test, test.differences({})), "");
    }
  }
}

}  // namespace
}  // namespace cmap::spec_tests
