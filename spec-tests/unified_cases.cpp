// Makes cases of the tests of a file.
#include "spec-tests/unified_cases.hpp"

#include <memory>
#include <utility>

#include "spec-tests/scenario_file.hpp"
#include "spec-tests/unified_file.hpp"
#include "spec-tests/unified_run.hpp"

namespace cmap::spec_tests {

bool holds_unified_cases(const Value& document) { return document.find("schemaVersion"); }

CasesResult read_unified_cases(const Value& document, const std::string& path) {
  Problems problems(path);
  const auto file =
      std::make_shared<const UnifiedFile>(read_unified_file(document, path, problems));
  if (!problems.empty()) return {.cases = {}, .problems = problems.take()};
  CasesResult result;
  for (std::size_t i = 0; i < file->tests.size(); ++i) {
    const UnifiedTest& test = file->tests[i];
    const Case common{.name = scenario_name(path) + "/" + std::to_string(i + 1),
                      .description = test.description,
                      .path = path,
                      .misfit = test.misfit};
    if (!test.misfit.empty()) {
      result.cases.push_back(common);
      continue;
    }
    for (const sim::ClientWorldOptions& world : test.worlds) {
      Case here = common;
      here.name += " on " + std::string(sim::topology_name(world.topology));
      here.is_of_world = true;
      here.differences = [file, i, world](const CaseRun& run) {
        return run_unified_test(*file, file->tests[i], world, run);
      };
      result.cases.push_back(std::move(here));
    }
  }
  return result;
}

}  // namespace cmap::spec_tests
