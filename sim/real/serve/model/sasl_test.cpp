// Authentication: the conversations of drivers, old and new, and what is refused.
#include <gtest/gtest.h>

#include "sim/real/serve/model/model_harness.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;
using wire::ScramClient;
using wire::ScramMechanism;

ModelOptions with_ada() {
  ModelOptions options;
  options.authentication = true;
  options.users = {{.name = "ada", .password = "secret"}};
  return options;
}

ScramClient client_of(ScramMechanism mechanism, const char* password = "secret",
                      const char* user = "ada") {
  return {mechanism, user, password, "clientNonce"};
}

Document start_fields(const ScramClient& client, bool skips) {
  return DocumentBuilder()
      .int32("saslStart", 1)
      .string("mechanism", wire::mechanism_name(client.mechanism()))
      .binary("payload", wire::bytes_of(client.first_message()))
      .document("options", DocumentBuilder().boolean("skipEmptyExchange", skips).build())
      .build();
}

Document on(Document command, std::string_view database = "admin") {
  return DocumentBuilder().elements_of(command).string("$db", database).build();
}

Document go_on(std::string_view payload) {
  return on(DocumentBuilder()
                .int32("saslContinue", 1)
                .int32("conversationId", 1)
                .binary("payload", wire::bytes_of(payload))
                .build());
}

std::string payload_of(wire::DocumentView reply) {
  const auto element = reply.find("payload");
  return element ? std::string(wire::text_of(element->as_binary()->bytes)) : "";
}

bool is_done(wire::DocumentView reply) { return reply.find_flag("done").value_or(false); }

class Sasl : public ::testing::TestWithParam<ScramMechanism> {
 protected:
  /// The client's proof for the server's first reply.
  Document prove(ScramClient& client, wire::DocumentView first) {
    const auto proof = client.final_message(payload_of(first));
    EXPECT_TRUE(proof);
    return world.ask(go_on(proof ? *proof : ""));
  }

  ModelWithClient world{with_ada()};
};

TEST_P(Sasl, InTwoSteps) {
  ScramClient client = client_of(GetParam());
  const Document first = world.ask(on(start_fields(client, true)));
  ASSERT_TRUE(is_ok(first));
  EXPECT_FALSE(is_done(first));
  EXPECT_EQ(code_of(world.ask(command_document("ping"))), 13);
  const Document last = prove(client, first);
  EXPECT_TRUE(is_ok(last));
  EXPECT_TRUE(is_done(last));
  EXPECT_FALSE(client.verify(payload_of(last)));
  EXPECT_TRUE(is_ok(world.ask(command_document("ping"))));
  EXPECT_EQ(world.connection.authenticated, "admin.ada");
}

TEST_P(Sasl, InThreeStepsAsOldDriversDo) {
  ScramClient client = client_of(GetParam());
  const Document second = prove(client, world.ask(on(start_fields(client, false))));
  EXPECT_FALSE(is_done(second));
  EXPECT_FALSE(client.verify(payload_of(second)));
  EXPECT_EQ(code_of(world.ask(command_document("ping"))), 13);
  const Document third = world.ask(go_on(""));
  EXPECT_TRUE(is_ok(third) && is_done(third));
  EXPECT_TRUE(is_ok(world.ask(command_document("ping"))));
}

TEST_P(Sasl, InsideOfHello) {
  ScramClient client = client_of(GetParam());
  const Document start =
      DocumentBuilder().elements_of(start_fields(client, true)).string("db", "admin").build();
  const Document hello = world.ask(command_document(
      "hello", DocumentBuilder().document("speculativeAuthenticate", start).build()));
  const auto first = hello.view().find_document("speculativeAuthenticate");
  ASSERT_TRUE(first);
  const Document last = prove(client, *first);
  EXPECT_TRUE(is_done(last));
  EXPECT_FALSE(client.verify(payload_of(last)));
}

TEST_P(Sasl, AWrongPassword) {
  ScramClient client = client_of(GetParam(), "wrong");
  const Document last = prove(client, world.ask(on(start_fields(client, true))));
  EXPECT_EQ(code_of(last), 18);
  EXPECT_EQ(last.view().find_string("codeName"), "AuthenticationFailed");
  EXPECT_EQ(code_of(world.ask(command_document("ping"))), 13);
  // And no second guess.
  EXPECT_EQ(code_of(world.ask(go_on(""))), 18);
}

TEST_P(Sasl, AnUnknownUserHearsTheSame) {
  const Document unknown =
      world.ask(on(start_fields(client_of(GetParam(), "secret", "bob"), true)));
  ScramClient client = client_of(GetParam(), "wrong");
  EXPECT_EQ(unknown, prove(client, world.ask(on(start_fields(client, true)))));
  EXPECT_EQ(code_of(world.ask(on(start_fields(client_of(GetParam()), true), "test"))), 18);
}

INSTANTIATE_TEST_SUITE_P(Mechanisms, Sasl,
                         ::testing::Values(ScramMechanism::sha1, ScramMechanism::sha256),
                         [](const auto& mechanism) {
                           return mechanism.param == ScramMechanism::sha1 ? "Sha1" : "Sha256";
                         });

TEST(SaslErrors, SpeculationThatFailsIsLeftOut) {
  ModelWithClient world(with_ada());
  const Document start = on(start_fields(client_of(ScramMechanism::sha256, "x", "bob"), true));
  const Document hello = world.ask(command_document(
      "hello", DocumentBuilder().document("speculativeAuthenticate", start).build()));
  EXPECT_TRUE(is_ok(hello));
  EXPECT_FALSE(hello.find("speculativeAuthenticate"));
}

TEST(SaslErrors, NonsenseIsRefused) {
  ModelWithClient world(with_ada());
  EXPECT_EQ(code_of(world.ask(command_document("saslStart"))), 18);
  EXPECT_EQ(code_of(world.ask(command_document("saslContinue"))), 18);
  EXPECT_EQ(code_of(world.ask(go_on("x"))), 18);
  EXPECT_EQ(code_of(world.ask(command_document("authenticate"))), 18);
  const Document plain = DocumentBuilder()
                             .int32("saslStart", 1)
                             .string("mechanism", "PLAIN")
                             .string("payload", "x")
                             .build();
  EXPECT_EQ(code_of(world.ask(on(plain))), 18);
}

TEST(SaslErrors, LogoutForgets) {
  ModelWithClient world(with_ada());
  world.connection.authenticated = "admin.ada";
  const Document status = world.ask(command_document("connectionStatus"));
  const auto users = status.view().find_document("authInfo")->find_array("authenticatedUsers");
  EXPECT_EQ(users->begin()->as_document()->find_string("user"), "ada");
  EXPECT_TRUE(is_ok(world.ask(command_document("logout"))));
  EXPECT_EQ(code_of(world.ask(command_document("ping"))), 13);
}

TEST(SaslErrors, WithoutAuthenticationNobodyIsAsked) {
  ModelWithClient world;
  EXPECT_TRUE(is_ok(world.ask(command_document("ping"))));
}

TEST(SaslErrors, AUserNeedsAName) {
  ModelOptions options;
  options.users = {{.name = "", .password = "x"}};
  EXPECT_THROW(ModelWithClient{std::move(options)}, std::invalid_argument);
}

Document x509(const std::optional<std::string>& user) {
  DocumentBuilder command;
  command.int32("authenticate", 1).string("mechanism", "MONGODB-X509");
  if (user) command.string("user", *user);
  return on(command.build(), "$external");
}

TEST(X509, TheCertificateSaysWhoItIs) {
  ModelWithClient world(with_ada());
  world.connection.certificate_subject = "CN=client,O=cmap";
  const Document reply = world.ask(x509(std::nullopt));
  EXPECT_TRUE(is_ok(reply));
  EXPECT_EQ(reply.view().find_string("user"), "CN=client,O=cmap");
  EXPECT_EQ(world.connection.authenticated, "$external.CN=client,O=cmap");
}

TEST(X509, AnotherNameOrNoCertificateIsRefused) {
  ModelWithClient world(with_ada());
  EXPECT_EQ(code_of(world.ask(x509(std::nullopt))), 18);
  world.connection.certificate_subject = "CN=client,O=cmap";
  EXPECT_EQ(code_of(world.ask(x509("CN=server"))), 18);
  EXPECT_TRUE(is_ok(world.ask(x509("CN=client,O=cmap"))));
}

TEST(X509, InsideOfHello) {
  ModelWithClient world(with_ada());
  world.connection.certificate_subject = "CN=client,O=cmap";
  const Document hello = world.ask(command_document(
      "hello", DocumentBuilder().document("speculativeAuthenticate", x509(std::nullopt)).build()));
  const auto answer = hello.view().find_document("speculativeAuthenticate");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->find_string("dbname"), "$external");
  EXPECT_TRUE(is_ok(world.ask(command_document("ping"))));
}

}  // namespace
}  // namespace cmap::serve
