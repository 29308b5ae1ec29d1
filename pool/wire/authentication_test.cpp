// Commands and replies of authentication (D.7).
#include "pool/wire/authentication.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "pool/wire/bson_builder.hpp"

namespace cmap::wire {
namespace {

using enum AuthenticationMechanism;

void zeros(std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), 0); }
constexpr const char* nonce_of_zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

HelloReply hello_with(std::optional<std::vector<std::string>> mechanisms) {
  DocumentBuilder builder;
  builder.int32("ok", 1);
  if (mechanisms) builder.array("saslSupportedMechs", *mechanisms);
  return HelloReply::from(builder.build());
}

Document sasl_reply(std::string_view payload, bool done) {
  return DocumentBuilder()
      .int32("conversationId", 4)
      .boolean("done", done)
      .binary("payload", bytes_of(payload))
      .int32("ok", 1)
      .build();
}

std::string payload_of(const Document& command) {
  return std::string(text_of(command.find("payload")->as_binary()->bytes));
}

TEST(SaslCommands, HaveTheirFields) {
  EXPECT_EQ(sasl_start_command(scram_sha_256, "xyz"),
            DocumentBuilder()
                .int32("saslStart", 1)
                .string("mechanism", "SCRAM-SHA-256")
                .binary("payload", bytes_of("xyz"))
                .int32("autoAuthorize", 1)
                .document("options", DocumentBuilder().boolean("skipEmptyExchange", true).build())
                .build());
  EXPECT_EQ(sasl_continue_command(4, ""), DocumentBuilder()
                                              .int32("saslContinue", 1)
                                              .int32("conversationId", 4)
                                              .binary("payload", {})
                                              .build());
  EXPECT_EQ(x509_command("").to_json(), R"({ "authenticate" : 1, "mechanism" : "MONGODB-X509" })");
  EXPECT_EQ(x509_command("CN=x").find("user")->as_string(), "CN=x");
}

TEST(SaslReply, NeedsItsFields) {
  const Result<SaslReply> reply = parse_sasl_reply(sasl_reply("abc", true));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->conversation_id, 4);
  EXPECT_TRUE(reply->done);
  EXPECT_EQ(reply->payload, "abc");
  for (const char* missing : {"conversationId", "done", "payload"}) {
    const Document whole = sasl_reply("abc", true);
    DocumentBuilder builder;
    for (const ElementView& element : whole.view()) {
      if (element.key() != missing) builder.element(element);
    }
    EXPECT_FALSE(parse_sasl_reply(builder.build())) << missing;
  }
}

TEST(Negotiation, PrefersSha256AndFallsBackToSha1) {  // D-AU-2
  const Credential any{.user = "u"};
  EXPECT_EQ(negotiated_mechanism(any, hello_with({{"SCRAM-SHA-1", "SCRAM-SHA-256"}})),
            scram_sha_256);
  EXPECT_EQ(negotiated_mechanism(any, hello_with({{"SCRAM-SHA-1"}})), scram_sha_1);
  EXPECT_EQ(negotiated_mechanism(any, hello_with({{"PLAIN"}})), scram_sha_1);
  EXPECT_EQ(negotiated_mechanism(any, hello_with({})), scram_sha_1);
  const Credential given{.mechanism = scram_sha_1, .user = "u"};
  EXPECT_EQ(negotiated_mechanism(given, hello_with({{"SCRAM-SHA-256"}})), scram_sha_1);
}

TEST(Authentication, NegotiatesOnlyWithoutAMechanism) {
  EXPECT_EQ(Authentication({.user = "u", .source = "db"}, zeros, nullptr).sasl_supported_mechs(),
            "db.u");
  EXPECT_FALSE(Authentication({.mechanism = scram_sha_1, .user = "u"}, zeros, nullptr)
                   .sasl_supported_mechs());
}

TEST(Authentication, SpeculatesWithSha256AndTheDatabase) {  // D-AU-6
  Authentication authentication({.user = "u", .source = "db"}, zeros, nullptr);
  const Document step = authentication.speculative_authenticate();
  EXPECT_EQ(step.find("saslStart")->as_int32(), 1);
  EXPECT_EQ(step.find("mechanism")->as_string(), "SCRAM-SHA-256");
  EXPECT_EQ(step.find("db")->as_string(), "db");
  EXPECT_FALSE(step.find("$db"));
  EXPECT_EQ(payload_of(step), std::string("n,,n=u,r=").append(nonce_of_zeros));
}

TEST(Authentication, AMechanismThatIsGivenIsSpeculatedWith) {
  Authentication authentication({.mechanism = scram_sha_1, .user = "u"}, zeros, nullptr);
  EXPECT_EQ(authentication.speculative_authenticate().find("mechanism")->as_string(),
            "SCRAM-SHA-1");
}

TEST(Authentication, BeginsAgainWhereTheServerDidNotSpeculate) {
  Authentication authentication({.user = "u"}, zeros, nullptr);
  authentication.speculative_authenticate();
  const Result<std::optional<Document>> command =
      authentication.begin(hello_with({{"SCRAM-SHA-1"}}));
  ASSERT_TRUE(command && *command);
  EXPECT_EQ((*command)->find("saslStart")->as_int32(), 1);
  EXPECT_EQ((*command)->find("mechanism")->as_string(), "SCRAM-SHA-1");
}

TEST(Authentication, DoneBeforeTheServerProvedItselfIsAFailure) {
  const Credential credential{.mechanism = scram_sha_1, .user = "u"};
  const std::string first = std::string("r=").append(nonce_of_zeros).append("server,s=AAAA,i=4096");
  Authentication authentication(credential, zeros, nullptr);
  ASSERT_TRUE(authentication.begin(hello_with({})));
  EXPECT_FALSE(authentication.advance(sasl_reply(first, true)));

  Authentication later(credential, zeros, nullptr);
  ASSERT_TRUE(later.begin(hello_with({})));
  ASSERT_TRUE(later.advance(sasl_reply(first, false)));
  EXPECT_FALSE(later.advance(sasl_reply("", true)));
}

TEST(Authentication, X509IsOneStep) {
  const Credential credential{.mechanism = x509, .user = "CN=x", .source = "$external"};
  Authentication authentication(credential, zeros, nullptr);
  const Document speculative = authentication.speculative_authenticate();
  EXPECT_EQ(speculative.to_json(),
            R"({ "authenticate" : 1, "mechanism" : "MONGODB-X509", "user" : "CN=x", )"
            R"("db" : "$external" })");
  const Result<std::optional<Document>> command = authentication.begin(hello_with({}));
  ASSERT_TRUE(command && *command);
  EXPECT_EQ(**command, x509_command("CN=x"));
  const Result<std::optional<Document>> end = authentication.advance(hello_with({}).document);
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(Authentication, X509CanBeDoneWithHello) {
  Authentication authentication({.mechanism = x509, .source = "$external"}, zeros, nullptr);
  authentication.speculative_authenticate();
  const Document speculative = DocumentBuilder().string("user", "CN=x").build();
  const Result<std::optional<Document>> end = authentication.begin(HelloReply::from(
      DocumentBuilder().int32("ok", 1).document("speculativeAuthenticate", speculative).build()));
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

}  // namespace
}  // namespace cmap::wire
