// Hosts with several addresses, of which one never answers: the next one's turn comes nevertheless.
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <gtest/gtest.h>

#include "pool/asio/server_harness.hpp"
#include "sim/real/ports.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

/// A name with these addresses. All have the port of the pool's address.
NetworkOptions with_addresses(const std::vector<std::string>& texts) {
  std::vector<boost::asio::ip::address> addresses;
  for (const std::string& text : texts) addresses.push_back(boost::asio::ip::make_address(text));
  return {.look_up = [=](const std::string&, boost::system::error_code&) { return addresses; }};
}

/// 127.0.0.1 never answers, 127.0.0.2 does, and 127.0.0.3 refuses.
struct HalfDeadHost {
  explicit HalfDeadHost(const std::vector<std::string>& addresses)
      : world({.ports = {silent.number()}, .bind = "127.0.0.2"}, with_addresses(addresses)) {
    world.address = Address("host", silent.number());
  }
  std::unique_ptr<ConnectionPool> pool_with_timeout(Duration establishing) {
    return world.make_pool({.establishment_timeout = establishing});
  }

  sim::SilentPort silent;
  RealWorld world;
};

TEST(HappyEyeballs, AnAddressThatNeverAnswersDoesNotTakeTheTimeOfTheNext) {
  HalfDeadHost host({"127.0.0.1", "127.0.0.2"});
  EXPECT_TRUE(host.pool_with_timeout(60s)->check_out());
}

TEST(HappyEyeballs, AnAddressThatRefusesLeavesItsTurnToTheNextAtOnce) {
  HalfDeadHost host({"127.0.0.3", "127.0.0.2", "127.0.0.1"});
  EXPECT_TRUE(host.pool_with_timeout(60s)->check_out());
}

TEST(HappyEyeballs, AnAttemptGoesOnBesideTheNext) {
  HalfDeadHost host({"127.0.0.1", "127.0.0.3"});
  const auto pool = host.pool_with_timeout(400ms);
  const Error error = thrown_error([&] { pool->check_out(); });
  EXPECT_EQ(error.fault, NetworkFault::timeout) << "the one that refused had not the last word";
}

TEST(HappyEyeballs, TheErrorIsThatOfTheLastAddress) {
  HalfDeadHost host({"127.0.0.3", "127.0.0.3"});
  const auto pool = host.pool_with_timeout(60s);
  const Error error = thrown_error([&] { pool->check_out(); });
  EXPECT_EQ(error.fault, NetworkFault::refused) << error.message;
}

TEST(HappyEyeballs, ClosingThePoolEndsAllAttempts) {
  HalfDeadHost host({"127.0.0.1", "127.0.0.1"});
  const auto pool = host.pool_with_timeout(60s);
  std::promise<bool> ended;
  pool->check_out({}, [&](const CheckOutResult& result) { ended.set_value(!result.error); });
  host.world.events.wait_for(EventType::connection_created);
  pool->close();
  std::promise<void> drained;
  pool->when_drained([&] { drained.set_value(); });
  drained.get_future().get();
  EXPECT_FALSE(ended.get_future().get());
}

}  // namespace
}  // namespace cmap::test
