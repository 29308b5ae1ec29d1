// What the user asked `cmap monitor` for, checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "pool/api/time.hpp"
#include "pool/client/connection_string.hpp"

namespace cmap::tools {

enum class EventFormat : std::uint8_t {
  node,      ///< as the Node.js driver prints events
  json,      ///< the lines of `cmap replay --events`
  log,       ///< log messages (A.11) as text
  log_json,  ///< and as JSON lines
};

struct MonitorCommand {
  ConnectionString connection{};
  EventFormat format = EventFormat::node;
  std::size_t workload = 0;  ///< pings at the same time, one after the other
  bool stats = false;        ///< the table, no events
  std::optional<Duration> time{};
};

}  // namespace cmap::tools
