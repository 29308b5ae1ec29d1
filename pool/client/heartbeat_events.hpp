// The three events of a server's monitor, as values (D-MON-7).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/api/time.hpp"
#include "pool/topology/topology_events.hpp"
#include "pool/wire/hello_reply.hpp"

namespace cmap {

/// Numbers the connections of one monitor: 1, 2, 3, ...
enum class MonitorConnectionId : std::int64_t { none = 0 };

/// A check begins: hello is about to be sent, the next reply of a stream is about to be read, or
/// the monitor's socket is about to be opened. Exactly one of the other two follows.
struct ServerHeartbeatStartedEvent {
  bool awaited = false;  ///< the server answers when it has news
};
struct ServerHeartbeatSucceededEvent {
  bool awaited = false;
  Duration duration{};                            ///< of hello alone; no round trip time if awaited
  std::shared_ptr<const wire::HelloReply> reply;  ///< never null
};
struct ServerHeartbeatFailedEvent {
  bool awaited = false;
  Duration duration{};
  ErrorPtr error;  ///< never null; ErrorType::cancelled: nobody wanted the answer any more
};

using HeartbeatEventBody = std::variant<ServerHeartbeatStartedEvent, ServerHeartbeatSucceededEvent,
                                        ServerHeartbeatFailedEvent>;

struct HeartbeatEvent {
  Address address;
  TimePoint time;  ///< of the transition
  HeartbeatEventBody body;
  TopologyId topology_id = TopologyId::none;  ///< as in the topology's own events
  /// That it uses, or is about to open.
  MonitorConnectionId connection = MonitorConnectionId::none;
  /// The server's number of that connection, once the server has said it.
  std::optional<std::int64_t> server_connection{};
};

/// "ServerHeartbeatStarted", ...
inline std::string_view event_name(const HeartbeatEventBody& body) {
  constexpr std::array<std::string_view, std::variant_size_v<HeartbeatEventBody>> names = {
      "ServerHeartbeatStarted", "ServerHeartbeatSucceeded", "ServerHeartbeatFailed"};
  return names.at(body.index());
}

}  // namespace cmap
