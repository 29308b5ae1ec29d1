// The table as data: per message its name and the segments of its text. A segment is shown if the
// value it names is there.
#include "pool/log_table.hpp"

#include <array>
#include <chrono>
#include <span>
#include <string>
#include <utility>

namespace cmap {
namespace {
namespace log_rows {

/// `before` + the value of `key` + `after`.
struct Segment {
  std::string_view before;
  std::string_view key;
  std::string_view after{};
};

/// Host and port; stands for itself, and is always there.
constexpr std::string_view address = "address";

// --- connection (A.11) ---------------------------------------------------------------------------

/// Stands before whichever option is shown first, instead of its comma.
constexpr std::string_view option_comma = ", ";
constexpr std::string_view first_option = " using options ";
constexpr std::array pool_created = {
    Segment{"Connection pool created for ", address},
    Segment{", maxIdleTimeMS=", "maxIdleTimeMS"},
    Segment{", minPoolSize=", "minPoolSize"},
    Segment{", maxPoolSize=", "maxPoolSize"},
    Segment{", maxConnecting=", "maxConnecting"},
    Segment{", waitQueueTimeoutMS=", "waitQueueTimeoutMS"},
};
constexpr std::array pool_ready = {Segment{"Connection pool ready for ", address}};
// Without a service the whole of " for serviceId ..." goes (F-14).
constexpr std::array pool_cleared = {Segment{"Connection pool for ", address, " cleared"},
                                     Segment{" for serviceId ", "serviceId"}};
constexpr std::array pool_closed = {Segment{"Connection pool closed for ", address}};
constexpr std::array connection_created = {
    Segment{"Connection created: address=", address},
    Segment{", driver-generated ID=", log_key::connection_id}};
constexpr std::array connection_ready = {Segment{"Connection ready: address=", address},
                                         Segment{", driver-generated ID=", log_key::connection_id},
                                         Segment{", established in=", log_key::duration, " ms"}};
constexpr std::array connection_closed = {Segment{"Connection closed: address=", address},
                                          Segment{", driver-generated ID=", log_key::connection_id},
                                          Segment{". Reason: ", "reason"},
                                          Segment{". Error: ", "error"}};
constexpr std::array check_out_started = {Segment{"Checkout started for connection to ", address}};
constexpr std::array check_out_failed = {
    Segment{"Checkout failed for connection to ", address}, Segment{". Reason: ", "reason"},
    Segment{". Error: ", "error"}, Segment{". Duration: ", log_key::duration, " ms"}};
constexpr std::array checked_out = {Segment{"Connection checked out: address=", address},
                                    Segment{", driver-generated ID=", log_key::connection_id},
                                    Segment{", duration=", log_key::duration, " ms"}};
constexpr std::array checked_in = {Segment{"Connection checked in: address=", address},
                                   Segment{", driver-generated ID=", log_key::connection_id}};

// --- topology ------------------------------------------------------------------------------------

constexpr Segment in_topology{" in topology with ID ", log_key::topology_id};
constexpr Segment on_connection{" on connection with driver-generated ID ", log_key::connection_id};
constexpr Segment of_server{" and server-generated ID ", "serverConnectionId"};
constexpr Segment awaited{". Awaited: ", "awaited"};

constexpr std::array topology_opening = {
    Segment{"Starting monitoring for topology with ID ", log_key::topology_id}};
constexpr std::array topology_changed = {
    Segment{"Description changed for topology with ID ", log_key::topology_id},
    Segment{". Previous description: ", "previousDescription"},
    Segment{". New description: ", "newDescription"}};
constexpr std::array server_opening = {Segment{"Starting monitoring for server ", address},
                                       in_topology};
constexpr std::array heartbeat_started = {Segment{"Heartbeat started for ", address}, on_connection,
                                          of_server, in_topology, awaited};
constexpr std::array heartbeat_succeeded = {Segment{"Heartbeat succeeded in ", log_key::duration},
                                            Segment{" ms for ", address},
                                            on_connection,
                                            of_server,
                                            in_topology,
                                            awaited,
                                            Segment{". Reply: ", "reply"}};
constexpr std::array heartbeat_failed = {Segment{"Heartbeat failed in ", log_key::duration},
                                         Segment{" ms for ", address},
                                         on_connection,
                                         of_server,
                                         in_topology,
                                         awaited,
                                         Segment{". Failure: ", log_key::failure}};
constexpr std::array server_closed = {Segment{"Stopped monitoring for server ", address},
                                      in_topology};
constexpr std::array topology_closed = {
    Segment{"Stopped monitoring for topology with ID ", log_key::topology_id}};

// --- serverSelection: there are no operation IDs here --------------------------------------------

constexpr Segment selector{". Selector: ", "selector"};
constexpr Segment description{", topology description: ", "topologyDescription"};

constexpr std::array selection_started = {
    Segment{"Server selection started for operation ", "operation"}, selector, description};
constexpr std::array selection_waiting = {
    Segment{"Waiting for server to become available for operation ", "operation"},
    Segment{". Remaining time: ", "remainingTimeMS", " ms"}, selector, description};
constexpr std::array selection_succeeded = {
    Segment{"Server selection succeeded for operation ", "operation"},
    Segment{". Selected server: ", address}, selector, description};
constexpr std::array selection_failed = {
    Segment{"Server selection failed for operation ", "operation"},
    Segment{". Failure: ", log_key::failure}, selector, description};

// --- All of them ---------------------------------------------------------------------------------

struct Row {
  std::string_view message;
  LogComponent component;
  std::span<const Segment> segments;
  LogLevel level = LogLevel::debug;
};

constexpr auto connection = LogComponent::connection;
constexpr auto topology = LogComponent::topology;
constexpr auto server_selection = LogComponent::server_selection;

/// In the order of LogKind.
constexpr std::array rows = {
    Row{"Connection pool created", connection, pool_created},
    Row{"Connection pool ready", connection, pool_ready},
    Row{"Connection pool cleared", connection, pool_cleared},
    Row{"Connection pool closed", connection, pool_closed},
    Row{"Connection created", connection, connection_created},
    Row{"Connection ready", connection, connection_ready},
    Row{"Connection closed", connection, connection_closed},
    Row{"Connection checkout started", connection, check_out_started},
    Row{"Connection checkout failed", connection, check_out_failed},
    Row{"Connection checked out", connection, checked_out},
    Row{"Connection checked in", connection, checked_in},
    Row{"Starting topology monitoring", topology, topology_opening},
    Row{"Topology description changed", topology, topology_changed},
    Row{"Starting server monitoring", topology, server_opening},
    Row{"Server heartbeat started", topology, heartbeat_started},
    Row{"Server heartbeat succeeded", topology, heartbeat_succeeded},
    Row{"Server heartbeat failed", topology, heartbeat_failed},
    Row{"Stopped server monitoring", topology, server_closed},
    Row{"Stopped topology monitoring", topology, topology_closed},
    Row{"Server selection started", server_selection, selection_started},
    Row{"Waiting for suitable server to become available", server_selection, selection_waiting,
        LogLevel::informational},
    Row{"Server selection succeeded", server_selection, selection_succeeded},
    Row{"Server selection failed", server_selection, selection_failed},
};
static_assert(rows.size() == static_cast<std::size_t>(LogKind::selection_failed) + 1);
static_assert(static_cast<std::size_t>(LogKind::topology_opening) == event_type_count);

}  // namespace log_rows

std::string address_text(const LogMessage& message) {
  const LogValue* const host = message.find(log_key::host);
  const LogValue* const port = message.find(log_key::port);
  if (!host) return {};
  const std::string name = text_of(*host);
  if (!port) return name;
  return Address(name, static_cast<std::uint16_t>(std::get<std::int64_t>(*port))).text();
}

std::span<const log_rows::Segment> segments_of(std::string_view message) {
  for (const log_rows::Row& row : log_rows::rows) {
    if (row.message == message) return row.segments;
  }
  return {};
}

}  // namespace

std::string_view component_name(LogComponent component) {
  switch (component) {
    case LogComponent::connection:
      return "connection";
    case LogComponent::topology:
      return "topology";
    case LogComponent::server_selection:
      return "serverSelection";
  }
  return "?";
}

LogMessage new_log_message(LogKind kind, TimePoint time) {
  const log_rows::Row& row = log_rows::rows.at(static_cast<std::size_t>(kind));
  return {.level = row.level, .component = row.component, .message = row.message, .time = time};
}

void add_log_address(LogMessage& message, const Address& server) {
  message.fields.push_back({log_key::host, server.host()});
  if (const auto port = server.port()) {
    message.fields.push_back({log_key::port, std::int64_t{*port}});
  }
}

double log_milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::string text_of(const LogMessage& message) {
  std::string text;
  bool options_began = message.message != log_rows::rows.front().message;
  for (const log_rows::Segment& segment : segments_of(message.message)) {
    if (segment.key == log_rows::address) {
      text.append(segment.before).append(address_text(message)).append(segment.after);
      continue;
    }
    const LogValue* const value = message.find(segment.key);
    if (!value) continue;
    std::string_view before = segment.before;
    if (!std::exchange(options_began, true)) {
      text += log_rows::first_option;
      before.remove_prefix(log_rows::option_comma.size());
    }
    text.append(before).append(text_of(*value)).append(segment.after);
  }
  return text;
}

}  // namespace cmap
