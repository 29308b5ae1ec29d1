// `--json`: one JSON object a line for every scenario, and for every file that cannot be read.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "spec-tests/problem.hpp"
#include "tools/cmap/output.hpp"
#include "tools/cmap/result_sink.hpp"

namespace cmap::tools {

/// "pass", "fail", "error", or "skip" for a scenario whose `runOn` does not fit.
std::string_view outcome_name(spec_tests::Result::Outcome outcome);

/// One sentence on what is wrong, or why the scenario was not run; empty for a pass.
std::string result_message(const spec_tests::Result& result);

/// "0123456789abcdef".
std::string digest_text(std::uint64_t digest);

/// Keys: scenario, file, result, world; of a run on the virtual clock events (how many), endMS,
/// steps, digest; what there is of drift, schedules, seed, interleaving, madeAgain (how many runs,
/// because the machine stood still), clause, message.
std::string result_json(const Played& played, std::string_view world = "sim");

/// Keys: case, file, result, message, in which every difference is a line.
std::string case_json(const PlayedCase& played);

/// The same for a file with these problems, all of one file: result "error".
std::string problems_json(std::span<const spec_tests::Problem> problems,
                          std::string_view world = "sim");

class ResultsOutput final : public ResultSink {
 public:
  ResultsOutput(Output& output, std::span<const spec_tests::Problem> problems, std::string world)
      : output_(output), problems_(problems), world_(std::move(world)) {}
  void add(const Played& played) override { output_.write(result_json(played, world_) + '\n'); }
  void add_case(const PlayedCase& played) override { output_.write(case_json(played) + '\n'); }
  void finish() override;

 private:
  Output& output_;
  std::span<const spec_tests::Problem> problems_;
  const std::string world_;
};

}  // namespace cmap::tools
