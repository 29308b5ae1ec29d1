// The first command of a socket and the later checks of a monitor (D-HS-1 to 4).
#include "pool/wire/hello_command.hpp"

#include <gtest/gtest.h>

namespace cmap::wire {
namespace {

Document client() { return DocumentBuilder().string("x", "y").build(); }

TEST(HelloCommand, LegacyByDefault) {
  EXPECT_EQ(hello_command({.client_metadata = client()}), DocumentBuilder()
                                                              .int32("isMaster", 1)
                                                              .boolean("helloOk", true)
                                                              .string("backpressure", "2")
                                                              .document("client", client())
                                                              .array("compression", Document())
                                                              .string("$db", "admin")
                                                              .build());
}

TEST(HelloCommand, BackpressureIsAText) {  // D-HS-3
  EXPECT_EQ(hello_command({}).find("backpressure")->type(), ElementType::string);
  EXPECT_FALSE(hello_command({}).find("client"));
}

TEST(HelloCommand, LoadBalanced) {  // A-LB-5
  const Document command = hello_command({.load_balanced = true});
  EXPECT_EQ(command.view().begin()->key(), "hello");
  EXPECT_EQ(command.find("loadBalanced")->as_bool(), true);
  EXPECT_FALSE(hello_command({}).find("loadBalanced"));
}

TEST(HelloCommand, StableApi) {
  const Document command =
      hello_command({.server_api = ServerApi{.strict = true, .deprecation_errors = false}});
  EXPECT_EQ(command.view().begin()->key(), "hello");
  EXPECT_EQ(command.find("apiVersion")->as_string(), "1");
  EXPECT_EQ(command.find("apiStrict")->as_bool(), true);
  EXPECT_EQ(command.find("apiDeprecationErrors")->as_bool(), false);
  EXPECT_FALSE(hello_command({.server_api = ServerApi{}}).find("apiStrict"));
}

TEST(HelloCommand, Authentication) {
  const Document command =
      hello_command({.sasl_supported_mechs = "admin.user", .speculative_authenticate = client()});
  EXPECT_EQ(command.find("saslSupportedMechs")->as_string(), "admin.user");
  EXPECT_EQ(Document(*command.find("speculativeAuthenticate")->as_document()), client());
}

TEST(CheckCommand, UsesHelloWhereTheServerKnowsIt) {  // D-HS-2
  EXPECT_EQ(check_command({}).to_json(),
            R"({ "isMaster" : 1, "helloOk" : true, "$db" : "admin" })");
  EXPECT_EQ(check_command({.hello_ok = true}).view().begin()->key(), "hello");
  EXPECT_EQ(check_command({.server_api = ServerApi{}}).view().begin()->key(), "hello");
}

TEST(CheckCommand, CanWaitForNews) {
  const Document command =
      check_command({.hello_ok = true,
                     .topology_version = TopologyVersion{.process_id = {}, .counter = 6},
                     .max_await_time = std::chrono::seconds(10)});
  EXPECT_EQ(command.find("topologyVersion")->as_document()->find("counter")->as_int64(), 6);
  EXPECT_EQ(command.find("maxAwaitTimeMS")->as_int64(), 10'000);
  EXPECT_FALSE(check_command({.max_await_time = std::chrono::seconds(10)}).find("maxAwaitTimeMS"));
}

}  // namespace
}  // namespace cmap::wire
