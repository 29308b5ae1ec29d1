// Files of server selection: what is compared, and all of those that a checkout has.
#include "spec-tests/selection_cases.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "spec-tests/files_harness.hpp"
#include "spec-tests/report.hpp"

namespace cmap::spec_tests {
namespace {

std::string selection_differences(const std::string& text) {
  const Document document = read_text(text, Syntax::yaml, "s.yml");
  if (!document.value || !holds_selection_case(*document.value)) return "no such file";
  const CasesResult result = read_selection_case(*document.value, "s.yml");
  if (result.cases.size() != 1) return problems_text(result.problems);
  return problems_text(result.cases[0].differences({}));
}

const std::string two_secondaries =
    "topology_description:\n"
    "  type: ReplicaSetNoPrimary\n"
    "  servers:\n"
    "  - &1 {address: 'a:27017', avg_rtt_ms: 5, type: RSSecondary, tags: {dc: x}}\n"
    "  - &2 {address: 'b:27017', avg_rtt_ms: 20.5, type: RSSecondary}\n"
    "operation: read\n";

TEST(SelectionCases, SuitableServersAndLatencyWindow) {
  EXPECT_EQ(selection_differences(two_secondaries +
                                  "read_preference: {mode: Secondary, tag_sets: [{}]}\n"
                                  "suitable_servers: [*2, *1]\nin_latency_window: [*1]\n"),
            "");
  EXPECT_EQ(selection_differences(two_secondaries +
                                  "read_preference: {mode: Secondary, tag_sets: [{dc: x}]}\n"
                                  "suitable_servers: [*2]\nin_latency_window: []\n"),
            "s.yml:8:19: suitable_servers: expected b:27017, but is a:27017 (D-SEL-1)\n"
            "s.yml:9:20: in_latency_window: expected none, but is a:27017 (D-SEL-2)\n");
}

TEST(SelectionCases, Errors) {
  const std::string preference = "read_preference: {mode: Nearest, maxStalenessSeconds: ";
  EXPECT_EQ(selection_differences(two_secondaries + preference + "89}\nerror: true\n"), "");
  EXPECT_EQ(selection_differences(two_secondaries + preference + "90}\nerror: true\n"),
            "s.yml:8:8: an error was expected, but there is none\n");
}

TEST(SelectionCases, Frequencies) {
  const std::string choices =
      two_secondaries +
      "mocked_topology_state:\n"
      "- {address: 'a:27017', operation_count: 1}\n- {address: 'b:27017', operation_count: 0}\n"
      "iterations: 10\noutcome: {tolerance: 0.5, expected_frequencies: {'a:27017': ";
  EXPECT_EQ(selection_differences(choices + "1}}\n"), "");  // b is too far away
  EXPECT_EQ(selection_differences(choices + "0}}\n"),
            "s.yml:11:61: a:27017: expected 0.000000 of the choices, but has 1.000000 (D-SEL-2)\n");
}

TEST(SelectionCases, Averages) {
  EXPECT_EQ(selection_differences("{avg_rtt_ms: 'NULL', new_rtt_ms: 10, new_avg_rtt: 10}"), "");
  EXPECT_EQ(selection_differences("{avg_rtt_ms: 10, new_rtt_ms: 20, new_avg_rtt: 12}"), "");
  EXPECT_EQ(selection_differences("{avg_rtt_ms: 10, new_rtt_ms: 20, new_avg_rtt: 13}"),
            "s.yml:1:47: expected 13000000 ns, but is 12000000 ns (D-MON-8)\n");
}

TEST(SelectionCases, UnknownKeysAreProblems) {
  EXPECT_EQ(selection_differences(two_secondaries + "suitable: []\n"),
            "s.yml:7:1: unknown key \"suitable\" in the file; expected \"description\", "
            "\"topology_description\", \"operation\", \"read_preference\", \"iterations\", "
            "\"heartbeatFrequencyMS\", \"deprioritized_servers\", \"error\", "
            "\"suitable_servers\", \"in_latency_window\", \"mocked_topology_state\" or "
            "\"outcome\"\n");
}

struct OfficialSelection {
  const char* folder;
  std::size_t files;
};

TEST(SelectionCases, AllOfficialFilesPass) {
  const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
  if (checkout == nullptr || *checkout == '\0') return;  // official_test.cpp says so
  for (const auto& [folder, files] :
       {OfficialSelection{"server-selection/tests/server_selection", 88},
        OfficialSelection{"server-selection/tests/in_window", 8},
        OfficialSelection{"server-selection/tests/rtt", 7},
        OfficialSelection{"max-staleness/tests", 32}}) {
    const auto path = std::filesystem::path(checkout) / "source" / folder;
    if (!std::filesystem::exists(path)) continue;  // a checkout may have some of them
    const Collection collection = collect(std::vector{path});
    EXPECT_EQ(problems_text(collection.problems), "");
    EXPECT_EQ(collection.cases.size(), files) << folder;
    for (const Case& test : collection.cases) {
      EXPECT_EQ(failure_report(test, test.differences({})), "");
    }
  }
}

}  // namespace
}  // namespace cmap::spec_tests
