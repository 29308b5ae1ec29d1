// What the tests of this folder share: files made for one test, and texts turned into scenarios.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/real/temporary_folder.hpp"
#include "spec-tests/collect.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::spec_tests {

using sim::TemporaryFolder;

/// A valid scenario; `rest` adds keys, or replaces those of the same name.
inline std::string scenario_yaml(std::string_view rest = {}) {
  std::string text;
  const auto add = [&](std::string_view key, std::string_view value) {
    const std::string start = std::string(key) + ":";
    const bool replaced = rest.starts_with(start) || rest.find("\n" + start) != rest.npos;
    if (!replaced) text += start + std::string(value) + "\n";
  };
  add("version", " 1");
  add("style", " unit");
  add("description", " a test");
  add("operations", "\n  - name: ready");
  add("events", "\n  - type: ConnectionPoolCreated\n  - type: ConnectionPoolReady");
  return text + std::string(rest) + "\n";
}

inline ScenarioResult read_yaml(std::string_view text) {
  return read_scenario_text(text, Syntax::yaml, "test.yml");
}

/// All problems, one a line.
inline std::string problems_text(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) text += problem.text() + "\n";
  return text;
}

/// Of `scenario_yaml(rest)`; throws std::invalid_argument if it is wrong.
inline ScenarioFile scenario(std::string_view rest) {
  ScenarioResult result = read_yaml(scenario_yaml(rest));
  if (!result.scenario) throw std::invalid_argument(problems_text(result.problems));
  return std::move(*result.scenario);
}

/// The folder of the official files in the checkout that CMAP_SPECIFICATIONS names; empty without.
inline std::filesystem::path official_folder() {
  const char* checkout = std::getenv("CMAP_SPECIFICATIONS");
  if (checkout == nullptr || *checkout == '\0') return {};
  return std::filesystem::path(checkout) /
         "source/connection-monitoring-and-pooling/tests/cmap-format";
}

/// Ours, and the official ones of that folder.
inline std::vector<ScenarioFile> all_scenarios() {
  std::vector<ScenarioFile> all = collect_embedded().scenarios;
  if (const auto folder = official_folder(); !folder.empty()) {
    auto official = collect(std::vector{folder}).scenarios;
    std::move(official.begin(), official.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace cmap::spec_tests
