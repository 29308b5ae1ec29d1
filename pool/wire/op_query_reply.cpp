// OP_QUERY and OP_REPLY, which live on in the first message of real drivers.
#include <string>
#include <utility>

#include "pool/wire/message_codec.hpp"

namespace cmap::wire {

Result<OpQuery> decode_op_query_body(const MessageHeader& header, ByteView body) {
  ByteReader reader(body);
  const auto flags = reader.number<std::int32_t>();
  const std::optional<std::string_view> collection = flags ? reader.cstring() : std::nullopt;
  if (!collection) return Failure{"a query ends before the name of its collection does"};
  const auto number_to_skip = reader.number<std::int32_t>();
  const auto number_to_return = reader.number<std::int32_t>();
  if (!number_to_skip || !number_to_return) return Failure{"a query ends before its documents"};
  Result<Document> query = take_document(reader);
  if (!query) return query.failure();
  OpQuery message{.request_id = header.request_id,
                  .flags = *flags,
                  .collection = std::string(*collection),
                  .number_to_skip = *number_to_skip,
                  .number_to_return = *number_to_return,
                  .query = *std::move(query)};
  if (!reader.empty()) {
    Result<Document> fields = take_document(reader);
    if (!fields) return fields.failure();
    message.fields = *std::move(fields);
  }
  if (!reader.empty()) return Failure{"a query has more than two documents"};
  return message;
}

Result<OpReply> decode_op_reply_body(const MessageHeader& header, ByteView body) {
  ByteReader reader(body);
  const auto flags = reader.number<std::int32_t>();
  const auto cursor_id = reader.number<std::int64_t>();
  const auto starting_from = reader.number<std::int32_t>();
  const auto count = reader.number<std::int32_t>();
  if (!flags || !cursor_id || !starting_from || !count) {
    return Failure{"a reply ends before its documents"};
  }
  Result<std::vector<Document>> documents = take_documents(reader);
  if (!documents) return documents.failure();
  if (*count < 0 || static_cast<std::size_t>(*count) != documents->size()) {
    return Failure{"a reply has another number of documents than it says"};
  }
  return OpReply{.request_id = header.request_id,
                 .response_to = header.response_to,
                 .flags = *flags,
                 .cursor_id = *cursor_id,
                 .starting_from = *starting_from,
                 .documents = *std::move(documents)};
}

Bytes encode(const OpQuery& message) {
  Bytes bytes = begin_message();
  append_number(bytes, message.flags);
  append_cstring(bytes, message.collection);
  append_number(bytes, message.number_to_skip);
  append_number(bytes, message.number_to_return);
  append(bytes, message.query.bytes());
  if (message.fields) append(bytes, message.fields->bytes());
  finish_message(bytes, message.request_id, 0, OpCode::query);
  return bytes;
}

Bytes encode(const OpReply& message) {
  Bytes bytes = begin_message();
  append_number(bytes, message.flags);
  append_number(bytes, message.cursor_id);
  append_number(bytes, message.starting_from);
  append_number(bytes, static_cast<std::int32_t>(message.documents.size()));
  for (const Document& document : message.documents) append(bytes, document.bytes());
  finish_message(bytes, message.request_id, message.response_to, OpCode::reply);
  return bytes;
}

}  // namespace cmap::wire
