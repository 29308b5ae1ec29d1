// The pool without a thread that waits: callbacks, a deadline, and cancellation. No Asio is needed
// to program against it.
//
// usage: example_callback [HOST [PORT]]
#include <chrono>
#include <future>
#include <iostream>
#include <memory>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/client/run_command.hpp"
#include "pool/wire/bson_builder.hpp"
#include "tools/examples/server.hpp"

using namespace std::chrono_literals;

namespace {

/// Keeps the connection, its first command and whoever waits for both together.
struct Ping : std::enable_shared_from_this<Ping> {
  cmap::ConnectionHandle connection;
  std::promise<bool> done;  // whether there was a reply

  void start(cmap::ConnectionPool& pool) {
    pool.check_out({}, [self = shared_from_this()](cmap::CheckOutResult result) {
      if (result.error) return self->fail(*result.error);
      self->connection = std::move(result.connection);
      self->run();
    });
  }

  void run() {
    const auto ping = cmap::wire::DocumentBuilder().int32("ping", 1).build();
    cmap::run_command(connection, ping, {}, [self = shared_from_this()](auto error, auto reply) {
      if (error) return self->fail(*error);
      std::cout << "reply: " << reply.to_json() << '\n';
      self->done.set_value(true);
    });
  }

  void fail(const cmap::Error& error) {
    std::cerr << "error: " << error.message << '\n';
    done.set_value(false);
  }
};

/// Called when the only connection is taken.
void wait_in_vain(cmap::ConnectionPool& pool, cmap::TimePoint now) {
  const auto over = std::make_shared<std::promise<void>>();
  pool.check_out({.deadline = now + 10ms}, [over](const cmap::CheckOutResult& result) {
    std::cout << "deadline: " << (result.error ? result.error->message : "got one") << '\n';
    over->set_value();
  });
  over->get_future().wait();

  const cmap::CheckOutRef waiting = pool.check_out({}, [](const cmap::CheckOutResult& result) {
    std::cout << "cancelled: " << (result.error ? result.error->message : "got one") << '\n';
  });
  pool.cancel(waiting);  // the callback has run when it returns
}

}  // namespace

int main(int argc, char** argv) {
  const example::Server server(argc, argv);
  cmap::IoThreads threads;
  cmap::AsioEnvironment environment(threads);
  cmap::ConnectionPool pool(server.address(), {.max_pool_size = 1}, environment);
  pool.ready();
  const auto ping = std::make_shared<Ping>();
  ping->start(pool);
  if (!ping->done.get_future().get()) return 1;
  wait_in_vain(pool, environment.now());
}
