// The conversation on a new socket, against a server made of the same parts.
#include "pool/wire/establishment.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "pool/wire/base64.hpp"
#include "pool/wire/bson_builder.hpp"
#include "pool/wire/message.hpp"
#include "pool/wire/scram.hpp"

namespace cmap::wire {
namespace {

using enum AuthenticationMechanism;

const Address db_address("db.example", 27018);
constexpr ObjectId service{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};

/// Knows the user "user" with the password "pencil".
class TestServer {
 public:
  std::vector<std::string> mechanisms = {"SCRAM-SHA-1", "SCRAM-SHA-256"};
  bool speculates = true;
  bool skips_empty_exchange = true;
  /// What hello answers besides.
  Document hello_fields = DocumentBuilder().int32("maxWireVersion", 21).build();
  /// By command: answered instead.
  std::map<std::string, Document> instead;
  std::vector<Document> received;

  Document answer(const Document& command) {
    received.push_back(command);
    const std::string name(command.view().begin()->key());
    if (const auto found = instead.find(name); found != instead.end()) return found->second;
    if (name == "isMaster" || name == "hello") return hello(command);
    if (name == "saslStart") return with_ok(*start(command));
    if (name == "saslContinue") return with_ok(go_on(command));
    if (name == "authenticate") return with_ok(Document());
    return with_ok(Document());
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const Document& command : received) found.emplace_back(command.view().begin()->key());
    return found;
  }

 private:
  static Document with_ok(const Document& document) {
    return DocumentBuilder().elements_of(document).number_double("ok", 1).build();
  }

  Document hello(const Document& command) {
    DocumentBuilder reply;
    reply.boolean("helloOk", true).elements_of(hello_fields);
    if (command.find("saslSupportedMechs")) reply.array("saslSupportedMechs", mechanisms);
    if (const auto step = command.find("speculativeAuthenticate"); step && speculates) {
      if (const auto first = start(Document(*step->as_document()))) {
        reply.document("speculativeAuthenticate", *first);
      }
    }
    return with_ok(reply.build());
  }

  std::optional<Document> start(const Document& command) {
    const std::string_view name = *command.find("mechanism")->as_string();
    if (name == "MONGODB-X509") return Document();
    if (std::find(mechanisms.begin(), mechanisms.end(), name) == mechanisms.end()) return {};
    const ScramMechanism mechanism =
        name == "SCRAM-SHA-1" ? ScramMechanism::sha1 : ScramMechanism::sha256;
    scram_.emplace(mechanism, "server", [=](const std::string& user) {
      return *make_scram_credential(mechanism, user, "pencil", Bytes(16, 7), 4096);
    });
    return reply(*scram_->first_message(payload(command)), false);
  }

  Document go_on(const Document& command) {
    if (payload(command).empty()) return reply("", true);
    const Result<std::string> last = scram_->final_message(payload(command));
    if (last) return reply(*last, skips_empty_exchange);
    return DocumentBuilder()
        .int32("ok", 0)
        .int32("code", 18)
        .string("errmsg", "Authentication failed.")
        .build();
  }

  static std::string payload(const Document& command) {
    return std::string(text_of(command.find("payload")->as_binary()->bytes));
  }

  static Document reply(std::string_view payload, bool done) {
    return DocumentBuilder()
        .int32("conversationId", 1)
        .boolean("done", done)
        .binary("payload", bytes_of(payload))
        .build();
  }

  std::optional<ScramServer> scram_;
};

EstablishmentOptions options(std::optional<Credential> credential = std::nullopt) {
  return {.address = db_address,
          .credential = std::move(credential),
          .nonces = [](std::span<std::uint8_t> bytes) {
            std::fill(bytes.begin(), bytes.end(), std::uint8_t{5});
          }};
}

Credential user(std::string password = "pencil") {
  return {.user = "user", .password = std::move(password)};
}

/// Lets both talk until nothing is sent any more.
Establishment converse(TestServer& server, EstablishmentOptions with) {
  Establishment establishment(std::move(with));
  for (int step = 0; step < 10; ++step) {
    const Bytes request = establishment.take_output();
    if (request.empty()) break;
    const Result<OpMsg> message = decode_op_msg(request);
    EXPECT_TRUE(message) << message.error();
    establishment.receive(
        encode(OpMsg{.response_to = message->request_id, .body = server.answer(message->body)}));
  }
  EXPECT_TRUE(establishment.finished());
  return establishment;
}

void expect_done(const Establishment& establishment) {
  EXPECT_EQ(establishment.phase(), EstablishmentPhase::done);
  EXPECT_EQ(establishment.error(), nullptr)
      << (establishment.error() ? establishment.error()->message : "");
}

using Names = std::vector<std::string>;

TEST(Establishment, WithoutACredentialHelloIsAll) {
  TestServer server;
  EstablishmentOptions with = options();
  with.client_metadata = DocumentBuilder().string("x", "y").build();
  const Establishment establishment = converse(server, with);
  expect_done(establishment);
  EXPECT_EQ(server.names(), Names{"isMaster"});
  EXPECT_EQ(server.received[0], hello_command({.client_metadata = with.client_metadata}));
  ASSERT_TRUE(establishment.hello());
  EXPECT_EQ(establishment.hello()->max_wire_version, 21);
}

TEST(Establishment, GoesThroughItsPhases) {
  TestServer server;
  server.speculates = false;
  Establishment establishment(options(user()));
  EXPECT_EQ(establishment.phase(), EstablishmentPhase::hello);
  EXPECT_FALSE(establishment.hello());
  const Result<OpMsg> message = decode_op_msg(establishment.take_output());
  EXPECT_TRUE(establishment.take_output().empty()) << "once";
  establishment.receive(
      encode(OpMsg{.response_to = message->request_id, .body = server.answer(message->body)}));
  EXPECT_EQ(establishment.phase(), EstablishmentPhase::authenticate);
  EXPECT_TRUE(establishment.hello());
  EXPECT_FALSE(establishment.finished());
}

TEST(Establishment, SpeculationSavesARoundTrip) {
  TestServer server;
  expect_done(converse(server, options(user())));
  EXPECT_EQ(server.names(), (Names{"isMaster", "saslContinue"}));
  EXPECT_EQ(server.received[0].find("saslSupportedMechs")->as_string(), "admin.user");
  EXPECT_EQ(server.received[1].find("$db")->as_string(), "admin");
}

TEST(Establishment, AnOldServerThatDoesNotSpeculate) {
  TestServer server;
  server.speculates = false;
  server.skips_empty_exchange = false;
  Credential credential = user();
  credential.source = "db";
  expect_done(converse(server, options(credential)));
  EXPECT_EQ(server.names(), (Names{"isMaster", "saslStart", "saslContinue", "saslContinue"}));
  EXPECT_EQ(server.received[1].find("mechanism")->as_string(), "SCRAM-SHA-256");
  for (std::size_t i = 1; i < server.received.size(); ++i) {
    EXPECT_EQ(server.received[i].find("$db")->as_string(), "db");
  }
}

TEST(Establishment, AUserOfSha1Only) {
  TestServer server;
  server.mechanisms = {"SCRAM-SHA-1"};
  expect_done(converse(server, options(user())));
  EXPECT_EQ(server.names(), (Names{"isMaster", "saslStart", "saslContinue"}));
  EXPECT_EQ(server.received[1].find("mechanism")->as_string(), "SCRAM-SHA-1");
}

TEST(Establishment, EveryMechanismThatIsGiven) {
  for (const auto mechanism : {scram_sha_1, scram_sha_256}) {
    TestServer server;
    Credential credential = user();
    credential.mechanism = mechanism;
    expect_done(converse(server, options(credential)));
    EXPECT_EQ(server.names(), (Names{"isMaster", "saslContinue"}));
    EXPECT_FALSE(server.received[0].find("saslSupportedMechs"));
  }
  const Credential certificate{.mechanism = x509, .source = "$external"};
  TestServer server;
  expect_done(converse(server, options(certificate)));
  EXPECT_EQ(server.names(), Names{"isMaster"});
  server.speculates = false;
  expect_done(converse(server, options(certificate)));
  EXPECT_EQ(server.names(), (Names{"isMaster", "isMaster", "authenticate"}));
  EXPECT_EQ(server.received[2].find("$db")->as_string(), "$external");
}

TEST(Establishment, TheSecondConnectionDerivesNoKeys) {  // D-AU-7
  TestServer server;
  EstablishmentOptions with = options(user());
  with.scram_keys = std::make_shared<ScramKeyCache>();
  expect_done(converse(server, with));
  expect_done(converse(server, with));
  EXPECT_EQ(with.scram_keys->derivations(), 1U);
}

TEST(Establishment, ArbitersAreNotAuthenticatedAgainst) {  // D-AU-1
  TestServer server;
  server.hello_fields =
      DocumentBuilder().boolean("arbiterOnly", true).string("setName", "r").build();
  expect_done(converse(server, options(user())));
  EXPECT_EQ(server.names(), Names{"isMaster"});
}

TEST(Establishment, BehindALoadBalancer) {  // A-LB-4, A-LB-5
  TestServer server;
  server.hello_fields = DocumentBuilder().object_id("serviceId", service).build();
  EstablishmentOptions with = options();
  with.load_balanced = true;
  const Establishment establishment = converse(server, with);
  expect_done(establishment);
  EXPECT_EQ(establishment.hello()->service_id, ServiceId(service.bytes));
  EXPECT_EQ(server.names(), Names{"hello"});

  TestServer other;
  const Establishment refused = converse(other, with);
  EXPECT_EQ(*refused.error(), *not_load_balanced_error(db_address));
  EXPECT_EQ(refused.phase(), EstablishmentPhase::hello);
  EXPECT_FALSE(refused.hello());
}

TEST(Establishment, TheStableApiIsInEveryCommand) {
  TestServer server;
  EstablishmentOptions with = options(user());
  with.server_api = ServerApi{};
  expect_done(converse(server, with));
  EXPECT_EQ(server.names(), (Names{"hello", "saslContinue"}));
  for (const Document& command : server.received) {
    EXPECT_EQ(command.find("apiVersion")->as_string(), "1");
  }
}

TEST(Establishment, RequestIdsComeFromOutside) {
  EstablishmentOptions with = options();
  with.next_request_id = [] { return 99; };
  EXPECT_EQ(decode_op_msg(Establishment(with).take_output())->request_id, 99);
}

Document failed(std::int32_t code) {
  return DocumentBuilder().int32("ok", 0).string("errmsg", "no").int32("code", code).build();
}

TEST(EstablishmentErrors, TheServerSaysNoToHello) {
  TestServer server;
  server.instead["isMaster"] = failed(91);
  const Establishment establishment = converse(server, options(user()));
  EXPECT_EQ(
      *establishment.error(),
      (Error{.type = ErrorType::command, .message = "no", .address = db_address, .code = 91}));
  EXPECT_EQ(establishment.phase(), EstablishmentPhase::hello);
}

TEST(EstablishmentErrors, LabelsThatTheServerGivesAreKept) {
  TestServer server;
  server.instead["isMaster"] = DocumentBuilder()
                                   .elements_of(failed(462))
                                   .array("errorLabels", Names{"SystemOverloadedError"})
                                   .build();
  EXPECT_EQ(converse(server, options()).error()->labels, ErrorLabel::system_overloaded);
}

TEST(EstablishmentErrors, RefusedCredentials) {
  TestServer server;
  const Establishment establishment = converse(server, options(user("wrong")));
  EXPECT_EQ(*establishment.error(),
            (Error{.type = ErrorType::authentication,
                   .message = "Authentication failed: Authentication failed.",
                   .address = db_address}));
  EXPECT_EQ(establishment.phase(), EstablishmentPhase::authenticate);
}

TEST(EstablishmentErrors, OtherErrorsWhileAuthenticatingKeepTheirCode) {
  TestServer server;
  server.instead["saslContinue"] = failed(91);
  const Establishment establishment = converse(server, options(user()));
  EXPECT_EQ(establishment.error()->type, ErrorType::command);
  EXPECT_EQ(establishment.error()->code, 91);
  EXPECT_EQ(establishment.error()->labels, ErrorLabel::none);
}

TEST(EstablishmentErrors, AServerThatDoesNotKnowThePassword) {
  TestServer server;
  server.instead["saslContinue"] = DocumentBuilder()
                                       .int32("conversationId", 1)
                                       .boolean("done", true)
                                       .binary("payload", bytes_of("v=AAAA"))
                                       .int32("ok", 1)
                                       .build();
  const Establishment establishment = converse(server, options(user()));
  ASSERT_TRUE(establishment.error());
  EXPECT_EQ(establishment.error()->type, ErrorType::authentication);
}

TEST(EstablishmentErrors, AServerThatNeverEndsTheConversation) {
  TestServer server;
  server.skips_empty_exchange = false;
  Establishment establishment(options(user()));
  Document last;
  for (int step = 0; step < 10 && !establishment.finished(); ++step) {
    const Result<OpMsg> message = decode_op_msg(establishment.take_output());
    Document answer = server.answer(message->body);
    // The empty exchange is answered with: not yet.
    if (step >= 2) {
      answer = DocumentBuilder()
                   .int32("conversationId", 1)
                   .boolean("done", false)
                   .binary("payload", {})
                   .int32("ok", 1)
                   .build();
    }
    establishment.receive(encode(OpMsg{.response_to = message->request_id, .body = answer}));
  }
  ASSERT_TRUE(establishment.error());
  EXPECT_EQ(establishment.error()->type, ErrorType::authentication);
}

TEST(EstablishmentErrors, WhatCannotBeReadIsNoOverload) {
  const Document ok = DocumentBuilder().int32("ok", 1).build();
  const Bytes messages[] = {
      Bytes(),
      Bytes(16, 0),
      encode(OpReply{.response_to = 1, .documents = {ok}}),
      encode(OpMsg{.response_to = 2, .body = ok}),
      encode(OpMsg{.response_to = 1, .more_to_come = true, .body = ok}),
  };
  for (const Bytes& message : messages) {
    Establishment establishment(options(user()));
    establishment.receive(message);
    ASSERT_TRUE(establishment.error());
    EXPECT_EQ(establishment.error()->type, ErrorType::protocol);
    EXPECT_EQ(establishment.error()->labels, ErrorLabel::none);
    EXPECT_EQ(establishment.phase(), EstablishmentPhase::hello);
  }
}

TEST(EstablishmentErrors, AnImpossibleCredentialSendsNothing) {
  Establishment establishment(options(Credential{.password = "p"}));
  EXPECT_TRUE(establishment.finished());
  EXPECT_EQ(establishment.error()->type, ErrorType::usage);
  EXPECT_TRUE(establishment.take_output().empty());
}

TEST(EstablishmentErrors, APasswordThatCannotBePrepared) {
  TestServer server;
  const Establishment establishment = converse(server, options(user("\x07")));
  ASSERT_TRUE(establishment.error());
  EXPECT_EQ(establishment.error()->type, ErrorType::authentication);
}

TEST(EstablishmentErrors, NothingIsReceivedAfterTheEnd) {
  TestServer server;
  Establishment establishment = converse(server, options());
  establishment.receive(Bytes(16, 0));
  expect_done(establishment);
}

}  // namespace
}  // namespace cmap::wire
