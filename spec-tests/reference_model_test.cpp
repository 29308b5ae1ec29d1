// The reference model passes the files that the pool passes, and a broken copy of it does not.
#include "sim/reference_model/reference_model.hpp"

#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "spec-tests/collect.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::spec_tests {
namespace {

TEST(ReferenceModel, PassesTheOwnScenarios) {
  for (const ScenarioFile& file : collect_embedded().scenarios) {
    const Result result = run_file(file, sim::reference_model());
    EXPECT_EQ(result.outcome, Result::Outcome::pass) << failure_report(file, result);
  }
}

TEST(ReferenceModel, ABrokenCopyFails) {
  std::size_t failed = 0;
  const sim::PoolFactory broken = sim::broken_reference_model(sim::Defect::lifo_queue);
  for (const ScenarioFile& file : collect_embedded().scenarios) {
    if (run_file(file, broken).outcome == Result::Outcome::fail) ++failed;
  }
  EXPECT_GT(failed, 0U);
}

}  // namespace
}  // namespace cmap::spec_tests
