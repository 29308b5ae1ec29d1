// What the user asked `cmap replay` for, checked.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/client/simulated_client_world.hpp"
#include "spec-tests/runner.hpp"
#include "tools/cmap/filter.hpp"

namespace cmap::tools {

enum class LogForm : std::uint8_t { none, text, json };

struct ReplayOptions {
  std::vector<std::filesystem::path> paths;  ///< empty: everything there is
  std::optional<std::filesystem::path> specifications;
  std::optional<Filter> filter;
  std::string world = "sim";  ///< in which it runs, to be shown
  std::string compare;        ///< as the user wrote it; empty: nothing is compared
  /// The world is a deployment: unit files are not for it.
  bool integration_only = false;
  std::size_t at_once = 1;               ///< scenarios that run at the same time
  std::size_t cases_at_once = 1;         ///< the same of cases
  std::string pool = "connection-pool";  ///< as the user named it
  sim::PoolFactory factory;
  spec_tests::RunnerOptions runner;
  /// For cases that need one.
  std::shared_ptr<const sim::ClientWorlds> client_worlds =
      std::make_shared<sim::SimulatedClientWorlds>();
  /// In simulation, in real time: what takes longer than that does not come back.
  Duration longest_run = std::chrono::seconds(10);
  std::string schedules;  ///< as the user wrote it; empty: the canonical one alone
  bool list = false;
  bool verbose = false;
  bool json = false;
  LogForm log = LogForm::none;
  std::optional<std::string> events;  ///< a file, or "-"
  std::optional<std::string> trace;   ///< a file

  /// Standard output is for machines: words go to standard error.
  [[nodiscard]] bool machine_output() const {
    return json || events == "-" || log == LogForm::json;
  }
};

}  // namespace cmap::tools
