// Documents from untrusted bytes, and reading them.
#include "pool/wire/bson.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "pool/wire/bson_builder.hpp"

namespace cmap::wire {
namespace {

/// A document with one element: `type`, key "a", `value`.
Bytes with_value(std::uint8_t type, const Bytes& value) {
  Bytes bytes(4, 0);
  bytes.push_back(type);
  append_cstring(bytes, "a");
  append(bytes, value);
  bytes.push_back(0);
  store_at(bytes, 0, static_cast<std::int32_t>(bytes.size()));
  return bytes;
}

/// `levels` documents in each other, the outermost included.
Bytes nested(std::size_t levels) {
  const std::size_t step = 7;  // length, type, key of one letter and its zero
  Bytes bytes;
  for (std::size_t level = 0; level < levels; ++level) {
    const std::size_t size = (levels - level) * (step + 1) - 3;
    append_number(bytes, static_cast<std::int32_t>(size));
    if (level + 1 == levels) break;
    bytes.push_back(3);
    append_cstring(bytes, "a");
  }
  bytes.resize(bytes.size() + levels, 0);
  return bytes;
}

Document one_of_each() {
  return DocumentBuilder()
      .number_double("double", 1.5)
      .string("string", "grüße")
      .document("document", DocumentBuilder().int32("x", 7).build())
      .array("array", std::vector<std::string>{"p", "q"})
      .binary("binary", Bytes{1, 2, 3})
      .object_id("id", ObjectId{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}})
      .boolean("bool", true)
      .date("date", Date(1234))
      .null("null")
      .int32("int32", -5)
      .timestamp("timestamp", {.seconds = 9, .increment = 4})
      .int64("int64", std::int64_t{1} << 40)
      .build();
}

TEST(Document, TheEmptyOneHasFiveBytes) {
  EXPECT_EQ(Document().bytes(), (Bytes{5, 0, 0, 0, 0}));
  EXPECT_TRUE(Document().view().empty());
  EXPECT_TRUE(DocumentView().empty());
  EXPECT_TRUE(Document::parse(Document().bytes()));
}

TEST(Document, EveryTypeIsReadAsWhatItIs) {
  const Result<Document> document = Document::parse(one_of_each().bytes());
  ASSERT_TRUE(document) << document.error();
  EXPECT_EQ(document->find("double")->as_double(), 1.5);
  EXPECT_EQ(document->find("string")->as_string(), "grüße");
  EXPECT_EQ(document->find("document")->as_document()->find("x")->as_int32(), 7);
  EXPECT_EQ(document->find("array")->as_array()->find("1")->as_string(), "q");
  const BinaryView binary = *document->find("binary")->as_binary();
  EXPECT_EQ(binary.subtype, 0);
  EXPECT_EQ(Bytes(binary.bytes.begin(), binary.bytes.end()), (Bytes{1, 2, 3}));
  EXPECT_EQ(document->find("id")->as_object_id(),
            (ObjectId{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}));
  EXPECT_EQ(document->find("bool")->as_bool(), true);
  EXPECT_EQ(document->find("date")->as_date(), Date(1234));
  EXPECT_TRUE(document->find("null")->is_null());
  EXPECT_EQ(document->find("int32")->as_int32(), -5);
  EXPECT_EQ(document->find("timestamp")->as_timestamp(), (Timestamp{.seconds = 9, .increment = 4}));
  EXPECT_EQ(document->find("int64")->as_int64(), std::int64_t{1} << 40);
  EXPECT_FALSE(document->find("missing"));
}

TEST(Document, AGetterAnswersNothingForAnotherType) {
  const Document document = one_of_each();
  for (const ElementView& element : document.view()) {
    const std::string key(element.key());
    EXPECT_EQ(element.as_double().has_value(), key == "double") << key;
    EXPECT_EQ(element.as_string().has_value(), key == "string") << key;
    EXPECT_EQ(element.as_document().has_value(), key == "document") << key;
    EXPECT_EQ(element.as_array().has_value(), key == "array") << key;
    EXPECT_EQ(element.as_binary().has_value(), key == "binary") << key;
    EXPECT_EQ(element.as_object_id().has_value(), key == "id") << key;
    EXPECT_EQ(element.as_bool().has_value(), key == "bool") << key;
    EXPECT_EQ(element.as_date().has_value(), key == "date") << key;
    EXPECT_EQ(element.is_null(), key == "null") << key;
    EXPECT_EQ(element.as_int32().has_value(), key == "int32") << key;
    EXPECT_EQ(element.as_timestamp().has_value(), key == "timestamp") << key;
    EXPECT_EQ(element.as_int64().has_value(), key == "int64") << key;
  }
}

TEST(Document, ElementsComeInOrderAndTheFirstOfANameIsFound) {
  const Document document = DocumentBuilder().int32("b", 1).int32("a", 2).int32("b", 3).build();
  std::string keys;
  for (const ElementView& element : document.view()) keys += element.key();
  EXPECT_EQ(keys, "bab");
  EXPECT_EQ(document.find("b")->as_int32(), 1);
}

TEST(Document, WholeNumbersOfAnyType) {
  const Document document = DocumentBuilder()
                                .int32("int32", 3)
                                .int64("int64", 4)
                                .number_double("double", 5.0)
                                .number_double("fraction", 5.5)
                                .number_double("huge", 1e19)
                                .number_double("nan", std::numeric_limits<double>::quiet_NaN())
                                .string("text", "6")
                                .build();
  const DocumentView view = document;
  EXPECT_EQ(view.find_whole_number("int32"), 3);
  EXPECT_EQ(view.find_whole_number("int64"), 4);
  EXPECT_EQ(view.find_whole_number("double"), 5);
  for (const char* key : {"fraction", "huge", "nan", "text", "missing"}) {
    EXPECT_FALSE(view.find_whole_number(key)) << key;
  }
}

TEST(Document, FlagsAreBooleansOrNumbers) {
  const Document document = DocumentBuilder()
                                .boolean("true", true)
                                .boolean("false", false)
                                .number_double("1.0", 1.0)
                                .int32("0", 0)
                                .string("text", "true")
                                .build();
  const DocumentView view = document;
  EXPECT_EQ(view.find_flag("true"), true);
  EXPECT_EQ(view.find_flag("false"), false);
  EXPECT_EQ(view.find_flag("1.0"), true);
  EXPECT_EQ(view.find_flag("0"), false);
  EXPECT_FALSE(view.find_flag("text"));
  EXPECT_FALSE(view.find_flag("missing"));
}

TEST(DocumentParse, EveryTruncationIsRefused) {
  const Bytes whole = one_of_each().bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(Document::parse(cut)) << size;
    // Also with a length that fits what is left.
    if (size < 4) continue;
    store_at(cut, 0, static_cast<std::int32_t>(size));
    if (size == 5) continue;  // a type byte of a double is no end
    EXPECT_FALSE(Document::parse(cut)) << size;
  }
}

TEST(DocumentParse, MoreBytesThanTheDocumentAreRefused) {
  Bytes bytes = one_of_each().bytes();
  bytes.push_back(0);
  EXPECT_FALSE(Document::parse(bytes));
}

TEST(DocumentParse, LengthsInsideThatLeaveTheDocumentAreRefused) {
  const std::int32_t lengths[] = {-1,
                                  0,
                                  4,
                                  1000,
                                  std::numeric_limits<std::int32_t>::min(),
                                  std::numeric_limits<std::int32_t>::max()};
  for (const int type : {2, 3, 4, 5, 0xC, 0xD, 0xE, 0xF}) {
    for (const std::int32_t length : lengths) {
      Bytes value;
      append_number(value, length);
      value.resize(12, 0);
      EXPECT_FALSE(Document::parse(with_value(static_cast<std::uint8_t>(type), value)))
          << type << " " << length;
    }
  }
}

TEST(DocumentParse, RareTypesArePassedOver) {
  Bytes code;
  append_number(code, std::int32_t{2});
  append_cstring(code, "c");
  Bytes scoped;
  append_number(scoped, static_cast<std::int32_t>(4 + code.size() + 5));
  append(scoped, code);
  append(scoped, Document().bytes());
  Bytes pointer = code;
  pointer.resize(pointer.size() + 12, 1);
  const std::pair<std::uint8_t, Bytes> values[] = {
      {0x06, {}},     {0x0B, {'x', 0, 'i', 0}}, {0x0C, pointer}, {0x0D, code}, {0x0E, code},
      {0x0F, scoped}, {0x13, Bytes(16, 0)},     {0x7F, {}},      {0xFF, {}},
  };
  for (const auto& [type, value] : values) {
    const Result<Document> document = Document::parse(with_value(type, value));
    ASSERT_TRUE(document) << int{type} << document.error();
    EXPECT_EQ(static_cast<int>(document->find("a")->type()), int{type});
    EXPECT_EQ(document->find("a")->value().size(), value.size());
  }
}

TEST(DocumentParse, UnknownTypesAndInvalidValuesAreRefused) {
  EXPECT_FALSE(Document::parse(with_value(0x14, {})));
  EXPECT_FALSE(Document::parse(with_value(0x08, {2}))) << "a boolean is 0 or 1";
  Bytes text;
  append_number(text, std::int32_t{3});
  append(text, Bytes{0xC3, 0x28, 0});
  EXPECT_FALSE(Document::parse(with_value(0x02, text))) << "not UTF-8";
  append(text, Bytes{8, 'b', 0, 2});
  EXPECT_FALSE(Document::parse(with_value(0x02, text))) << "neither of both";
  Bytes key = DocumentBuilder().int32("a", 1).build().bytes();
  key[5] = 0xFF;
  EXPECT_FALSE(Document::parse(key));
  EXPECT_FALSE(Document::parse(with_value(0x0B, {0xFF, 0, 0})));
  EXPECT_FALSE(Document::parse(with_value(0x05, {1, 0, 0, 0, 2, 9}))) << "the old binary subtype";
  Bytes unended;
  append_number(unended, std::int32_t{2});
  append(unended, Bytes{'x', 'y'});
  EXPECT_FALSE(Document::parse(with_value(0x02, unended)));
}

TEST(DocumentParse, TextsMayContainZeroBytes) {
  using namespace std::string_literals;
  const Document document = DocumentBuilder().string("a", "x\0y"s).build();
  const Result<Document> parsed = Document::parse(document.bytes());
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(parsed->find("a")->as_string(), "x\0y"s);
}

TEST(DocumentParse, DepthIsBounded) {
  const Result<Document> deepest = Document::parse(nested(max_document_depth));
  ASSERT_TRUE(deepest) << deepest.error();
  EXPECT_FALSE(deepest->to_json().empty());
  const Result<Document> deeper = Document::parse(nested(max_document_depth + 1));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error(), "BSON is nested too deeply");
  EXPECT_FALSE(Document::parse(nested(1'000'000))) << "no stack may overflow";
}

TEST(DocumentView, EndsWhereBytesMakeNoSense) {
  Bytes bytes = DocumentBuilder().int32("a", 1).int32("b", 2).build().bytes();
  bytes[11] = 0x55;  // the type of "b"
  const DocumentView view{ByteView(bytes)};
  EXPECT_EQ(view.find("a")->as_int32(), 1);
  EXPECT_FALSE(view.find("b"));
  EXPECT_TRUE(DocumentView(ByteView()).empty());
}

TEST(DocumentView, JsonForPeople) {
  EXPECT_EQ(DocumentBuilder().int32("ok", 1).string("me", "a:1").build().to_json(),
            R"({ "ok" : 1, "me" : "a:1" })");
  EXPECT_EQ(DocumentView(Bytes{1, 2, 3}).to_json(), "(invalid BSON, 3 bytes)");
  EXPECT_EQ(DocumentView(nested(10'000)).to_json(), "(invalid BSON, 79997 bytes)");
}

}  // namespace
}  // namespace cmap::wire
