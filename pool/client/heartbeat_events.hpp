// The three events of a server's monitor, as values (D-MON-7).
#pragma once

#include <memory>
#include <variant>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/api/time.hpp"
#include "pool/wire/hello_reply.hpp"

namespace cmap {

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
};

}  // namespace cmap
