// What the encoders and decoders of all messages share. Internal to pool/wire.
#pragma once

#include <cstdint>
#include <vector>

#include "pool/wire/bson.hpp"
#include "pool/wire/bytes.hpp"
#include "pool/wire/frame.hpp"
#include "pool/wire/message.hpp"
#include "pool/wire/result.hpp"

namespace cmap::wire {

/// Room for a header, which `finish_message` fills in.
Bytes begin_message();
/// Throws std::length_error if the message is too long.
void finish_message(Bytes& message, std::int32_t request_id, std::int32_t response_to, OpCode code);

/// The header of a whole message: its length is that of `message`.
Result<MessageHeader> whole_message_header(ByteView message);

/// The document at the front.
Result<Document> take_document(ByteReader& reader);
/// Documents up to the end.
Result<std::vector<Document>> take_documents(ByteReader& reader);

// `body`: what follows the header.
Result<OpMsg> decode_op_msg_body(const MessageHeader& header, ByteView body);
Result<OpQuery> decode_op_query_body(const MessageHeader& header, ByteView body);
Result<OpReply> decode_op_reply_body(const MessageHeader& header, ByteView body);

}  // namespace cmap::wire
