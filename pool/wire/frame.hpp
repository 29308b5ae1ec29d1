// Frames: cuts a stream of bytes into messages, by the length in each message's header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "pool/wire/bytes.hpp"
#include "pool/wire/result.hpp"

namespace cmap::wire {

inline constexpr std::size_t header_size = 16;
/// What servers accept and send (maxMessageSizeBytes).
inline constexpr std::size_t max_message_size = 48'000'000;

enum class OpCode : std::int32_t { reply = 1, query = 2004, compressed = 2012, msg = 2013 };

struct MessageHeader {
  std::int32_t length = 0;  ///< of the whole message, header included
  std::int32_t request_id = 0;
  std::int32_t response_to = 0;
  OpCode op_code{};  ///< any number: a peer may send others than the named ones
};

/// At least `header_size` bytes; fails where the length is out of bounds.
Result<MessageHeader> decode_header(ByteView bytes);

/// Takes bytes in pieces of any size and gives complete messages. Memory grows with what has come,
/// never with what a header announces.
class FrameSplitter {
 public:
  void feed(ByteView bytes);

  /// The next complete message, valid until `feed` is called. Nothing: see `needed` and `failure`.
  std::optional<ByteView> next();

  /// So many bytes more are needed at least until `next` has a message; 0: it has one, or there is
  /// a failure. Whoever reads just that many from a stream never takes bytes of a later message.
  [[nodiscard]] std::size_t needed() const;

  /// Set for good when a header cannot be: from there on nobody knows where messages begin.
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }

 private:
  [[nodiscard]] ByteView unread() const { return ByteView(buffer_).subspan(taken_); }
  /// The length of the message at the front, as soon as its header is there.
  [[nodiscard]] std::optional<std::size_t> front_size() const;
  void check_front();

  Bytes buffer_;
  std::size_t taken_ = 0;  ///< bytes at the front that `next` has given out
  std::optional<Failure> failure_;
};

}  // namespace cmap::wire
