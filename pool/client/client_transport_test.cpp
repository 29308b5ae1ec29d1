// Clients whose monitors get other connections, or other replies, than servers give.
#include <atomic>
#include <future>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/client/client_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;

/// The real one, but for its monitors.
class OtherMonitors : public ClientEnvironment {
 public:
  explicit OtherMonitors(ClientEnvironment& real) : real_(real) {}
  [[nodiscard]] TimePoint now() const override { return real_.now(); }
  std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback) override {
    return real_.make_timer(std::move(callback));
  }
  std::unique_ptr<Transport> make_transport(const Address& address,
                                            TransportListener& listener) override {
    return real_.make_transport(address, listener);
  }
  [[nodiscard]] std::size_t choose(std::size_t) override { return 0; }

 protected:
  ClientEnvironment& real_;
};

class ThrowingMonitors final : public OtherMonitors {
 public:
  using OtherMonitors::OtherMonitors;
  std::unique_ptr<MonitorConnection> make_monitor_connection(const Address&,
                                                             MonitorConnectionListener&) override {
    throw std::bad_alloc();
  }
};

TEST(ClientTransport, AMonitorThatCannotConnectForAnyReasonHasFailed) {
  ClientWorld world;
  ThrowingMonitors environment(world.environment);
  std::atomic<int> thrown = 0;
  Client client(world.hosts, {.server_selection_timeout = 1ms}, environment,
                {.listeners = {world.log->listener()}, .callback_failed = [&](auto) { ++thrown; }});
  EXPECT_EQ(thrown_error([&] { client.run_command(ping()); }).type, ErrorType::server_selection);
  client.close();
  EXPECT_THAT(world.log->all(), Contains("0 HeartbeatFailed NetworkError"));
  EXPECT_GE(thrown, 1);
}

/// As if `left` were no member of the set any more.
wire::Document without_host(const wire::Document& hello, const std::string& left) {
  wire::DocumentBuilder builder;
  for (const wire::ElementView& element : hello.view()) {
    if (element.key() != "hosts") {
      builder.element(element);
      continue;
    }
    std::vector<std::string> hosts;
    const auto all = element.as_array();
    for (const wire::ElementView& host : *all) {
      if (host.as_string() != left) hosts.emplace_back(*host.as_string());
    }
    builder.array("hosts", hosts);
  }
  return builder.build();
}

/// Monitors that hear of one member less, from some time on.
class LeavingMember final : public OtherMonitors {
 public:
  LeavingMember(ClientEnvironment& real, std::string member)
      : OtherMonitors(real), member_(std::move(member)) {}
  std::unique_ptr<MonitorConnection> make_monitor_connection(
      const Address& address, MonitorConnectionListener& listener) override {
    return std::make_unique<Connection>(*this, address, listener);
  }
  std::atomic<bool> has_left = false;

 private:
  class Connection final : public MonitorConnection, public MonitorConnectionListener {
   public:
    Connection(LeavingMember& environment, const Address& address,
               MonitorConnectionListener& listener)
        : environment_(environment),
          listener_(listener),
          real_(environment.real_.make_monitor_connection(address, *this)) {}
    void open() override { real_->open(); }
    void send(wire::Document command, bool exhaust_allowed) override {
      real_->send(std::move(command), exhaust_allowed);
    }
    void opened() override { listener_.opened(); }
    void replied(wire::Document reply, bool more_to_come) override {
      if (environment_.has_left) reply = without_host(reply, environment_.member_);
      listener_.replied(std::move(reply), more_to_come);
    }
    void failed(ErrorPtr error) override { listener_.failed(std::move(error)); }

   private:
    LeavingMember& environment_;
    MonitorConnectionListener& listener_;
    const std::unique_ptr<MonitorConnection> real_;
  };

  const std::string member_;
};

/// The simulation shows it of the other forms (sim/client/client_check_out_test.cpp).
TEST(ClientTransport, ABlockingCheckOutOutlastsAServerThatLeaves) {
  ClientWorld world({.ports = {0, 0}, .replica_set = "rs"});
  LeavingMember environment(world.environment, world.hosts[1].text());
  ClientOptions options;
  options.pool.max_pool_size = 1;
  options.heartbeat_frequency = min_heartbeat_frequency;
  options.server_monitoring_mode = ServerMonitoringMode::poll;
  Client client({world.hosts[0]}, options, environment, {.listeners = {world.log->listener()}});
  client.open();
  world.log->wait_for("1 ConnectionPoolReady");
  const ClientCheckOut rather_secondary{
      .selection = Selection{.read_preference = {.mode = ReadPreferenceMode::secondary_preferred}}};
  const ClientConnection only = client.check_out(rather_secondary);
  EXPECT_EQ(only.address(), world.hosts[1]);
  auto waiting = std::async(std::launch::async, [&] { return client.check_out(rather_secondary); });
  world.log->wait_for("1 ConnectionCheckOutStarted", 2);
  environment.has_left = true;
  EXPECT_EQ(waiting.get().address(), world.hosts[0]);
  EXPECT_EQ(world.log->count("1 ConnectionCheckOutFailed"), 1);
}

}  // namespace
}  // namespace cmap::test
