// The pool on real sockets: blocking, with a future, and from a coroutine. Needs a server; without
// one at hand: cmap serve --port 27017
//
// usage: example_real_pool [HOST [PORT]]
#include <cstdlib>
#include <iostream>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/async_check_out.hpp"
#include "pool/asio/async_run_command.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/wire/bson_builder.hpp"

namespace {

const cmap::wire::Document ping = cmap::wire::DocumentBuilder().int32("ping", 1).build();

void blocking(cmap::ConnectionPool& pool) {
  cmap::ConnectionHandle connection = pool.check_out();  // throws WaitQueueTimeoutError, ...
  std::cout << "blocking:  " << cmap::run_command(connection, ping).to_json() << '\n';
}  // checked in

void future(cmap::ConnectionPool& pool) {
  auto connection = cmap::async_check_out(pool, boost::asio::use_future).get();
  auto reply = cmap::async_run_command(connection, ping, boost::asio::use_future).get();
  std::cout << "future:    " << reply.to_json() << '\n';
}

boost::asio::awaitable<void> coroutine(cmap::ConnectionPool& pool) {
  auto connection = co_await cmap::async_check_out(pool, boost::asio::use_awaitable);
  auto reply = co_await cmap::async_run_command(connection, ping, boost::asio::use_awaitable);
  std::cout << "coroutine: " << reply.to_json() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const std::string host = argc > 1 ? argv[1] : "127.0.0.1";
  const int port = argc > 2 ? std::atoi(argv[2]) : cmap::Address::default_port;
  cmap::IoThreads threads;
  cmap::AsioEnvironment environment(threads);
  cmap::ConnectionPool pool(cmap::Address(host, static_cast<std::uint16_t>(port)),
                            {.max_pool_size = 20}, environment);
  pool.ready();
  try {
    blocking(pool);
    future(pool);
    boost::asio::io_context context;
    boost::asio::co_spawn(context, coroutine(pool), boost::asio::use_future);
    context.run();
  } catch (const cmap::PoolError& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
