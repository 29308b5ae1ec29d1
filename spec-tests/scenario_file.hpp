// A cmap-format file: the scenario to run and everything that is expected of the run.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pool/api/events.hpp"
#include "sim/choice.hpp"
#include "sim/scenario.hpp"
#include "sim/server_facts.hpp"
#include "spec-tests/document.hpp"
#include "spec-tests/exact.hpp"

namespace cmap::spec_tests {

enum class Style : std::uint8_t { unit, integration };

/// One of the alternatives of `runOn`.
struct RunOn {
  std::optional<sim::ServerVersion> min_version, max_version;
  std::vector<sim::Topology> topologies;  ///< empty: any
  bool operator==(const RunOn&) const = default;
};

/// `x-cmap: {error: {...}}` of an operation: it must fail with an error that matches.
struct OperationExpectation {
  std::uint32_t operation = 0;  ///< index into Scenario::operations
  Value error;
};

/// `x-cmap: {threads: ...}`: with which error a thread ends; none: it must not end with one.
struct ThreadExpectation {
  sim::ActorIndex actor = sim::main_actor;
  std::optional<Value> error;
  Mark mark;
};

/// `catches` of what shows only beside the reference model, such as an operation's error: in
/// simulation the run is compared with the model's.
inline constexpr std::string_view caught_by_model = "MODEL";

/// Expected values keep their marks, so that a failure can point at them. They were checked when
/// read: types, keys and reasons are known ones.
struct ScenarioFile {
  std::string path;
  std::string description;
  Style style = Style::unit;
  std::int64_t version = 1;
  sim::Scenario scenario;

  /// Objects; the i-th must match the i-th event whose type is not ignored.
  std::vector<Value> events;
  std::array<bool, event_type_count> ignored{};  ///< by EventType
  /// Of the main thread; none: it must end without an error.
  std::optional<Value> error;
  std::vector<RunOn> run_on;  ///< empty: everywhere

  // From the extension x-cmap.
  std::vector<std::string> requirements;  ///< "A-WQ-3", ...
  std::string catches;
  std::vector<OperationExpectation> operation_errors;
  std::vector<ThreadExpectation> thread_ends;
  /// The choices of the run that is judged; none: it is the canonical one.
  std::optional<std::vector<sim::RecordedChoice>> schedule;
  /// Of x-cmap, or for an official file the embedded one.
  std::optional<ExactExpectation> exact;

  [[nodiscard]] bool ignores(EventType type) const {
    return ignored[static_cast<std::size_t>(type)];
  }
};

/// Why the file is not for this server (`runOn`); nothing: it is.
std::optional<std::string> misfit(const std::vector<RunOn>& run_on, const sim::ServerFacts& server);

/// Exactly one of: a scenario; the name of another format; problems.
struct ScenarioResult {
  std::optional<ScenarioFile> scenario;
  /// "the unified test format", ...: well-formed, but not for this runner.
  std::optional<std::string> other_format;
  std::vector<Problem> problems;
};

/// Reads a scenario out of a document. Unknown keys, operations, options, events and reasons are
/// problems (R17), and so is whatever could never run. All problems are found, not only the first.
ScenarioResult read_scenario(const Value& document, const std::string& path);
/// The same from a text or a file.
ScenarioResult read_scenario_text(std::string_view text, Syntax syntax, const std::string& path);
ScenarioResult read_scenario_file(const std::filesystem::path& path);

/// "pool-close" for "x/pool-close.yml".
std::string scenario_name(const std::string& path);

}  // namespace cmap::spec_tests
