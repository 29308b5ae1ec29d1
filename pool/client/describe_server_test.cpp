// Types and fields of servers, from their replies.
#include "pool/client/describe_server.hpp"

#include <gtest/gtest.h>

#include "pool/wire/bson_builder.hpp"

namespace cmap {
namespace {

using wire::DocumentBuilder;

const Address asked("a", 27017);

ServerDescription described(DocumentBuilder& reply) {
  return describe_server(asked, wire::HelloReply::from(reply.int32("ok", 1).build()));
}

ServerType type_with(std::initializer_list<const char*> flags, bool in_set = true) {
  DocumentBuilder reply;
  for (const char* flag : flags) reply.boolean(flag, true);
  if (in_set) reply.string("setName", "rs");
  return described(reply).type;
}

TEST(DescribeServer, TypesByTheirFlags) {
  EXPECT_EQ(type_with({}, false), ServerType::standalone);
  EXPECT_EQ(type_with({"isWritablePrimary"}, false), ServerType::standalone);
  EXPECT_EQ(type_with({"isreplicaset"}, false), ServerType::rs_ghost);
  EXPECT_EQ(type_with({"isWritablePrimary"}), ServerType::rs_primary);
  EXPECT_EQ(type_with({"ismaster"}), ServerType::rs_primary);
  EXPECT_EQ(type_with({"secondary"}), ServerType::rs_secondary);
  EXPECT_EQ(type_with({"arbiterOnly"}), ServerType::rs_arbiter);
  EXPECT_EQ(type_with({"secondary", "hidden"}), ServerType::rs_other);
  EXPECT_EQ(type_with({}), ServerType::rs_other);
  DocumentBuilder mongos;
  mongos.string("msg", "isdbgrid");
  EXPECT_EQ(described(mongos).type, ServerType::mongos);
}

TEST(DescribeServer, AddressesInLowerCase) {
  DocumentBuilder reply;
  reply.string("setName", "rs").string("me", "A:1").string("primary", "B:27017");
  reply.array("hosts", std::vector<std::string>{"A:1", "no:port", "b"});
  const ServerDescription server = described(reply);
  EXPECT_EQ(server.me, Address("a", 1));
  EXPECT_EQ(server.primary, Address("b", 27017));
  EXPECT_EQ(server.hosts, (std::vector{Address("a", 1), Address("b", 27017)}));
}

TEST(DescribeServer, FieldsOfTheReply) {
  DocumentBuilder last_write;
  last_write.date("lastWriteDate", std::chrono::milliseconds(5));
  DocumentBuilder reply;
  reply.string("setName", "rs").int32("setVersion", 3).int32("minWireVersion", 1);
  reply.int32("maxWireVersion", 21).int32("logicalSessionTimeoutMinutes", 30);
  reply.document("lastWrite", last_write.build());
  const ServerDescription server = described(reply);
  EXPECT_EQ(server.address, asked);
  EXPECT_EQ(server.set_name, "rs");
  EXPECT_EQ(server.set_version, 3);
  EXPECT_EQ(server.min_wire_version, 1);
  EXPECT_EQ(server.max_wire_version, 21);
  EXPECT_EQ(server.logical_session_timeout_minutes, 30);
  EXPECT_EQ(server.last_write_date, std::chrono::milliseconds(5));
  EXPECT_EQ(server.round_trip_time, std::nullopt);
}

TEST(DescribeServer, RefusalIsUnknownWithItsError) {
  DocumentBuilder reply;
  reply.int32("ok", 0).int32("code", 91).string("errmsg", "bye");
  const auto server = describe_server(asked, wire::HelloReply::from(reply.build()));
  EXPECT_EQ(server.type, ServerType::unknown);
  ASSERT_TRUE(server.error);
  EXPECT_EQ(server.error->code, 91);
  EXPECT_EQ(server.error->message, "bye");
}

}  // namespace
}  // namespace cmap
