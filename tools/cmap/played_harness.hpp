// For tests of outputs: runs a scenario from a text, reads JSON back.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "sim/world.hpp"
#include "spec-tests/document.hpp"
#include "spec-tests/runner.hpp"
#include "spec-tests/scenario_file.hpp"
#include "tools/cmap/result_sink.hpp"

namespace cmap::tools {

/// A run on the canonical schedule, entries included, or as `options` says.
class PlayedText {
 public:
  explicit PlayedText(std::string_view text, spec_tests::RunnerOptions options = {},
                      const std::string& path = "folder/example.yml")
      : file_(read(text, path)) {
    options.run.record_entries = true;
    result_ = spec_tests::run_file(file_, sim::connection_pool(), options);
  }

  [[nodiscard]] Played played() const { return {file_, result_, false}; }
  [[nodiscard]] const spec_tests::ScenarioFile& file() const { return file_; }
  [[nodiscard]] const spec_tests::Result& result() const { return result_; }

 private:
  static spec_tests::ScenarioFile read(std::string_view text, const std::string& path) {
    auto result = spec_tests::read_scenario_text(text, spec_tests::Syntax::yaml, path);
    if (!result.scenario) throw std::runtime_error(result.problems.front().text());
    return std::move(*result.scenario);
  }

  spec_tests::ScenarioFile file_;
  spec_tests::Result result_;
};

/// Throws if it is no JSON.
inline spec_tests::Value parsed(std::string_view json) {
  auto document = spec_tests::read_text(json, spec_tests::Syntax::json, "json");
  if (!document.value) throw std::runtime_error(document.problems.front().text());
  return std::move(*document.value);
}

/// The member as JSON text; empty if there is none.
inline std::string member(const spec_tests::Value& object, std::string_view key) {
  const spec_tests::Value* value = object.find(key);
  return value ? spec_tests::to_text(*value) : "";
}

/// The same of a text, without quotation marks.
inline std::string text_member(const spec_tests::Value& object, std::string_view key) {
  const spec_tests::Value* value = object.find(key);
  return value && value->text() ? *value->text() : "";
}

}  // namespace cmap::tools
