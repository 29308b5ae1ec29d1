// Headers, documents, and which decoder a message is for.
#include "pool/wire/message_codec.hpp"

#include <stdexcept>
#include <utility>

namespace cmap::wire {
namespace {

template <typename Body>
Result<Message> widen(Result<Body> body) {
  if (!body) return body.failure();
  return Message(*std::move(body));
}

}  // namespace

Bytes begin_message() { return Bytes(header_size); }

void finish_message(Bytes& message, std::int32_t request_id, std::int32_t response_to,
                    OpCode code) {
  if (message.size() > max_message_size) {
    throw std::length_error("a message would exceed 48,000,000 bytes");
  }
  store_at(message, 0, static_cast<std::int32_t>(message.size()));
  store_at(message, 4, request_id);
  store_at(message, 8, response_to);
  store_at(message, 12, static_cast<std::int32_t>(code));
}

Result<MessageHeader> whole_message_header(ByteView message) {
  Result<MessageHeader> header = decode_header(message);
  if (header && static_cast<std::size_t>(header->length) != message.size()) {
    return Failure{"a message has another length than its header says"};
  }
  return header;
}

Result<Document> take_document(ByteReader& reader) {
  ByteReader ahead = reader;
  const auto length = ahead.number<std::int32_t>();
  if (!length || *length < 0) return Failure{"a message ends in the middle of a document"};
  const std::optional<ByteView> bytes = reader.take(static_cast<std::size_t>(*length));
  if (!bytes) return Failure{"a message ends in the middle of a document"};
  return Document::parse(*bytes);
}

Result<std::vector<Document>> take_documents(ByteReader& reader) {
  std::vector<Document> documents;
  while (!reader.empty()) {
    Result<Document> document = take_document(reader);
    if (!document) return document.failure();
    documents.push_back(*std::move(document));
  }
  return documents;
}

Result<Message> decode(ByteView message) {
  const Result<MessageHeader> header = whole_message_header(message);
  if (!header) return header.failure();
  const ByteView body = message.subspan(header_size);
  switch (header->op_code) {
    case OpCode::msg:
      return widen(decode_op_msg_body(*header, body));
    case OpCode::query:
      return widen(decode_op_query_body(*header, body));
    case OpCode::reply:
      return widen(decode_op_reply_body(*header, body));
    case OpCode::compressed:
      return Failure{"a message is compressed, but no compression was agreed on"};
  }
  return Failure{"a message has the unknown operation code " +
                 std::to_string(static_cast<std::int32_t>(header->op_code))};
}

Result<OpMsg> decode_op_msg(ByteView message) {
  Result<Message> decoded = decode(message);
  if (!decoded) return decoded.failure();
  if (auto* op_msg = std::get_if<OpMsg>(&*decoded)) return std::move(*op_msg);
  return Failure{"a message is not an OP_MSG"};
}

}  // namespace cmap::wire
