// Commands on real connections, and what becomes of connections when commands fail.
#include "pool/client/run_command.hpp"

#include <chrono>
#include <future>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "pool/asio/async_run_command.hpp"
#include "pool/asio/server_harness.hpp"
#include "pool/asio/steady_time.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using serve::PeerPhase;
using Kind = serve::Verdict::Kind;

wire::Document ping() { return wire::DocumentBuilder().int32("ping", 1).build(); }

/// What the server does with commands, but for those of the handshake.
class CommandGate {
 public:
  [[nodiscard]] serve::Hooks hooks() {
    return {.gate = [this](const serve::Peer& peer, serve::Proceed proceed) {
      if (peer.phase != PeerPhase::command || !hang) {
        proceed(peer.phase == PeerPhase::command ? verdict : serve::Verdict{});
        return;
      }
      connection = peer.connection;
      arrived.set_value();
    }};
  }
  serve::Verdict verdict;
  std::atomic<bool> hang = false;
  std::atomic<std::uint64_t> connection = 0;
  std::promise<void> arrived;
};

TEST(RunCommand, GivesTheReply) {
  RealWorld world;
  const auto pool = world.make_pool();
  ConnectionHandle connection = pool->check_out();
  for (int i = 0; i < 3; ++i) {
    const wire::Document reply = run_command(connection, ping());
    EXPECT_EQ(reply.view().find_whole_number("ok"), 1);
  }
  connection.check_in();
  EXPECT_EQ(pool->counts().available, 1U);
}

TEST(RunCommand, UnderTls) {
  RealWorld world(
      {.tls = serve::TlsOptions{.certificate_key_file = test_certificates().server_key_file}},
      {.tls = {.enabled = true, .ca_file = test_certificates().ca_file}});
  const auto pool = world.make_pool();
  ConnectionHandle connection = pool->check_out();
  EXPECT_EQ(run_command(connection, ping()).view().find_whole_number("ok"), 1);
}

TEST(RunCommand, AnErrorOfTheServerLeavesTheConnectionAlone) {
  RealWorld world;
  const auto pool = world.make_pool();
  ConnectionHandle connection = pool->check_out();
  const auto unknown = wire::DocumentBuilder().int32("dance", 1).build();
  const Error error = thrown_error([&] { run_command(connection, unknown); });
  EXPECT_EQ(error.type, ErrorType::command);
  EXPECT_EQ(error.code, 59);
  EXPECT_EQ(run_command(connection, ping()).view().find_whole_number("ok"), 1);
  connection.check_in();
  EXPECT_EQ(pool->counts().available, 1U);
}

struct Breaking {
  Kind kind;
  ErrorType type;
  NetworkFault fault;
  bool clears;
};

TEST(RunCommand, WhatBreaksTheConnection) {
  for (const Breaking& breaking :
       {Breaking{Kind::close, ErrorType::network, NetworkFault::eof, true},
        Breaking{Kind::reset, ErrorType::network, NetworkFault::reset, true},
        Breaking{Kind::garbage, ErrorType::protocol, NetworkFault::none, false}}) {
    CommandGate gate;
    gate.verdict.kind = breaking.kind;
    RealWorld world({}, {}, gate.hooks());
    const auto pool = world.make_pool();
    ConnectionHandle connection = pool->check_out();
    const Error error = thrown_error([&] { run_command(connection, ping()); });
    EXPECT_EQ(error.type, breaking.type) << error.message;
    EXPECT_EQ(error.fault, breaking.fault) << error.message;
    EXPECT_EQ(world.events.count(EventType::pool_cleared), breaking.clears ? 1 : 0);
    connection.check_in();
    EXPECT_EQ(pool->counts(), PoolCounts{}) << "it perished";
  }
}

TEST(RunCommand, AServerThatShutsDownClearsThePool) {
  CommandGate gate;
  gate.verdict = {.kind = Kind::error, .code = 91, .message = "shutting down"};
  RealWorld world({}, {}, gate.hooks());
  const auto pool = world.make_pool();
  ConnectionHandle connection = pool->check_out();
  EXPECT_EQ(thrown_error([&] { run_command(connection, ping()); }).code, 91);
  EXPECT_EQ(pool->state(), PoolState::paused);
}

TEST(RunCommand, ADeadlineEndsItAndItsConnectionButNotThePool) {  // D.2
  CommandGate gate;
  gate.hang = true;
  RealWorld world({}, {}, gate.hooks());
  const auto pool = world.make_pool();
  ConnectionHandle connection = pool->check_out();
  const Error error =
      thrown_error([&] { run_command(connection, ping(), {.deadline = steady_now() + 20ms}); });
  EXPECT_EQ(error.type, ErrorType::deadline_exceeded);
  EXPECT_EQ(error.cause->fault, NetworkFault::timeout);
  EXPECT_EQ(pool->state(), PoolState::ready);
  EXPECT_NE(thrown_error([&] { run_command(connection, ping()); }).message, "nothing was thrown")
      << "the reply to the first may still come";
  connection.check_in();
  EXPECT_EQ(pool->counts(), PoolCounts{});
}

TEST(RunCommand, AClearThatInterruptsEndsIt) {  // A-CLR-5
  CommandGate gate;
  gate.hang = true;
  RealWorld world({}, {}, gate.hooks());
  const auto pool = world.make_pool();
  ConnectionHandle connection = pool->check_out();
  auto reply = async_run_command(connection, ping(), asio::use_future);
  gate.arrived.get_future().get();
  pool->clear({.interrupt_in_use_connections = true});
  EXPECT_THROW(reply.get(), PoolClearedError);
}

TEST(RunCommand, Cancelled) {
  CommandGate gate;
  gate.hang = true;
  RealWorld world({}, {}, gate.hooks());
  const auto pool = world.make_pool();
  ConnectionHandle connection = pool->check_out();
  asio::cancellation_signal signal;
  std::promise<ErrorType> outcome;
  async_run_command(connection, ping(),
                    asio::bind_cancellation_slot(
                        signal.slot(), [&](const std::exception_ptr& error, wire::Document) {
                          try {
                            std::rethrow_exception(error);
                          } catch (const PoolError& thrown) {
                            outcome.set_value(thrown.error().type);
                          }
                        }));
  gate.arrived.get_future().get();
  signal.emit(asio::cancellation_type::terminal);
  EXPECT_EQ(outcome.get_future().get(), ErrorType::cancelled);
  connection.check_in();
  EXPECT_EQ(pool->counts(), PoolCounts{});
  signal.emit(asio::cancellation_type::terminal);
}

TEST(RunCommand, AHandleThatEndsBeforeTheReplyClosesItsConnection) {
  CommandGate gate;
  gate.hang = true;
  RealWorld world({}, {}, gate.hooks());
  const auto pool = world.make_pool();
  std::future<wire::Document> reply;
  {
    ConnectionHandle connection = pool->check_out();
    reply = async_run_command(connection, ping(), asio::use_future);
    gate.arrived.get_future().get();
  }
  EXPECT_THROW(reply.get(), PoolError);
  EXPECT_EQ(pool->counts(), PoolCounts{}) << "nobody may get the reply of another";
}

TEST(RunCommand, FromInsideAListenerItIsRefused) {
  RealWorld world;
  const auto pool = world.make_pool();
  ConnectionHandle connection = pool->check_out();
  Error error;
  const Subscription subscription = pool->subscribe([&](const Event& event) {
    if (event.type() != EventType::pool_cleared) return;
    error = thrown_error([&] { run_command(connection, ping()); });
  });
  pool->clear();
  EXPECT_EQ(error.type, ErrorType::usage);
}

TEST(IdleConnection, APeerThatLeavesIsNoticedBeforeTheNextCheckOut) {
  std::atomic<std::uint64_t> number = 0;
  RealWorld world({}, {}, {.gate = [&](const serve::Peer& peer, serve::Proceed proceed) {
                    number = peer.connection;
                    proceed({});
                  }});
  const auto pool = world.make_pool({.background_interval = 1ms});
  pool->check_out().check_in();
  world.server.close_peer(number, serve::Server::How::close);
  // Nobody asked: the Run finds that it perished.
  const Event closed = world.events.wait_for(EventType::connection_closed);
  EXPECT_EQ(std::get<ConnectionClosedEvent>(closed.body).reason, ConnectionClosedReason::error);
  EXPECT_EQ(pool->check_out().id(), ConnectionId{2});
  EXPECT_EQ(world.events.count(EventType::pool_cleared), 0);
}

}  // namespace
}  // namespace cmap::test
