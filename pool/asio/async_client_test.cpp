// Clients with completion tokens: what they complete with, and cancelled.
#include "pool/asio/async_client.hpp"

#include <future>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cmap::test
