// The seam between monitors and whatever carries their hellos: simulated, Asio, or a user's own.
#pragma once

#include <functional>
#include <memory>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/wire/bson.hpp"

namespace cmap {

/// What a monitor's connection tells its monitor: in order, one call at a time, from any thread,
/// but never from inside of a call of the connection.
class MonitorConnectionListener {
 public:
  virtual ~MonitorConnectionListener() = default;

  /// TCP and TLS are done.
  virtual void opened() = 0;
  /// An answer to what was sent. `more_to_come`: the server goes on answering by itself.
  virtual void replied(wire::Document reply, bool more_to_come) = 0;
  /// It could not be opened, broke, or carries nonsense; also while nobody waits for an answer. Not
  /// null. Nothing follows.
  virtual void failed(ErrorPtr error) = 0;
};

/// One socket of a monitor. It never authenticates (D-MON-1), and knows nothing of deadlines: those
/// are the monitor's. No call blocks.
class MonitorConnection {
 public:
  /// Gives up whatever is going on. Waits for a call of the listener that is running, unless called
  /// from inside it; none comes afterwards.
  virtual ~MonitorConnection() = default;

  /// First, once.
  virtual void open() = 0;
  /// After `opened`, and not while an answer is outstanding. `command` has its `$db`.
  /// `exhaust_allowed`: the server may answer more than once.
  virtual void send(wire::Document command, bool exhaust_allowed) = 0;
};

/// Makes them. Thread-safe where its world has threads.
class MonitorTransport {
 public:
  virtual ~MonitorTransport() = default;
  /// `listener` outlives the connection.
  virtual std::unique_ptr<MonitorConnection> make_monitor_connection(
      const Address& address, MonitorConnectionListener& listener) = 0;
};

}  // namespace cmap
