// The order of things in one command: fail point, delay, answer; waiting for news; streams.
#include "sim/real/serve/model/exchange.hpp"

#include <gtest/gtest.h>

#include "sim/real/serve/model/model_harness.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

using std::chrono::milliseconds;
using wire::Document;
using wire::DocumentBuilder;

class Exchanges : public ::testing::Test {
 protected:
  Exchange begin(Document body, bool exhaust_allowed = false) {
    return {*world.model, world.connection, request_of(std::move(body), exhaust_allowed)};
  }
  void fail(sim::FailPoint point) {
    if (point.mode == sim::FailPoint::Mode::off) point.mode = sim::FailPoint::Mode::always_on;
    world.model->fail_points[0].set(std::move(point));
  }
  /// A hello that waits for news after `counter`.
  Document awaiting(std::int64_t counter, std::int32_t milliseconds_to_wait = 1000) {
    const wire::TopologyVersion mine = world.model->deployment.topology_version(0);
    const Document version =
        DocumentBuilder().object_id("processId", mine.process_id).int64("counter", counter).build();
    return command_document("hello", DocumentBuilder()
                                         .document("topologyVersion", version)
                                         .int32("maxAwaitTimeMS", milliseconds_to_wait)
                                         .build());
  }
  static std::int64_t counter_of(wire::DocumentView reply) {
    return reply.find_document("topologyVersion")->find_whole_number("counter").value_or(-1);
  }

  ModelWithClient world{replica_set_of(3)};
};

TEST_F(Exchanges, AnswerAtOnce) {
  Exchange exchange = begin(command_document("ping"));
  const Step step = exchange.next(test_time);
  EXPECT_EQ(step.kind, Step::Kind::reply);
  EXPECT_TRUE(is_ok(step.reply));
}

TEST_F(Exchanges, UnacknowledgedCommandsAreCarriedOutInSilence) {
  const Request request = *Request::from(
      wire::OpMsg{.more_to_come = true,
                  .body = collection_command(
                      "insert", "things",
                      DocumentBuilder()
                          .array("documents", std::vector<Document>{number_document("_id", 1)})
                          .build())});
  Exchange exchange(*world.model, world.connection, request);
  EXPECT_EQ(exchange.next(test_time).kind, Step::Kind::silence);
  EXPECT_EQ(world.model->store.collections(), std::vector<std::string>{"test.things"});
}

TEST_F(Exchanges, AFailPointClosesBeforeAnythingIsDone) {
  fail({.fail_commands = {"create"}, .close_connection = true});
  Exchange exchange = begin(collection_command("create", "things"));
  EXPECT_EQ(exchange.next(test_time).kind, Step::Kind::close);
  EXPECT_TRUE(world.model->store.collections().empty());
}

TEST_F(Exchanges, AFailPointAnswersWithItsError) {
  fail({.fail_commands = {"create"}, .error_code = 91});
  Exchange exchange = begin(collection_command("create", "things"));
  const Step step = exchange.next(test_time);
  EXPECT_EQ(step.kind, Step::Kind::reply);
  EXPECT_EQ(code_of(step.reply), 91);
  EXPECT_TRUE(world.model->store.collections().empty());
}

TEST_F(Exchanges, AFailPointShowsAVersion) {
  Deployment& set = world.model->deployment;
  set.make_news(0);
  set.make_news(0);
  const auto counter_with = [&](ErrorVersion version) {
    world.model->fail_points[0].set(
        {.mode = sim::FailPoint::Mode::always_on, .fail_commands = {"ping"}, .error_code = 91},
        version);
    return counter_of(begin(command_document("ping")).next(test_time).reply);
  };
  EXPECT_EQ(counter_with(ErrorVersion::older), 1);
  EXPECT_EQ(counter_with(ErrorVersion::same), 2);
  EXPECT_EQ(counter_with(ErrorVersion::newer), 3);
  EXPECT_EQ(set.topology_version(0).counter, 3);
}

TEST_F(Exchanges, AFailPointBlocksThenTheCommandIsCarriedOut) {
  fail({.mode = sim::FailPoint::Mode::times,
        .count = 1,
        .fail_commands = {"create"},
        .block_connection = true,
        .block_time = milliseconds(50)});
  Exchange exchange = begin(collection_command("create", "things"));
  const Step step = exchange.next(test_time);
  EXPECT_EQ(step.kind, Step::Kind::sleep);
  EXPECT_EQ(step.duration, milliseconds(50));
  EXPECT_TRUE(world.model->store.collections().empty());
  EXPECT_TRUE(is_ok(exchange.next(test_time).reply));
  EXPECT_FALSE(world.model->store.collections().empty());
}

TEST_F(Exchanges, AFailPointBlocksThenCloses) {
  fail({.fail_commands = {"ping"},
        .close_connection = true,
        .block_connection = true,
        .block_time = milliseconds(50)});
  Exchange exchange = begin(command_document("ping"));
  EXPECT_EQ(exchange.next(test_time).kind, Step::Kind::sleep);
  EXPECT_EQ(exchange.next(test_time).kind, Step::Kind::close);
}

TEST_F(Exchanges, AFailPointForAnApplicationStrikesItsFirstHello) {
  fail({.fail_commands = {"isMaster"}, .error_code = 91, .app_name = "app"});
  const Document application = DocumentBuilder().string("name", "app").build();
  const Document client = DocumentBuilder().document("application", application).build();
  Exchange named =
      begin(command_document("ismaster", DocumentBuilder().document("client", client).build()));
  EXPECT_EQ(code_of(named.next(test_time).reply), 91);
  world.connection = {};
  Exchange other = begin(command_document("ismaster"));
  EXPECT_TRUE(is_ok(other.next(test_time).reply));
}

TEST_F(Exchanges, AFailPointIsOfOneMember) {
  fail({.fail_commands = {"ping"}, .error_code = 91});
  world.connection.member = 1;
  Exchange exchange = begin(command_document("ping"));
  EXPECT_TRUE(is_ok(exchange.next(test_time).reply));
}

TEST_F(Exchanges, AFilterThatSleepsTakesItsTime) {
  const auto find = [&](const char* where) {
    const Document filter = DocumentBuilder().string("$where", where).build();
    return begin(
        collection_command("find", "things", DocumentBuilder().document("filter", filter).build()));
  };
  Exchange exchange = find("sleep(2000) || true");
  const Step step = exchange.next(test_time);
  EXPECT_EQ(step.kind, Step::Kind::sleep);
  EXPECT_EQ(step.duration, milliseconds(2000));
  EXPECT_TRUE(is_ok(exchange.next(test_time).reply));
  for (const char* where : {"sleep(2000)", "sleep(-1) || true", "sleep() || true", "true"}) {
    Exchange other = find(where);
    EXPECT_EQ(code_of(other.next(test_time).reply), 238) << where;
  }
}

TEST_F(Exchanges, HelloWaitsForNewsThatTheClientDoesNotHave) {
  Exchange exchange = begin(awaiting(0));
  const Step step = exchange.next(test_time);
  EXPECT_EQ(step.kind, Step::Kind::await_news);
  EXPECT_EQ(step.duration, milliseconds(1000));
  world.model->deployment.step_down();
  const Step answer = exchange.next(test_time);
  EXPECT_EQ(answer.kind, Step::Kind::reply);
  EXPECT_EQ(counter_of(answer.reply), 1);
}

TEST_F(Exchanges, HelloDoesNotWaitWhenThereAreNews) {
  world.model->deployment.step_down();
  Exchange older = begin(awaiting(0));
  EXPECT_EQ(older.next(test_time).kind, Step::Kind::reply);
  Exchange newer = begin(awaiting(1));
  world.model->deployment.kill(0);
  world.model->deployment.restart(0);
  EXPECT_EQ(newer.next(test_time).kind, Step::Kind::reply);
}

TEST_F(Exchanges, HelloWithoutATimeDoesNotWait) {
  Exchange never = begin(awaiting(0, -1));
  EXPECT_EQ(never.next(test_time).kind, Step::Kind::reply);
  Exchange plain = begin(command_document("hello"), true);
  EXPECT_EQ(plain.next(test_time).kind, Step::Kind::reply);
}

TEST_F(Exchanges, AStreamGoesOnFromWhatWasSent) {
  world.model->deployment.step_down();
  Exchange exchange = begin(awaiting(0), true);
  const Step first = exchange.next(test_time);
  EXPECT_EQ(first.kind, Step::Kind::stream);
  EXPECT_EQ(counter_of(first.reply), 1);
  exchange.go_on_streaming(first.reply, 33);
  EXPECT_EQ(exchange.request().id, 33);
  EXPECT_EQ(exchange.next(test_time).kind, Step::Kind::await_news);
  world.model->deployment.elect();
  const Step second = exchange.next(test_time);
  EXPECT_EQ(second.kind, Step::Kind::stream);
  EXPECT_EQ(counter_of(second.reply), 2);
}

TEST_F(Exchanges, AStreamGoesOnWithoutNewsWhenTheTimeIsUp) {
  Exchange exchange = begin(awaiting(0), true);
  EXPECT_EQ(exchange.next(test_time).kind, Step::Kind::await_news);
  const Step step = exchange.next(test_time);
  EXPECT_EQ(step.kind, Step::Kind::stream);
  EXPECT_EQ(counter_of(step.reply), 0);
}

TEST_F(Exchanges, AnErrorEndsAStream) {
  Exchange exchange = begin(awaiting(0), true);
  exchange.next(test_time);
  const Step step = exchange.next(test_time);
  exchange.go_on_streaming(step.reply, 1);
  fail({.fail_commands = {"hello"}, .error_code = 91});
  EXPECT_EQ(exchange.next(test_time).kind, Step::Kind::reply);
}

TEST(Requests, OldCommandsMayBeWrapped) {
  const Document wrapped = DocumentBuilder()
                               .document("$query", number_document("isMaster", 1))
                               .int32("$orderby", 1)
                               .build();
  const auto request = Request::from(wire::OpQuery{.collection = "admin.$cmd", .query = wrapped});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->name, "isMaster");
  EXPECT_EQ(request->database, "admin");
  EXPECT_TRUE(request->legacy);
}

TEST(Requests, WhatIsNoCommand) {
  EXPECT_FALSE(Request::from(wire::OpQuery{.collection = "test.things"}));
  EXPECT_FALSE(Request::from(wire::OpReply{}));
}

TEST(Requests, Phases) {
  const auto phase = [](const char* name) { return request_of(number_document(name, 1)).phase(); };
  for (const char* name : {"hello", "isMaster", "ismaster"}) {
    EXPECT_EQ(phase(name), PeerPhase::hello);
  }
  for (const char* name : {"saslStart", "saslContinue", "authenticate"}) {
    EXPECT_EQ(phase(name), PeerPhase::authenticate);
  }
  EXPECT_EQ(phase("ping"), PeerPhase::command);
}

TEST(Requests, RepliesComeInTheKindOfTheQuestion) {
  Request request = request_of(command_document("ping"));
  const auto message = wire::decode_op_msg(encode_reply(request, ok_reply(), 5, true));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->request_id, 5);
  EXPECT_EQ(message->response_to, 7);
  EXPECT_TRUE(message->more_to_come);
  request.legacy = true;
  const auto legacy = wire::decode(encode_reply(request, ok_reply(), 5, false));
  ASSERT_TRUE(legacy);
  EXPECT_EQ(std::get<wire::OpReply>(*legacy).documents, std::vector<Document>{ok_reply()});
}

}  // namespace
}  // namespace cmap::serve
