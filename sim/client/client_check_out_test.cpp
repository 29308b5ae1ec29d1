// Check-outs and commands of a client whose server leaves, and those that somebody cancels.
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/client/client_bench_harness.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ClientCheckOut from_secondary() {
  return {.selection = Selection{.read_preference = {.mode = ReadPreferenceMode::secondary}}};
}

// --- Servers that leave --------------------------------------------------------------------------

/// m0 is primary and says at 505 ms that m1 is no member any more; m2 is not to be reached at
/// first.
class LeavingServer : public testing::Test {
 protected:
  explicit LeavingServer(std::optional<Duration> timeout = 700ms)
      : bench{options(timeout), ClientBench::replica_set(3)} {}
  static ClientOptions options(std::optional<Duration> timeout) {
    ClientOptions options;
    options.replica_set = "rs";
    options.timeout = timeout;
    options.server_selection_timeout = 800ms;
    options.heartbeat_frequency = 500ms;
    options.pool.max_pool_size = 1;
    return options;
  }
  void SetUp() override { bench.deployment.cut_off(2, true); }

  /// The answers of m1, a secondary, and of m0, which has taken it out, arrive in one instant, and
  /// nothing is delivered between them.
  void leave_behind_selection() {
    bench.deployment.cut_off(1, true);
    bench.at(501ms, [this] { bench.deployment.cut_off(1, false); });
    bench.at(502500us, [this] { bench.deployment.set_latency(1, 2ms); });  // of its answer
    bench.at(503500us, [this] { bench.deployment.configure(1, false); });
    bench.run_until(504500us);
    bench.forget_lines();
    bench.choices.deliveries_wait = true;
    bench.run_until(505500us);
    bench.choices.deliveries_wait = false;
  }

  ClientBench bench;
};

TEST_F(LeavingServer, BehindItsSelectionAnotherOneIsSelected) {
  const ClientOutcome& check_out = bench.check_out(from_secondary());
  leave_behind_selection();
  EXPECT_THAT(bench.lines("m1"),
              ElementsAre("505 m1 HeartbeatSucceeded", "505 m1 Description RSSecondary",
                          "505 m1 ConnectionPoolCreated options={maxPoolSize=1}",
                          "505 m1 ConnectionPoolReady", "505 m1 ServerClosed",
                          "505 m1 ConnectionPoolClosed", "505 m1 ConnectionCheckOutStarted",
                          "505 m1 ConnectionCheckOutFailed reason=poolClosed duration=0"));
  bench.at(600ms, [this] { bench.deployment.cut_off(2, false); });
  bench.run_until(1s);
  ASSERT_EQ(text_of(check_out), "606 ok");
  EXPECT_EQ(check_out.connection.address().host(), "m2");
  EXPECT_THAT(bench.lines("m2 ConnectionCheck"),
              ElementsAre("603 m2 ConnectionCheckOutStarted",
                          "606 m2 ConnectionCheckedOut connectionId=1 duration=3"));
}

TEST_F(LeavingServer, ItsCommandHasTheTimeThatIsLeft) {  // D-CSOT-1
  const ClientOutcome& command = bench.run(ping(), {.selection = from_secondary().selection});
  leave_behind_selection();
  bench.run_until(1s);
  EXPECT_EQ(text_of(command), "700 DeadlineExceededError: ServerSelectionError");
}

TEST_F(LeavingServer, WhoWaitsInItsQueueGoesToAnotherOne) {
  bench.check_out(from_secondary());
  const ClientOutcome& waiting = bench.check_out(from_secondary());
  bench.at(100ms, [this] { bench.deployment.configure(1, false); });
  bench.at(600ms, [this] { bench.deployment.cut_off(2, false); });
  bench.run_until(1s);
  ASSERT_EQ(text_of(waiting), "606 ok");
  EXPECT_EQ(waiting.connection.address().host(), "m2");
  EXPECT_THAT(bench.lines("m1 ConnectionCheckOutFailed"),
              ElementsAre("505 m1 ConnectionCheckOutFailed reason=poolClosed duration=499"));
}

class LeavingServerWithoutTimeout : public LeavingServer {
 protected:
  LeavingServerWithoutTimeout() : LeavingServer(std::nullopt) {}
};

/// The time of the first selection is over at 800 ms.
TEST_F(LeavingServerWithoutTimeout, ANewSelectionHasItsTimeAnew) {  // D-SEL-3
  bench.check_out(from_secondary());
  const ClientOutcome& waiting = bench.check_out(from_secondary());
  bench.at(100ms, [this] { bench.deployment.configure(1, false); });
  bench.at(900ms, [this] { bench.deployment.cut_off(2, false); });
  bench.run_until(1s);
  EXPECT_EQ(text_of(waiting), "906 ok");
}

TEST_F(LeavingServer, AClientThatIsClosedSelectsNoOther) {
  bench.on_line = [this](const std::string& line) {
    if (line == "6 m1 ConnectionPoolReady") bench.client.close();
  };
  const ClientOutcome& check_out = bench.check_out(from_secondary());
  bench.run_until(1s);
  ASSERT_EQ(text_of(check_out), "6 PoolClosedError");
  EXPECT_THAT(check_out.error->message, HasSubstr("closed connection pool"));
  EXPECT_THAT(bench.lines("CheckOutFailed"),
              ElementsAre("6 m1 ConnectionCheckOutFailed reason=poolClosed duration=0"));
}

// --- Cancelling ----------------------------------------------------------------------------------

TEST(CancelledCheckOut, EndsInSelection) {
  ClientBench bench({});
  bench.deployment.kill(0);
  const ClientOutcome& other = bench.check_out();
  const ClientOutcome& check_out = bench.check_out();
  bench.at(20ms, check_out.cancel);
  bench.at(30ms, check_out.cancel);
  bench.run_until(100ms);
  EXPECT_EQ(text_of(check_out), "20 CancelledError");
  EXPECT_EQ(text_of(other), "runs");
}

TEST(CancelledCheckOut, EndsBehindItsSelection) {
  ClientBench bench({});
  const ClientOutcome& check_out = bench.check_out();
  bench.on_line = [&](const std::string& line) {
    if (line == "3 m0 ConnectionPoolReady") check_out.cancel();
  };
  bench.run_until(100ms);
  EXPECT_EQ(text_of(check_out), "3 CancelledError");
  EXPECT_THAT(bench.lines("CheckOut"), IsEmpty());
}

TEST(CancelledCheckOut, EndsInTheQueue) {
  ClientOptions options;
  options.pool.max_pool_size = 1;
  ClientBench bench(options);
  bench.check_out();
  const ClientOutcome& waiting = bench.check_out();
  bench.at(20ms, waiting.cancel);
  bench.run_until(100ms);
  EXPECT_EQ(text_of(waiting), "20 CancelledError");
  EXPECT_THAT(bench.lines("CheckOutFailed"),
              ElementsAre("20 m0 ConnectionCheckOutFailed reason=timeout duration=17"));
}

TEST(CancelledCheckOut, LeavesItsConnectionToThePool) {
  ClientBench bench({});
  const ClientOutcome& check_out = bench.check_out();
  bench.at(4ms, check_out.cancel);
  bench.run_until(100ms);
  EXPECT_EQ(text_of(check_out), "4 CancelledError");
  EXPECT_THAT(bench.lines("ConnectionReady"),
              ElementsAre("6 m0 ConnectionReady connectionId=1 duration=3"));
  EXPECT_EQ(bench.client.pools().front().counts.available, 1U);
}

TEST(CancelledCheckOut, TooLateItDoesNothing) {
  std::function<void()> cancel;
  {
    ClientBench bench({});
    const ClientOutcome& check_out = bench.check_out();
    bench.run_until(100ms);
    cancel = check_out.cancel;
    cancel();
    EXPECT_EQ(text_of(check_out), "6 ok");
    EXPECT_EQ(bench.client.pools().front().counts.in_use, 1U);
  }
  cancel();  // the client is gone
}

TEST(CancelledCommand, EndsInSelection) {
  ClientBench bench({});
  bench.deployment.kill(0);
  const ClientOutcome& command = bench.run();
  bench.at(20ms, command.cancel);
  bench.run_until(100ms);
  EXPECT_EQ(text_of(command), "20 CancelledError");
}

TEST(CancelledCommand, IsNotSentBehindItsCheckOut) {
  ClientBench bench({});
  const ClientOutcome& command = bench.run();
  bench.on_line = [&](const std::string& line) {
    if (line.starts_with("6 m0 ConnectionCheckedOut")) command.cancel();
  };
  bench.run_until(100ms);
  EXPECT_EQ(text_of(command), "6 CancelledError");
  EXPECT_EQ(bench.client.pools().front().counts.available, 1U);
}

TEST(CancelledCommand, EndsWithItsConnectionWhileItRuns) {
  ClientBench bench({});
  const ClientOutcome& command = bench.run();
  bench.at(7ms, command.cancel);
  bench.run_until(100ms);
  EXPECT_EQ(text_of(command), "7 CancelledError");
  EXPECT_THAT(bench.lines("connectionId=1 reason"),
              ElementsAre("7 m0 ConnectionClosed connectionId=1 reason=error"));
  EXPECT_THAT(bench.lines("Cleared"), IsEmpty());
}

}  // namespace
}  // namespace cmap::sim
