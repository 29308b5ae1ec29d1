// Small unified tests of the project's own, run in simulation.
#pragma once

#include <string>
#include <vector>

#include "sim/client/simulated_client_world.hpp"
#include "spec-tests/files_harness.hpp"
#include "spec-tests/unified_cases.hpp"

namespace cmap::spec_tests {

inline CasesResult unified_cases(const std::string& text) {
  const Document document = read_text(text, Syntax::yaml, "u.yml");
  if (!document.value || !holds_unified_cases(*document.value)) return {};
  return read_unified_cases(*document.value, "u.yml");
}

inline std::vector<Problem> run_in_simulation(const Case& test) {
  const sim::SimulatedClientWorlds worlds;
  return test.differences({.worlds = &worlds});
}

/// A client c of a single server, its database d, and its collection k with one document; one test,
/// whose keys begin on line 9.
inline std::string file_with(const std::string& test) {
  return "description: f\nschemaVersion: '1.4'\n"
         "runOnRequirements: [{topologies: [single]}]\n"
         "createEntities: [{client: {id: c, observeEvents: [poolReadyEvent,"
         " connectionCheckedOutEvent, connectionCheckedInEvent, commandStartedEvent],"
         " observeLogMessages: {connection: debug}}},\n"
         "{database: {id: d, client: c, databaseName: db}},\n"
         "{collection: {id: k, database: d, collectionName: k}}]\n"
         "initialData: [{databaseName: db, collectionName: k, documents: [{_id: 1, x: 2}]}]\n"
         "tests:\n" +
         test;
}

inline std::string unified_differences(const std::string& test) {
  const CasesResult result = unified_cases(file_with(test));
  if (result.cases.size() != 1) return "no case: " + problems_text(result.problems);
  if (!result.cases[0].misfit.empty()) return "misfit: " + result.cases[0].misfit;
  return problems_text(run_in_simulation(result.cases[0]));
}

inline constexpr const char* ping_test =
    "- {description: t, operations: [{name: runCommand, object: d, arguments: {command: {ping: 1},"
    " commandName: ping}}],\n";

inline std::string of_ping(const std::string& expectation) {
  return unified_differences(std::string(ping_test) + expectation + "}\n");
}

inline std::string of_operations(const std::string& operations) {
  return unified_differences("- {description: t, operations: [\n" + operations + "]}\n");
}

}  // namespace cmap::spec_tests
