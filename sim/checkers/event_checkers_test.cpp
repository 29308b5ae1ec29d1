// What a violation tells, and that the first one stays.
#include "sim/checkers/event_checkers.hpp"

#include <gtest/gtest.h>

#include "sim/checkers/event_stream.hpp"

namespace cmap::sim {
namespace {

TEST(EventCheckers, AViolationNamesClauseSentenceAndPlace) {
  const EventStream stream =
      EventStream({.max_pool_size = 1}).at(50).begin().check_out_new(1).start(2).create(2, 2);
  const auto violation = stream.violation();
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->clause, "A-POOL-4");
  EXPECT_EQ(violation->sentence,
            "pending, available and in-use connections together never exceed maxPoolSize");
  EXPECT_EQ(violation->message,
            "event 8 at 50 ms, ConnectionCreated connectionId=2: pending=1 available=0 inUse=1 "
            "waiting=0, maxPoolSize=1");
}

TEST(EventCheckers, TheFirstViolationStays) {
  EventStream stream = EventStream().begin().pool_ready().pool_created();
  EXPECT_EQ(stream.clause(), "A-RDY-1");
  EXPECT_EQ(stream.clause(true), "A-RDY-1");
}

TEST(EventCheckers, AViolationAtRestSaysSo) {
  const auto violation = EventStream().begin().check_out_new(1).violation(true);
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->message, "at rest, after 6 events: pending=0 available=0 inUse=1 waiting=0");
}

TEST(EventCheckers, WithoutEventsNothingIsWrong) {
  EventCheckers checkers({});
  checkers.finish_quiescent();
  EXPECT_FALSE(checkers.violation());
}

}  // namespace
}  // namespace cmap::sim
