// Makes the run again, in the simulation wherever other cases run.
#include "spec-tests/client_run_cases.hpp"

#include <memory>
#include <utility>

#include "sim/choice.hpp"
#include "sim/client/client_run.hpp"
#include "spec-tests/client_run_file.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::spec_tests {
namespace {

std::vector<Problem> differences(const ClientRunFile& file, const std::string& path) {
  sim::SeededChoices choices(file.schedule);
  const auto violation = sim::run_client(file.plan, choices).violation;
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
            .differences = [file, path] { return differences(*file, path); }};
  return {.cases = {std::move(test)}, .problems = {}};
}

}  // namespace cmap::spec_tests
