// The messages of the wire protocol that are still in use: OP_MSG, and the OP_QUERY and OP_REPLY
// with which real drivers open a connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pool/wire/bson.hpp"
#include "pool/wire/bytes.hpp"
#include "pool/wire/frame.hpp"
#include "pool/wire/result.hpp"

namespace cmap::wire {

/// Documents that stand beside the body instead of in it, as drivers send `insert`.
struct DocumentSequence {
  std::string name;  ///< of the field that the documents would be in
  std::vector<Document> documents;
  bool operator==(const DocumentSequence&) const = default;
};

struct OpMsg {
  std::int32_t request_id = 0;
  std::int32_t response_to = 0;
  bool more_to_come = false;     ///< the receiver must not answer, or: more answers follow
  bool exhaust_allowed = false;  ///< the sender can take more than one answer
  Document body;
  std::vector<DocumentSequence> sequences{};
  bool operator==(const OpMsg&) const = default;
};

struct OpQuery {
  std::int32_t request_id = 0;
  std::int32_t flags = 0;
  std::string collection;  ///< with the database: "admin.$cmd"
  std::int32_t number_to_skip = 0;
  std::int32_t number_to_return = -1;
  Document query;
  std::optional<Document> fields{};
  bool operator==(const OpQuery&) const = default;
};

struct OpReply {
  std::int32_t request_id = 0;
  std::int32_t response_to = 0;
  std::int32_t flags = 0;
  std::int64_t cursor_id = 0;
  std::int32_t starting_from = 0;
  std::vector<Document> documents{};
  bool operator==(const OpReply&) const = default;
};

using Message = std::variant<OpMsg, OpQuery, OpReply>;

/// One whole message, as a FrameSplitter gives it. Fails on everything else, compressed messages
/// included: compression is never agreed on. A checksum is dropped unseen: TCP and TLS have better.
Result<Message> decode(ByteView message);
/// The same for those who expect nothing else.
Result<OpMsg> decode_op_msg(ByteView message);

// Throw std::length_error for what exceeds max_message_size.
Bytes encode(const OpMsg& message);
Bytes encode(const OpQuery& message);
Bytes encode(const OpReply& message);

}  // namespace cmap::wire
