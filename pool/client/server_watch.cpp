// From the connections of monitors to the client, and back.
#include "pool/client/server_watch.hpp"

#include "pool/client/client_shell.hpp"

namespace cmap {

/// May be destroyed by what it reports: a call touches nothing of it afterwards.
class MonitorLinks::Link final : public MonitorConnectionListener {
 public:
  Link(std::weak_ptr<ClientShell> client, WatchId watch, MonitorConnectionId id)
      : client_(std::move(client)), watch_(watch), id_(id) {}

  void opened() override {
    report([id = id_](Monitor& monitor, TimePoint now) { monitor.opened(id, now); });
  }
  void replied(wire::Document reply, bool more_to_come) override {
    report([&, id = id_](Monitor& monitor, TimePoint now) {
      monitor.replied(id, std::move(reply), more_to_come, now);
    });
  }
  void failed(ErrorPtr error) override {
    report([&, id = id_](Monitor& monitor, TimePoint now) { monitor.failed(id, error, now); });
  }

  std::unique_ptr<MonitorConnection> connection;

 private:
  template <typename Input>
  void report(Input&& input) {
    if (const auto client = client_.lock()) client->report(watch_, input);
  }

  const std::weak_ptr<ClientShell> client_;
  const WatchId watch_;
  const MonitorConnectionId id_;
};

MonitorLinks::MonitorLinks() = default;
MonitorLinks::~MonitorLinks() = default;

void MonitorLinks::open(const std::weak_ptr<ClientShell>& client, MonitorTransport& transport,
                        WatchId watch, const Address& address, MonitorConnectionId connection) {
  auto link = std::make_unique<Link>(client, watch, connection);
  link->connection = transport.make_monitor_connection(address, *link);
  const auto its = links_.emplace(std::pair(watch, connection), std::move(link)).first;
  its->second->connection->open();
}

void MonitorLinks::send(WatchId watch, SendHello hello) {
  const auto found = links_.find({watch, hello.connection});
  if (found == links_.end()) return;
  found->second->connection->send(std::move(hello.command), hello.exhaust_allowed);
}

void MonitorLinks::close(WatchId watch, MonitorConnectionId connection) {
  links_.erase({watch, connection});
}

}  // namespace cmap
