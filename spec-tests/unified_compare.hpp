// What a unified test expects against what came; each answers the differences.
#pragma once

#include <string>
#include <vector>

#include "pool/api/errors.hpp"
#include "spec-tests/problem.hpp"
#include "spec-tests/unified_events.hpp"
#include "spec-tests/unified_file.hpp"

namespace cmap::spec_tests {

/// Whether an event is an expected one: its name, and the fields that are asked for.
bool is_event(const Value& expected, const ObservedEvent& actual);

/// In order, and all of them unless extra ones are ignored at the end. Of `actual` only those of
/// the list's kind count.
std::vector<Problem> compare_events(const std::string& path, const UnifiedEventList& expected,
                                    const std::vector<ObservedEvent>& actual);
std::vector<Problem> compare_logs(const std::string& path, const UnifiedLogList& expected,
                                  const std::vector<Value>& actual);

struct UnifiedOutcome {
  ErrorPtr error{};  ///< null: `result` is what was answered
  Value result{};
};
std::vector<Problem> compare_outcome(const std::string& path, const UnifiedOperation& operation,
                                     const UnifiedOutcome& outcome);

/// The contents of a collection, exactly: no operators, and numbers of the same type. Documents are
/// sorted by `_id` where that is an integer.
std::vector<Problem> compare_contents(const std::string& path, const UnifiedData& expected,
                                      std::vector<Value> actual);

}  // namespace cmap::spec_tests
