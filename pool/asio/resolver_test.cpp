// Names that hang: they hold up nobody else, and are not waited for by who gave up (D-MON-1).
#include "pool/asio/resolver.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/strand.hpp>
#include <gtest/gtest.h>

#include "pool/asio/resolver_harness.hpp"
#include "pool/asio/server_harness.hpp"
#include "pool/client/client_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<ConnectionPool> pool_by_name(RealWorld& world, const std::string& host,
                                             PoolOptions options = {}) {
  world.address = Address(host, world.server.ports().front());
  return world.make_pool(options);
}

/// Begins a check-out; its end.
std::future<bool> begin_check_out(ConnectionPool& pool) {
  auto ended = std::make_shared<std::promise<bool>>();
  pool.check_out({}, [ended](const CheckOutResult& result) { ended->set_value(!result.error); });
  return ended->get_future();
}

TEST(Resolver, ANameThatHangsHoldsUpNoOther) {
  const HangingNames names({"hangs"});
  RealWorld world({}, {.look_up = names.look_up()});
  const auto hanging = pool_by_name(world, "hangs");
  std::future<bool> late = begin_check_out(*hanging);
  names.wait_for_look_ups(1);
  const auto other = pool_by_name(world, "works");
  EXPECT_TRUE(other->check_out());
  EXPECT_EQ(late.wait_for(0s), std::future_status::timeout);
  names.release();
  EXPECT_TRUE(late.get()) << "who waits hears of it";
}

TEST(Resolver, GivingUpANameDoesNotWaitForIt) {
  const HangingNames names({"hangs"});
  RealWorld world({}, {.look_up = names.look_up()});
  const auto pool = pool_by_name(world, "hangs", {.establishment_timeout = 50ms});
  const Error error = thrown_error([&] { pool->check_out(); });
  EXPECT_EQ(error.fault, NetworkFault::timeout) << error.message;
  pool->close();
  std::promise<void> drained;
  pool->when_drained([&] { drained.set_value(); });
  drained.get_future().get();
  names.wait_for_look_ups(1);
}

TEST(Resolver, ItsEnvironmentEndsWhileANameHangs) {
  const HangingNames names({"hangs"});
  std::future<bool> aborted;
  {
    RealWorld world({}, {.look_up = names.look_up()});
    const auto pool = pool_by_name(world, "hangs");
    aborted = begin_check_out(*pool);
    names.wait_for_look_ups(1);
  }
  EXPECT_FALSE(aborted.get());
  names.release();
  names.wait_until_none_hangs();
}

TEST(Resolver, AFailureIsToldWithItsReason) {
  RealWorld world({}, {.look_up = [](const std::string&, boost::system::error_code& code) {
                    code = boost::asio::error::host_not_found_try_again;
                    return std::vector<boost::asio::ip::address>();
                  }});
  const auto pool = pool_by_name(world, "unknown");
  const Error error = thrown_error([&] { pool->check_out(); });
  EXPECT_EQ(error.fault, NetworkFault::dns);
  EXPECT_NE(error.message.find("try again later"), std::string::npos) << error.message;
}

/// Two mongoses, by their names.
TEST(Resolver, AMonitorGivesUpANameThatHangs) {  // D-MON-1, D-MON-4
  const HangingNames names({"hangs"});
  ClientWorld world({.load_balanced = true}, {.look_up = names.look_up()});
  const std::uint16_t port = world.server.ports().front();
  std::promise<Error> failed;
  ClientLog log({Address("hangs", port), Address("works", port)});
  ClientListener listener = log.listener();
  listener.heartbeat = [&, note = listener.heartbeat](const HeartbeatEvent& event) {
    note(event);
    const auto* its = std::get_if<ServerHeartbeatFailedEvent>(&event.body);
    if (its && log.count("0 HeartbeatFailed NetworkError") == 1) failed.set_value(*its->error);
  };
  ClientOptions options;
  options.connect_timeout = 1s;
  Client client({Address("hangs", port), Address("works", port)}, options, world.environment,
                {.listeners = {listener}});
  EXPECT_EQ(client.check_out().address().host(), "works");
  const Error error = failed.get_future().get();
  EXPECT_EQ(error.fault, NetworkFault::timeout);
  EXPECT_EQ(error.address.host(), "hangs");
  EXPECT_EQ(log.count_prefix("1 HeartbeatFailed"), 0);
  EXPECT_NO_THROW(client.run_command(ping()));
}

// --- Questions, without a pool ------------------------------------------------------------------

/// Asks, on a strand of its own, and waits for nothing.
class Asker {
 public:
  Asker(IoThreads& threads, Resolver& resolver, const std::string& host)
      : strand_(threads.executor()), query_(std::make_shared<HostQuery>(strand_)) {
    query_->ended.async_wait([this](const auto&) { answer_.set_value(query_->answer); });
    resolver.ask(host, query_);
  }
  HostAddresses answer() { return answer_.get_future().get(); }

 private:
  const boost::asio::strand<boost::asio::any_io_executor> strand_;
  const std::shared_ptr<HostQuery> query_;
  std::promise<HostAddresses> answer_;
};

TEST(Resolver, TwoWhoAskForTheSameNameMakeOneQuery) {
  const HangingNames names({"hangs"});
  IoThreads threads;
  Resolver resolver(names.look_up());
  Asker first(threads, resolver, "hangs");
  Asker second(threads, resolver, "hangs");
  names.release();
  EXPECT_EQ(first.answer().addresses, HangingNames::addresses());
  EXPECT_EQ(second.answer().addresses, HangingNames::addresses());
  EXPECT_EQ(names.look_ups(), 1);
  Asker later(threads, resolver, "works");
  EXPECT_EQ(later.answer().addresses, HangingNames::addresses());
  EXPECT_EQ(names.look_ups(), 2);
}

TEST(Resolver, AnAnswerIsNotKept) {
  const HangingNames names({});
  IoThreads threads;
  Resolver resolver(names.look_up());
  Asker(threads, resolver, "works").answer();
  // The thread that answers is done with the name before the next one who asks is let in.
  Asker(threads, resolver, "works").answer();
  EXPECT_EQ(names.look_ups(), 2);
}

TEST(Resolver, WithoutAnAddressThereIsACode) {
  IoThreads threads;
  Resolver empty([](const std::string&, boost::system::error_code&) {
    return std::vector<boost::asio::ip::address>();
  });
  EXPECT_EQ(Asker(threads, empty, "a").answer().code, boost::asio::error::host_not_found);
  Resolver throwing(
      [](const std::string&, boost::system::error_code&) -> std::vector<boost::asio::ip::address> {
        throw std::bad_alloc();
      });
  EXPECT_EQ(Asker(threads, throwing, "a").answer().code, boost::asio::error::no_recovery);
}

TEST(Resolver, AfterItsEndNothingIsLookedUp) {
  const HangingNames names({});
  IoThreads threads;
  Resolver resolver(names.look_up());
  resolver.end();
  EXPECT_EQ(Asker(threads, resolver, "works").answer().code, boost::asio::error::operation_aborted);
  EXPECT_EQ(names.look_ups(), 0);
}

}  // namespace
}  // namespace cmap::test
