// The pool from threads that wait: check out, run a command, check in; and a deadline.
//
// usage: example_blocking [HOST [PORT]]
#include <chrono>
#include <iostream>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/client/run_command.hpp"
#include "pool/wire/bson_builder.hpp"
#include "tools/examples/server.hpp"

using namespace std::chrono_literals;

int main(int argc, char** argv) {
  const example::Server server(argc, argv);
  const cmap::wire::Document ping = cmap::wire::DocumentBuilder().int32("ping", 1).build();

  cmap::IoThreads threads;  // or any Asio executor of yours
  cmap::AsioEnvironment environment(threads);
  cmap::ConnectionPool pool(server.address(), {.max_pool_size = 1}, environment);
  pool.ready();
  try {
    cmap::ConnectionHandle connection = pool.check_out();  // throws WaitQueueTimeoutError, ...
    std::cout << "reply: "
              << cmap::run_command(connection, ping, {.deadline = environment.now() + 1s}).to_json()
              << '\n';
    try {
      // There is one connection, and this thread has it.
      const auto second = pool.check_out({.deadline = environment.now() + 10ms});
    } catch (const cmap::PoolError& error) {
      std::cout << "deadline: " << error.what() << '\n';
    }
    // A thread that waits is ended by its deadline, and by clear and close from any other thread.
  } catch (const cmap::PoolError& error) {  // by now the connection is checked in
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
