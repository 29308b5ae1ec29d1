// The eleven events of a pool (A.9), as values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/options.hpp"
#include "pool/api/time.hpp"

namespace cmap {

enum class CheckOutFailedReason : std::uint8_t { pool_closed, timeout, connection_error };
enum class ConnectionClosedReason : std::uint8_t { stale, idle, error, pool_closed };

struct ConnectionPoolCreatedEvent {
  /// The options that differ from their defaults; never null (A.9).
  std::shared_ptr<const PoolOptions> options;
};
struct ConnectionPoolReadyEvent {};
struct ConnectionPoolClearedEvent {
  /// Only behind a load balancer: the service that was cleared.
  std::optional<ServiceId> service_id;
  /// Always present otherwise, also if false (R7).
  std::optional<bool> interrupt_in_use_connections;
};
struct ConnectionPoolClosedEvent {};
struct ConnectionCreatedEvent {
  ConnectionId connection_id = ConnectionId::none;
};
struct ConnectionReadyEvent {
  ConnectionId connection_id = ConnectionId::none;
  Duration duration{};  ///< since ConnectionCreated
};
struct ConnectionClosedEvent {
  ConnectionId connection_id = ConnectionId::none;
  ConnectionClosedReason reason = ConnectionClosedReason::error;
  ErrorPtr error;  ///< only with reason error; for log messages
};
struct ConnectionCheckOutStartedEvent {
  CheckOutId check_out = CheckOutId::none;  ///< ours: lets checkers pair start and outcome
};
struct ConnectionCheckOutFailedEvent {
  CheckOutFailedReason reason = CheckOutFailedReason::timeout;
  Duration duration{};  ///< since ConnectionCheckOutStarted
  CheckOutId check_out = CheckOutId::none;
  ErrorPtr error;  ///< what the caller gets; never null
};
struct ConnectionCheckedOutEvent {
  ConnectionId connection_id = ConnectionId::none;
  Duration duration{};  ///< since ConnectionCheckOutStarted
  CheckOutId check_out = CheckOutId::none;
};
struct ConnectionCheckedInEvent {
  ConnectionId connection_id = ConnectionId::none;
};

/// In the order of A.9. EventType enumerates the same order.
using EventBody = std::variant<ConnectionPoolCreatedEvent, ConnectionPoolReadyEvent,
                               ConnectionPoolClearedEvent, ConnectionPoolClosedEvent,
                               ConnectionCreatedEvent, ConnectionReadyEvent, ConnectionClosedEvent,
                               ConnectionCheckOutStartedEvent, ConnectionCheckOutFailedEvent,
                               ConnectionCheckedOutEvent, ConnectionCheckedInEvent>;

enum class EventType : std::uint8_t {
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
};
inline constexpr std::size_t event_type_count = std::variant_size_v<EventBody>;

/// How many connections are in each state, and how many check-outs wait in the WaitQueue (those
/// whose connection is being established have left it).
struct PoolCounts {
  std::uint32_t pending = 0;
  std::uint32_t available = 0;
  std::uint32_t in_use = 0;
  std::uint32_t waiting = 0;

  [[nodiscard]] std::uint32_t total() const { return pending + available + in_use; }
  bool operator==(const PoolCounts&) const = default;
};

/// One event. `time` and `counts` are those of the moment of its place in the transition, however
/// late a listener sees it.
struct Event {
  Address address;
  TimePoint time;
  PoolCounts counts;
  EventBody body;

  [[nodiscard]] EventType type() const { return static_cast<EventType>(body.index()); }
};

/// Called with every event of a pool, in their one total order. May be slow, may throw, may call
/// any operation of any pool (see ConnectionPool::subscribe).
using EventListener = std::function<void(const Event&)>;

/// As the cmap-format files name events: "ConnectionPoolCreated", "ConnectionCheckOutStarted", ...
std::string_view event_name(EventType type);
std::optional<EventType> event_type_from_name(std::string_view name);
/// "poolClosed", "timeout", "connectionError".
std::string_view reason_name(CheckOutFailedReason reason);
/// "stale", "idle", "error", "poolClosed".
std::string_view reason_name(ConnectionClosedReason reason);
/// The connection that an event is about; ConnectionId::none if it is about the pool or a check-out
/// without a connection.
ConnectionId connection_of(const EventBody& body);

}  // namespace cmap
