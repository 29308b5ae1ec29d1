// The table of all log messages: what is the same in every message of a kind. Internal to those who
// make messages.
#pragma once

#include <cstdint>
#include <string_view>

#include "pool/api/address.hpp"
#include "pool/api/time.hpp"
#include "pool/log_message.hpp"

namespace cmap {

/// In the order of the table; the first ones are those of EventType.
enum class LogKind : std::uint8_t {
  pool_created,
  pool_ready,
  pool_cleared,
  pool_closed,
  connection_created,
  connection_ready,
  connection_closed,
  check_out_started,
  check_out_failed,
  checked_out,
  checked_in,
  topology_opening,
  topology_changed,
  server_opening,
  heartbeat_started,
  heartbeat_succeeded,
  heartbeat_failed,
  server_closed,
  topology_closed,
  selection_started,
  selection_waiting,
  selection_succeeded,
  selection_failed,
};

/// Keys that more than one kind has.
namespace log_key {
inline constexpr std::string_view host = "serverHost";
inline constexpr std::string_view port = "serverPort";
inline constexpr std::string_view connection_id = "driverConnectionId";
inline constexpr std::string_view duration = "durationMS";
inline constexpr std::string_view topology_id = "topologyId";
inline constexpr std::string_view failure = "failure";
}  // namespace log_key

/// Level, component and name, without fields.
LogMessage new_log_message(LogKind kind, TimePoint time);
/// serverHost, and serverPort where there is one: not of a Unix socket.
void add_log_address(LogMessage& message, const Address& address);
/// With a fraction, as durations of what happened are logged.
double log_milliseconds(Duration duration);

}  // namespace cmap
