// From Created to Ready or Closed: permits, failures, late answers, givers-up (A.5, R10, R11, R22).
#include <chrono>

#include <gtest/gtest.h>

#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

TEST(Establishment, Bug1FailureFreesThePlace) {
  ReadyPool pool({.max_pool_size = 1});
  pool.out();
  pool.take();
  pool.at(3ms);
  pool.failed(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +3ms",
                                "Out 1: NetworkError"}));
  EXPECT_EQ(pool.core().counts(), PoolCounts{});
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "Created 2", "Establish 2"})) << "ids go on (A-CON-2)";
}

TEST(Establishment, FailureTellsTheCallerTheError) {
  ReadyPool pool;
  pool.out();
  const ErrorPtr error = establishment_error(CoreHarness::address(), NetworkFault::eof,
                                             EstablishmentPhase::authenticate);
  pool.failed(1, ErrorVerdict::keep, error);
  EXPECT_EQ(pool.outcome(1).error, error);
  const auto& closed = std::get<ConnectionClosedEvent>(pool.events().at(4).body);
  EXPECT_EQ(closed.error, error);
  EXPECT_EQ(std::get<ConnectionCheckOutFailedEvent>(pool.events().at(5).body).error, error);
}

TEST(Establishment, FailureThatClears) {  // A-EST-4, R10
  ReadyPool pool({.max_pool_size = 2, .max_connecting = 1});
  pool.out();
  pool.out();
  pool.take();
  pool.at(3ms);
  pool.failed(1, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared", "Failed by 2 connectionError +3ms",
                                "Out 2: PoolClearedError", "Closed 1 error", "Teardown 1",
                                "Failed by 1 connectionError +3ms", "Out 1: NetworkError"}));
  EXPECT_EQ(pool.outcome(2).error->cause, pool.outcome(1).error);
}

TEST(Establishment, Bug15FailureServesTheNextAtTheLimitOfThePool) {  // R22
  ReadyPool pool({.max_pool_size = 1});
  pool.out();
  pool.out();
  pool.take();
  pool.failed(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +0ms",
                                "Out 1: NetworkError", "Created 2", "Establish 2"}));
}

TEST(Establishment, Bug15FailureServesTheNextAtTheLimitOfEstablishing) {
  ReadyPool pool({.max_pool_size = 2, .max_connecting = 1});
  pool.out();
  pool.out();
  pool.take();
  pool.failed(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +0ms",
                                "Out 1: NetworkError", "Created 2", "Establish 2"}));
}

TEST(Establishment, SuccessServesItsOwnFirst) {  // R22
  ReadyPool pool({.max_connecting = 1});
  pool.out();
  pool.out();
  pool.take();
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Ready 1 +0ms", "CheckedOut 1 by 1 +0ms", "Out 1: connection 1",
                                "Created 2", "Establish 2"}));
}

TEST(Establishment, TwoEndInEitherOrder) {
  ReadyPool pool;
  pool.out();
  pool.out();
  pool.take();
  pool.at(1ms);
  pool.established(2);
  pool.at(2ms);
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Ready 2 +1ms", "CheckedOut 2 by 2 +1ms", "Out 2: connection 2",
                                "Ready 1 +2ms", "CheckedOut 1 by 1 +2ms", "Out 1: connection 1"}));
}

TEST(Establishment, Bug29AConnectionMadeForSomeoneWhoLeftIsKept) {
  ReadyPool pool({.max_pool_size = 1});
  pool.out_within(10ms);
  pool.take();
  pool.at(10ms);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 1 timeout +10ms", "Out 1: DeadlineExceededError"}));
  pool.at(20ms);
  pool.established(1);
  EXPECT_EQ(pool.take(), Lines{"Ready 1 +20ms"});
  pool.out();
  EXPECT_EQ(pool.take(), (Lines{"Started 2", "CheckedOut 1 by 2 +0ms", "Out 2: connection 1"}));
}

TEST(Establishment, Bug29AConnectionMadeForSomeoneWhoCancelledIsKept) {
  ReadyPool pool({.max_pool_size = 1});
  pool.out();
  pool.take();
  EXPECT_TRUE(pool.cancel(1));
  EXPECT_EQ(pool.take(), (Lines{"Failed by 1 timeout +0ms", "Out 1: CancelledError"}));
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 1}));
  pool.established(1);
  EXPECT_EQ(pool.take(), Lines{"Ready 1 +0ms"});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.available = 1}));
}

TEST(Establishment, Bug31WhoLeftBehindAConnectionBlocksNobody) {
  for (const bool succeeds : {true, false}) {
    ReadyPool pool({.max_pool_size = 1, .max_connecting = 1});
    pool.out_within(10ms);
    pool.at(10ms);
    pool.out();
    pool.take();
    pool.at(20ms);
    if (succeeds) {
      pool.established(1);
      EXPECT_EQ(pool.take(),
                (Lines{"Ready 1 +20ms", "CheckedOut 1 by 2 +10ms", "Out 2: connection 1"}));
    } else {
      pool.failed(1);
      EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Created 2", "Establish 2"}));
    }
  }
}

TEST(Establishment, DeadlineBeyondTheQueueBoundsEstablishing) {
  ReadyPool pool({.max_connecting = 1});
  pool.out();
  pool.out_within(30ms);
  pool.at(20ms);
  pool.established(1);
  pool.take();
  EXPECT_EQ(pool.core().armed_deadlines(), 1U);
  pool.at(30ms);
  EXPECT_EQ(pool.take(), (Lines{"Failed by 2 timeout +30ms", "Out 2: DeadlineExceededError"}));
  pool.at(31ms);
  pool.established(2);
  EXPECT_EQ(pool.take(), Lines{"Ready 2 +11ms"});
}

TEST(Establishment, ItsOwnTimeIsOver) {
  ReadyPool pool({.max_pool_size = 1, .establishment_timeout = 10ms});
  pool.out();
  pool.out();
  pool.take();
  pool.at(10ms);
  EXPECT_EQ(pool.take(), Lines{"TimeOut 1"});
  EXPECT_EQ(pool.core().counts().pending, 1U) << "until the transport says how it ended";
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
  pool.failed(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +10ms",
                                "Out 1: NetworkError", "Created 2", "Establish 2"}));
  EXPECT_EQ(pool.core().next_deadline(), CoreHarness::start + 20ms);
}

TEST(Establishment, EveryHandshakeCommandHasItsOwnTime) {  // D-CSOT-2, D-CSOT-3
  ReadyPool pool({.establishment_timeout = 10ms, .handshake_timeout = 20ms});
  pool.out();
  EXPECT_EQ(pool.core().next_deadline(), CoreHarness::start + 10ms);
  pool.at(9ms);
  pool.handshake_command(1);
  EXPECT_EQ(pool.core().next_deadline(), CoreHarness::start + 29ms);
  pool.at(28ms);
  pool.handshake_command(1);
  EXPECT_EQ(pool.core().armed_deadlines(), 1U);
  pool.take();
  pool.at(47ms);
  EXPECT_EQ(pool.take(), Lines{});
  pool.at(48ms);
  EXPECT_EQ(pool.take(), Lines{"TimeOut 1"});
  pool.handshake_command(1);  // too late
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
}

TEST(Establishment, HandshakeCommandsWithoutLimit) {
  ReadyPool pool({.establishment_timeout = 10ms, .handshake_timeout = 0ms});
  pool.out();
  pool.handshake_command(1);
  EXPECT_EQ(pool.core().armed_deadlines(), 0U);
}

TEST(Establishment, WithoutATimeOfTheirOwnCommandsShareThatOfTheEstablishment) {
  ReadyPool pool({.establishment_timeout = 10ms});
  pool.out();
  pool.at(9ms);
  pool.handshake_command(1);
  EXPECT_EQ(pool.core().next_deadline(), CoreHarness::start + 10ms);
}

TEST(Establishment, ItsOwnTimeBeforeTheDeadlineOfItsCheckOut) {
  ReadyPool pool({.max_pool_size = 1, .establishment_timeout = 10ms});
  pool.out_within(10ms);
  pool.take();
  pool.at(10ms);
  EXPECT_EQ(pool.take(),
            (Lines{"Failed by 1 timeout +10ms", "Out 1: DeadlineExceededError", "TimeOut 1"}));
  pool.failed(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1"}));
}

TEST(Establishment, Bug33LateAnswersAreNobodys) {
  ReadyPool pool({.max_pool_size = 1, .establishment_timeout = 10ms});
  pool.out();
  pool.at(10ms);
  pool.take();
  pool.established(1);  // on its way when the time was over
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 1}));
  pool.failed(1);
  pool.take();
  for (const Duration late : {10ms, 11ms}) {
    pool.at(late);
    pool.established(1);
    pool.failed(1, ErrorVerdict::clear);
    pool.hello(1, std::nullopt);
    EXPECT_EQ(pool.take(), Lines{});
    EXPECT_EQ(pool.core().counts(), PoolCounts{});
  }
  EXPECT_EQ(pool.core().state(), PoolState::ready);
}

TEST(Establishment, Bug33LateAnswersDoNotMeetTheNextInTheSlot) {
  ReadyPool pool({.max_pool_size = 1});
  pool.out();
  pool.failed(1);
  pool.out();
  EXPECT_EQ(pool.connection_ref(1).slot, pool.connection_ref(2).slot);
  pool.take();
  pool.established(1);
  pool.failed(1);
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.pending = 1}));
}

TEST(Establishment, AnAnswerInTimeBeatsTheTimerOfThatInstant) {
  ReadyPool pool({.establishment_timeout = 10ms});
  pool.out();
  pool.take();
  pool.late_at(10ms);
  pool.established(1);
  pool.advance();
  EXPECT_EQ(pool.take(),
            (Lines{"Ready 1 +10ms", "CheckedOut 1 by 1 +10ms", "Out 1: connection 1"}));
}

TEST(Establishment, AnAnswerAfterItsTimeIsTooLateEvenIfTheTimerIs) {
  ReadyPool pool({.establishment_timeout = 10ms});
  pool.out();
  pool.take();
  pool.late_at(11ms);
  pool.established(1);
  EXPECT_EQ(pool.take(), Lines{"TimeOut 1"});
  pool.failed(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +11ms",
                                "Out 1: NetworkError"}));
}

TEST(Establishment, NoTimeoutIsNoLimit) {
  ReadyPool pool({.establishment_timeout = 0ms});
  pool.out();
  EXPECT_EQ(pool.core().next_deadline(), std::nullopt);
}

TEST(Establishment, ASecondAnswerIsIgnored) {
  ReadyPool pool;
  pool.out();
  pool.established(1);
  pool.take();
  pool.established(1);
  EXPECT_EQ(pool.take(), Lines{});
  pool.in(1);
  pool.take();
  pool.established(1);
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.available = 1}));
}

TEST(Establishment, ClearedMeanwhileIsNeverHandedOut) {  // R11
  for (const bool ready_again : {true, false}) {
    ReadyPool pool;
    pool.out();
    pool.clear();
    if (ready_again) pool.ready();
    pool.take();
    pool.at(4ms);
    pool.established(1);
    EXPECT_EQ(pool.take(), (Lines{"Closed 1 stale", "Teardown 1",
                                  "Failed by 1 connectionError +4ms", "Out 1: PoolClearedError"}));
    EXPECT_EQ(pool.core().counts(), PoolCounts{});
  }
}

TEST(Establishment, AStaleOneServesTheNext) {
  ReadyPool pool({.max_pool_size = 1});
  pool.out();
  pool.clear();
  pool.ready();
  pool.out();
  pool.take();
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 stale", "Teardown 1", "Failed by 1 connectionError +0ms",
                                "Out 1: PoolClearedError", "Created 2", "Establish 2"}));
}

TEST(Establishment, Bug53NothingIsCreatedWhilePaused) {
  for (const bool succeeds : {true, false}) {
    ReadyPool pool({.max_pool_size = 2, .max_connecting = 1});
    pool.out();
    pool.out();
    pool.take();
    pool.clear();
    EXPECT_EQ(pool.take(), (Lines{"PoolCleared", "Failed by 2 connectionError +0ms",
                                  "Out 2: PoolClearedError"}));
    if (succeeds) {
      pool.established(1);
      EXPECT_EQ(pool.take(),
                (Lines{"Closed 1 stale", "Teardown 1", "Failed by 1 connectionError +0ms",
                       "Out 1: PoolClearedError"}));
    } else {
      pool.failed(1);
      EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1",
                                    "Failed by 1 connectionError +0ms", "Out 1: NetworkError"}));
    }
  }
}

TEST(Establishment, Bug53AtTheGateAnAvailableConnectionIsTakenFirst) {
  ReadyPool pool({.max_pool_size = 3, .max_connecting = 1});
  pool.hold();
  pool.out();
  pool.out();
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "CheckedOut 1 by 3 +0ms", "Out 3: connection 1"}));
  pool.established(2);
  EXPECT_EQ(pool.take(), (Lines{"Ready 2 +0ms", "CheckedOut 2 by 2 +0ms", "Out 2: connection 2"}));
}

TEST(Establishment, Bug51AnErrorOfAnOlderGenerationClearsNothing) {
  ReadyPool pool;
  pool.out();
  pool.clear();
  pool.ready();
  pool.hold();
  pool.failed(1, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(), (Lines{"Closed 1 error", "Teardown 1", "Failed by 1 connectionError +0ms",
                                "Out 1: NetworkError"}));
  EXPECT_EQ(pool.core().state(), PoolState::ready);
  EXPECT_EQ(pool.core().generation(), Generation{1});
  pool.in(2);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 2"});
}

TEST(Establishment, GenerationIsThatOfItsCreation) {  // A-CON-4
  ReadyPool pool;
  pool.clear();
  pool.clear();
  pool.ready();
  pool.out();
  EXPECT_EQ(pool.core().generation_of(pool.connection_ref(1)), Generation{2});
  pool.clear();
  EXPECT_EQ(pool.core().generation_of(pool.connection_ref(1)), Generation{2});
  pool.failed(1);
  EXPECT_EQ(pool.core().generation_of(pool.connection_ref(1)), std::nullopt);
}

TEST(Establishment, HelloMeansNothingWithoutALoadBalancer) {
  ReadyPool pool;
  pool.out();
  pool.take();
  pool.hello(1, CoreHarness::service(1));
  pool.hello(1, std::nullopt);
  EXPECT_EQ(pool.take(), Lines{});
  pool.established(1);
  EXPECT_EQ(pool.take(), (Lines{"Ready 1 +0ms", "CheckedOut 1 by 1 +0ms", "Out 1: connection 1"}));
}

TEST(Establishment, CountsAreRightInsideTheEvents) {  // A-EST-5
  ReadyPool pool;
  pool.out();
  pool.failed(1);
  for (const Event& event : pool.events()) {
    if (event.type() == EventType::connection_created) {
      EXPECT_EQ(event.counts, (PoolCounts{.pending = 1}));
    }
    if (event.type() == EventType::connection_closed) {
      EXPECT_EQ(event.counts, PoolCounts{});
    }
  }
}

}  // namespace
}  // namespace cmap::test
