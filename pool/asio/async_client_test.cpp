// Clients with completion tokens: what they complete with, and cancelled.
#include "pool/asio/async_client.hpp"

#include <future>
#include <thread>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "pool/client/awaited.hpp"
#include "pool/client/client_harness.hpp"
#include "sim/real/ports.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

ErrorType type_of_thrown(const std::exception_ptr& exception) {
  return thrown_error([&] { std::rethrow_exception(exception); }).type;
}

TEST(AsyncClient, Futures) {
  ClientWorld world;
  const auto client = world.make_client();
  const ClientConnection connection = async_check_out(*client, {}, asio::use_future).get();
  EXPECT_EQ(connection.address(), world.hosts.front());
  const wire::Document reply = async_run_command(*client, ping(), {}, asio::use_future).get();
  EXPECT_EQ(reply.view().find_flag("ok"), true);
  client->close();
  EXPECT_THROW(async_check_out(*client, {}, asio::use_future).get(), PoolClosedError);
  EXPECT_THROW(async_run_command(*client, ping(), {}, asio::use_future).get(), PoolClosedError);
}

TEST(AsyncClient, CancelledInSelection) {
  const sim::SilentPort silent;
  ClientWorld world;
  asio::cancellation_signal check_out;
  asio::cancellation_signal command;
  std::promise<ErrorType> outcome_of_check_out;
  std::promise<ErrorType> outcome_of_command;
  {
    Client client({Address("127.0.0.1", silent.number())}, {}, world.environment);
    async_check_out(client, {},
                    asio::bind_cancellation_slot(
                        check_out.slot(), [&](const std::exception_ptr& error, ClientConnection) {
                          outcome_of_check_out.set_value(type_of_thrown(error));
                        }));
    async_run_command(client, ping(), {},
                      asio::bind_cancellation_slot(
                          command.slot(), [&](const std::exception_ptr& error, wire::Document) {
                            outcome_of_command.set_value(type_of_thrown(error));
                          }));
    check_out.emit(asio::cancellation_type::terminal);
    command.emit(asio::cancellation_type::partial);
    EXPECT_EQ(outcome_of_check_out.get_future().get(), ErrorType::cancelled);
    EXPECT_EQ(outcome_of_command.get_future().get(), ErrorType::cancelled);
  }
  check_out.emit(asio::cancellation_type::terminal);  // too late, and harmless
}

/// One thread does all input and output: were it to wait for the listener, nothing would go on.
TEST(AsyncClient, NoTransportWaitsForASlowListener) {  // design principle 7
  ClientWorld world;
  IoThreads one_thread(1);
  AsioEnvironment environment(one_thread);
  Awaited<bool> is_slow;
  Awaited<bool> may_go_on;
  ClientHooks hooks{.listeners = {world.log->listener()}};
  hooks.listeners.push_back({.pool = [&, first = true](const Event& event) mutable {
    if (event.type() != EventType::checked_in || !std::exchange(first, false)) return;
    is_slow.bring(true);
    may_go_on.wait();
  }});
  ClientOptions options;
  options.pool.background_interval = -1ms;  // which would close what is stale
  options.server_monitoring_mode = ServerMonitoringMode::poll;
  Client client(world.hosts, options, environment, std::move(hooks));
  ClientConnection breaks = client.check_out();
  ClientConnection works = client.check_out();
  std::thread slow([given_back = client.check_out()]() mutable { given_back.check_in(); });
  is_slow.wait();
  world.server.set_fail_point(0, {.mode = sim::FailPoint::Mode::times,
                                  .count = 1,
                                  .fail_commands = {"ping"},
                                  .close_connection = true});
  auto broken = async_run_command(breaks, ping(), asio::use_future);
  while (client.description()->servers.front()->type != ServerType::unknown) {
    std::this_thread::yield();
  }
  auto reply = async_run_command(works, ping(), asio::use_future);
  EXPECT_EQ(reply.wait_for(5s), std::future_status::ready);
  EXPECT_EQ(broken.wait_for(0s), std::future_status::timeout) << "its events come first";
  world.log->forget();
  may_go_on.bring(true);
  EXPECT_EQ(thrown_error([&] { broken.get(); }).fault, NetworkFault::eof);
  EXPECT_EQ(world.log->of(0), (Lines{"0 Description Unknown", "0 ConnectionPoolCleared"}));
  slow.join();
}

}  // namespace
}  // namespace cmap::test
