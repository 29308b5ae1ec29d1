// The pool from coroutines on one thread: co_await, a deadline, and cancellation from outside.
//
// usage: example_coroutine [HOST [PORT]]
#include <chrono>
#include <exception>
#include <iostream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/async_check_out.hpp"
#include "pool/asio/async_run_command.hpp"
#include "pool/wire/bson_builder.hpp"
#include "tools/examples/server.hpp"

// g++ 12 takes Asio's allocation of coroutine frames for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> wait_in_vain(cmap::ConnectionPool& pool, cmap::CheckOutRequest request,
                                   const char* what) {
  try {
    co_await cmap::async_check_out(pool, request, asio::use_awaitable);
  } catch (const cmap::PoolError& error) {
    std::cout << what << ": " << error.what() << '\n';
  }
}

asio::awaitable<void> ping_and_wait(cmap::ConnectionPool& pool, cmap::AsioEnvironment& environment,
                                    asio::cancellation_signal& signal) {
  const auto ping = cmap::wire::DocumentBuilder().int32("ping", 1).build();
  auto connection = co_await cmap::async_check_out(pool, asio::use_awaitable);
  const auto reply = co_await cmap::async_run_command(connection, ping, asio::use_awaitable);
  std::cout << "reply: " << reply.to_json() << '\n';

  // The only connection is taken.
  co_await wait_in_vain(pool, {.deadline = environment.now() + 10ms}, "deadline");
  const auto executor = co_await asio::this_coro::executor;
  asio::co_spawn(executor, wait_in_vain(pool, {}, "cancelled"),
                 asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
  co_await asio::post(executor, asio::use_awaitable);  // by now it waits
  signal.emit(asio::cancellation_type::terminal);
}

int status_of(const std::exception_ptr& failure) {
  if (!failure) return 0;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const example::Server server(argc, argv);
  asio::cancellation_signal signal;
  asio::io_context context;  // runs the pool as well as the coroutines
  cmap::AsioEnvironment environment(context.get_executor());
  cmap::ConnectionPool pool(server.address(), {.max_pool_size = 1}, environment);
  pool.ready();
  int status = 0;
  asio::co_spawn(context, ping_and_wait(pool, environment, signal),
                 [&](const std::exception_ptr& failure) {
                   status = status_of(failure);
                   pool.close();  // its connections end, and with them the work of the context
                 });
  context.run();
  return status;
}
