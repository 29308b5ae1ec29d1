// The client against the loopback server: discovery, the life of its pools, selection, its end.
#include "pool/client/client.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/client/awaited.hpp"
#include "pool/client/client_harness.hpp"
#include "pool/pool_shell.hpp"
#include "sim/real/ports.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ClientCommand to_secondaries() {
  return {.selection = Selection{.read_preference = {.mode = ReadPreferenceMode::secondary}}};
}

sim::FailPoint fail_ping(std::int32_t code) {
  return {.mode = sim::FailPoint::Mode::times,
          .count = 1,
          .fail_commands = {"ping"},
          .error_code = code};
}

/// Reads from anywhere, so that some server will do.
ClientCommand to_anywhere() {
  return {.selection = Selection{.read_preference = {.mode = ReadPreferenceMode::nearest}}};
}

/// Each heartbeat has one end, each check-out one outcome, each connection and each pool is closed
/// (D-MON-7, A-EV-3).
void expect_grammar(ClientLog& log, std::size_t servers) {
  for (std::size_t i = 0; i < servers; ++i) {
    const auto count = [&](const char* line) { return log.count_prefix(std::to_string(i) + line); };
    EXPECT_EQ(count(" HeartbeatStarted"), count(" HeartbeatSucceeded") + count(" HeartbeatFailed"));
    EXPECT_EQ(count(" ConnectionCheckOutStarted"),
              count(" ConnectionCheckedOut") + count(" ConnectionCheckOutFailed"));
    EXPECT_EQ(count(" ConnectionCheckedOut"), count(" ConnectionCheckedIn"));
    EXPECT_EQ(count(" ConnectionCreated"), count(" ConnectionClosed"));
    EXPECT_EQ(count(" ConnectionPoolCreated"), count(" ConnectionPoolClosed"));
  }
}

/// Each line where it first comes.
Lines once_each(const Lines& lines) {
  Lines found;
  for (const std::string& line : lines) {
    if (std::find(found.begin(), found.end(), line) == found.end()) found.push_back(line);
  }
  return found;
}

TEST(Client, DoesNothingBeforeItIsOpened) {  // D-URI-9
  const sim::DeadPort port;
  ClientWorld world;
  Client client({Address("127.0.0.1", port.number())}, {}, world.environment,
                {.listeners = {world.log->listener()}});
  client.close();
  EXPECT_THAT(world.log->all(), IsEmpty());
}

TEST(Client, RefusesOptionsThatContradictEachOther) {
  ClientWorld world;
  EXPECT_THROW(Client({}, {}, world.environment), InvalidOptions);
  const std::vector two{Address("a", 1), Address("b", 1)};
  EXPECT_THROW(Client(two, {.direct_connection = true}, world.environment), InvalidOptions);
  EXPECT_THROW(Client(two, {.heartbeat_frequency = 499ms}, world.environment), InvalidOptions);
}

TEST(Client, RefusesWhatItsEnvironmentWouldLeaveOut) {
  ClientWorld world;
  const std::vector host{Address("a", 1)};
  EXPECT_THROW(Client(host, {.tls = {.enabled = true}}, world.environment), InvalidOptions);
  EXPECT_THROW(Client(host, {.credential = wire::Credential{.user = "user", .password = "pen"}},
                      world.environment),
               InvalidOptions);
  EXPECT_THROW(Client(host, {.load_balanced = true}, world.environment), InvalidOptions);
}

/// The model of the server refuses what does not say that a secondary will do.
TEST(Client, ReadsFromSecondaries) {
  ClientWorld world(ClientWorld::replica_set());
  const wire::Document find =
      wire::DocumentBuilder().string("find", "c").string("$db", "d").build();
  const auto client =
      world.make_client({.read_preference = {.mode = ReadPreferenceMode::secondary}});
  EXPECT_NO_THROW(client->run_command(find, to_secondaries()));
  EXPECT_NO_THROW(client->run_command(find)) << "from the primary, whatever the client prefers";
  Client direct({world.hosts.at(1)}, {.direct_connection = true}, world.environment);
  EXPECT_NO_THROW(direct.run_command(find)) << "to this one, whatever it is";
}

TEST(Client, FindsAServerAndItsPool) {  // D-SD-1, D-MON-7
  ClientWorld world;
  const auto client = world.make_client({.server_monitoring_mode = ServerMonitoringMode::poll});
  client->run_command(ping());
  client->check_invariants();
  client->close();
  EXPECT_THAT(
      world.log->all(),
      ElementsAre("TopologyOpening", "Topology Unknown", "0 ServerOpening", "0 HeartbeatStarted",
                  "0 HeartbeatSucceeded", "0 Description Standalone", "Topology Single",
                  "0 ConnectionPoolCreated", "0 ConnectionPoolReady", "0 ConnectionCheckOutStarted",
                  "0 ConnectionCreated", "0 ConnectionReady", "0 ConnectionCheckedOut",
                  "0 ConnectionCheckedIn", "0 ServerClosed", "Topology Unknown", "TopologyClosed",
                  "0 ConnectionClosed poolClosed", "0 ConnectionPoolClosed"));
}

TEST(Client, FindsAReplicaSetFromOneMember) {
  ClientWorld world(ClientWorld::replica_set());
  const auto client = world.make_client();
  for (std::size_t i = 0; i < 3; ++i) {
    world.log->wait_for(std::to_string(i) + " ConnectionPoolReady");
  }
  client->check_invariants();
  EXPECT_THAT(world.log->of(0), ElementsAre("0 ServerOpening", "0 Description RSPrimary",
                                            "0 ConnectionPoolCreated", "0 ConnectionPoolReady"));
  EXPECT_THAT(world.log->of(2), ElementsAre("2 ServerOpening", "2 Description RSSecondary",
                                            "2 ConnectionPoolCreated", "2 ConnectionPoolReady"));
  EXPECT_EQ(client->description()->type, TopologyType::replica_set_with_primary);
  EXPECT_EQ(client->pools().size(), 3U);
}

TEST(Client, SendsOperationsWhereTheyBelong) {  // D-SEL-1
  ClientWorld world(ClientWorld::replica_set());
  const auto client = world.make_client();
  EXPECT_EQ(client->check_out().address(), world.hosts[0]);
  const ClientConnection other = client->check_out({.selection = to_secondaries().selection});
  EXPECT_NE(other.address(), world.hosts[0]);
}

TEST(Client, AStepDownIsHeardOfAtOnceAndClearsNothing) {  // D-MON-5
  ClientWorld world(ClientWorld::replica_set());
  const auto client = world.make_client({.heartbeat_frequency = 60s});
  client->run_command(ping());
  world.server.step_down();
  world.log->wait_for("1 Description RSPrimary");
  EXPECT_EQ(client->check_out().address(), world.hosts[1]);
  EXPECT_EQ(world.log->count("0 ConnectionPoolCleared"), 0);
  EXPECT_GT(world.log->count("1 HeartbeatSucceeded awaited"), 0);
}

TEST(Client, TheHelloOfAPooledConnectionIsNews) {  // D-SD-8
  ClientWorld world(ClientWorld::replica_set());
  const auto client = world.make_client({.heartbeat_frequency = std::chrono::minutes(1),
                                         .server_monitoring_mode = ServerMonitoringMode::poll});
  const ClientConnection first = client->check_out();
  world.server.step_down();
  world.log->forget();
  // The monitor does not know it yet.
  const ClientConnection second = client->check_out();
  EXPECT_EQ(second.address(), world.hosts[0]);
  EXPECT_THAT(world.log->of(0), ElementsAre("0 ConnectionCheckOutStarted", "0 ConnectionCreated",
                                            "0 Description RSSecondary", "0 ConnectionReady",
                                            "0 ConnectionCheckedOut"));
  EXPECT_TRUE(client->description()->find(world.hosts[0])->round_trip_time);
  EXPECT_EQ(world.log->count_prefix("0 Heartbeat"), 0);
}

TEST(Client, WhatAServerSaysMayEndItsPool) {  // D-SD-8
  ClientWorld world;
  Awaited<bool> is_left_alone;
  Awaited<bool> is_gone;
  int learned = 0;
  const auto bring = [&](bool* token) {
    delete token;
    is_gone.bring(true);
  };
  std::shared_ptr<PoolShell> shell;
  PoolOwner owner;
  owner.learn = [&](const PoolShell&, Generation, const auto&) {
    is_left_alone.wait();
    shell->apply([](PoolCore& core, TimePoint now) { core.close(now); });
    shell.reset();
    ++learned;  // what called this is still there
  };
  PoolHooks hooks;
  hooks.listeners.emplace_back([token = std::shared_ptr<bool>(new bool(true), bring)](
                                   const Event&) { EXPECT_TRUE(*token); });
  shell = std::make_shared<PoolShell>(world.hosts[0], PoolOptions{.min_pool_size = 1},
                                      world.environment, std::move(hooks), std::move(owner));
  shell->start();
  shell->apply([](PoolCore& core, TimePoint now) { core.ready(now); });
  is_left_alone.bring(true);
  EXPECT_TRUE(is_gone.wait());
  EXPECT_EQ(learned, 1);
}

TEST(Client, AKilledMemberIsUnknownThenClearedAndReadyWhenItIsBack) {  // D-SD-2, D-SD-4
  ClientWorld world(ClientWorld::replica_set());
  const auto client = world.make_client();
  world.log->wait_for("2 ConnectionPoolReady");
  world.log->forget();
  world.server.kill(2);
  world.log->wait_for("2 ConnectionPoolCleared");
  client->check_invariants();
  world.server.restart(2);
  world.log->wait_for("2 ConnectionPoolReady");
  client->check_invariants();
  // Every reason why it is unknown is another description of it.
  EXPECT_THAT(once_each(world.log->of(2)),
              ElementsAre("2 Description Unknown", "2 ConnectionPoolCleared",
                          "2 Description RSSecondary", "2 ConnectionPoolReady"));
}

TEST(Client, AServerThatShutsDownIsUnknownThenClearedBeforeTheCheckIn) {  // D.2
  ClientWorld world;
  const auto client = world.make_client({.server_monitoring_mode = ServerMonitoringMode::poll});
  client->run_command(ping());
  world.log->forget();
  world.server.set_fail_point(0, fail_ping(91));
  EXPECT_EQ(thrown_error([&] { client->run_command(ping()); }).code, 91);
  world.log->wait_for("0 ConnectionPoolReady");
  EXPECT_THAT(world.log->of(0), ElementsAre("0 ConnectionCheckOutStarted", "0 ConnectionCheckedOut",
                                            "0 Description Unknown", "0 ConnectionPoolCleared",
                                            "0 ConnectionCheckedIn", "0 ConnectionClosed error",
                                            "0 Description Standalone", "0 ConnectionPoolReady"));
}

TEST(Client, AServerThatIsNoPrimaryIsUnknownAndKeepsItsConnections) {  // D.2
  ClientWorld world;
  const auto client = world.make_client({.server_monitoring_mode = ServerMonitoringMode::poll});
  client->run_command(ping());
  world.log->forget();
  world.server.set_fail_point(0, fail_ping(10107));
  EXPECT_EQ(thrown_error([&] { client->run_command(ping()); }).code, 10107);
  world.log->wait_for("0 Description Standalone");
  EXPECT_THAT(world.log->of(0), ElementsAre("0 ConnectionCheckOutStarted", "0 ConnectionCheckedOut",
                                            "0 Description Unknown", "0 ConnectionCheckedIn",
                                            "0 Description Standalone"));
}

TEST(Client, ABrokenConnectionCancelsTheCheck) {  // D-MON-6
  ClientWorld world;
  const auto client = world.make_client();
  client->run_command(ping());
  world.log->wait_for("0 HeartbeatStarted awaited");
  world.log->forget();
  world.server.set_fail_point(0, {.mode = sim::FailPoint::Mode::times,
                                  .count = 1,
                                  .fail_commands = {"ping"},
                                  .close_connection = true});
  EXPECT_EQ(thrown_error([&] { client->run_command(ping()); }).fault, NetworkFault::eof);
  client->run_command(ping());  // requests the next check
  EXPECT_THAT(
      world.log->of(0),
      ElementsAre("0 ConnectionCheckOutStarted", "0 ConnectionCheckedOut", "0 Description Unknown",
                  "0 ConnectionPoolCleared", "0 ConnectionCheckedIn", "0 ConnectionClosed error",
                  "0 Description Standalone", "0 ConnectionPoolReady",
                  "0 ConnectionCheckOutStarted", "0 ConnectionCreated", "0 ConnectionReady",
                  "0 ConnectionCheckedOut", "0 ConnectionCheckedIn"));
  EXPECT_EQ(world.log->count("0 HeartbeatFailed CancelledError"), 1);
}

TEST(Client, WrongCredentialsClearThePool) {  // D-AU-9
  ClientWorld world({.authentication = true, .users = {{.name = "user", .password = "pencil"}}},
                    {.credential = wire::Credential{.user = "user", .password = "pen"}});
  const auto client = world.make_client({.server_monitoring_mode = ServerMonitoringMode::poll});
  EXPECT_EQ(thrown_error([&] { client->run_command(ping()); }).type, ErrorType::authentication);
  EXPECT_THAT(world.log->of(0),
              ElementsAre("0 ServerOpening", "0 Description Standalone", "0 ConnectionPoolCreated",
                          "0 ConnectionPoolReady", "0 ConnectionCheckOutStarted",
                          "0 ConnectionCreated", "0 Description Unknown", "0 ConnectionPoolCleared",
                          "0 ConnectionClosed error", "0 ConnectionCheckOutFailed"));
}

TEST(Client, AnErrorOfSelectionSaysWhatWasSeen) {  // D-SEL-1
  ClientWorld world;
  world.hosts = {Address("no.such.host.invalid", 1)};
  const auto client = world.make_client({.server_selection_timeout = 50ms});
  const Error error = thrown_error([&] { client->run_command(ping()); });
  EXPECT_EQ(error.type, ErrorType::server_selection);
  EXPECT_THAT(error.message, HasSubstr("Unknown: no.such.host.invalid:1 Unknown"));
}

TEST(Client, AnErrorOfSelectionSaysWhatWasWanted) {  // D-SEL-1
  ClientWorld world;
  world.hosts = {Address("no.such.host.invalid", 1)};
  const auto client = world.make_client({.server_selection_timeout = 10ms});
  const ReadPreference preference{.mode = ReadPreferenceMode::secondary,
                                  .tag_sets = {{{"dc", "ny"}, {"rack", "1"}}, {{"dc", "la"}}, {}},
                                  .max_staleness = 120s};
  const Error error = thrown_error([&] {
    client->run_command(ping(), {.selection = Selection{.read_preference = preference}});
  });
  EXPECT_THAT(error.message, HasSubstr("No server suitable for reads (secondary, tags dc:ny,rack:1 "
                                       "or dc:la or none, at most 120 s stale) was found in time"));
}

TEST(Client, TheTimeoutOfAnOperationBoundsItsCheckOut) {  // D-CSOT-1
  ClientWorld world;
  ClientOptions options;
  options.pool = {.max_pool_size = 1, .wait_queue_timeout = 1h};
  options.timeout = 20ms;
  const auto client = world.make_client(options);
  const ClientConnection only = client->check_out({.deadline = world.environment.now() + 1h});
  EXPECT_EQ(thrown_error([&] { client->check_out(); }).type, ErrorType::deadline_exceeded);
}

TEST(Client, WithoutItTheWaitQueueTimeoutDoes) {  // D-CSOT-1
  ClientWorld world;
  ClientOptions options;
  options.pool = {.max_pool_size = 1, .wait_queue_timeout = 20ms};
  const auto client = world.make_client(options);
  const ClientConnection only = client->check_out();
  EXPECT_EQ(thrown_error([&] { client->check_out(); }).type, ErrorType::wait_queue_timeout);
}

TEST(Client, WhatUsersReportIsJudgedByTheTopology) {
  ClientWorld world;
  const auto client = world.make_client();
  ClientConnection connection = client->check_out();
  world.log->wait_for("0 HeartbeatStarted awaited");
  world.log->forget();
  const Address& address = world.hosts.front();
  connection.report_error(
      establishment_error(address, NetworkFault::timeout, EstablishmentPhase::done),
      ErrorVerdict::clear);
  EXPECT_THAT(world.log->of(0), IsEmpty());
  connection.report_error(
      establishment_error(address, NetworkFault::reset, EstablishmentPhase::done),
      ErrorVerdict::keep);
  EXPECT_THAT(world.log->of(0), ElementsAre("0 Description Unknown", "0 ConnectionPoolCleared"));
}

TEST(Client, ManyThreadsWhileMembersComeAndGo) {
  ClientWorld world(ClientWorld::replica_set());
  const auto client = world.make_client({.server_selection_timeout = 10s});
  for (std::size_t i = 0; i < 3; ++i) {  // it must know more than the one that is killed first
    world.log->wait_for(std::to_string(i) + " ConnectionPoolReady");
  }
  std::atomic<int> done = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        try {
          client->run_command(ping(), to_anywhere());
        } catch (const PoolError&) {  // of those that were under way
        }
        ++done;
        done.notify_all();
      }
    });
  }
  const auto let_them_do = [&](int operations) {
    for (int now = done, until = now + operations; now < until; now = done) done.wait(now);
    client->check_invariants();
  };
  for (std::size_t round = 0; round < 3; ++round) {
    world.server.kill(round);
    let_them_do(20);
    world.server.restart(round);
    let_them_do(20);
  }
  threads.clear();
  client->close();
  EXPECT_THAT(client->pools(), IsEmpty());
  expect_grammar(*world.log, 3);
}

TEST(Client, TheFirstSuitableServerIsEnough) {  // D-SEL-3
  const sim::SilentPort silent;
  ClientWorld world;
  ClientOptions options;
  options.replica_set = "rs";
  serve::Server set(ClientWorld::replica_set());
  set.start();
  Client client({Address("127.0.0.1", silent.number()), Address("127.0.0.1", set.ports()[0])},
                options, world.environment);
  EXPECT_EQ(client.check_out().address().port(), set.ports()[0]);
}

TEST(Client, CallbacksInsteadOfWaiting) {
  ClientWorld world;
  const auto client = world.make_client();
  std::promise<ErrorType> refused;
  std::promise<wire::Document> reply;
  client->check_out({}, [&](ClientCheckOutResult result) {
    EXPECT_TRUE(result.connection);
    refused.set_value(thrown_error([&] { client->check_out(); }).type);
    client->run_command(ping(), {}, [&](ErrorPtr error, wire::Document answer) {
      EXPECT_EQ(error, nullptr);
      reply.set_value(std::move(answer));
    });
  });
  EXPECT_EQ(refused.get_future().get(), ErrorType::usage);
  EXPECT_EQ(reply.get_future().get().view().find_flag("ok"), true);
}

TEST(Client, ClosingFailsWhatWaitsAndLeavesWhatIsInUse) {
  ClientWorld world(ClientWorld::replica_set());
  const auto client = world.make_client({.server_selection_timeout = 1h});
  ClientConnection in_use = client->check_out();
  world.server.kill(0);
  world.server.kill(1);
  world.log->wait_for("0 Description Unknown");
  world.log->wait_for("1 Description Unknown");
  std::promise<ErrorType> waiting;
  client->check_out({.selection = Selection{.kind = OperationKind::write}},
                    [&](ClientCheckOutResult result) { waiting.set_value(result.error->type); });
  client->close();
  EXPECT_EQ(waiting.get_future().get(), ErrorType::pool_closed);
  EXPECT_EQ(world.log->count("0 ConnectionCheckedIn"), 0);
  in_use.check_in();
  EXPECT_EQ(world.log->count("0 ConnectionCheckedIn"), 1);
  EXPECT_EQ(thrown_error([&] { client->check_out(); }).type, ErrorType::pool_closed);
  EXPECT_EQ(client->description()->type, TopologyType::unknown);
}

TEST(Client, BehindALoadBalancerThePoolIsReadyAtOnce) {  // A-LB-9
  ClientWorld world({.load_balanced = true}, {.load_balanced = true});
  ClientOptions options;
  options.load_balanced = true;
  const auto client = world.make_client(options);
  EXPECT_THAT(world.log->all(),
              ElementsAre("TopologyOpening", "Topology LoadBalanced", "0 ServerOpening",
                          "0 Description LoadBalancer", "Topology LoadBalanced",
                          "0 ConnectionPoolCreated", "0 ConnectionPoolReady"));
  client->run_command(ping());
  world.server.set_fail_point(0, fail_ping(91));
  EXPECT_EQ(thrown_error([&] { client->run_command(ping()); }).code, 91);
  EXPECT_EQ(world.log->count("0 ConnectionPoolCleared"), 1);
  EXPECT_EQ(world.log->count("0 HeartbeatStarted"), 0);
}

TEST(Client, SubscriptionsSeeWhatFollows) {
  ClientWorld world;
  const auto client = world.make_client();
  client->run_command(ping());
  ClientLog later(world.hosts);
  Subscription subscription = client->subscribe(later.listener());
  client->run_command(ping());
  EXPECT_THAT(later.of(0), ElementsAre("0 ConnectionCheckOutStarted", "0 ConnectionCheckedOut",
                                       "0 ConnectionCheckedIn"));
  subscription.end();
  client->close();
  EXPECT_EQ(later.count("TopologyClosed"), 0);
}

TEST(Client, MonitorsSpeakTls) {
  ClientWorld world(
      {.tls = serve::TlsOptions{.certificate_key_file = test_certificates().server_key_file}},
      {.tls = {.enabled = true, .ca_file = test_certificates().ca_file}});
  EXPECT_NO_THROW(world.make_client()->run_command(ping()));
}

TEST(Client, WrongTlsIsSaid) {
  ClientWorld world({}, {.tls = {.enabled = true, .ca_file = test_certificates().ca_file}});
  const auto client = world.make_client({.server_selection_timeout = 50ms});
  EXPECT_THAT(thrown_error([&] { client->run_command(ping()); }).message,
              HasSubstr("Unknown (connection closed by peer (tls)"));
}

TEST(Client, MonitorsUseUnixSockets) {
  const auto path = temporary_certificates().folder() / "client.sock";
  ClientWorld world({.unix_socket = path});
  world.hosts = {Address::unix_socket(path)};
  EXPECT_NO_THROW(world.make_client()->run_command(ping()));
}

}  // namespace
}  // namespace cmap::test
