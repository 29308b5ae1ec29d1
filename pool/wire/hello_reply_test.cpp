// Replies to hello of all kinds of servers.
#include "pool/wire/hello_reply.hpp"

#include <gtest/gtest.h>

namespace cmap::wire {
namespace {

constexpr ObjectId some_id{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};

HelloReply hello_reply(const DocumentBuilder& builder) { return HelloReply::from(builder.build()); }

TEST(HelloReply, AMemberOfAReplicaSet) {
  const std::vector<std::string> hosts = {"a:1", "b:2"};
  DocumentBuilder builder;
  builder.boolean("helloOk", true)
      .boolean("ismaster", true)
      .boolean("secondary", false)
      .string("setName", "rs")
      .array("hosts", hosts)
      .array("passives", std::vector<std::string>{"p:3"})
      .array("arbiters", std::vector<std::string>{"r:4"})
      .string("me", "a:1")
      .string("primary", "a:1")
      .int32("setVersion", 3)
      .object_id("electionId", some_id)
      .document("tags", DocumentBuilder().string("dc", "east").int32("odd", 1).build())
      .document("lastWrite", DocumentBuilder().date("lastWriteDate", Date(5)).build())
      .document("topologyVersion",
                DocumentBuilder().object_id("processId", some_id).int64("counter", 8).build())
      .int32("maxBsonObjectSize", 1)
      .int32("maxMessageSizeBytes", 2)
      .int32("maxWriteBatchSize", 3)
      .int32("logicalSessionTimeoutMinutes", 30)
      .int32("connectionId", 17)
      .int32("minWireVersion", 6)
      .int32("maxWireVersion", 25)
      .number_double("ok", 1.0);
  const HelloReply hello = hello_reply(builder);
  EXPECT_TRUE(hello.ok);
  EXPECT_TRUE(hello.hello_ok);
  EXPECT_TRUE(hello.is_writable_primary);
  EXPECT_FALSE(hello.secondary);
  EXPECT_EQ(hello.set_name, "rs");
  EXPECT_EQ(hello.hosts, hosts);
  EXPECT_EQ(hello.passives, (std::vector<std::string>{"p:3"}));
  EXPECT_EQ(hello.arbiters, (std::vector<std::string>{"r:4"}));
  EXPECT_EQ(hello.me, "a:1");
  EXPECT_EQ(hello.primary, "a:1");
  EXPECT_EQ(hello.set_version, 3);
  EXPECT_EQ(hello.election_id, some_id);
  EXPECT_EQ(hello.tags, (std::map<std::string, std::string>{{"dc", "east"}}));
  EXPECT_EQ(hello.last_write_date, Date(5));
  EXPECT_EQ(hello.topology_version, (TopologyVersion{.process_id = some_id, .counter = 8}));
  EXPECT_EQ(hello.max_bson_object_size, 1);
  EXPECT_EQ(hello.max_message_size, 2);
  EXPECT_EQ(hello.max_write_batch_size, 3);
  EXPECT_EQ(hello.logical_session_timeout_minutes, 30);
  EXPECT_EQ(hello.connection_id, 17);
  EXPECT_EQ(hello.min_wire_version, 6);
  EXPECT_EQ(hello.max_wire_version, 25);
  EXPECT_EQ(hello.document, builder.build());
  EXPECT_FALSE(hello.is_arbiter());
}

TEST(HelloReply, OtherServers) {
  EXPECT_EQ(hello_reply(DocumentBuilder().string("msg", "isdbgrid").int32("ok", 1)).message,
            "isdbgrid");
  EXPECT_TRUE(hello_reply(DocumentBuilder().boolean("isreplicaset", true)).is_replica_set);
  EXPECT_TRUE(hello_reply(DocumentBuilder().boolean("hidden", true)).hidden);
  EXPECT_TRUE(hello_reply(DocumentBuilder().boolean("arbiterOnly", true).string("setName", "rs"))
                  .is_arbiter());
  EXPECT_FALSE(hello_reply(DocumentBuilder().boolean("arbiterOnly", true)).is_arbiter());
  EXPECT_EQ(hello_reply(DocumentBuilder().object_id("serviceId", some_id)).service_id,
            ServiceId(some_id.bytes));
}

TEST(HelloReply, IsWritablePrimaryBeatsIsmaster) {
  EXPECT_FALSE(
      hello_reply(DocumentBuilder().boolean("isWritablePrimary", false).boolean("ismaster", true))
          .is_writable_primary);
  EXPECT_TRUE(
      hello_reply(DocumentBuilder().boolean("isWritablePrimary", true)).is_writable_primary);
}

TEST(HelloReply, AnError) {
  const HelloReply hello =
      hello_reply(DocumentBuilder().int32("ok", 0).string("errmsg", "no").int32("code", 91));
  EXPECT_FALSE(hello.ok);
  EXPECT_EQ(hello.error_message, "no");
  EXPECT_EQ(hello.code, 91);
}

TEST(HelloReply, NothingButDefaults) {
  const HelloReply hello = HelloReply::from(Document());
  EXPECT_FALSE(hello.ok);
  EXPECT_EQ(hello.max_bson_object_size, 16 * 1024 * 1024);
  EXPECT_EQ(hello.max_message_size, 48'000'000);
  EXPECT_FALSE(hello.service_id);
  EXPECT_FALSE(hello.sasl_supported_mechs);
  EXPECT_FALSE(hello.speculative_authenticate);
}

TEST(HelloReply, NumbersOfOtherTypesAreUnderstood) {
  const HelloReply hello = hello_reply(DocumentBuilder()
                                           .boolean("ok", true)
                                           .number_double("maxWireVersion", 21.0)
                                           .int64("setVersion", std::int64_t{1} << 40)
                                           .int32("secondary", 1));
  EXPECT_TRUE(hello.ok);
  EXPECT_EQ(hello.max_wire_version, 21);
  EXPECT_EQ(hello.set_version, std::int64_t{1} << 40);
  EXPECT_TRUE(hello.secondary);
}

TEST(HelloReply, OtherTypesAreAsIfMissing) {
  const HelloReply hello = hello_reply(DocumentBuilder()
                                           .string("maxWireVersion", "21")
                                           .int64("minWireVersion", (std::int64_t{1} << 40) + 5)
                                           .int32("setName", 5)
                                           .string("hosts", "a:1")
                                           .string("serviceId", "abc")
                                           .string("topologyVersion", "1"));
  EXPECT_EQ(hello.max_wire_version, 0);
  EXPECT_EQ(hello.min_wire_version, 0);
  EXPECT_FALSE(hello.set_name);
  EXPECT_TRUE(hello.hosts.empty());
  EXPECT_FALSE(hello.service_id);
  EXPECT_FALSE(hello.topology_version);
}

TEST(HelloReply, UnknownMechanismsAreNoError) {  // D-HS-8
  const std::vector<std::string> mechanisms = {"unknown", "SCRAM-SHA-256"};
  EXPECT_EQ(
      hello_reply(DocumentBuilder().array("saslSupportedMechs", mechanisms)).sasl_supported_mechs,
      mechanisms);
}

}  // namespace
}  // namespace cmap::wire
