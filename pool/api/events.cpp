// Names of events and reasons, as the specification's test files write them.
#include "pool/api/events.hpp"

#include <array>

namespace cmap {
namespace {

constexpr std::array<std::string_view, event_type_count> names = {
    "ConnectionPoolCreated", "ConnectionPoolReady",       "ConnectionPoolCleared",
    "ConnectionPoolClosed",  "ConnectionCreated",         "ConnectionReady",
    "ConnectionClosed",      "ConnectionCheckOutStarted", "ConnectionCheckOutFailed",
    "ConnectionCheckedOut",  "ConnectionCheckedIn",
};

}  // namespace

std::string_view event_name(EventType type) { return names.at(static_cast<std::size_t>(type)); }

std::optional<EventType> event_type_from_name(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<EventType>(i);
  }
  return std::nullopt;
}

std::string_view reason_name(CheckOutFailedReason reason) {
  switch (reason) {
    case CheckOutFailedReason::pool_closed:
      return "poolClosed";
    case CheckOutFailedReason::timeout:
      return "timeout";
    case CheckOutFailedReason::connection_error:
      return "connectionError";
  }
  return "?";
}

std::string_view reason_name(ConnectionClosedReason reason) {
  switch (reason) {
    case ConnectionClosedReason::stale:
      return "stale";
    case ConnectionClosedReason::idle:
      return "idle";
    case ConnectionClosedReason::error:
      return "error";
    case ConnectionClosedReason::pool_closed:
      return "poolClosed";
  }
  return "?";
}

ConnectionId connection_of(const EventBody& body) {
  return std::visit(
      [](const auto& event) {
        if constexpr (requires { event.connection_id; }) {
          return event.connection_id;
        } else {
          return ConnectionId::none;
        }
      },
      body);
}

}  // namespace cmap
