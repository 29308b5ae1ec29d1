// The rules of heartbeats over made-up events: each holds for the right order, and is broken by
// another.
#include "sim/client/heartbeat_checker.hpp"

#include <gtest/gtest.h>

#include "sim/client/client_checkers_harness.hpp"

namespace cmap::sim {
namespace {

using namespace told;

TEST(HeartbeatChecker, OneEndOfAHeartbeat) {
  EXPECT_EQ(Told().open_server().start().succeed().broken(), "");
  EXPECT_EQ(Told().open_server().start().start().broken(), "D-MON-7");
  EXPECT_EQ(Told().open_server().succeed().broken(), "D-MON-7");
  EXPECT_EQ(Told().start().broken(), "D-MON-7");  // of no server
  EXPECT_EQ(Told().open_server().start().close_server().broken(), "D-MON-7");
}

constexpr const char* pause = "D-SD-4, D-MON-2";

TEST(HeartbeatChecker, PauseBetweenChecks) {
  const auto checked = [] { return std::move(Told().open_server().start().succeed()); };
  EXPECT_EQ(checked().after(499).start().broken(), pause);
  EXPECT_EQ(checked().after(500).start().broken(), "");
  EXPECT_EQ(checked().after(10'000).start().broken(), "");
  EXPECT_EQ(checked().after(10'001).start().broken(), pause);
  EXPECT_EQ(checked().after(10'001).close_server().broken(), pause);  // it never began
  const auto unknown = [] { return std::move(Told().open_server().start().fail(reset)); };
  EXPECT_EQ(unknown().start().broken(), pause);
  EXPECT_EQ(unknown().after(500).start().broken(), "");
}

TEST(HeartbeatChecker, KnownServerWithNetworkErrorIsCheckedAtOnce) {
  const auto failing = [](const ErrorPtr& error) {
    return std::move(Told().open_server().start().succeed().after(500).start().fail(error));
  };
  EXPECT_EQ(failing(reset).start().broken(), "");
  EXPECT_EQ(failing(reset).after(1).start().broken(), pause);
  EXPECT_EQ(failing(command_error(91)).start().broken(), pause);
  EXPECT_EQ(failing(command_error(91)).after(500).start().broken(), "");
}

TEST(HeartbeatChecker, StateChangeIsCheckedAtOnce) {
  const auto changed = [](const ErrorPtr& error, std::int64_t later) {
    return std::move(primary().after(later).is_unknown_by(error));
  };
  for (const ErrorPtr& error : {command_error(10107), newer_primary}) {
    EXPECT_EQ(changed(error, 600).start().broken(), "");
    EXPECT_EQ(changed(error, 600).after(1).start().broken(), pause);
    EXPECT_EQ(changed(error, 100).after(400).start().broken(), "");
    EXPECT_EQ(changed(error, 100).after(401).start().broken(), pause);
  }
  const auto cleared_later = [](const ErrorPtr& error) {
    return cleared_by(error, std::move(primary().after(600)));
  };
  EXPECT_EQ(cleared_later(command_error(91)).after(1).start().broken(), pause);
  EXPECT_EQ(cleared_later(reset).after(9'000).start().broken(), "");
}

TEST(HeartbeatChecker, StreamingGoesOn) {
  const auto streaming = [] { return std::move(Told().open_server().start().succeed(true)); };
  EXPECT_EQ(streaming().start(true).after(100).succeed(true).start(true).broken(), "");
  EXPECT_EQ(streaming().after(1).start(true).broken(), pause);
  EXPECT_EQ(streaming().start(false).broken(), "D-MON-5");
  EXPECT_EQ(Told().open_server().start(true).broken(), "D-MON-5");
}

TEST(HeartbeatChecker, ChecksEndInTime) {
  const auto begun = [] { return std::move(Told().open_server().start()); };
  EXPECT_EQ(begun().after(2'000).fail(timed_out).broken(), "");
  EXPECT_EQ(begun().after(2'001).fail(timed_out).broken(), "D-MON-4");
  EXPECT_EQ(begun().after(1'999).fail(timed_out).broken(), "D-MON-4");
  const auto awaited = [&] { return std::move(begun().succeed(true).start(true)); };
  EXPECT_EQ(awaited().after(12'000).succeed(true).broken(), "");
  EXPECT_EQ(awaited().after(12'001).succeed(true).broken(), "D-MON-4");
}

TEST(HeartbeatChecker, NetworkErrorOfAnApplicationEndsTheCheck) {
  const auto breaking = [] {
    return cleared_by(reset, std::move(primary().after(500).start().after(1)));
  };
  EXPECT_EQ(breaking().fail(check_cancelled).after(500).start().broken(), "");
  EXPECT_EQ(breaking().fail(check_cancelled).start().broken(), pause);
  EXPECT_EQ(breaking().after(1).succeed().broken(), "D-MON-6");
}

TEST(HeartbeatChecker, RoundTripTimesAreThoseOfHello) {
  const auto measured = [](Duration known) {
    Told told;
    told.open_server().start().succeed();
    ServerDescription next = unknown_server(here);
    next.type = ServerType::rs_primary;
    next.round_trip_time = known;
    told.topology(ServerDescriptionChangedEvent{here, told.description,
                                                std::make_shared<const ServerDescription>(next)});
    return told.broken();
  };
  EXPECT_EQ(measured(Duration::zero()), "");
  EXPECT_EQ(measured(std::chrono::milliseconds(1)), "D-MON-8");
}

TEST(HeartbeatChecker, SomebodyMakesServersKnown) {
  const auto known_again = [](bool is_establishing) {
    Told told = cleared_by(reset, primary());
    if (is_establishing) told.pool(ConnectionCreatedEvent{ConnectionId{2}}, one_pending);
    return told.after(1).becomes(ServerType::rs_primary).broken();
  };
  EXPECT_EQ(known_again(false), "D-SD-8");
  EXPECT_NE(known_again(true), "D-SD-8");
}

}  // namespace
}  // namespace cmap::sim
