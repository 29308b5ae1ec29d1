// hello: what each kind of server says about itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/wire/hello_reply.hpp"
#include "sim/real/serve/model/model_harness.hpp"

namespace cmap::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;
using wire::Document;
using wire::DocumentBuilder;
using wire::HelloReply;

HelloReply hello(ModelWithClient& world, const Document& rest = {},
                 std::string_view name = "hello") {
  return HelloReply::from(world.ask(command_document(name, rest)));
}

TEST(Hello, OfASingleServer) {
  ModelWithClient world;
  const HelloReply reply = hello(world);
  EXPECT_TRUE(reply.ok);
  EXPECT_TRUE(reply.is_writable_primary);
  EXPECT_FALSE(reply.hello_ok);
  EXPECT_EQ(reply.set_name, std::nullopt);
  EXPECT_EQ(reply.message, "");
  EXPECT_EQ(reply.min_wire_version, 0);
  EXPECT_EQ(reply.max_wire_version, 21);
  EXPECT_EQ(reply.max_bson_object_size, 16'777'216);
  EXPECT_EQ(reply.max_message_size, 48'000'000);
  EXPECT_EQ(reply.max_write_batch_size, 100'000);
  EXPECT_THAT(reply.logical_session_timeout_minutes, Optional(30));
  EXPECT_THAT(reply.connection_id, Optional(3));
  EXPECT_EQ(reply.document.find("localTime")->as_date(), test_time);
  EXPECT_EQ(reply.topology_version, world.model->deployment.topology_version(0));
}

TEST(Hello, TheLegacyNameHasTheLegacyField) {
  ModelWithClient world;
  for (const char* name : {"isMaster", "ismaster"}) {
    const HelloReply reply = hello(world, DocumentBuilder().boolean("helloOk", true).build(), name);
    EXPECT_EQ(reply.document.view().find_flag("ismaster"), true);
    EXPECT_FALSE(reply.document.find("isWritablePrimary"));
    EXPECT_TRUE(reply.hello_ok);
  }
}

TEST(Hello, OfAPrimary) {
  ModelWithClient world(replica_set_of(3));
  const HelloReply reply = hello(world);
  EXPECT_TRUE(reply.is_writable_primary);
  EXPECT_FALSE(reply.secondary);
  EXPECT_EQ(reply.set_name, "rs");
  EXPECT_THAT(reply.hosts, ElementsAre("127.0.0.1:31000", "127.0.0.1:31001", "127.0.0.1:31002"));
  EXPECT_EQ(reply.primary, "127.0.0.1:31000");
  EXPECT_EQ(reply.me, "127.0.0.1:31000");
  EXPECT_EQ(reply.election_id, world.model->deployment.election_id());
  EXPECT_THAT(reply.set_version, Optional(1));
  EXPECT_EQ(reply.last_write_date, test_time);
}

TEST(Hello, OfASecondary) {
  ModelWithClient world(replica_set_of(3));
  world.connection.member = 2;
  const HelloReply reply = hello(world);
  EXPECT_FALSE(reply.is_writable_primary);
  EXPECT_TRUE(reply.secondary);
  EXPECT_EQ(reply.primary, "127.0.0.1:31000");
  EXPECT_EQ(reply.me, "127.0.0.1:31002");
  EXPECT_EQ(reply.election_id, std::nullopt);
}

TEST(Hello, WhileThereIsNoPrimary) {
  ModelWithClient world(replica_set_of(3));
  world.model->deployment.step_down();
  const HelloReply reply = hello(world);
  EXPECT_TRUE(reply.secondary);
  EXPECT_EQ(reply.primary, std::nullopt);
  EXPECT_EQ(reply.topology_version->counter, 1);
}

TEST(Hello, BehindALoadBalancer) {
  ModelOptions options;
  options.deployment = {.kind = Deployment::Kind::load_balanced, .services = 2};
  ModelWithClient world(std::move(options));
  EXPECT_EQ(hello(world).message, "isdbgrid");
  EXPECT_EQ(hello(world).service_id, std::nullopt);
  const Document balanced = DocumentBuilder().boolean("loadBalanced", true).build();
  const auto first = hello(world, balanced).service_id;
  ASSERT_TRUE(first);
  // A connection stays with its service.
  EXPECT_EQ(hello(world, balanced).service_id, first);
  world.connection = {};
  EXPECT_NE(hello(world, balanced).service_id, first);
  world.connection = {};
  EXPECT_EQ(hello(world, balanced).service_id, first);
}

TEST(Hello, WithoutALoadBalancerThereIsNoService) {
  const Document balanced = DocumentBuilder().boolean("loadBalanced", true).build();
  ModelWithClient standalone;
  EXPECT_EQ(hello(standalone, balanced).service_id, std::nullopt);
  ModelOptions options;
  options.deployment = {.kind = Deployment::Kind::load_balanced, .services = 0};
  ModelWithClient mongos(std::move(options));
  EXPECT_EQ(hello(mongos, balanced).message, "isdbgrid");
  EXPECT_EQ(hello(mongos, balanced).service_id, std::nullopt);
}

TEST(Hello, ListsTheMechanismsOfAUserWhoExists) {
  ModelOptions options;
  options.users = {{.name = "ada", .password = "secret"}};
  ModelWithClient world(std::move(options));
  const auto mechanisms = [&](std::string_view user) {
    return hello(world, DocumentBuilder().string("saslSupportedMechs", user).build())
        .sasl_supported_mechs;
  };
  EXPECT_THAT(mechanisms("admin.ada"), Optional(ElementsAre("SCRAM-SHA-1", "SCRAM-SHA-256")));
  EXPECT_THAT(mechanisms("admin.bob"), Eq(std::nullopt));
  EXPECT_THAT(mechanisms("test.ada"), Eq(std::nullopt));
}

TEST(Hello, RemembersTheApplication) {
  ModelWithClient world;
  const Document application = DocumentBuilder().string("name", "app").build();
  const Document client = DocumentBuilder().document("application", application).build();
  remember_client(world.connection, DocumentBuilder().document("client", client).build());
  EXPECT_EQ(world.connection.app_name, "app");
  remember_client(world.connection, Document());
  EXPECT_EQ(world.connection.app_name, "app");
}

TEST(Commands, WhatAServerSaysOfItself) {
  ModelWithClient world;
  EXPECT_EQ(world.ask(command_document("ping")), DocumentBuilder().number_double("ok", 1).build());
  EXPECT_EQ(world.ask(command_document("buildInfo")).view().find_string("version"), "7.0.0");
  EXPECT_EQ(world.ask(command_document("whatsmyip")).view().find_string("you"), "127.0.0.1:40000");
  for (const char* name : {"endSessions", "killAllSessions", "getParameter", "hostInfo"}) {
    EXPECT_TRUE(is_ok(world.ask(command_document(name)))) << name;
  }
}

TEST(Commands, UnknownOnes) {
  ModelWithClient world;
  const Document reply = world.ask(command_document("fly"));
  EXPECT_FALSE(is_ok(reply));
  EXPECT_EQ(code_of(reply), 59);
  EXPECT_EQ(reply.view().find_string("codeName"), "CommandNotFound");
  EXPECT_EQ(reply.view().find_string("errmsg"), "no such command: 'fly'");
  EXPECT_EQ(code_of(world.ask(Document())), 59);
}

TEST(Commands, OldMessagesAreForHelloAlone) {
  ModelWithClient world;
  const auto ask = [&](const char* name) {
    return world.ask(*Request::from(
        wire::OpQuery{.collection = "admin.$cmd", .query = number_document(name, 1)}));
  };
  EXPECT_TRUE(is_ok(ask("isMaster")));
  EXPECT_TRUE(is_ok(ask("hello")));
  EXPECT_EQ(code_of(ask("ping")), 352);
}

}  // namespace
}  // namespace cmap::serve
