// What was written is read back, and compared with what it was.
#pragma once

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "spec-tests/files_harness.hpp"
#include "spec-tests/match.hpp"
#include "spec-tests/scenario_file.hpp"
#include "spec-tests/write_scenario.hpp"

namespace cmap::spec_tests {

inline ScenarioFile read_back(const Written& written, const std::string& path) {
  ScenarioResult result = read_scenario_text(written.text, Syntax::yaml, path);
  if (!result.scenario) {
    throw std::invalid_argument(written.reason + problems_text(result.problems));
  }
  return std::move(*result.scenario);
}

// ---- nothing is lost

inline bool same_error(const std::optional<Value>& a, const std::optional<Value>& b) {
  return a.has_value() == b.has_value() && (!a || same_value(*a, *b));
}

inline bool same_exact(const std::optional<ExactExpectation>& a,
                       const std::optional<ExactExpectation>& b) {
  if (a.has_value() != b.has_value()) return false;
  if (!a) return true;
  const auto same_line = [](const TraceLine& x, const TraceLine& y) { return x.text == y.text; };
  if (a->file != b->file || a->end != b->end || a->trace.has_value() != b->trace.has_value()) {
    return false;
  }
  return !a->trace || std::ranges::equal(*a->trace, *b->trace, same_line);
}

/// The first part in which two files differ; empty: they are equal, their marks aside.
inline std::string differing_part(const ScenarioFile& a, const ScenarioFile& b) {
  const auto same_operation = [](const OperationExpectation& x, const OperationExpectation& y) {
    return x.operation == y.operation && same_value(x.error, y.error);
  };
  const auto same_thread = [](const ThreadExpectation& x, const ThreadExpectation& y) {
    return x.actor == y.actor && same_error(x.error, y.error);
  };
  if (a.scenario != b.scenario) return "scenario";
  if (a.description != b.description || a.style != b.style || a.version != b.version) return "head";
  if (a.run_on != b.run_on) return "runOn";
  const auto same_event = [](const Value& x, const Value& y) { return same_value(x, y); };
  if (!std::ranges::equal(a.events, b.events, same_event)) return "events";
  if (a.ignored != b.ignored) return "ignore";
  if (!same_error(a.error, b.error)) return "error";
  if (a.requirements != b.requirements || a.catches != b.catches) return "what it is about";
  if (!std::ranges::equal(a.operation_errors, b.operation_errors, same_operation)) return "errors";
  if (!std::ranges::equal(a.thread_ends, b.thread_ends, same_thread)) return "threads";
  if (a.schedule != b.schedule) return "schedule";
  if (!same_exact(a.exact, b.exact)) return "exact";
  return {};
}

}  // namespace cmap::spec_tests
