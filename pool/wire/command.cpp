// Encoding without a copy of the command, and replies.
#include "pool/wire/command.hpp"

#include <memory>
#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "pool/wire/hello_command.hpp"
#include "pool/wire/hello_reply.hpp"
#include "pool/wire/message.hpp"
#include "pool/wire/message_codec.hpp"

namespace cmap::wire {
namespace {

/// What every command has besides its own fields, as far as this one lacks it.
Document common_fields(DocumentView command, std::string_view database,
                       const ServerApi* server_api) {
  DocumentBuilder fields;
  if (!command.find("$db")) fields.string("$db", database);
  if (server_api && !command.find("apiVersion")) add_server_api(fields, *server_api);
  return fields.build();
}

ErrorPtr make_error(ErrorType type, std::string message, const Address& address) {
  return std::make_shared<const Error>(
      Error{.type = type, .message = std::move(message), .address = address});
}

}  // namespace

Bytes encode_command(DocumentView command, std::string_view database, std::int32_t request_id,
                     const ServerApi* server_api) {
  CMAP_ASSERT(!command.bytes().empty());
  constexpr std::size_t size_of_length = sizeof(std::int32_t);
  const Document more = common_fields(command, database, server_api);
  Bytes message = begin_message();
  message.reserve(message.size() + size_of_length + 1 + command.bytes().size() +
                  more.bytes().size());
  append_number(message, std::uint32_t{0});  // no flags
  message.push_back(0);                      // the body
  const std::size_t body = message.size();
  // The one document that both make: the end of the first and the length of the second go.
  append(message, command.bytes().first(command.bytes().size() - 1));
  append(message, ByteView(more.bytes()).subspan(size_of_length));
  store_at(message, body, static_cast<std::int32_t>(message.size() - body));
  finish_message(message, request_id, 0, OpCode::msg);
  return message;
}

bool CommandReply::ok() const { return document.view().find_flag("ok").value_or(false); }

std::int32_t CommandReply::code() const {
  const std::optional<std::int64_t> code = document.view().find_whole_number("code");
  return code && static_cast<std::int32_t>(*code) == *code ? static_cast<std::int32_t>(*code) : 0;
}

std::string_view CommandReply::code_name() const {
  return document.view().find_string("codeName").value_or("");
}

std::string_view CommandReply::error_message() const {
  return document.view().find_string("errmsg").value_or("");
}

bool CommandReply::has_label(std::string_view name) const {
  const std::optional<DocumentView> labels = document.view().find_array("errorLabels");
  if (!labels) return false;
  for (const ElementView& label : *labels) {
    if (label.as_string() == name) return true;
  }
  return false;
}

ErrorLabel CommandReply::labels() const {
  ErrorLabel labels = ErrorLabel::none;
  if (has_label("SystemOverloadedError")) labels = labels | ErrorLabel::system_overloaded;
  if (has_label("RetryableError")) labels = labels | ErrorLabel::retryable;
  if (has_label("TransientTransactionError")) labels = labels | ErrorLabel::transient_transaction;
  return labels;
}

Result<CommandReply> decode_reply(ByteView message, std::int32_t request_id) {
  Result<OpMsg> reply = decode_op_msg(message);
  if (!reply) return reply.failure();
  if (reply->response_to != request_id) return Failure{"a reply belongs to another request"};
  if (reply->more_to_come) return Failure{"the server sends more replies than were asked for"};
  return CommandReply{.document = std::move(reply->body)};
}

ErrorPtr command_error(const Address& address, const CommandReply& reply) {
  std::string message(reply.error_message());
  if (message.empty()) {
    message = "The server answered with error code ";
    message += std::to_string(reply.code());
  }
  return std::make_shared<const Error>(
      Error{.type = ErrorType::command,
            .message = std::move(message),
            .address = address,
            .labels = reply.labels(),
            .code = reply.code(),
            .topology_version = topology_version_of(reply.document)});
}

ErrorPtr server_error(const Address& address, const CommandReply& reply) {
  if (!reply.ok()) return command_error(address, reply);
  const auto write_concern = DocumentView(reply.document).find_document("writeConcernError");
  if (!write_concern) return nullptr;
  Error error = *command_error(address, {.document = Document(*write_concern)});
  error.topology_version = topology_version_of(reply.document);
  return std::make_shared<const Error>(std::move(error));
}

ErrorPtr time_limit_error(const Address& address, const CommandReply& reply) {
  constexpr std::int32_t max_time_expired = 50;
  ErrorPtr error = server_error(address, reply);
  if (error && error->code == max_time_expired) return error;
  const auto write_errors = DocumentView(reply.document).find_array("writeErrors");
  if (!write_errors) return nullptr;
  for (const ElementView& each : *write_errors) {
    const auto document = each.as_document();
    if (!document) continue;
    error = command_error(address, {.document = Document(*document)});
    if (error->code == max_time_expired) return error;
  }
  return nullptr;
}

ErrorPtr protocol_error(const Address& address, const Failure& failure) {
  std::string message = "The peer does not speak the protocol: ";
  message += failure.message;
  return make_error(ErrorType::protocol, std::move(message), address);
}

ErrorPtr authentication_error(const Address& address, const Failure& failure) {
  std::string message = "Authentication failed: ";
  message += failure.message;
  return make_error(ErrorType::authentication, std::move(message), address);
}

}  // namespace cmap::wire
