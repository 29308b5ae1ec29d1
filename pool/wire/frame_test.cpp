// Cutting a stream of bytes into messages.
#include "pool/wire/frame.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace cmap::wire {
namespace {

Bytes message(std::int32_t length, std::uint8_t filling = 7) {
  Bytes bytes(static_cast<std::size_t>(length), filling);
  store_at(bytes, 0, length);
  return bytes;
}

Bytes owned(const std::optional<ByteView>& view) {
  return view ? Bytes(view->begin(), view->end()) : Bytes();
}

TEST(Header, IsReadFieldByField) {
  Bytes bytes;
  for (const std::int32_t field : {16, 2, 3, 2013}) append_number(bytes, field);
  const Result<MessageHeader> header = decode_header(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->length, 16);
  EXPECT_EQ(header->request_id, 2);
  EXPECT_EQ(header->response_to, 3);
  EXPECT_EQ(header->op_code, OpCode::msg);
}

TEST(Header, LengthsOutOfBoundsAreRefused) {
  for (const std::int32_t length : {-1, 0, 15, 48'000'001, std::numeric_limits<std::int32_t>::min(),
                                    std::numeric_limits<std::int32_t>::max()}) {
    Bytes bytes(header_size, 0);
    store_at(bytes, 0, length);
    EXPECT_FALSE(decode_header(bytes)) << length;
    FrameSplitter splitter;
    splitter.feed(bytes);
    EXPECT_TRUE(splitter.failure()) << length;
  }
  for (const std::int32_t length : {16, 48'000'000}) {
    Bytes bytes(header_size, 0);
    store_at(bytes, 0, length);
    EXPECT_TRUE(decode_header(bytes)) << length;
  }
  EXPECT_FALSE(decode_header(Bytes(15, 16)));
}

TEST(FrameSplitter, AsksForTheHeaderThenForTheRest) {
  FrameSplitter splitter;
  EXPECT_EQ(splitter.needed(), header_size);
  const Bytes bytes = message(20);
  splitter.feed(ByteView(bytes).first(10));
  EXPECT_EQ(splitter.needed(), 6U);
  splitter.feed(ByteView(bytes).subspan(10, 6));
  EXPECT_EQ(splitter.needed(), 4U);
  EXPECT_FALSE(splitter.next());
  splitter.feed(ByteView(bytes).subspan(16));
  EXPECT_EQ(splitter.needed(), 0U);
  EXPECT_EQ(owned(splitter.next()), bytes);
  EXPECT_FALSE(splitter.next());
  EXPECT_EQ(splitter.needed(), header_size);
}

TEST(FrameSplitter, EveryWayOfCuttingGivesTheSameMessages) {
  const std::vector<Bytes> messages = {message(16, 1), message(33, 2), message(17, 3)};
  Bytes stream;
  for (const Bytes& each : messages) append(stream, each);
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    FrameSplitter splitter;
    std::vector<Bytes> found;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      splitter.feed(ByteView(stream).subspan(at, std::min(piece, stream.size() - at)));
      while (const std::optional<ByteView> next = splitter.next()) found.push_back(owned(next));
    }
    EXPECT_EQ(found, messages) << piece;
    EXPECT_FALSE(splitter.failure());
  }
}

TEST(FrameSplitter, MessagesInFrontOfABadHeaderAreStillGiven) {
  Bytes stream = message(18);
  append(stream, Bytes(header_size, 0xFF));
  FrameSplitter splitter;
  splitter.feed(stream);
  EXPECT_EQ(owned(splitter.next()), message(18));
  EXPECT_TRUE(splitter.failure());
  EXPECT_FALSE(splitter.next());
  EXPECT_EQ(splitter.needed(), 0U);
  splitter.feed(message(18));
  EXPECT_FALSE(splitter.next()) << "for good";
}

}  // namespace
}  // namespace cmap::wire
