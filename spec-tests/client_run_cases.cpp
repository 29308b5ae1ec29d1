// Makes the run again, twice, in the simulation wherever other cases run.
#include "spec-tests/client_run_cases.hpp"

#include <memory>
#include <utility>

#include "sim/client/repeated_client_run.hpp"
#include "spec-tests/client_run_file.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::spec_tests {
namespace {

std::vector<Problem> differences(const ClientRunFile& file, const std::string& path,
                                 sim::ClientTrace* trace) {
  const auto violation = sim::run_client_twice(file.plan, file.schedule, trace).violation;
  if (!violation) return {};
  return {
      {path, Mark{}, violation->clause + ": " + violation->sentence + ": " + violation->message}};
}

}  // namespace

CasesResult read_client_run_case(const Value& document, const std::string& path) {
  Problems problems(path);
  auto file = std::make_shared<const ClientRunFile>(read_client_run(document, problems));
  if (!problems.empty()) return {.cases = {}, .problems = problems.take()};
  Case test{.name = scenario_name(path),
            .description = file->catches.empty() ? std::string("a client in a simulated deployment")
                                                 : "must not break " + file->catches,
            .path = path,
            .differences = [file, path](const CaseRun& run) {
              return differences(*file, path, run.trace);
            }};
  return {.cases = {std::move(test)}, .problems = {}};
}

}  // namespace cmap::spec_tests
