// What a monitor is made with, and what its transitions want done (design principle 1).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/api/time.hpp"
#include "pool/client/heartbeat_events.hpp"
#include "pool/wire/bson.hpp"
#include "pool/wire/hello_command.hpp"
#include "pool/wire/hello_reply.hpp"

namespace cmap {

/// From the end of a check to the beginning of the next one there is never less (D-MON-2).
inline constexpr Duration min_heartbeat_frequency = std::chrono::milliseconds(500);

struct MonitorOptions {
  /// From the end of a check to the beginning of the next one; at least min_heartbeat_frequency.
  Duration heartbeat_frequency = std::chrono::seconds(10);
  /// Bounds connecting and hello together, and each later hello; 0: nothing does (D-MON-4).
  Duration connect_timeout = std::chrono::seconds(10);
  /// Where a server can tell by itself that it has news, let it (D-MON-5).
  bool streaming = true;
  wire::Document client_metadata{};  ///< empty: none is sent
  std::optional<wire::ServerApi> server_api{};
};

struct OpenMonitorConnection {
  MonitorConnectionId connection = MonitorConnectionId::none;
};
struct SendHello {
  MonitorConnectionId connection = MonitorConnectionId::none;
  wire::Document command;
  bool exhaust_allowed = false;
};
struct CloseMonitorConnection {
  MonitorConnectionId connection = MonitorConnectionId::none;
};
/// For the topology. Behind the event that announces it; the monitor waits for Monitor::resume.
struct CheckSucceeded {
  std::shared_ptr<const wire::HelloReply> reply;  ///< never null
  std::optional<Duration> round_trip_time{};      ///< the average
  Duration min_round_trip_time{};
};
/// The same. The server is Unknown and its pool to be cleared, with interruption if the error is a
/// network timeout (D-SD-3).
struct CheckFailed {
  ErrorPtr error;  ///< never null
};

using MonitorEffect = std::variant<HeartbeatEvent, OpenMonitorConnection, SendHello,
                                   CloseMonitorConnection, CheckSucceeded, CheckFailed>;
/// Appended to by the monitor, carried out in order by its owner after the transition.
using MonitorOutbox = std::vector<MonitorEffect>;

}  // namespace cmap
