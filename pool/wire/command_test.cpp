// Commands as messages, and what their replies say.
#include "pool/wire/command.hpp"

#include <gtest/gtest.h>

#include "pool/wire/bson_builder.hpp"
#include "pool/wire/hello_command.hpp"
#include "pool/wire/message.hpp"

namespace cmap::wire {
namespace {

const Address server_address("db.example", 27018);

Document ping_command() { return DocumentBuilder().int32("ping", 1).build(); }

CommandReply command_reply(const DocumentBuilder& builder) { return {.document = builder.build()}; }

TEST(EncodeCommand, AddsTheDatabase) {
  const Result<OpMsg> message = decode_op_msg(encode_command(ping_command(), "test", 7));
  ASSERT_TRUE(message) << message.error();
  EXPECT_EQ(*message,
            (OpMsg{.request_id = 7,
                   .body = DocumentBuilder().int32("ping", 1).string("$db", "test").build()}));
}

TEST(EncodeCommand, KeepsADatabaseThatIsThere) {
  const Document command = DocumentBuilder().int32("ping", 1).string("$db", "mine").build();
  EXPECT_EQ(decode_op_msg(encode_command(command, "test", 7))->body, command);
}

TEST(EncodeCommand, DeclaresTheStableApi) {
  const ServerApi api{.strict = true};
  const Document body = decode_op_msg(encode_command(ping_command(), "test", 7, &api))->body;
  EXPECT_EQ(body.to_json(),
            R"({ "ping" : 1, "$db" : "test", "apiVersion" : "1", "apiStrict" : true })");
  EXPECT_EQ(decode_op_msg(encode_command(body, "test", 7, &api))->body, body);
}

TEST(DecodeReply, TakesTheAnswerToItsRequestOnly) {
  const Document document = DocumentBuilder().int32("ok", 1).build();
  const auto with = [&](std::int32_t response_to, bool more) {
    return encode(OpMsg{.response_to = response_to, .more_to_come = more, .body = document});
  };
  const Result<CommandReply> good = decode_reply(with(7, false), 7);
  ASSERT_TRUE(good) << good.error();
  EXPECT_EQ(good->document, document);
  EXPECT_FALSE(decode_reply(with(8, false), 7));
  EXPECT_FALSE(decode_reply(with(7, true), 7));
  EXPECT_FALSE(decode_reply(encode(OpReply{.response_to = 7, .documents = {document}}), 7));
  EXPECT_FALSE(decode_reply(Bytes(16, 0), 7));
}

TEST(CommandReply, OkOfAnyType) {
  EXPECT_TRUE(command_reply(DocumentBuilder().number_double("ok", 1.0)).ok());
  EXPECT_TRUE(command_reply(DocumentBuilder().int64("ok", 1)).ok());
  EXPECT_TRUE(command_reply(DocumentBuilder().boolean("ok", true)).ok());
  EXPECT_FALSE(command_reply(DocumentBuilder().number_double("ok", 0.0)).ok());
  EXPECT_FALSE(command_reply(DocumentBuilder()).ok());
}

TEST(CommandReply, ErrorsAsTheServerTellsThem) {
  const std::vector<std::string> labels = {"RetryableError", "Other", "SystemOverloadedError"};
  const CommandReply failed = command_reply(DocumentBuilder()
                                                .int32("ok", 0)
                                                .int32("code", 91)
                                                .string("codeName", "ShutdownInProgress")
                                                .string("errmsg", "going down")
                                                .array("errorLabels", labels));
  EXPECT_EQ(failed.code(), 91);
  EXPECT_EQ(failed.code_name(), "ShutdownInProgress");
  EXPECT_TRUE(failed.has_label("Other"));
  EXPECT_FALSE(failed.has_label("TransientTransactionError"));
  const ErrorPtr error = command_error(server_address, failed);
  EXPECT_EQ(*error, (Error{.type = ErrorType::command,
                           .message = "going down",
                           .address = server_address,
                           .labels = ErrorLabel::retryable | ErrorLabel::system_overloaded,
                           .code = 91}));
}

TEST(CommandReply, AnErrorWithoutAnything) {
  const ErrorPtr error =
      command_error(server_address, command_reply(DocumentBuilder().int32("ok", 0)));
  EXPECT_EQ(error->message, "The server answered with error code 0");
  EXPECT_EQ(error->labels, ErrorLabel::none);
  EXPECT_EQ(command_reply(DocumentBuilder().int64("code", (std::int64_t{1} << 40) + 5)).code(), 0);
}

TEST(CommandReply, WhatItSaysAboutTheServer) {
  const Document wrong = DocumentBuilder().int32("code", 91).string("errmsg", "bye").build();
  const auto error = [](DocumentBuilder& reply) {
    return server_error(server_address, command_reply(reply));
  };
  DocumentBuilder written;
  EXPECT_EQ(error(written.int32("ok", 1).array("writeErrors", std::vector<Document>{wrong})),
            nullptr);
  DocumentBuilder not_replicated;
  const ErrorPtr found = error(not_replicated.int32("ok", 1).document("writeConcernError", wrong));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->code, 91);
  EXPECT_EQ(found->message, "bye");
  DocumentBuilder refused;
  EXPECT_EQ(error(refused.int32("ok", 0).int32("code", 1))->code, 1);
}

TEST(CommandReply, TheServersTimeWasOver) {  // D-CSOT-5
  const Document other = DocumentBuilder().int32("code", 51).build();
  const Document over = DocumentBuilder().int32("code", 50).string("errmsg", "too slow").build();
  const auto message = [](DocumentBuilder& reply) {
    const ErrorPtr error = time_limit_error(server_address, command_reply(reply));
    return error ? error->message : "";
  };
  DocumentBuilder failed;
  EXPECT_EQ(message(failed.int32("ok", 0).int32("code", 50).string("errmsg", "late")), "late");
  DocumentBuilder written;
  EXPECT_EQ(
      message(written.int32("ok", 1).array("writeErrors", std::vector<Document>{other, over})),
      "too slow");
  DocumentBuilder not_replicated;
  EXPECT_EQ(message(not_replicated.int32("ok", 1).document("writeConcernError", over)), "too slow");
  DocumentBuilder without;
  EXPECT_EQ(message(without.int32("ok", 1).array("writeErrors", std::vector<Document>{other})), "");
}

TEST(Errors, TypesAndTexts) {
  EXPECT_EQ(*protocol_error(server_address, {"why"}),
            (Error{.type = ErrorType::protocol,
                   .message = "The peer does not speak the protocol: why",
                   .address = server_address}));
  EXPECT_EQ(*authentication_error(server_address, {"why"}),
            (Error{.type = ErrorType::authentication,
                   .message = "Authentication failed: why",
                   .address = server_address}));
}

}  // namespace
}  // namespace cmap::wire
