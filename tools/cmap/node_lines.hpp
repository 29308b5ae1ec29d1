// Events as the Node.js driver shows them when they are printed: its class names, its fields.
#pragma once

#include <chrono>
#include <string>

#include "pool/api/events.hpp"

namespace cmap::tools {

using WallTime = std::chrono::system_clock::time_point;

/// One line without its end, for example
/// "ConnectionCreatedEvent { time: 2020-01-14T13:54:53.579Z, address: 'h:1', connectionId: 1 }".
/// Fields without a value are left out, and so is `name`, which says what the class says. `options`
/// has those that differ from their defaults (A.9), `error` its message, durationMS up to three
/// decimal places.
std::string node_line(const Event& event, WallTime time);

/// "2020-01-14T13:54:53.579Z".
std::string iso_time(WallTime time);

}  // namespace cmap::tools
