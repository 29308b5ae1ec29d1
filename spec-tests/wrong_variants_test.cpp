// Tests of the tester: an expectation that was made wrong on purpose must fail.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "spec-tests/collect.hpp"
#include "spec-tests/files_harness.hpp"
#include "spec-tests/match.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/runner.hpp"

namespace cmap::spec_tests {
namespace {

/// Makes one expectation of a scenario wrong; false if this scenario has nothing to make wrong.
struct Variant {
  const char* name;
  bool (*spoil)(ScenarioFile&);
};

/// The value of a key of an expected event, to be changed.
Value* field(Value& event, std::string_view key) {
  for (Member& member : *event.object()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

/// Changes the first field that `change` can change.
bool spoil_field(ScenarioFile& file, std::string_view key,
                 const std::function<std::optional<Value>(const Value&)>& change) {
  for (Value& event : file.events) {
    Value* value = field(event, key);
    if (value == nullptr) continue;
    if (auto changed = change(*value)) {
      *value = std::move(*changed);
      return true;
    }
  }
  return false;
}

bool swap_events(ScenarioFile& file) {
  for (std::size_t i = 0; i + 1 < file.events.size(); ++i) {
    const bool same_type =
        same_value(*file.events[i].find("type"), *file.events[i + 1].find("type"));
    if (same_type) continue;
    std::swap(file.events[i], file.events[i + 1]);
    return true;
  }
  return false;
}

bool wrong_reason(ScenarioFile& file) {
  return spoil_field(file, "reason", [](const Value& reason) -> std::optional<Value> {
    if (reason.text() == nullptr || *reason.text() == "42") return std::nullopt;
    return Value(*reason.text() == "poolClosed" ? "error" : "poolClosed");
  });
}

bool wrong_id(ScenarioFile& file) {
  return spoil_field(file, "connectionId", [](const Value& id) -> std::optional<Value> {
    if (id.integer() == nullptr || *id.integer() == 42) return std::nullopt;
    return Value(*id.integer() + 1);
  });
}

bool one_event_too_many(ScenarioFile& file) {
  if (file.events.empty()) return false;
  file.events.push_back(file.events.back());
  return true;
}

bool one_event_too_few(ScenarioFile& file) {
  if (file.events.size() < 2) return false;
  file.events.pop_back();
  return true;
}

bool wrong_error(ScenarioFile& file) {
  const bool had_error = file.error.has_value();
  const std::string_view type = had_error ? "CommandError" : "PoolClosedError";
  file.error = Value(Value::Object{{"type", {}, Value(type)}});
  return true;
}

bool no_error(ScenarioFile& file) {
  if (!file.error) return false;
  file.error.reset();
  return true;
}

bool wrong_end_time(ScenarioFile& file) {
  if (!file.exact || !file.exact->end) return false;
  *file.exact->end += Duration(1);
  return true;
}

bool trace_line_missing(ScenarioFile& file) {
  if (!file.exact || !file.exact->trace || file.exact->trace->empty()) return false;
  file.exact->trace->erase(file.exact->trace->begin());
  return true;
}

bool trace_lines_swapped(ScenarioFile& file) {
  if (!file.exact || !file.exact->trace) return false;
  auto& trace = *file.exact->trace;
  for (std::size_t i = 0; i + 1 < trace.size(); ++i) {
    if (trace[i].text == trace[i + 1].text) continue;
    std::swap(trace[i], trace[i + 1]);
    return true;
  }
  return false;
}

bool wrong_duration(ScenarioFile& file) {
  if (!file.exact || !file.exact->trace) return false;
  for (TraceLine& line : *file.exact->trace) {
    if (line.text.find("duration=") == std::string::npos) continue;
    line.text += "1";
    return true;
  }
  return false;
}

bool thread_ends_otherwise(ScenarioFile& file) {
  if (file.thread_ends.empty()) return false;
  auto& error = file.thread_ends.front().error;
  if (error) {
    error.reset();
  } else {
    error = Value(Value::Object{{"type", {}, Value("CommandError")}});
  }
  return true;
}

bool wrong_operation_error(ScenarioFile& file) {
  if (file.operation_errors.empty()) return false;
  file.operation_errors.front().error = Value(Value::Object{{"code", {}, Value(std::int64_t{7})}});
  return true;
}

const std::vector<Variant>& variants() {
  static const std::vector<Variant> all{
      {"two events swapped", swap_events},
      {"wrong reason", wrong_reason},
      {"wrong id", wrong_id},
      {"one event too many", one_event_too_many},
      {"one event too few", one_event_too_few},
      {"wrong error", wrong_error},
      {"no error", no_error},
      {"wrong end time", wrong_end_time},
      {"a line of the exact trace missing", trace_line_missing},
      {"two lines of the exact trace swapped", trace_lines_swapped},
      {"wrong duration", wrong_duration},
      {"a thread ends otherwise", thread_ends_otherwise},
      {"wrong error of an operation", wrong_operation_error},
  };
  return all;
}

TEST(WrongVariants, AreAllReported) {
  const sim::PoolFactory pool = sim::connection_pool();
  std::vector<std::size_t> tried(variants().size(), 0);
  const auto scenarios = all_scenarios();
  for (const ScenarioFile& file : scenarios) {
    const Result right = run_file(file, pool);
    ASSERT_EQ(right.outcome, Result::Outcome::pass) << failure_report(file, right);
    for (std::size_t i = 0; i < variants().size(); ++i) {
      ScenarioFile wrong = file;
      if (!variants()[i].spoil(wrong)) continue;
      ++tried[i];
      // The run is the same: only what is expected of it changed.
      const Verdict verdict = judge(wrong, right.trace);
      EXPECT_FALSE(verdict.passed()) << file.path << " passes with " << variants()[i].name;
      EXPECT_FALSE(verdict.message.empty());
    }
  }
  for (std::size_t i = 0; i < variants().size(); ++i) {
    RecordProperty("variant_" + std::to_string(i), static_cast<int>(tried[i]));
    const bool of_every_scenario = variants()[i].spoil == wrong_error;
    EXPECT_TRUE(!of_every_scenario || tried[i] == scenarios.size());
  }
}

}  // namespace
}  // namespace cmap::spec_tests
