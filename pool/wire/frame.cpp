// The splitter.
#include "pool/wire/frame.hpp"

namespace cmap::wire {

Result<MessageHeader> decode_header(ByteView bytes) {
  ByteReader reader(bytes);
  const auto length = reader.number<std::int32_t>();
  const auto request_id = reader.number<std::int32_t>();
  const auto response_to = reader.number<std::int32_t>();
  const auto op_code = reader.number<std::int32_t>();
  if (!op_code) return Failure{"a message is shorter than its header"};
  if (*length < static_cast<std::int32_t>(header_size) ||
      *length > static_cast<std::int32_t>(max_message_size)) {
    return Failure{"a message claims a length of " + std::to_string(*length) + " bytes"};
  }
  return MessageHeader{.length = *length,
                       .request_id = *request_id,
                       .response_to = *response_to,
                       .op_code = static_cast<OpCode>(*op_code)};
}

std::optional<std::size_t> FrameSplitter::front_size() const {
  if (unread().size() < header_size) return std::nullopt;
  return static_cast<std::size_t>(load<std::int32_t>(unread()));
}

void FrameSplitter::check_front() {
  if (failure_ || unread().size() < header_size) return;
  const Result<MessageHeader> header = decode_header(unread());
  if (!header) failure_ = header.failure();
}

void FrameSplitter::feed(ByteView bytes) {
  if (failure_) return;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  append(buffer_, bytes);
  check_front();
}

std::optional<ByteView> FrameSplitter::next() {
  if (failure_ || needed() > 0) return std::nullopt;
  const ByteView message = unread().first(*front_size());
  taken_ += message.size();
  check_front();
  return message;
}

std::size_t FrameSplitter::needed() const {
  if (failure_) return 0;
  const std::size_t wanted = front_size().value_or(header_size);
  return wanted > unread().size() ? wanted - unread().size() : 0;
}

}  // namespace cmap::wire
