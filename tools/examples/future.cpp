// The pool with futures: Asio's completion token, a deadline, and a cancellation slot.
//
// usage: example_future [HOST [PORT]]
#include <chrono>
#include <future>
#include <iostream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/async_check_out.hpp"
#include "pool/asio/async_run_command.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/wire/bson_builder.hpp"
#include "tools/examples/server.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

void say_error(const char* what, std::future<cmap::ConnectionHandle> waiting) {
  try {
    waiting.get();
  } catch (const cmap::PoolError& error) {
    std::cout << what << ": " << error.what() << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  const example::Server server(argc, argv);
  const cmap::wire::Document ping = cmap::wire::DocumentBuilder().int32("ping", 1).build();
  cmap::IoThreads threads;
  cmap::AsioEnvironment environment(threads);
  cmap::ConnectionPool pool(server.address(), {.max_pool_size = 1}, environment);
  pool.ready();
  try {
    cmap::ConnectionHandle connection = cmap::async_check_out(pool, asio::use_future).get();
    const auto reply = cmap::async_run_command(connection, ping, asio::use_future).get();
    std::cout << "reply: " << reply.to_json() << '\n';

    // The only connection is taken.
    say_error("deadline", cmap::async_check_out(pool, {.deadline = environment.now() + 10ms},
                                                asio::use_future));
    asio::cancellation_signal signal;
    auto waiting =
        cmap::async_check_out(pool, asio::bind_cancellation_slot(signal.slot(), asio::use_future));
    signal.emit(asio::cancellation_type::terminal);
    say_error("cancelled", std::move(waiting));
  } catch (const cmap::PoolError& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
