// The machine of one server's monitor, against a server that is two lines of text and a time (D.3).
#include "pool/client/monitor.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/wire/bson_builder.hpp"

namespace cmap {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::string in_ms(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

/// What a monitor wants, one line each.
struct EffectLine {
  std::string operator()(const HeartbeatEvent& event) const {
    return std::visit(*this, event.body);
  }
  std::string operator()(const ServerHeartbeatStartedEvent& event) const {
    return event.awaited ? "started awaited" : "started";
  }
  std::string operator()(const ServerHeartbeatSucceededEvent& event) const {
    return (event.awaited ? "succeeded awaited " : "succeeded ") + in_ms(event.duration);
  }
  std::string operator()(const ServerHeartbeatFailedEvent& event) const {
    const char* what = event.awaited ? "failed awaited " : "failed ";
    return what + in_ms(event.duration) + " " + std::string(type_name(event.error->type));
  }
  std::string operator()(const OpenMonitorConnection& open) const {
    return "open " + std::to_string(number(open.connection));
  }
  std::string operator()(const SendHello& send) const {
    std::string line(send.command.view().begin()->key());
    line += " " + std::to_string(number(send.connection));
    if (send.command.find("client")) line += " client";
    if (const auto wait = send.command.find("maxAwaitTimeMS")) {
      line += " await " + std::to_string(*wait->as_int64());
    }
    return line + (send.exhaust_allowed ? " exhaust" : "");
  }
  std::string operator()(const CloseMonitorConnection& close) const {
    return "close " + std::to_string(number(close.connection));
  }
  std::string operator()(const CheckSucceeded& check) const {
    return "known, rtt " + in_ms(check.round_trip_time.value()) + ", min " +
           in_ms(check.min_round_trip_time);
  }
  std::string operator()(const CheckFailed& failed) const {
    return "unknown: " + failed.error->message;
  }
};

wire::Document answer(std::int64_t counter = 0) {
  return wire::DocumentBuilder()
      .boolean("helloOk", true)
      .document(
          "topologyVersion",
          wire::DocumentBuilder().object_id("processId", {}).int64("counter", counter).build())
      .int32("ok", 1)
      .build();
}

/// Of a server before MongoDB 4.4.
wire::Document old_answer() { return wire::DocumentBuilder().int32("ok", 1).build(); }

wire::Document error_answer(std::int32_t code) {
  return wire::DocumentBuilder().int32("ok", 0).int32("code", code).string("errmsg", "no").build();
}

MonitorOptions polling() {
  return {.streaming = false, .client_metadata = wire::DocumentBuilder().string("x", "y").build()};
}
MonitorOptions streaming() { return {}; }

const Address address("a", 1);

ErrorPtr reset_error() {
  return establishment_error(address, NetworkFault::reset, EstablishmentPhase::done);
}

/// A monitor whose owner tells the topology nothing, at a time that moves when it is told.
class MonitorTest : public testing::Test {
 protected:
  using Lines = std::vector<std::string>;

  void watch(MonitorOptions options) {
    monitor_ = std::make_unique<Monitor>(address, std::move(options), outbox_);
    monitor_->start(now_);
  }
  /// What was wanted since it was last asked.
  Lines done() {
    Lines lines;
    for (const MonitorEffect& effect : outbox_) lines.push_back(std::visit(EffectLine{}, effect));
    outbox_.clear();
    return lines;
  }
  void pass(Duration duration) { now_ += duration; }
  /// As far as its deadline, which is `duration` away.
  void reach_deadline(Duration duration) {
    ASSERT_EQ(monitor_->next_deadline(), now_ + duration);
    const std::size_t wanted = outbox_.size();
    monitor_->advance(now_ + duration - 1ns);
    EXPECT_EQ(outbox_.size(), wanted);
    now_ += duration;
    monitor_->advance(now_);
  }
  void opened(std::int64_t connection) {
    monitor_->opened(static_cast<MonitorConnectionId>(connection), now_);
  }
  void replied(std::int64_t connection, wire::Document reply, bool more = false) {
    monitor_->replied(static_cast<MonitorConnectionId>(connection), std::move(reply), more, now_);
    monitor_->resume(now_);
  }
  void failed(std::int64_t connection, ErrorPtr error = reset_error()) {
    monitor_->failed(static_cast<MonitorConnectionId>(connection), std::move(error), now_);
    monitor_->resume(now_);
  }
  /// The first check has succeeded, in 10 ms; the connection is number 1.
  void get_to_know(wire::Document reply) {
    opened(1);
    pass(10ms);
    replied(1, std::move(reply));
  }

  /// The number of the connection of each heartbeat's event, and the server's after a slash.
  Lines connections_of_heartbeats() {
    Lines lines;
    for (const MonitorEffect& effect : outbox_) {
      const auto* event = std::get_if<HeartbeatEvent>(&effect);
      if (!event) continue;
      lines.push_back(std::to_string(number(event->connection)));
      if (event->server_connection) lines.back() += "/" + std::to_string(*event->server_connection);
    }
    outbox_.clear();
    return lines;
  }

  TimePoint now_{1h};
  MonitorOutbox outbox_;
  std::unique_ptr<Monitor> monitor_;
};

class PollingMonitor : public MonitorTest {
 protected:
  PollingMonitor() { watch(polling()); }
};

TEST_F(PollingMonitor, TheHandshakeIsTheFirstCheck) {  // D-MON-7, D-MON-8
  EXPECT_THAT(done(), ElementsAre("started", "open 1"));
  pass(5ms);
  opened(1);
  EXPECT_THAT(done(), ElementsAre("isMaster 1 client"));
  pass(10ms);
  replied(1, answer());
  // The time for opening is no round trip.
  EXPECT_THAT(done(), ElementsAre("succeeded 10", "known, rtt 10, min 0"));
}

TEST_F(PollingMonitor, HeartbeatsTellTheirConnection) {
  EXPECT_THAT(connections_of_heartbeats(), ElementsAre("1")) << "which is about to be opened";
  get_to_know(wire::DocumentBuilder().int32("ok", 1).int32("connectionId", 17).build());
  pass(10s);
  monitor_->advance(now_);
  EXPECT_THAT(connections_of_heartbeats(), ElementsAre("1/17", "1/17"));
  failed(1);
  EXPECT_THAT(connections_of_heartbeats(), ElementsAre("1/17", "2"));
}

TEST_F(PollingMonitor, ChecksAgainAfterTheHeartbeatFrequency) {  // D-MON-2
  get_to_know(answer());
  done();
  reach_deadline(10s);
  EXPECT_THAT(done(), ElementsAre("started", "hello 1"));
  pass(20ms);
  replied(1, answer());
  EXPECT_THAT(done(), ElementsAre("succeeded 20", "known, rtt 12, min 10"));
  reach_deadline(10s);
}

TEST_F(PollingMonitor, KeepsToLegacyHelloWhereHelloIsNotKnown) {  // D-HS-2
  get_to_know(old_answer());
  done();
  reach_deadline(10s);
  EXPECT_THAT(done(), ElementsAre("started", "isMaster 1"));
}

TEST_F(PollingMonitor, ARequestWaitsForTheMinimum) {  // D-MON-3: at +0, +499, +500 ms
  get_to_know(answer());
  done();
  monitor_->request_check(now_);
  EXPECT_EQ(monitor_->next_deadline(), now_ + 500ms);
  pass(499ms);
  monitor_->request_check(now_);
  EXPECT_THAT(done(), IsEmpty());
  reach_deadline(1ms);
  EXPECT_THAT(done(), ElementsAre("started", "hello 1"));
}

TEST_F(PollingMonitor, ARequestAfterTheMinimumChecksAtOnce) {
  get_to_know(answer());
  done();
  pass(500ms);
  monitor_->request_check(now_);
  EXPECT_THAT(done(), ElementsAre("started", "hello 1"));
}

TEST_F(PollingMonitor, ARequestDuringACheckIsIgnored) {
  done();
  monitor_->request_check(now_);
  get_to_know(answer());
  EXPECT_EQ(monitor_->next_deadline(), now_ + 10s);
}

TEST_F(PollingMonitor, AKnownServerIsCheckedOnceMoreAtOnce) {  // D-SD-4
  get_to_know(answer());
  reach_deadline(10s);
  done();
  pass(3ms);
  failed(1);
  EXPECT_THAT(done(), ElementsAre("failed 3 NetworkError", "close 1",
                                  "unknown: " + reset_error()->message, "started", "open 2"));
  // Not twice.
  failed(2);
  EXPECT_EQ(done().size(), 3U);
  EXPECT_EQ(monitor_->next_deadline(), now_ + 10s);
}

TEST_F(PollingMonitor, AnUnknownServerIsNot) {
  failed(1);
  EXPECT_THAT(done(), ElementsAre("started", "open 1", "failed 0 NetworkError", "close 1",
                                  "unknown: " + reset_error()->message));
  monitor_->request_check(now_);
  reach_deadline(500ms);
  EXPECT_THAT(done(), ElementsAre("started", "open 2"));
}

TEST_F(PollingMonitor, ACommandErrorClosesAndWaits) {  // D-SD-3
  get_to_know(answer());
  reach_deadline(10s);
  done();
  replied(1, error_answer(91));
  EXPECT_THAT(done(), ElementsAre("failed 0 CommandError", "close 1", "unknown: no"));
  reach_deadline(10s);
  EXPECT_THAT(done(), ElementsAre("started", "open 2"));
}

TEST_F(PollingMonitor, ConnectingAndHelloShareTheConnectTimeout) {  // D-MON-4
  pass(4s);
  opened(1);
  done();
  reach_deadline(6s);
  EXPECT_THAT(done(), ElementsAre("failed 6000 NetworkError", "close 1",
                                  "unknown: " + establishment_error(address, NetworkFault::timeout,
                                                                    EstablishmentPhase::hello)
                                                    ->message));
}

TEST_F(PollingMonitor, AConnectionThatBreaksMeanwhileIsFoundOutByTheNextCheck) {
  get_to_know(answer());
  done();
  failed(1);
  EXPECT_THAT(done(), IsEmpty());
  reach_deadline(10s);
  EXPECT_THAT(done(), ElementsAre("started", "failed 0 NetworkError", "close 1",
                                  "unknown: " + reset_error()->message));
  monitor_->resume(now_);
  EXPECT_THAT(done(), ElementsAre("started", "open 2"));
}

TEST_F(PollingMonitor, ACancelledCheckEndsAndWaits) {  // D-MON-6
  get_to_know(answer());
  reach_deadline(10s);
  done();
  pass(7ms);
  monitor_->cancel_check(now_);
  EXPECT_THAT(done(), ElementsAre("failed 7 CancelledError", "close 1"));
  monitor_->request_check(now_);
  reach_deadline(500ms);
  EXPECT_THAT(done(), ElementsAre("started", "open 2"));
  // It is Unknown since then: no second try at once.
  failed(2);
  EXPECT_EQ(monitor_->next_deadline(), now_ + 10s);
}

TEST_F(PollingMonitor, CancellingBetweenChecksClosesTheConnection) {
  get_to_know(answer());
  done();
  monitor_->cancel_check(now_);
  EXPECT_THAT(done(), ElementsAre("close 1"));
  reach_deadline(10s);
  EXPECT_THAT(done(), ElementsAre("started", "open 2"));
}

TEST_F(PollingMonitor, TheEndIsAtOnceAndForGood) {
  opened(1);
  done();
  monitor_->close(now_);
  EXPECT_THAT(done(), ElementsAre("failed 0 CancelledError", "close 1"));
  replied(1, answer());
  monitor_->request_check(now_);
  monitor_->cancel_check(now_);
  monitor_->close(now_);
  EXPECT_EQ(monitor_->next_deadline(), std::nullopt);
  EXPECT_THAT(done(), IsEmpty());
}

TEST_F(PollingMonitor, TheTopologyMayEndItWithTheResultOfACheck) {
  done();
  opened(1);
  monitor_->replied(MonitorConnectionId{1}, answer(), false, now_);
  monitor_->close(now_);
  monitor_->resume(now_);
  EXPECT_THAT(done(),
              ElementsAre("isMaster 1 client", "succeeded 0", "known, rtt 0, min 0", "close 1"));
}

TEST_F(MonitorTest, WithoutAConnectTimeoutNothingEnds) {  // D-MON-4
  watch({.connect_timeout = 0s});
  EXPECT_EQ(monitor_->next_deadline(), std::nullopt);
  opened(1);
  replied(1, answer());
  EXPECT_EQ(monitor_->next_deadline(), std::nullopt);
}

TEST_F(MonitorTest, TheStableApiSaysHello) {  // D-HS-2
  watch({.streaming = false, .server_api = wire::ServerApi{}});
  done();
  opened(1);
  EXPECT_THAT(done(), ElementsAre("hello 1"));
}

class StreamingMonitor : public MonitorTest {
 protected:
  StreamingMonitor() {
    watch(streaming());
    get_to_know(answer());
  }
};

TEST_F(StreamingMonitor, AsksForNewsAtOnce) {  // D-MON-5
  EXPECT_THAT(done(),
              ElementsAre("started", "open 1", "isMaster 1", "succeeded 10", "known, rtt 10, min 0",
                          "open 2", "started awaited", "hello 1 await 10000 exhaust"));
}

TEST_F(StreamingMonitor, ReadsOnWhileMoreComes) {
  done();
  pass(4s);
  replied(1, answer(1), true);
  EXPECT_THAT(done(),
              ElementsAre("succeeded awaited 4000", "known, rtt 10, min 0", "started awaited"));
  pass(1s);
  replied(1, answer(2), true);
  EXPECT_THAT(done(),
              ElementsAre("succeeded awaited 1000", "known, rtt 10, min 0", "started awaited"));
  replied(1, answer(3), false);
  EXPECT_THAT(done(), ElementsAre("succeeded awaited 0", "known, rtt 10, min 0", "started awaited",
                                  "hello 1 await 10000 exhaust"));
}

TEST_F(StreamingMonitor, NewsMayTakeTheHeartbeatFrequencyMore) {  // D-MON-4
  failed(2);  // the probe's connection: only the stream's deadline is left until it tries again
  done();
  pass(10s);
  monitor_->advance(now_);
  EXPECT_THAT(done(), ElementsAre("open 3"));
  failed(3);
  done();
  pass(10s - 1ns);
  monitor_->advance(now_);
  EXPECT_THAT(done(), IsEmpty());
  pass(1ns);
  monitor_->advance(now_);
  EXPECT_THAT(done(), testing::Contains("failed awaited 20000 NetworkError"));
}

TEST_F(StreamingMonitor, TheProbeMeasuresBesideIt) {  // D-MON-5, D-MON-8
  done();
  pass(3ms);
  opened(2);
  EXPECT_THAT(done(), ElementsAre("isMaster 2"));
  pass(5ms);
  replied(2, answer());
  EXPECT_THAT(done(), IsEmpty());  // no events, no news
  reach_deadline(10s);
  EXPECT_THAT(done(), ElementsAre("hello 2"));
  pass(5ms);
  replied(2, answer());
  replied(1, answer(1), true);
  EXPECT_THAT(done(), testing::Contains("known, rtt 8, min 5"));
}

TEST_F(StreamingMonitor, TheErrorsOfTheProbeChangeNothing) {
  opened(2);
  done();
  replied(2, error_answer(91));
  EXPECT_THAT(done(), ElementsAre("close 2"));
  reach_deadline(10s);
  EXPECT_THAT(done(), ElementsAre("open 3"));
}

TEST_F(StreamingMonitor, AProbeThatHangsIsEndedAfterTheConnectTimeout) {
  done();
  reach_deadline(10s);
  EXPECT_THAT(done(), ElementsAre("close 2"));
}

TEST_F(StreamingMonitor, AFailureForgetsTheTimes) {
  done();
  pass(1s);
  failed(1);
  EXPECT_THAT(done(), ElementsAre("failed awaited 1000 NetworkError", "close 1", "close 2",
                                  "unknown: " + reset_error()->message, "started", "open 3"));
  opened(3);
  pass(50ms);
  replied(3, answer());
  EXPECT_THAT(done(), testing::Contains("known, rtt 50, min 0"));
}

TEST_F(StreamingMonitor, BecomesPollingWhereTheServerCannot) {
  done();
  replied(1, old_answer());
  EXPECT_THAT(done(), ElementsAre("succeeded awaited 0", "known, rtt 10, min 0", "close 2"));
  EXPECT_EQ(monitor_->next_deadline(), now_ + 10s);
}

TEST_F(StreamingMonitor, CancellingInterruptsTheStream) {
  done();
  pass(2s);
  monitor_->cancel_check(now_);
  EXPECT_THAT(done(), ElementsAre("failed awaited 2000 CancelledError", "close 1", "close 2"));
  EXPECT_EQ(monitor_->next_deadline(), now_ + 10s);
}

TEST(RoundTripTimes, AverageAndMinimum) {  // D-MON-8
  RoundTripTimes times;
  EXPECT_EQ(times.average(), std::nullopt);
  times.add(100us);
  EXPECT_EQ(times.average(), 100us);
  EXPECT_EQ(times.minimum(), 0us);
  times.add(200us);
  EXPECT_EQ(times.average(), 120us);
  EXPECT_EQ(times.minimum(), 100us);
  for (int i = 0; i < 9; ++i) times.add(300us);
  EXPECT_EQ(times.minimum(), 200us);  // of the last ten
  times.reset();
  EXPECT_EQ(times.average(), std::nullopt);
}

}  // namespace
}  // namespace cmap
