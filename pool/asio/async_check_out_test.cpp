// check_out with every kind of completion token, cancelled, destroyed, and in time.
#include "pool/asio/async_check_out.hpp"

#include <chrono>
#include <future>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "pool/asio/server_harness.hpp"
#include "pool/asio/steady_time.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

ErrorType type_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const PoolError& error) {
    return error.error().type;
  }
}

TEST(AsyncCheckOut, Callback) {
  RealWorld world;
  const auto pool = world.make_pool();
  std::promise<ConnectionId> given;
  async_check_out(*pool, [&](const std::exception_ptr& error, ConnectionHandle connection) {
    EXPECT_FALSE(error);
    given.set_value(connection.id());
  });
  EXPECT_EQ(given.get_future().get(), ConnectionId{1});
}

TEST(AsyncCheckOut, Future) {
  RealWorld world;
  const auto pool = world.make_pool();
  {
    const ConnectionHandle connection = async_check_out(*pool, asio::use_future).get();
    EXPECT_EQ(connection.id(), ConnectionId{1});
    EXPECT_EQ(pool->counts().in_use, 1U);
  }
  pool->close();
  EXPECT_THROW(async_check_out(*pool, asio::use_future).get(), PoolClosedError);
}

TEST(AsyncCheckOut, CoroutineOnItsOwnContext) {
  RealWorld world;
  const auto pool = world.make_pool();
  asio::io_context context;
  bool done = false;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        const auto before = std::this_thread::get_id();
        const ConnectionHandle connection = co_await async_check_out(*pool, asio::use_awaitable);
        EXPECT_EQ(std::this_thread::get_id(), before) << "on the context of the coroutine";
        EXPECT_EQ(connection.id(), ConnectionId{1});
        done = true;
      },
      [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
  context.run();  // has work as long as the check-out is under way
  EXPECT_TRUE(done);
  EXPECT_EQ(pool->counts().available, 1U);
}

TEST(AsyncCheckOut, Deadline) {
  RealWorld world;
  const auto pool = world.make_pool({.max_pool_size = 1});
  const ConnectionHandle taken = pool->check_out();
  auto waiting = async_check_out(*pool, {.deadline = steady_now() + 20ms}, asio::use_future);
  try {
    waiting.get();
    FAIL() << "there is no second connection";
  } catch (const PoolError& error) {
    EXPECT_EQ(error.error().type, ErrorType::deadline_exceeded) << error.what();
  }
}

/// Its handler may end what the rest of the call still needs, on any thread of its executor.
TEST(AsyncCheckOut, NoHandlerRunsBeforeTheCallIsSetUp) {
  asio::io_context handlers;
  bool has_run = false;
  const auto handler = [&](const std::exception_ptr&, int) { has_run = true; };
  start_cancellable<int>(asio::bind_executor(handlers, handler), [&](const auto& completion) {
    completion->complete(nullptr, 1);
    handlers.poll();
    EXPECT_FALSE(has_run);
    return [] {};
  });
  handlers.restart();
  handlers.poll();
  EXPECT_TRUE(has_run);
}

TEST(AsyncCheckOut, Cancelled) {
  RealWorld world;
  const auto pool = world.make_pool({.max_pool_size = 1});
  ConnectionHandle taken = pool->check_out();
  asio::cancellation_signal signal;
  std::promise<ErrorType> outcome;
  async_check_out(*pool, asio::bind_cancellation_slot(
                             signal.slot(), [&](const std::exception_ptr& error, ConnectionHandle) {
                               outcome.set_value(type_of(error));
                             }));
  EXPECT_EQ(pool->counts().waiting, 1U);
  signal.emit(asio::cancellation_type::terminal);
  EXPECT_EQ(outcome.get_future().get(), ErrorType::cancelled);
  EXPECT_EQ(pool->counts().waiting, 0U);
  signal.emit(asio::cancellation_type::terminal);  // too late, and harmless
  taken.check_in();
  EXPECT_EQ(pool->counts().available, 1U);
}

TEST(AsyncCheckOut, CancelledAfterThePoolIsGone) {
  RealWorld world;
  asio::cancellation_signal signal;
  std::promise<ErrorType> outcome;
  ConnectionHandle taken;
  {
    const auto pool = world.make_pool({.max_pool_size = 1});
    taken = pool->check_out();
    async_check_out(
        *pool, asio::bind_cancellation_slot(signal.slot(),
                                            [&](const std::exception_ptr& error, ConnectionHandle) {
                                              outcome.set_value(type_of(error));
                                            }));
  }
  EXPECT_EQ(outcome.get_future().get(), ErrorType::pool_closed);
  signal.emit(asio::cancellation_type::terminal);
}

TEST(AsyncCheckOut, AConnectionThatNobodyTakesIsCheckedIn) {
  RealWorld world;
  const auto pool = world.make_pool({.max_pool_size = 1});
  ConnectionHandle taken = pool->check_out();
  {
    asio::io_context context;
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
          co_await async_check_out(*pool, asio::use_awaitable);
          ADD_FAILURE() << "destroyed before";
        },
        [](const std::exception_ptr&) {});
    context.poll();
    EXPECT_EQ(pool->counts().waiting, 1U);
    taken.check_in();  // served: the result is on its way to a coroutine that goes now
    EXPECT_EQ(pool->counts().in_use, 1U);
  }
  EXPECT_EQ(pool->counts().in_use, 0U);
  EXPECT_EQ(pool->counts().available, 1U);
}

}  // namespace
}  // namespace cmap::test
