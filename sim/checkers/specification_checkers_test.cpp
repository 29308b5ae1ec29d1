// What breaks the specification is found, what only breaks our decisions is not, and neither is
// what other threads may have brought about.
#include "sim/checkers/specification_checkers.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

using Closed = ConnectionClosedReason;
using Failed = CheckOutFailedReason;

EventStream stream_of(const PoolOptions& options = {}) { return EventStream(options).begin(); }

// ---- the life of a connection

TEST(SpecificationCheckers, AUsualLifeIsRight) {
  EventStream stream = stream_of();
  stream.check_out_new(1).in(1).start(2).out(1, 2).in(1);
  stream.close_available(1, Closed::pool_closed).pool_closed();
  EXPECT_EQ(stream.specified_clause(true), "none");
  EXPECT_EQ(stream.clause(true), "none");
}

TEST(SpecificationCheckers, IdsAreGivenOnceAndFromOne) {
  EXPECT_EQ(stream_of().start(1).create(1).start(2).create(1).specified_clause(), "A-CON-2");
  EXPECT_EQ(stream_of().start(1).create(0).specified_clause(), "A-CON-2");
}

TEST(SpecificationCheckers, IdsMayComeOutOfOrder) {
  EventStream stream = stream_of();
  stream.start(1).start(2).create(2, 2).create(1, 1);
  EXPECT_EQ(stream.specified_clause(), "none");
  EXPECT_EQ(stream.clause(), "A-CON-2");
}

TEST(SpecificationCheckers, MoreIdsAreMissingThanCanBeUnderway) {
  EXPECT_EQ(stream_of().start(1).create(3).specified_clause(), "none");
  EXPECT_EQ(stream_of().start(1).create(3).specified_clause(true), "A-EV-3");
  EXPECT_EQ(stream_of().start(1).create(57).specified_clause(), "A-CON-2");
}

TEST(SpecificationCheckers, TheLifeOfAConnection) {
  EXPECT_EQ(stream_of().start(1).create(1).ready(1).ready(1).specified_clause(), "A-EV-3");
  EXPECT_EQ(stream_of().start(1).ready(1).specified_clause(), "A-EV-3");
  EXPECT_EQ(stream_of().start(1).create(1).out(1, 1).specified_clause(), "A-CON-3");
  EXPECT_EQ(stream_of().check_out_new(1).start(2).out(1, 2).specified_clause(), "A-CON-1");
  EXPECT_EQ(stream_of().check_out_new(1).in(1).in(1).specified_clause(), "A-EV-3");
  EventStream twice = stream_of();
  twice.start(1).create(1).close_pending(1, Closed::error).close_pending(1, Closed::error);
  EXPECT_EQ(twice.specified_clause(), "A-EV-3");
}

TEST(SpecificationCheckers, NobodyClosesAConnectionUnderItsHolder) {
  EventStream in_use = stream_of();
  in_use.check_out_new(1).close_in_use(1, Closed::error);
  EXPECT_EQ(in_use.specified_clause(), "A-CLR-9");
  EventStream on_close = stream_of();
  on_close.check_out_new(1).pool_closed().close_in_use(1, Closed::pool_closed);
  EXPECT_EQ(on_close.specified_clause(), "A-CLS-2");
}

TEST(SpecificationCheckers, AnInterruptedConnectionMayBeClosedAtOnce) {
  EventStream stream = stream_of();
  stream.check_out_new(1).pool_cleared(true).close_in_use(1, Closed::stale).in(1);
  EXPECT_EQ(stream.specified_clause(true), "none");
  EXPECT_EQ(stream.clause(), "A-CLR-9");
}

// ---- check-outs

TEST(SpecificationCheckers, NoMoreOutcomesThanStarts) {
  EXPECT_EQ(stream_of().fail(1, Failed::timeout).specified_clause(), "A-EV-3");
  EXPECT_EQ(stream_of().check_out_new(1).in(1).out(1, 1).specified_clause(), "A-EV-3");
  EXPECT_EQ(stream_of().start(1).specified_clause(), "none");
  EXPECT_EQ(stream_of().start(1).specified_clause(true), "A-EV-3");
}

TEST(SpecificationCheckers, WhoIsServedFirstIsNotAsked) {
  EventStream stream = stream_of({.max_pool_size = 1});
  stream.check_out_new(1).start(2).start(3).in(1).out(1, 3);
  EXPECT_EQ(stream.clause(), "A-WQ-2");
  EXPECT_EQ(stream.specified_clause(), "none");
}

TEST(SpecificationCheckers, DurationsAreNotNegative) {
  EventStream stream = stream_of();
  stream.check_out_new(1);
  stream.last_body<ConnectionCheckedOutEvent>().duration = std::chrono::milliseconds(3);
  EXPECT_EQ(stream.clause(), "A-EV-2");
  EXPECT_EQ(stream.specified_clause(), "none");
  stream.last_body<ConnectionCheckedOutEvent>().duration = std::chrono::milliseconds(-3);
  EXPECT_EQ(stream.specified_clause(), "A-EV-2");
}

// ---- the life of the pool

TEST(SpecificationCheckers, ReadyAndClearedAlternate) {
  EXPECT_EQ(stream_of().pool_ready().specified_clause(), "A-RDY-1");
  EXPECT_EQ(stream_of().pool_cleared().pool_cleared().specified_clause(), "A-CLR-2");
  EXPECT_EQ(EventStream().pool_created().pool_cleared().specified_clause(), "A-CLR-2");
}

TEST(SpecificationCheckers, ClosedIsTerminal) {
  EXPECT_EQ(stream_of().pool_closed().pool_ready().specified_clause(), "A-POOL-3");
  EXPECT_EQ(stream_of().pool_closed().pool_cleared().specified_clause(), "A-POOL-3");
  EventStream populating = stream_of();
  populating.pool_closed().create(1).create(2).create(3);
  EXPECT_EQ(populating.specified_clause(), "A-POOL-3");
}

TEST(SpecificationCheckers, AClosedPoolRefuses) {
  EventStream served = stream_of();
  served.check_out_new(1).in(1).pool_closed().start(2).out(1, 2);
  EXPECT_EQ(served.specified_clause(), "A-CLS-3");
  EventStream reason = stream_of();
  reason.pool_closed().start(1).fail(1, Failed::connection_error);
  EXPECT_EQ(reason.specified_clause(), "A-CLS-3");
  EventStream right = stream_of();
  right.pool_closed().start(1).fail(1, Failed::pool_closed);
  EXPECT_EQ(right.specified_clause(true), "none");
}

TEST(SpecificationCheckers, WhatStartedBeforeCloseMayEndAnyHow) {
  EventStream stream = stream_of();
  stream.check_out_new(1).in(1).start(2).start(3).start(4).pool_closed();
  stream.out(1, 2).fail(3, Failed::timeout).fail(4, Failed::pool_closed);
  EXPECT_EQ(stream.specified_clause(), "none");
  stream.start(5).fail(5, Failed::timeout);
  EXPECT_EQ(stream.specified_clause(), "A-CLS-3");
}

TEST(SpecificationCheckers, WhoWaitsWhenThePoolClosesIsNotInTheText) {
  EventStream stream = stream_of({.max_pool_size = 1});
  stream.check_out_new(1).start(2).pool_closed().fail(2, Failed::pool_closed);
  EXPECT_EQ(stream.clause(), "R13");
  EXPECT_EQ(stream.specified_clause(), "none");
}

TEST(SpecificationCheckers, APoolIsNotPopulatedBeforeItIsReady) {
  EventStream at_first = EventStream({.min_pool_size = 1});
  at_first.pool_created().create(1);
  EXPECT_EQ(at_first.specified_clause(), "none");  // behind a load balancer it may be silent
  EXPECT_EQ(at_first.pool_ready().specified_clause(), "A-RDY-2");
  EventStream cleared = stream_of({.min_pool_size = 9, .max_connecting = 2});
  cleared.pool_cleared().create(1).create(2);
  EXPECT_EQ(cleared.specified_clause(), "none");  // both may be late
  EXPECT_EQ(cleared.create(3).specified_clause(), "A-POP-1");
}

TEST(SpecificationCheckers, APausedPoolServesNobody) {
  EventStream stream = stream_of();
  stream.check_out_new(1).in(1).pool_cleared().close_available(1, Closed::stale);
  stream.start(2).create(2, 2).ready(2).out(2, 2).in(2);
  EXPECT_EQ(stream.specified_clause(), "none");  // its PoolReady may be late
  EventStream ready = stream;
  EXPECT_EQ(ready.pool_ready().specified_clause(true), "none");
  EXPECT_EQ(stream.close_available(2, Closed::pool_closed).pool_closed().specified_clause(),
            "A-OUT-5");
}

TEST(SpecificationCheckers, APoolBehindALoadBalancerMayBeSilent) {
  EventStream stream({.load_balanced = true});
  stream.pool_created().create(1).ready(1).start(1).out(1, 1).service_cleared().service_cleared();
  stream.in(1).start(2).out(1, 2).in(1).close_available(1, Closed::pool_closed).pool_closed();
  EXPECT_EQ(stream.specified_clause(true), "none");
}

TEST(SpecificationCheckers, TheFlagOfAClearIsNotAskedFor) {
  EventStream stream = stream_of();
  stream.pool_cleared()
      .last_body<ConnectionPoolClearedEvent>()
      .interrupt_in_use_connections.reset();
  EXPECT_EQ(stream.clause(), "R7");
  EXPECT_EQ(stream.specified_clause(), "none");
}

TEST(SpecificationCheckers, WhatAnInterruptDoesToPendingConnectionsIsNotInTheText) {
  EventStream stream = stream_of();
  stream.start(1).create(1, 1).pool_cleared(true).pool_ready();
  EXPECT_EQ(stream.clause(), "A-CLR-8");
  EXPECT_EQ(stream.specified_clause(), "none");
}

// ---- what perished

TEST(SpecificationCheckers, AStaleConnectionIsNotHandedOut) {
  EventStream stream = stream_of();
  stream.check_out_new(1).in(1).pool_cleared().pool_ready().start(2).out(1, 2);
  EXPECT_EQ(stream.specified_clause(), "A-OUT-2");
}

TEST(SpecificationCheckers, ACheckOutOfBeforeTheClearMayGetOne) {
  EventStream stream = stream_of();
  stream.check_out_new(1).in(1).start(2).pool_cleared().pool_ready().start(3).out(1, 2);
  EXPECT_EQ(stream.clause(), "A-CLR-3");
  EXPECT_EQ(stream.specified_clause(), "none");
}

TEST(SpecificationCheckers, OneThatWasClearedWhilePendingMayBeHandedOut) {
  EventStream stream = stream_of();
  stream.start(1).create(1, 1).pool_cleared().pool_ready().ready(1).out(1, 1);
  EXPECT_EQ(stream.clause(), "R11");
  EXPECT_EQ(stream.specified_clause(), "none");
}

TEST(SpecificationCheckers, APerishedConnectionIsClosedWhenItIsCheckedIn) {
  EventStream stream = stream_of();
  stream.check_out_new(1).pool_cleared().pool_ready().in(1).start(2);
  EXPECT_EQ(stream.clause(), "A-IN-2");
  EXPECT_EQ(stream.specified_clause(), "none");  // another thread comes between
  EXPECT_EQ(stream.out(1, 2).specified_clause(), "A-IN-2");
}

TEST(SpecificationCheckers, ReasonStaleNeedsAClear) {
  EventStream never = stream_of();
  never.check_out_new(1).in(1).close_available(1, Closed::stale);
  EXPECT_EQ(never.specified_clause(), "none");  // PoolCleared may be late
  EventStream late = never;
  EXPECT_EQ(late.pool_cleared().pool_closed().specified_clause(true), "none");
  EXPECT_EQ(never.specified_clause(true), "A-CLR-4");
  never.pool_closed();
  EXPECT_EQ(never.specified_clause(), "A-CLR-4");
  EXPECT_EQ(never.specification().wrong_event(), 8U);
}

TEST(SpecificationCheckers, OneThatCameBackCurrentIsNotStale) {
  EventStream stream = stream_of();
  stream.pool_cleared().pool_ready().check_out_new(1).in(1).start(2).out(1, 2).in(1);
  stream.close_available(1, Closed::stale);
  EXPECT_EQ(stream.specified_clause(), "none");
  EXPECT_EQ(stream.pool_closed().specified_clause(), "A-CLR-4");
}

TEST(SpecificationCheckers, ReasonIdleNeedsALimit) {
  EventStream stream = stream_of();
  stream.check_out_new(1).in(1).close_available(1, Closed::idle);
  EXPECT_EQ(stream.specified_clause(), "A-OPT-4");
  EventStream early = stream_of({.max_idle_time = std::chrono::milliseconds(10)});
  early.check_out_new(1).in(1).at(5).close_available(1, Closed::idle);
  EXPECT_EQ(early.clause(), "A-OPT-4");
  EXPECT_EQ(early.specified_clause(), "none");  // what an event's time is worth nobody knows
  EventStream pending = stream_of({.max_idle_time = std::chrono::milliseconds(10)});
  pending.create(1).close_pending(1, Closed::idle);
  EXPECT_EQ(pending.specified_clause(), "A-OPT-4");
}

TEST(SpecificationCheckers, ReasonPoolClosedNeedsAClose) {
  EventStream stream = stream_of();
  stream.start(1).fail(1, Failed::pool_closed);
  EXPECT_EQ(stream.specified_clause(), "none");
  EXPECT_EQ(stream.specified_clause(true), "A-CLS-1");
  EXPECT_EQ(stream.check_out_new(2).specified_clause(), "A-CLS-3");
}

// ---- limits

TEST(SpecificationCheckers, MaxPoolSize) {
  EventStream held = stream_of({.max_pool_size = 1});
  held.check_out_new(1).start(2).create(2, 2);
  EXPECT_EQ(held.specified_clause(), "A-POOL-4");
  EXPECT_EQ(held.specification().violation()->message,
            "pending=1 available=0 inUse=1, the limit is 1");
}

TEST(SpecificationCheckers, AClosedMayBeLate) {
  EventStream stream =
      stream_of({.max_pool_size = 1, .max_idle_time = std::chrono::milliseconds(1)});
  stream.check_out_new(1).in(1).start(2).create(2, 2);
  EXPECT_EQ(stream.specified_clause(), "none");
  EventStream closed = stream;
  closed.close_available(1, Closed::idle).ready(2).out(2, 2);
  EXPECT_EQ(closed.specified_clause(), "none");
  EXPECT_EQ(stream.start(3).out(1, 3).specified_clause(), "A-POOL-4");
  EXPECT_EQ(stream.specification().wrong_event(), 9U);  // the Created
}

TEST(SpecificationCheckers, WhatIsLeftWasAlive) {
  EventStream stream = stream_of({.max_pool_size = 1, .min_pool_size = 1});
  stream.create(1).ready(1).create(2).ready(2);
  EXPECT_EQ(stream.specified_clause(), "none");
  EXPECT_EQ(stream.specified_clause(true), "A-POOL-4");
  stream.close_available(1, Closed::pool_closed).close_available(2, Closed::pool_closed);
  EXPECT_EQ(stream.specified_clause(), "A-POOL-4");
}

TEST(SpecificationCheckers, MaxConnecting) {
  EventStream stream = stream_of({.max_connecting = 2});
  stream.start(1).start(2).start(3).create(1, 1).create(2, 2).create(3, 3);
  EXPECT_EQ(stream.specified_clause(), "none");  // one may have failed, its Closed is late
  EXPECT_EQ(stream.ready(2).specified_clause(), "none");
  EventStream failed = stream;
  EXPECT_EQ(failed.close_pending(1, Closed::error).ready(3).specified_clause(), "none");
  EXPECT_EQ(stream.ready(1).specified_clause(), "A-POOL-5");
}

TEST(SpecificationCheckers, OnAClosedPoolNothingIsLeftAtTheEnd) {
  EventStream stream = stream_of();
  stream.start(1).create(1).fail(1, Failed::connection_error);
  EXPECT_EQ(stream.specified_clause(true), "none");
  EXPECT_EQ(stream.pool_closed().specified_clause(), "none");
  EXPECT_EQ(stream.specified_clause(true), "A-EV-3");
}

TEST(SpecificationCheckers, CountsAndTimesAreNotAskedFor) {
  EventStream counts = stream_of();
  counts.check_out_new(1).last().counts.in_use = 7;
  EXPECT_EQ(counts.clause(), "A-CON-6");
  EXPECT_EQ(counts.specified_clause(), "none");
  EventStream times = stream_of();
  times.at(9).start(1).at(5).fail(1, Failed::timeout);
  EXPECT_EQ(times.clause(), "A-EV-2");
}

// ---- what only EventCheckers demand

/// They find the clause, and the specification's checkers nothing.
void expect_only_strict(const EventStream& stream, const std::string& clause) {
  EXPECT_EQ(stream.clause(), clause);
  EXPECT_EQ(stream.specified_clause(), "none") << clause;
}

TEST(SpecificationCheckers, TheOrderOfCloseIsNotAskedFor) {
  EventStream stream = stream_of();
  stream.check_out_new(1).in(1).pool_closed().close_available(1, Closed::pool_closed);
  expect_only_strict(stream, "A-CLS-1");
}

TEST(SpecificationCheckers, WhetherAConnectionWasNeededIsNotAskedFor) {
  EventStream stream = stream_of();
  stream.create(1);
  expect_only_strict(stream, "A-OUT-3");
}

TEST(SpecificationCheckers, HowLongAConnectionWasUnusedIsNotKnown) {
  EventStream stream = stream_of({.max_idle_time = std::chrono::milliseconds(10)});
  stream.check_out_new(1).in(1).at(50).start(2).out(1, 2);
  expect_only_strict(stream, "A-OPT-4");
}

TEST(SpecificationCheckers, ErrorsAreNotSeen) {
  EventStream none = stream_of();
  none.start(1).fail(1, Failed::timeout).last_body<ConnectionCheckOutFailedEvent>().error.reset();
  expect_only_strict(none, "A-OUT-7");
  EventStream other = stream_of();
  other.start(1).fail(1, Failed::timeout, ErrorType::network);
  expect_only_strict(other, "A-OUT-7");
  EventStream closed = stream_of();
  closed.pool_closed().start(1).fail(1, Failed::pool_closed, ErrorType::network);
  expect_only_strict(closed, "A-ERR-1");
  EventStream without_cause = stream_of();
  without_cause.start(1).fail(1, Failed::connection_error, ErrorType::network);
  expect_only_strict(without_cause, "A-OUT-7");
}

TEST(SpecificationCheckers, WhenACheckOutTimesOutIsNotKnown) {
  EventStream stream = stream_of({.wait_queue_timeout = std::chrono::milliseconds(50)});
  stream.start(1).at(20).fail(1, Failed::timeout, ErrorType::wait_queue_timeout);
  expect_only_strict(stream, "A-WQ-3");
}

TEST(SpecificationCheckers, TheOrderOfTheEvictedIsNotAskedFor) {
  EventStream stream = stream_of({.max_pool_size = 1});
  stream.check_out_new(1).start(2).start(3).pool_cleared().fail(3, Failed::connection_error);
  expect_only_strict(stream, "R7");
}

TEST(SpecificationCheckers, WithoutOptionsNoLimitIsKnown) {
  SpecificationCheckers checkers({});
  const auto created = [&checkers](std::int64_t id) {
    checkers.observe({.body = ConnectionCreatedEvent{ConnectionId{id}}});
  };
  checkers.observe({.body = ConnectionPoolCreatedEvent{}});
  checkers.observe({.body = ConnectionPoolReadyEvent{}});
  for (std::int64_t id = 300; id > 0; --id) created(id);
  checkers.observe({.body = ConnectionReadyEvent{ConnectionId{1}}});
  checkers.observe({.body = ConnectionClosedEvent{ConnectionId{1}, Closed::idle, nullptr}});
  checkers.finish_complete();
  EXPECT_FALSE(checkers.violation());
}

// ---- what is told

TEST(SpecificationCheckers, TheFirstViolationStays) {
  EventStream stream = stream_of();
  stream.pool_ready().in(7);
  EXPECT_EQ(stream.specified_clause(true), "A-RDY-1");
  EXPECT_EQ(stream.specification().wrong_event(), 3U);
}

TEST(SpecificationCheckers, EveryClauseIsListedOnce) {
  std::vector<std::string_view> clauses;
  for (const JudgedClause& judged : judged_clauses()) clauses.push_back(judged.clause);
  std::ranges::sort(clauses);
  EXPECT_EQ(std::ranges::adjacent_find(clauses), clauses.end());
}

}  // namespace
}  // namespace cmap::sim
