// The same on real sockets, as far as it goes without a server: a pool, and the error of a
// check-out.
#include <iostream>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/client/run_command.hpp"
#include "pool/wire/bson_builder.hpp"

int main() {
  cmap::IoThreads threads;
  cmap::AsioEnvironment environment(threads);
  cmap::ConnectionPool pool(cmap::Address::unix_socket("/nobody/listens/here.sock"), {},
                            environment);
  pool.ready();
  try {
    cmap::ConnectionHandle connection = pool.check_out();
    cmap::run_command(connection, cmap::wire::DocumentBuilder().int32("ping", 1).build());
  } catch (const cmap::PoolError& error) {
    std::cout << error.what() << '\n';
    return error.error().type == cmap::ErrorType::network ? 0 : 1;
  }
  return 1;
}
