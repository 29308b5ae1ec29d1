// A bad stream for every rule about a connection's life, and good ones beside them.
#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

using Closed = ConnectionClosedReason;
using Failed = CheckOutFailedReason;

TEST(ConnectionGrammar, AWholeLifeIsGood) {
  const EventStream stream = EventStream({.max_idle_time = std::chrono::milliseconds(10)})
                                 .begin()
                                 .check_out_new(1)
                                 .in(1)
                                 .start(2)
                                 .out(1, 2)
                                 .in(1)
                                 .at(11)
                                 .close_available(1, Closed::idle);
  EXPECT_EQ(stream.clause(true), "none");
}

TEST(ConnectionGrammar, AFailedEstablishmentConsumesItsId) {
  EventStream stream = EventStream().begin().start(1).create(1, 1);
  stream.close_pending(1, Closed::error).fail(1, Failed::connection_error, ErrorType::network);
  EXPECT_EQ(EventStream(stream).start(2).create(2, 2).clause(), "none");
  EXPECT_EQ(EventStream(stream).start(2).create(1, 2).clause(), "A-CON-2");
  EXPECT_EQ(EventStream(stream).start(2).create(3, 2).clause(), "A-CON-2");
}

TEST(ConnectionGrammar, IdsStartAtOne) {
  EXPECT_EQ(EventStream().begin().start(1).create(0, 1).clause(), "A-CON-2");
}

TEST(ConnectionGrammar, NothingBeforeCreated) {
  EXPECT_EQ(EventStream().begin().ready(1).clause(), "A-EV-3");
  EXPECT_EQ(EventStream().begin().close_pending(1, Closed::error).clause(), "A-EV-3");
}

TEST(ConnectionGrammar, NothingAfterClosed) {
  const EventStream stream =
      EventStream().begin().check_out_new(1).in(1).close_available(1, Closed::error);
  EXPECT_EQ(stream.clause(), "none");
  EXPECT_EQ(EventStream(stream).close_available(1, Closed::error).clause(), "A-EV-3");
  EXPECT_EQ(EventStream(stream).start(2).out(1, 2).clause(), "A-EV-3");
  EXPECT_EQ(EventStream(stream).in(1).clause(), "A-EV-3");
  EXPECT_EQ(EventStream(stream).ready(1).clause(), "A-EV-3");
}

TEST(ConnectionGrammar, ReadyOnce) {
  EXPECT_EQ(EventStream().begin().start(1).create(1, 1).ready(1).ready(1).clause(), "A-EV-3");
}

TEST(ConnectionGrammar, NotCheckedOutBeforeItIsReady) {
  EXPECT_EQ(EventStream().begin().start(1).create(1, 1).out(1, 1).clause(), "A-CON-3");
}

TEST(ConnectionGrammar, NotCheckedOutTwice) {
  EXPECT_EQ(EventStream().begin().check_out_new(1).start(2).out(1, 2).clause(), "A-CON-1");
}

TEST(ConnectionGrammar, CheckedInOnlyOnce) {
  EXPECT_EQ(EventStream().begin().check_out_new(1).in(1).in(1).clause(), "A-EV-3");
}

TEST(ConnectionGrammar, NotClosedUnderItsHolder) {
  const EventStream stream = EventStream().begin().check_out_new(1);
  EXPECT_EQ(EventStream(stream).pool_cleared(true).close_in_use(1, Closed::stale).clause(),
            "A-CLR-9");
  EXPECT_EQ(EventStream(stream).pool_closed().close_in_use(1, Closed::pool_closed).clause(),
            "A-CLS-2");
}

TEST(ConnectionGrammar, APerishedConnectionIsClosedWhenItIsCheckedIn) {
  const EventStream stale = EventStream().begin().check_out_new(1).pool_cleared().in(1);
  EXPECT_EQ(EventStream(stale).close_available(1, Closed::stale).clause(true), "none");
  EXPECT_EQ(EventStream(stale).close_available(1, Closed::error).clause(true), "none");
  EXPECT_EQ(EventStream(stale).pool_ready().clause(), "A-IN-2");
  EXPECT_EQ(stale.clause(true), "A-IN-2");

  const EventStream closed = EventStream().begin().check_out_new(1).pool_closed().in(1);
  EXPECT_EQ(EventStream(closed).close_available(1, Closed::pool_closed).clause(true), "none");
  EXPECT_EQ(EventStream(closed).start(2).clause(), "A-IN-2");
}

TEST(ConnectionGrammar, WhatIsLeftAtTheEnd) {
  const EventStream held = EventStream().begin().check_out_new(1);
  EXPECT_EQ(held.clause(), "none");
  EXPECT_EQ(held.clause(true), "A-EV-3");
}

}  // namespace
}  // namespace cmap::sim
