// Reads an event log, one JSON object a line: as `cmap replay --events` and `--log=json` write it,
// or in the words that the specification has for events (A.9) and log messages (A.11).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/api/events.hpp"
#include "spec-tests/problem.hpp"

namespace cmap::tools {

/// What an event may tell, and not every driver's does.
struct ToldFields {
  bool options = false;
  bool duration = false;
  bool time = false;
  bool counts = false;
  bool check_out = false;
  bool error = false;
};

struct LoggedEvent {
  /// What is not told has its default; `address` always.
  Event event;
  ToldFields told;
  std::uint32_t line = 0;  ///< from 1
  std::string pool;        ///< tells the pools of a log apart: by address, scenario, case,
                           ///< client, and the key "pool"
  std::string address;     ///< as it is written; empty if it is not
};

struct EventLog {
  std::vector<LoggedEvent> events;
  /// If there are any, `events` is not all.
  std::vector<spec_tests::Problem> problems;
};

/// `name` is for problems. Empty lines are skipped, and so are the events of monitors, topologies
/// and commands (whose type begins with Server, Topology or Command), log messages of other
/// components, and what has the key "happening"; unknown keys do not matter. A type, a reason or a
/// value that is not understood is a problem.
EventLog read_event_log(std::string_view text, const std::string& name);

}  // namespace cmap::tools
