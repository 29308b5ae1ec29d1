// Client-side timeouts (D.8), to the millisecond.
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

FailPoint block(const char* command, Duration time) {
  return {.mode = FailPoint::Mode::always_on,
          .fail_commands = {command},
          .block_connection = true,
          .block_time = time};
}

FailPoint fail(const char* command, std::int32_t code) {
  return {.mode = FailPoint::Mode::always_on, .fail_commands = {command}, .error_code = code};
}

ClientOptions with_timeout(Duration timeout) {
  ClientOptions options;
  options.timeout = timeout;
  return options;
}

// --- D-CSOT-1: server selection and the queue ----------------------------------------------------

TEST(ClientTimeouts, SelectionEndsWithTheOperation) {  // D-CSOT-1, D-CSOT-5
  ClientBench bench(with_timeout(50ms));
  bench.deployment.kill(0);
  const ClientOutcome& check_out = bench.check_out();
  const ClientOutcome& command = bench.run();
  bench.run_until(1s);
  EXPECT_EQ(text_of(check_out), "50 DeadlineExceededError: ServerSelectionError");
  ASSERT_EQ(text_of(command), "50 DeadlineExceededError: ServerSelectionError");
  EXPECT_THAT(command.error->message, HasSubstr(command.error->cause->message));
}

TEST(ClientTimeouts, TheShorterOneBoundsSelection) {  // D-CSOT-1
  ClientOptions options = with_timeout(1s);
  options.server_selection_timeout = 50ms;
  ClientBench bench(options);
  bench.deployment.kill(0);
  const ClientOutcome& command = bench.run();
  bench.run_until(2s);
  EXPECT_EQ(text_of(command), "50 DeadlineExceededError: ServerSelectionError");
}

TEST(ClientTimeouts, WithoutOneSelectionHasAnErrorOfItsOwn) {  // D-CSOT-5
  ClientOptions options;
  options.server_selection_timeout = 50ms;
  ClientBench bench(options);
  bench.deployment.kill(0);
  const ClientOutcome& command = bench.run();
  const ClientOutcome& with_deadline = bench.run(ping(), {.deadline = TimePoint(40ms)});
  bench.run_until(1s);
  EXPECT_EQ(text_of(command), "50 ServerSelectionError: NetworkError");
  EXPECT_EQ(text_of(with_deadline), "40 DeadlineExceededError: ServerSelectionError");
}

TEST(ClientTimeouts, SelectionsThatWaitSayHowLong) {  // D-CSOT-1
  ClientOptions options;
  options.server_selection_timeout = 50ms;
  ClientBench bench(options);
  bench.deployment.kill(0);
  std::vector<Duration> remaining;
  const Subscription subscription =
      bench.client.subscribe({.selection = [&](const SelectionEvent& event) {
        if (const auto* waiting = std::get_if<SelectionWaitingEvent>(&event.body)) {
          remaining.push_back(waiting->remaining);
        }
      }});
  bench.run();
  bench.at(20ms, [&] { bench.run(); });
  bench.at(30ms, [&] { bench.run(ping(), {.deadline = TimePoint(60ms)}); });
  bench.run_until(1s);
  EXPECT_THAT(remaining, ElementsAre(50ms, 50ms, 30ms));
}

TEST(ClientTimeouts, TheQueueHasWhatSelectionLeaves) {  // D-CSOT-1
  ClientOptions options = with_timeout(50ms);
  options.pool = {.max_pool_size = 1, .wait_queue_timeout = 10ms};
  ClientBench bench(options);
  const ClientOutcome& only = bench.check_out({.deadline = TimePoint(1s)});
  const ClientOutcome& waiting = bench.check_out();  // selected after 3 ms
  bench.run_until(1s);
  EXPECT_EQ(text_of(only), "6 ok");
  EXPECT_EQ(text_of(waiting), "50 DeadlineExceededError: WaitQueueTimeoutError");
  EXPECT_THAT(bench.lines("CheckOutFailed"),
              ElementsAre("50 m0 ConnectionCheckOutFailed reason=timeout duration=47"));
}

TEST(ClientTimeouts, WithoutOneTheQueueHasItsOwn) {  // D-CSOT-1
  ClientOptions options;
  options.pool = {.max_pool_size = 1, .wait_queue_timeout = 10ms};
  ClientBench bench(options);
  bench.check_out();
  const ClientOutcome& waiting = bench.run();
  bench.run_until(1s);
  EXPECT_EQ(text_of(waiting), "13 WaitQueueTimeoutError");
}

TEST(ClientTimeouts, InTheQueueTheyClearNothing) {  // D-CSOT-5
  ClientOptions options = with_timeout(50ms);
  options.pool.max_pool_size = 1;
  ClientBench bench(options);
  ClientOutcome& only = bench.check_out();
  bench.run();
  bench.run_until(100ms);
  EXPECT_THAT(bench.lines("Cleared"), IsEmpty());
  EXPECT_THAT(bench.lines("Description Unknown"), IsEmpty());
  only.connection.check_in();
  const ClientOutcome& later = bench.run();
  bench.run_until(200ms);
  EXPECT_EQ(text_of(later), "102 ok");
}

// --- D-CSOT-2: establishing for a check-out ------------------------------------------------------

TEST(ClientTimeouts, ConnectingEndsWithTheOperation) {  // D-CSOT-2
  ClientBench bench(with_timeout(50ms));
  const ClientOutcome& command = bench.run();
  bench.run_until(3ms);
  bench.deployment.cut_off(0, true);
  bench.run_until(1s);
  EXPECT_EQ(text_of(command), "50 DeadlineExceededError: WaitQueueTimeoutError");
  EXPECT_THAT(bench.lines("Cleared"), IsEmpty());
}

TEST(ClientTimeouts, TheConnectTimeoutMayBeShorter) {  // D-CSOT-2
  ClientOptions options = with_timeout(500ms);
  options.connect_timeout = 50ms;
  ClientBench bench(options);
  const ClientOutcome& command = bench.run();
  bench.run_until(3ms);
  bench.deployment.cut_off(0, true);
  bench.run_until(1s);
  ASSERT_EQ(text_of(command), "53 NetworkError");
  EXPECT_EQ(command.error->fault, NetworkFault::timeout);
}

TEST(ClientTimeouts, TheHandshakeHasWhatIsLeft) {  // D-CSOT-2
  for (const char* step : {"isMaster", "saslContinue"}) {
    ClientBench bench(with_timeout(50ms), ClientBench::with_users());
    const ClientOutcome& command = bench.run();
    bench.run_until(3ms);
    bench.deployment.set_fail_point(0, block(step, 1s));
    bench.run_until(49ms);
    EXPECT_EQ(text_of(command), "runs") << step;
    bench.run_until(900ms);
    EXPECT_EQ(text_of(command), "50 DeadlineExceededError: WaitQueueTimeoutError") << step;
  }
}

TEST(ClientTimeouts, WithoutOneTheSocketTimeoutBoundsTheHandshake) {  // D-CSOT-2
  ClientOptions options;
  options.socket_timeout = 40ms;
  options.connect_timeout = 20ms;
  ClientBench bench(options, ClientBench::with_users());
  const ClientOutcome& command = bench.run();
  bench.run_until(3ms);
  bench.deployment.set_fail_point(0, block("saslContinue", 1s));
  bench.run_until(900ms);
  // Connected at 4, hello answered at 6.
  ASSERT_EQ(text_of(command), "46 NetworkError");
  EXPECT_EQ(command.error->fault, NetworkFault::timeout);
}

// --- D-CSOT-3: populating ------------------------------------------------------------------------

TEST(ClientTimeouts, PopulatingEachCommandHasItAnew) {  // D-CSOT-3
  ClientOptions options = with_timeout(50ms);
  options.connect_timeout = 20ms;
  options.pool.min_pool_size = 1;
  ClientBench bench(options, ClientBench::with_users());
  bench.client.open();
  bench.run_until(3ms);
  bench.deployment.set_fail_point(0, block("isMaster", 40ms));
  bench.run_until(45ms);
  bench.deployment.set_fail_point(0, block("saslContinue", 40ms));
  bench.run_until(1s);
  EXPECT_THAT(bench.lines("connectionId=1"),
              ElementsAre("3 m0 ConnectionCreated connectionId=1",
                          "88 m0 ConnectionReady connectionId=1 duration=85"));
}

TEST(ClientTimeouts, PopulatingNoCommandHasMore) {  // D-CSOT-3
  ClientOptions options = with_timeout(50ms);
  options.pool.min_pool_size = 1;
  ClientBench bench(options, ClientBench::with_users());
  bench.client.open();
  bench.run_until(3ms);
  bench.deployment.set_fail_point(0, block("saslContinue", 60ms));
  bench.run_until(60ms);
  EXPECT_THAT(bench.lines("connectionId=1"),
              ElementsAre("3 m0 ConnectionCreated connectionId=1",
                          "56 m0 ConnectionClosed connectionId=1 reason=error"));
}

// --- D-CSOT-4: monitors, no limit, impossible limits ---------------------------------------------

TEST(ClientTimeouts, MonitorsHaveNone) {  // D-CSOT-4
  ClientOptions options = with_timeout(5ms);
  options.connect_timeout = 200ms;
  ClientBench bench(options);
  bench.deployment.set_fail_point(0, block("isMaster", 1s));
  bench.client.open();
  bench.run_until(300ms);
  EXPECT_THAT(bench.lines("Heartbeat"),
              ElementsAre("0 m0 HeartbeatStarted", "200 m0 HeartbeatFailed timed out (hello)"));
}

TEST(ClientTimeouts, ZeroIsNoLimit) {  // D-CSOT-4
  ClientOptions options = with_timeout(0ms);
  options.socket_timeout = 20ms;  // has no effect beside it
  options.pool = {.max_pool_size = 1, .wait_queue_timeout = 10ms};
  ClientBench bench(options);
  const ClientOutcome& slow = bench.run();
  const ClientOutcome& waiting = bench.run();
  bench.deployment.set_fail_point(0, block("ping", 5s));
  bench.run_until(20s);
  EXPECT_EQ(text_of(slow), "5008 ok");
  EXPECT_EQ(text_of(waiting), "10010 ok");
}

TEST(ClientTimeouts, ANegativeOneIsRefused) {  // D-CSOT-4; of URIs: D-URI-1
  EXPECT_THROW(ClientBench(with_timeout(-1ms)), InvalidOptions);
}

// --- D-CSOT-5: while the command runs ------------------------------------------------------------

TEST(ClientTimeouts, ACommandEndsWithItsOperation) {  // D-CSOT-5, D.2
  ClientBench bench(with_timeout(50ms));
  bench.deployment.set_fail_point(0, block("ping", 1s));
  const ClientOutcome& command = bench.run();
  bench.run_until(100ms);
  ASSERT_EQ(text_of(command), "50 DeadlineExceededError: NetworkError");
  EXPECT_EQ(command.error->cause->fault, NetworkFault::timeout);
  EXPECT_EQ(command.error->message, "The deadline of the operation passed: timed out");
  EXPECT_EQ(command.error->labels, ErrorLabel::none);
  // Its connection is of no use any more; the pool and the server are what they were.
  EXPECT_THAT(
      bench.lines("m0"),
      ElementsAre("0 m0 HeartbeatStarted", "3 m0 HeartbeatSucceeded", "3 m0 Description Standalone",
                  "3 m0 ConnectionPoolCreated options={}", "3 m0 ConnectionPoolReady",
                  "3 m0 ConnectionCheckOutStarted", "3 m0 ConnectionCreated connectionId=1",
                  "6 m0 ConnectionReady connectionId=1 duration=3",
                  "6 m0 ConnectionCheckedOut connectionId=1 duration=3",
                  "50 m0 ConnectionCheckedIn connectionId=1",
                  "50 m0 ConnectionClosed connectionId=1 reason=error"));
}

TEST(ClientTimeouts, WithoutOneTheSocketTimeoutEndsACommand) {  // D-CSOT-5
  ClientOptions options;
  options.socket_timeout = 50ms;
  ClientBench bench(options);
  bench.deployment.set_fail_point(0, block("ping", 1s));
  const ClientOutcome& command = bench.run();
  bench.run_until(100ms);
  ASSERT_EQ(text_of(command), "56 NetworkError");
  EXPECT_EQ(command.error->fault, NetworkFault::timeout);
}

TEST(ClientTimeouts, TheServersTimeLimitIsOne) {  // D-CSOT-5
  constexpr std::int32_t max_time_expired = 50;
  ClientBench bench(with_timeout(100ms));
  bench.deployment.set_fail_point(0, fail("ping", max_time_expired));
  const ClientOutcome& command = bench.run();
  bench.run_until(50ms);
  EXPECT_EQ(text_of(command), "8 DeadlineExceededError: CommandError");
  EXPECT_THAT(bench.lines("ConnectionClosed"), IsEmpty());

  ClientBench without({});
  without.deployment.set_fail_point(0, fail("ping", max_time_expired));
  const ClientOutcome& plain = without.run();
  without.run_until(50ms);
  EXPECT_EQ(text_of(plain), "8 CommandError");
}

TEST(ClientTimeouts, WhatCannotBeAnsweredInTimeIsNotSent) {  // D-CSOT-5
  ClientOptions options = with_timeout(100ms);
  options.heartbeat_frequency = 500ms;
  ClientBench bench(options);
  bench.run();
  bench.run_until(2s);  // by now it is known that there and back takes 2 ms
  const ClientOutcome& sent = bench.run(ping(), {.deadline = TimePoint(2003ms)});
  bench.run_until(2010ms);
  bench.forget_lines();
  const ClientOutcome& not_sent = bench.run(ping(), {.deadline = TimePoint(2012ms)});
  bench.run_until(2020ms);
  EXPECT_EQ(text_of(sent), "2002 ok");
  ASSERT_EQ(text_of(not_sent), "2010 DeadlineExceededError");
  EXPECT_THAT(bench.lines("Connection"),
              ElementsAre("2010 m0 ConnectionCheckOutStarted",
                          "2010 m0 ConnectionCheckedOut connectionId=1 duration=0",
                          "2010 m0 ConnectionCheckedIn connectionId=1"));
  EXPECT_EQ(not_sent.error->message,
            "The deadline of the operation passed before its command was sent");
}

}  // namespace
}  // namespace cmap::sim
