// ready and clear: generations, eviction, interruption, errors reported by holders (A.4).
#include <chrono>

#include <gtest/gtest.h>

#include "pool/core/core_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

TEST(Ready, OnlyFromPaused) {
  CoreHarness pool;
  pool.take();
  EXPECT_EQ(pool.core().state(), PoolState::paused);
  pool.ready();
  EXPECT_EQ(pool.take(), Lines{"PoolReady"});
  pool.ready();
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().state(), PoolState::ready);
}

TEST(Clear, PausesAndAges) {
  ReadyPool pool;
  pool.clear();
  EXPECT_EQ(pool.take(), Lines{"PoolCleared"});
  EXPECT_EQ(pool.core().state(), PoolState::paused);
  EXPECT_EQ(pool.core().generation(), Generation{1});
  pool.out();
  EXPECT_EQ(pool.take(),
            (Lines{"Started 1", "Failed by 1 connectionError +0ms", "Out 1: PoolClearedError"}));
}

TEST(Clear, OfAPausedPoolSaysNothingButAges) {  // A-CLR-2
  CoreHarness pool;
  pool.take();
  pool.clear();
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().generation(), Generation{1});
  pool.ready();
  pool.hold();
  pool.clear();
  pool.clear();
  EXPECT_EQ(pool.core().generation(), Generation{3});
  EXPECT_EQ(pool.take(), Lines{"PoolCleared"});
}

TEST(Clear, TheFlagIsAlwaysPresent) {  // R7
  ReadyPool pool;
  pool.clear();
  const auto& event = std::get<ConnectionPoolClearedEvent>(pool.events().back().body);
  EXPECT_EQ(event.interrupt_in_use_connections, false);
  EXPECT_EQ(event.service_id, std::nullopt);
}

TEST(Clear, Bug75PoolClearedComesBeforeTheEvicted) {  // R7
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.at(2ms);
  pool.out();
  pool.take();
  pool.at(5ms);
  pool.clear();
  EXPECT_EQ(pool.take(),
            (Lines{"PoolCleared", "Failed by 2 connectionError +5ms", "Out 2: PoolClearedError",
                   "Failed by 3 connectionError +3ms", "Out 3: PoolClearedError"}));
  EXPECT_EQ(pool.core().counts(), (PoolCounts{.in_use = 1}));
}

TEST(Clear, EvictsWithItsCause) {  // A-ERR-2
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  const ErrorPtr cause = CoreHarness::network_error();
  pool.clear({.cause = cause});
  EXPECT_EQ(*pool.outcome(2).error, *pool_cleared_error(CoreHarness::address(), cause));
  pool.out();
  EXPECT_EQ(*pool.outcome(3).error, *pool_cleared_error(CoreHarness::address(), cause));
}

TEST(Clear, APausedPoolKeepsTheCauseThatPausedIt) {  // A-ERR-2
  ReadyPool pool;
  const ErrorPtr cause = CoreHarness::network_error();
  pool.clear({.cause = cause});
  pool.clear();
  pool.out();
  EXPECT_EQ(*pool.outcome(1).error, *pool_cleared_error(CoreHarness::address(), cause));
}

TEST(Clear, ANeverReadiedPoolHasNoCause) {  // F-15
  CoreHarness pool;
  pool.out();
  EXPECT_EQ(*pool.outcome(1).error, *pool_cleared_error(CoreHarness::address(), nullptr));
}

TEST(Clear, LeavesConnectionsAlone) {  // A-CLR-4
  ReadyPool pool;
  pool.hold();
  pool.hold();
  pool.in(1);
  pool.out();
  pool.cancel(3);
  pool.take();
  pool.clear();
  EXPECT_EQ(pool.take(), Lines{"PoolCleared"});
  EXPECT_EQ(pool.core().counts().total(), 2U);
}

TEST(Clear, ToggledWithoutAStepBetween) {
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.take();
  for (int i = 0; i < 3; ++i) {
    pool.clear();
    pool.ready();
  }
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared", "PoolReady", "PoolCleared", "PoolReady",
                                "PoolCleared", "PoolReady"}));
  EXPECT_EQ(pool.core().generation(), Generation{3});
  pool.out();
  EXPECT_EQ(pool.take(), Lines{"Started 2"});
  pool.in(1);
  EXPECT_EQ(pool.take(),
            (Lines{"CheckedIn 1", "Closed 1 stale", "Teardown 1", "Created 2", "Establish 2"}));
}

TEST(ClearInterrupting, EndsWhatIsGoingOn) {  // A-CLR-5, A-CLR-8, A-CLR-9, R9
  ReadyPool pool({.max_pool_size = 4});
  pool.hold();  // 1 in use
  pool.hold();  // 2 available
  pool.in(2);
  pool.out();  // takes 2
  pool.out();  // 3 pending
  pool.out();  // 4 pending
  pool.out();  // waits
  pool.cancel(5);
  pool.take();
  pool.at(3ms);
  pool.clear_interrupting();
  EXPECT_EQ(pool.take(), (Lines{"PoolCleared interrupting", "Failed by 6 connectionError +3ms",
                                "Out 6: PoolClearedError", "Closed 3 stale", "Teardown 3",
                                "Failed by 4 connectionError +3ms", "Out 4: PoolClearedError",
                                "Closed 4 stale", "Teardown 4", "Interrupt 1", "Interrupt 2"}));
  EXPECT_EQ(*pool.outcome(4).error, *interrupted_error(CoreHarness::address(), nullptr));
  pool.in(3);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 2", "Closed 2 stale", "Teardown 2",  //
                                "CheckedIn 1", "Closed 1 stale", "Teardown 1"}));
}

TEST(ClearInterrupting, TellsTheTransportWhy) {  // A-CLR-7
  Outbox outbox;
  const Address address = CoreHarness::address();
  PoolCore core(PoolId{1}, address, {}, CoreHarness::start, outbox);
  core.ready(CoreHarness::start);
  core.check_out({}, 0, CoreHarness::start);
  const ConnectionRef connection = std::get<StartEstablishing>(outbox.back()).connection;
  core.established(connection, CoreHarness::start);
  const ErrorPtr cause = CoreHarness::network_error();
  core.clear({.interrupt_in_use_connections = true, .cause = cause}, CoreHarness::start);
  const auto& interrupt = std::get<InterruptConnection>(outbox.back());
  EXPECT_EQ(interrupt.connection, connection);
  EXPECT_EQ(*interrupt.error, *interrupted_error(address, cause));
}

TEST(ClearInterrupting, OfAPausedPoolIsSilentButInterrupts) {
  ReadyPool pool;
  pool.hold();
  pool.out();
  pool.clear();
  pool.take();
  pool.clear_interrupting();
  EXPECT_EQ(pool.take(), (Lines{"Closed 2 stale", "Teardown 2", "Failed by 2 connectionError +0ms",
                                "Out 2: PoolClearedError", "Interrupt 1"}));
  pool.clear_interrupting();
  EXPECT_EQ(pool.take(), Lines{}) << "interrupted once is enough";
}

TEST(ClearInterrupting, TheNextGenerationSurvives) {  // A-CLR-6
  ReadyPool pool;
  pool.hold();
  pool.clear_interrupting();
  pool.ready();
  pool.hold();
  pool.in(1);
  pool.take();
  pool.in(2);
  EXPECT_EQ(pool.take(), Lines{"CheckedIn 2"});
}

TEST(ClearInterrupting, AnInterruptedConnectionEndsAsStale) {  // F-17
  ReadyPool pool;
  pool.hold();
  pool.clear_interrupting();
  pool.ready();
  EXPECT_TRUE(pool.report_error(1, ErrorVerdict::clear));
  pool.failed(1);
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 stale", "Teardown 1"}));
  EXPECT_EQ(pool.core().state(), PoolState::ready);
}

TEST(ClearInterrupting, AnErrorFromBeforeStaysTheReason) {  // A-IN-3
  ReadyPool pool;
  pool.hold();
  pool.report_error(1);
  pool.clear_interrupting();
  pool.take();
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1"}));
}

TEST(ReportError, ClearsBeforeTheCheckIn) {  // D.2
  ReadyPool pool({.max_pool_size = 1});
  pool.hold();
  pool.out();
  pool.take();
  pool.report_error(1, ErrorVerdict::clear);
  EXPECT_EQ(pool.take(),
            (Lines{"PoolCleared", "Failed by 2 connectionError +0ms", "Out 2: PoolClearedError"}));
  EXPECT_EQ(pool.outcome(2).error->cause->fault, NetworkFault::reset);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1"}));
}

TEST(ReportError, Bug51OnlyTheFirstOfAGenerationClears) {
  ReadyPool pool({.max_pool_size = 2});
  pool.hold();
  pool.hold();
  pool.report_error(1, ErrorVerdict::clear);
  pool.ready();
  pool.take();
  EXPECT_TRUE(pool.report_error(2, ErrorVerdict::clear));
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().generation(), Generation{1});
  EXPECT_EQ(pool.core().state(), PoolState::ready);
  pool.in(2);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 2", "Closed 2 error", "Teardown 2"}));
}

TEST(ReportError, OnAClosedPoolChangesNothing) {
  ReadyPool pool;
  pool.hold();
  pool.close();
  pool.take();
  EXPECT_TRUE(pool.report_error(1, ErrorVerdict::clear));
  EXPECT_EQ(pool.take(), Lines{});
  EXPECT_EQ(pool.core().generation(), Generation::initial);
  pool.in(1);
  EXPECT_EQ(pool.take(), (Lines{"CheckedIn 1", "Closed 1 error", "Teardown 1", "Drained"}));
}

TEST(ReportError, TheFirstErrorCounts) {
  ReadyPool pool;
  pool.hold();
  pool.report_error(1);
  const ErrorPtr second =
      establishment_error(CoreHarness::address(), NetworkFault::eof, EstablishmentPhase::done);
  pool.failed(1, ErrorVerdict::keep, second);
  pool.in(1);
  const auto& closed = std::get<ConnectionClosedEvent>(pool.events().back().body);
  EXPECT_EQ(*closed.error, *CoreHarness::network_error());
}

}  // namespace
}  // namespace cmap::test
