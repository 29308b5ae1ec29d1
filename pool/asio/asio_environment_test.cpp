// The end of an environment, when its pools have ended and their callbacks have not.
#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "pool/asio/server_harness.hpp"
#include "pool/client/run_command.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap::test {
namespace {

TEST(AsioEnvironment, WaitsForCallbacksThatAreRunning) {
  RealWorld world;
  auto environment = std::make_unique<AsioEnvironment>(world.threads);
  auto pool = std::make_unique<ConnectionPool>(world.address, PoolOptions{}, *environment);
  pool->ready();
  ConnectionHandle connection = pool->check_out();
  std::promise<void> began;
  std::atomic<bool> ended = false;
  run_command(connection, wire::DocumentBuilder().int32("ping", 1).build(), {},
              [&](const ErrorPtr&, const wire::Document&) {
                began.set_value();
                for (int i = 0; i < 1000; ++i) std::this_thread::yield();
                ended = true;
              });
  began.get_future().wait();
  connection = {};
  pool.reset();
  environment.reset();
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace cmap::test
