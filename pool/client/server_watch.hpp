// A server's monitor as part of a client. Internal to the client.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "pool/client/monitor.hpp"
#include "pool/client/monitor_transport.hpp"

namespace cmap {

class ClientShell;

/// Tells monitors of a client apart, also those of one server that was removed and found again.
enum class WatchId : std::int64_t { none = 0 };

/// Guarded by the client's lock.
struct ServerWatch {
  ServerWatch(WatchId its_id, const Address& address, const MonitorOptions& options)
      : id(its_id), monitor(address, options, outbox) {}
  const WatchId id;
  MonitorOutbox outbox;
  Monitor monitor;
};

/// The connections of all monitors of a client. Only the deliverer uses them.
class MonitorLinks {
 public:
  MonitorLinks();
  ~MonitorLinks();

  void open(const std::weak_ptr<ClientShell>& client, MonitorTransport& transport, WatchId watch,
            const Address& address, MonitorConnectionId connection);
  // Of one that is closed: nothing.
  void send(WatchId watch, SendHello hello);
  void close(WatchId watch, MonitorConnectionId connection);

 private:
  class Link;
  std::map<std::pair<WatchId, MonitorConnectionId>, std::unique_ptr<Link>> links_;
};

}  // namespace cmap
