// Results as JSON lines, without anything that differs from run to run, but for runs that had to be
// made again.
#include "tools/cmap/results_output.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tools/cmap/json_text.hpp"

namespace cmap::tools {
namespace {

using Outcome = spec_tests::Result::Outcome;

JsonObject schedules_json(const spec_tests::ScheduleReport& report) {
  JsonObject json;
  json.add("held", report.held)
      .add("tried", report.tried)
      .add("complete", report.complete)
      .add("seeded", report.seeded);
  return json;
}

JsonObject drift_json(const spec_tests::Drift& drift) {
  JsonObject json;
  json.add("missed", drift.missed).add("choices", drift.choices);
  return json;
}

void add_run(JsonObject& json, const spec_tests::Result& result) {
  if (result.trace.steps == 0) return;  // the steady clock: all of it differs from run to run
  json.add("events", std::uint64_t{result.trace.events.size()})
      .add_milliseconds("endMS", result.trace.end)
      .add("steps", result.trace.steps)
      .add("digest", digest_text(result.trace.digest));
  if (result.drift) json.add("drift", drift_json(*result.drift));
  if (result.schedules) json.add("schedules", schedules_json(*result.schedules));
  if (result.seed) json.add("seed", *result.seed);
  if (result.interleaving) json.add("interleaving", *result.interleaving);
}

std::string lines_of(std::span<const spec_tests::Problem> problems) {
  std::string lines;
  for (const spec_tests::Problem& problem : problems) {
    lines += (lines.empty() ? "" : "\n") + problem.text();
  }
  return lines;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass:
      return "pass";
    case Outcome::fail:
      return "fail";
    case Outcome::skipped:
      return "skip";
    case Outcome::error:
      return "error";
  }
  return "?";
}

std::string result_message(const spec_tests::Result& result) {
  const spec_tests::Verdict& verdict = result.verdict;
  if (result.outcome != Outcome::fail) return result.message;
  return spec_tests::Problem{verdict.file, verdict.mark, verdict.message}.text();
}

std::string digest_text(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

std::string result_json(const Played& played, std::string_view world) {
  const spec_tests::Result& result = played.result;
  JsonObject json;
  json.add("scenario", played.file.scenario.name)
      .add("file", played.file.path)
      .add("result", outcome_name(result.outcome))
      .add("world", world);
  if (result.outcome == Outcome::pass || result.outcome == Outcome::fail) add_run(json, result);
  if (result.made_again > 0) json.add("madeAgain", result.made_again);
  if (!result.verdict.clause.empty()) json.add("clause", result.verdict.clause);
  json.add("message", result_message(result));
  return json.text();
}

std::string case_json(const PlayedCase& played) {
  const spec_tests::Case& test = played.test;
  const Outcome outcome = !test.misfit.empty()         ? Outcome::skipped
                          : played.differences.empty() ? Outcome::pass
                                                       : Outcome::fail;
  JsonObject json;
  json.add("case", test.name).add("file", test.path).add("result", outcome_name(outcome));
  json.add("message", test.misfit.empty() ? lines_of(played.differences) : test.misfit);
  return json.text();
}

std::string problems_json(std::span<const spec_tests::Problem> problems, std::string_view world) {
  const std::string& file = problems.front().file;
  JsonObject json;
  json.add("scenario", spec_tests::scenario_name(file))
      .add("file", file)
      .add("result", "error")
      .add("world", world)
      .add("message", lines_of(problems));
  return json.text();
}

void ResultsOutput::finish() {
  for (auto rest = problems_; !rest.empty();) {
    const auto other = std::ranges::find_if(
        rest, [&](const auto& problem) { return problem.file != rest.front().file; });
    const auto size = static_cast<std::size_t>(other - rest.begin());
    output_.write(problems_json(rest.first(size), world_) + '\n');
    rest = rest.subspan(size);
  }
}

}  // namespace cmap::tools
