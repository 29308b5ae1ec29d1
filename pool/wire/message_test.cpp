// OP_MSG, OP_QUERY and OP_REPLY on the wire.
#include "pool/wire/message.hpp"

#include <functional>
#include <stdexcept>

#include <gtest/gtest.h>

#include "pool/wire/bson_builder.hpp"

namespace cmap::wire {
namespace {

Document ping() { return DocumentBuilder().int32("ping", 1).build(); }

/// A message of any content behind a right header.
Bytes raw(OpCode code, const std::function<void(Bytes&)>& fill) {
  Bytes bytes(header_size, 0);
  fill(bytes);
  store_at(bytes, 0, static_cast<std::int32_t>(bytes.size()));
  store_at(bytes, 12, static_cast<std::int32_t>(code));
  return bytes;
}

Bytes op_msg(std::uint32_t flags, const std::function<void(Bytes&)>& fill) {
  return raw(OpCode::msg, [&](Bytes& bytes) {
    append_number(bytes, flags);
    fill(bytes);
  });
}

void add_body(Bytes& bytes) {
  bytes.push_back(0);
  append(bytes, ping().bytes());
}

void add_sequence(Bytes& bytes, std::string_view name, std::int32_t length_error = 0) {
  bytes.push_back(1);
  append_number(
      bytes, static_cast<std::int32_t>(4 + name.size() + 1 + ping().bytes().size()) + length_error);
  append_cstring(bytes, name);
  append(bytes, ping().bytes());
}

TEST(OpMsg, IsEncodedAsTheProtocolSays) {
  const Bytes bytes = encode(OpMsg{.request_id = 5, .response_to = 6, .body = ping()});
  Bytes expected;
  for (const std::int32_t field : {36, 5, 6, 2013, 0}) append_number(expected, field);
  add_body(expected);
  EXPECT_EQ(bytes, expected);
}

TEST(OpMsg, ComesBackAsItWas) {
  for (const bool flag : {false, true}) {
    const OpMsg message{.request_id = 1,
                        .response_to = -1,
                        .more_to_come = flag,
                        .exhaust_allowed = !flag,
                        .body = ping(),
                        .sequences = {{.name = "documents", .documents = {ping(), Document()}},
                                      {.name = "none", .documents = {}}}};
    const Result<Message> decoded = decode(encode(message));
    ASSERT_TRUE(decoded) << decoded.error();
    EXPECT_EQ(std::get<OpMsg>(*decoded), message);
  }
}

TEST(OpMsg, FlagsHaveTheirBits) {
  const Result<OpMsg> message = decode_op_msg(op_msg(1U << 1U | 1U << 16U, add_body));
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->more_to_come);
  EXPECT_TRUE(message->exhaust_allowed);
}

TEST(OpMsg, UnknownFlagsAreRefusedIfTheyMatter) {
  for (std::uint32_t bit = 0; bit < 32; ++bit) {
    const Bytes bytes = op_msg(1U << bit, [&](Bytes& content) {
      add_body(content);
      if (bit == 0) content.resize(content.size() + 4, 0xAA);
    });
    EXPECT_EQ(static_cast<bool>(decode_op_msg(bytes)), bit < 2 || bit >= 16) << bit;
  }
}

TEST(OpMsg, AChecksumIsDropped) {
  const Result<OpMsg> message = decode_op_msg(op_msg(1, [](Bytes& bytes) {
    add_body(bytes);
    append_number(bytes, 0x12345678);
  }));
  ASSERT_TRUE(message) << message.error();
  EXPECT_EQ(message->body, ping());
  EXPECT_FALSE(decode_op_msg(op_msg(1, [](Bytes& bytes) { bytes.resize(bytes.size() + 3); })));
  EXPECT_FALSE(decode_op_msg(op_msg(1, add_body))) << "its last bytes are the document's";
}

TEST(OpMsg, SectionsInAnyOrder) {
  const Result<OpMsg> message = decode_op_msg(op_msg(0, [](Bytes& bytes) {
    add_sequence(bytes, "a");
    add_body(bytes);
    add_sequence(bytes, "b");
  }));
  ASSERT_TRUE(message) << message.error();
  EXPECT_EQ(message->body, ping());
  ASSERT_EQ(message->sequences.size(), 2U);
  EXPECT_EQ(message->sequences[1], (DocumentSequence{.name = "b", .documents = {ping()}}));
}

TEST(OpMsg, OtherSectionsThanOneBodyAndSequencesAreRefused) {
  const std::function<void(Bytes&)> contents[] = {
      [](Bytes&) {},
      [](Bytes& bytes) { add_sequence(bytes, "a"); },
      [](Bytes& bytes) {
        add_body(bytes);
        add_body(bytes);
      },
      [](Bytes& bytes) {
        add_body(bytes);
        bytes.push_back(2);
      },
      [](Bytes& bytes) {
        add_body(bytes);
        add_sequence(bytes, "a");
        add_sequence(bytes, "a");
      },
      [](Bytes& bytes) { bytes.push_back(0); },
  };
  for (const auto& content : contents) EXPECT_FALSE(decode_op_msg(op_msg(0, content)));
}

TEST(OpMsg, SequencesWithAWrongLengthAreRefused) {
  for (const std::int32_t error : {-1000, -22, -21, -18, -1, 1, 1'000'000}) {
    EXPECT_FALSE(decode_op_msg(op_msg(0, [&](Bytes& bytes) {
      add_body(bytes);
      add_sequence(bytes, "a", error);
    }))) << error;
  }
}

TEST(OpMsg, TooLongAMessageIsNotEncoded) {
  const OpMsg message{
      .body = DocumentBuilder().string("a", std::string(max_message_size, 'x')).build()};
  EXPECT_THROW(encode(message), std::length_error);
}

TEST(OpQuery, ComesBackAsItWas) {  // with which real drivers say hello
  OpQuery query{.request_id = 3, .flags = 4, .collection = "admin.$cmd", .query = ping()};
  Result<Message> decoded = decode(encode(query));
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(std::get<OpQuery>(*decoded), query);
  query.fields = ping();
  decoded = decode(encode(query));
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(std::get<OpQuery>(*decoded), query);
}

TEST(OpQuery, WhatIsLeftOverIsRefused) {
  Bytes bytes = encode(OpQuery{.collection = "admin.$cmd", .query = ping(), .fields = ping()});
  append(bytes, ping().bytes());
  store_at(bytes, 0, static_cast<std::int32_t>(bytes.size()));
  EXPECT_FALSE(decode(bytes));
}

TEST(OpReply, ComesBackAsItWas) {
  const OpReply reply{.request_id = 3,
                      .response_to = 9,
                      .flags = 8,
                      .cursor_id = std::int64_t{1} << 40,
                      .starting_from = 2,
                      .documents = {ping(), Document()}};
  const Result<Message> decoded = decode(encode(reply));
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(std::get<OpReply>(*decoded), reply);
}

TEST(OpReply, AWrongCountIsRefused) {
  for (const std::int32_t count : {-1, 0, 2}) {
    Bytes bytes = encode(OpReply{.documents = {ping()}});
    store_at(bytes, header_size + 16, count);
    EXPECT_FALSE(decode(bytes)) << count;
  }
}

TEST(Decode, EveryTruncationIsRefused) {
  const Bytes messages[] = {
      encode(OpMsg{.body = ping(), .sequences = {{.name = "a", .documents = {ping()}}}}),
      encode(OpQuery{.collection = "admin.$cmd", .query = ping(), .fields = ping()}),
      encode(OpReply{.documents = {ping()}})};
  for (const Bytes& whole : messages) {
    std::size_t accepted = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(decode(cut)) << "the header says otherwise";
      if (size < header_size) continue;
      store_at(cut, 0, static_cast<std::int32_t>(size));
      if (decode(cut)) ++accepted;
    }
    // Only where an optional part was cut off as a whole.
    EXPECT_EQ(accepted, std::holds_alternative<OpReply>(*decode(whole)) ? 0U : 1U);
  }
}

TEST(Decode, OtherMessagesAreRefusedByName) {
  const auto nothing = [](Bytes&) {};
  EXPECT_EQ(decode(raw(OpCode::compressed, nothing)).error(),
            "a message is compressed, but no compression was agreed on");
  EXPECT_EQ(decode(raw(static_cast<OpCode>(2002), nothing)).error(),
            "a message has the unknown operation code 2002");
  EXPECT_EQ(decode_op_msg(encode(OpReply{})).error(), "a message is not an OP_MSG");
}

}  // namespace
}  // namespace cmap::wire
