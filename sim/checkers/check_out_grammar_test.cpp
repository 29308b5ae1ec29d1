// A bad stream for every rule about a check-out's life, and good ones beside them.
#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

using Failed = CheckOutFailedReason;

TEST(CheckOutGrammar, OneOutcomeEach) {
  const EventStream stream = EventStream().begin().check_out_new(1).in(1).start(2).out(1, 2).in(1);
  EXPECT_EQ(stream.clause(true), "none");
  EXPECT_EQ(EventStream(stream).out(1, 2).clause(), "A-EV-3");
  EXPECT_EQ(EventStream(stream).fail(2, Failed::timeout).clause(), "A-EV-3");
}

TEST(CheckOutGrammar, NoOutcomeWithoutStart) {
  EXPECT_EQ(EventStream().begin().fail(1, Failed::timeout).clause(), "A-EV-3");
  EXPECT_EQ(EventStream().begin().check_out_new(1).in(1).out(1, 2).clause(), "A-EV-3");
}

TEST(CheckOutGrammar, NumbersGrow) {
  EXPECT_EQ(EventStream().begin().check_out_new(1).in(1).start(3).out(1, 3).clause(), "none");
  EXPECT_EQ(EventStream().begin().check_out_new(2).clause(), "A-CON-2");
  EXPECT_EQ(EventStream().begin().start(2).start(1).clause(), "A-EV-3");
  EXPECT_EQ(EventStream().begin().start(2).start(2).clause(), "A-EV-3");
}

TEST(CheckOutGrammar, EachEndsSomeTime) {
  const EventStream waits = EventStream({.max_pool_size = 1}).begin().check_out_new(1).start(2);
  EXPECT_EQ(waits.clause(), "none");
  EXPECT_EQ(EventStream(waits).in(1).clause(true), "A-OUT-3");
  EXPECT_EQ(EventStream(waits).in(1).out(1, 2).in(1).clause(true), "none");
}

TEST(CheckOutGrammar, OneMayRestWithAConnectionThatNeverAnswers) {
  EXPECT_EQ(EventStream().begin().start(1).create(1, 1).clause(true), "none");
}

TEST(CheckOutGrammar, NobodyRestsWhereAConnectionCouldBeCreated) {
  EXPECT_EQ(EventStream().begin().start(1).clause(true), "A-OUT-3");
}

}  // namespace
}  // namespace cmap::sim
