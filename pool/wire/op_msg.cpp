// OP_MSG: flags, one body, any number of document sequences, perhaps a checksum.
#include <algorithm>
#include <string>
#include <utility>

#include "pool/wire/message_codec.hpp"

namespace cmap::wire {
namespace {

constexpr std::uint32_t checksum_present = 1U << 0U;
constexpr std::uint32_t more_to_come = 1U << 1U;
constexpr std::uint32_t exhaust_allowed = 1U << 16U;
/// Whoever does not know one of these must not go on; the others may be ignored.
constexpr std::uint32_t required_bits = 0xFFFF;
constexpr std::uint32_t known_required_bits = checksum_present | more_to_come;
constexpr std::size_t checksum_size = 4;

constexpr std::uint8_t body_section = 0;
constexpr std::uint8_t sequence_section = 1;

Result<DocumentSequence> take_sequence(ByteReader& reader) {
  // The length counts itself.
  const auto length = reader.number<std::int32_t>();
  if (!length || *length < static_cast<std::int32_t>(sizeof *length)) {
    return Failure{"a document sequence has an impossible length"};
  }
  const std::optional<ByteView> content =
      reader.take(static_cast<std::size_t>(*length) - sizeof *length);
  if (!content) return Failure{"a message ends in the middle of a document sequence"};
  ByteReader inner(*content);
  const std::optional<std::string_view> name = inner.cstring();
  if (!name) return Failure{"a document sequence has no name"};
  Result<std::vector<Document>> documents = take_documents(inner);
  if (!documents) return documents.failure();
  return DocumentSequence{.name = std::string(*name), .documents = *std::move(documents)};
}

std::optional<Failure> add_sequence(OpMsg& message, ByteReader& reader) {
  Result<DocumentSequence> sequence = take_sequence(reader);
  if (!sequence) return sequence.failure();
  const bool known = std::any_of(message.sequences.begin(), message.sequences.end(),
                                 [&](const auto& each) { return each.name == sequence->name; });
  if (known) return Failure{"a message has two document sequences of one name"};
  message.sequences.push_back(*std::move(sequence));
  return std::nullopt;
}

std::optional<Failure> read_sections(OpMsg& message, ByteReader& reader) {
  bool has_body = false;
  while (!reader.empty()) {
    const std::uint8_t kind = *reader.number<std::uint8_t>();
    if (kind == body_section) {
      if (has_body) return Failure{"a message has two bodies"};
      Result<Document> body = take_document(reader);
      if (!body) return body.failure();
      message.body = *std::move(body);
      has_body = true;
    } else if (kind == sequence_section) {
      if (std::optional<Failure> failure = add_sequence(message, reader)) return failure;
    } else {
      return Failure{"a message has a section of the unknown kind " + std::to_string(kind)};
    }
  }
  if (!has_body) return Failure{"a message has no body"};
  return std::nullopt;
}

}  // namespace

Result<OpMsg> decode_op_msg_body(const MessageHeader& header, ByteView body) {
  ByteReader flag_reader(body);
  const auto flags = flag_reader.number<std::uint32_t>();
  if (!flags) return Failure{"a message ends before its flags"};
  if ((*flags & required_bits & ~known_required_bits) != 0) {
    return Failure{"a message has flags that nobody knows"};
  }
  ByteView sections = flag_reader.rest();
  if ((*flags & checksum_present) != 0) {
    if (sections.size() < checksum_size) return Failure{"a message ends before its checksum"};
    sections = sections.first(sections.size() - checksum_size);
  }
  OpMsg message{.request_id = header.request_id,
                .response_to = header.response_to,
                .more_to_come = (*flags & more_to_come) != 0,
                .exhaust_allowed = (*flags & exhaust_allowed) != 0};
  ByteReader reader(sections);
  if (std::optional<Failure> failure = read_sections(message, reader)) return *std::move(failure);
  return message;
}

Bytes encode(const OpMsg& message) {
  Bytes bytes = begin_message();
  append_number(bytes, (message.more_to_come ? more_to_come : 0U) |
                           (message.exhaust_allowed ? exhaust_allowed : 0U));
  bytes.push_back(body_section);
  append(bytes, message.body.bytes());
  for (const DocumentSequence& sequence : message.sequences) {
    bytes.push_back(sequence_section);
    const std::size_t begin = bytes.size();
    append_number(bytes, std::int32_t{0});
    append_cstring(bytes, sequence.name);
    for (const Document& document : sequence.documents) append(bytes, document.bytes());
    store_at(bytes, begin, static_cast<std::int32_t>(bytes.size() - begin));
  }
  finish_message(bytes, message.request_id, message.response_to, OpCode::msg);
  return bytes;
}

}  // namespace cmap::wire
