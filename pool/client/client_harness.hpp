// What the tests of the client share: a deployment on loopback, a client, and a log of its events.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "pool/asio/server_harness.hpp"
#include "pool/client/client.hpp"
#include "pool/client/monitor_effects.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap::test {

using Lines = std::vector<std::string>;

/// Notes every event as a line that begins with its server's place in `hosts`, "0 ServerOpening",
/// and lets tests wait for lines.
class ClientLog {
 public:
  explicit ClientLog(std::vector<Address> hosts) : hosts_(std::move(hosts)) {}

  [[nodiscard]] ClientListener listener() {
    return {.pool = [this](const Event& event) { note(event.address, text(event)); },
            .heartbeat =
                [this](const HeartbeatEvent& event) {
                  note(event.address, std::visit(*this, event.body));
                },
            .topology =
                [this](const TopologyEvent& event) {
                  std::visit([&](const auto& body) { note_topology(event, body); }, event.body);
                }};
  }

  /// Until the n-th of such lines, from 1.
  void wait_for(const std::string& line, std::ptrdiff_t count = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return std::count(lines_.begin(), lines_.end(), line) >= count; });
  }
  std::ptrdiff_t count(const std::string& line) {
    const std::lock_guard lock(mutex_);
    return std::count(lines_.begin(), lines_.end(), line);
  }
  std::ptrdiff_t count_prefix(const std::string& prefix) {
    const std::lock_guard lock(mutex_);
    return std::count_if(lines_.begin(), lines_.end(),
                         [&](const std::string& line) { return line.starts_with(prefix); });
  }
  /// Those of one server but for its heartbeats.
  Lines of(std::size_t server) {
    const std::string prefix = std::to_string(server) + " ";
    return select([&](const std::string& line) {
      return line.starts_with(prefix) && line.find("Heartbeat") == std::string::npos;
    });
  }
  Lines all() {
    return select([](const std::string&) { return true; });
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    lines_.clear();
  }

  std::string operator()(const ServerHeartbeatStartedEvent& event) const {
    return event.awaited ? "HeartbeatStarted awaited" : "HeartbeatStarted";
  }
  std::string operator()(const ServerHeartbeatSucceededEvent& event) const {
    return event.awaited ? "HeartbeatSucceeded awaited" : "HeartbeatSucceeded";
  }
  std::string operator()(const ServerHeartbeatFailedEvent& event) const {
    return "HeartbeatFailed " + std::string(type_name(event.error->type));
  }

 private:
  static std::string text(const Event& event) {
    std::string line(event_name(event.type()));
    if (const auto* closed = std::get_if<ConnectionClosedEvent>(&event.body)) {
      line += " " + std::string(reason_name(closed->reason));
    }
    return line;
  }
  void note_topology(const TopologyEvent&, const ServerDescriptionChangedEvent& event) {
    note(event.address,
         "Description " + std::string(server_type_name(event.new_description->type)));
  }
  void note_topology(const TopologyEvent&, const TopologyDescriptionChangedEvent& event) {
    note("Topology " + std::string(topology_type_name(event.new_description->type)));
  }
  void note_topology(const TopologyEvent&, const ServerOpeningEvent& event) {
    note(event.address, "ServerOpening");
  }
  void note_topology(const TopologyEvent&, const ServerClosedEvent& event) {
    note(event.address, "ServerClosed");
  }
  template <typename Body>
  void note_topology(const TopologyEvent& event, const Body&) {
    note(std::string(event_name(event.body)));
  }
  void note(const Address& address, const std::string& line) {
    const auto place = std::find(hosts_.begin(), hosts_.end(), address) - hosts_.begin();
    note(std::to_string(place) + " " + line);
  }
  void note(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  template <typename Predicate>
  Lines select(Predicate&& predicate) {
    const std::lock_guard lock(mutex_);
    Lines found;
    std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(found), predicate);
    return found;
  }

  const std::vector<Address> hosts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Lines lines_;
};

/// Declared before the clients that use it.
struct ClientWorld {
  explicit ClientWorld(serve::ServerOptions server_options = {}, NetworkOptions network = {})
      : server(std::move(server_options)), environment(threads, network) {
    server.start();
    for (const std::uint16_t port : server.ports()) hosts.emplace_back("127.0.0.1", port);
    log = std::make_unique<ClientLog>(hosts);
  }

  static serve::ServerOptions replica_set() { return {.ports = {0, 0, 0}, .replica_set = "rs"}; }

  /// Opened; it knows the first host only.
  std::unique_ptr<Client> make_client(ClientOptions options = {}) {
    if (options.heartbeat_frequency == ClientOptions().heartbeat_frequency) {
      options.heartbeat_frequency = min_heartbeat_frequency;
    }
    auto client = std::make_unique<Client>(std::vector{hosts.front()}, options, environment,
                                           ClientHooks{.listeners = {log->listener()}});
    client->open();
    return client;
  }

  serve::Server server;
  IoThreads threads{2};
  AsioEnvironment environment;
  std::vector<Address> hosts;
  std::unique_ptr<ClientLog> log;
};

inline wire::Document ping() { return wire::DocumentBuilder().int32("ping", 1).build(); }

}  // namespace cmap::test
