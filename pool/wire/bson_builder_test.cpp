// What the builder writes, byte by byte where it matters.
#include "pool/wire/bson_builder.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace cmap::wire {
namespace {

TEST(DocumentBuilder, WritesTheLayoutOfTheFormat) {
  EXPECT_EQ(DocumentBuilder().int32("ab", 258).build().bytes(),
            (Bytes{13, 0, 0, 0, 0x10, 'a', 'b', 0, 2, 1, 0, 0, 0}));
  EXPECT_EQ(DocumentBuilder().string("a", "x").build().bytes(),
            (Bytes{14, 0, 0, 0, 2, 'a', 0, 2, 0, 0, 0, 'x', 0, 0}));
  EXPECT_EQ(DocumentBuilder().boolean("a", true).build().bytes(),
            (Bytes{9, 0, 0, 0, 8, 'a', 0, 1, 0}));
  EXPECT_EQ(DocumentBuilder().binary("a", Bytes{9}).build().bytes(),
            (Bytes{14, 0, 0, 0, 5, 'a', 0, 1, 0, 0, 0, 0, 9, 0}));
}

TEST(DocumentBuilder, EmptyTextsAndBytesAreNoNull) {
  const Document document = DocumentBuilder().string("s", {}).binary("b", {}).build();
  EXPECT_EQ(document.find("s")->as_string(), "");
  ASSERT_TRUE(document.find("b")->as_binary());
  EXPECT_TRUE(document.find("b")->as_binary()->bytes.empty());
}

TEST(DocumentBuilder, ArraysCountTheirElements) {
  const std::vector<Document> documents = {DocumentBuilder().int32("x", 1).build(), Document()};
  const Document document = DocumentBuilder()
                                .array("documents", documents)
                                .array("none", Document())
                                .array("texts", std::vector<std::string>(11, "t"))
                                .build();
  const DocumentView array = *document.find("documents")->as_array();
  EXPECT_EQ(array.find("0")->as_document()->find("x")->as_int32(), 1);
  EXPECT_TRUE(array.find("1")->as_document()->empty());
  EXPECT_TRUE(document.find("none")->as_array()->empty());
  EXPECT_EQ(document.find("texts")->as_array()->find("10")->as_string(), "t");
}

TEST(DocumentBuilder, CopiesElementsWithTheirTypes) {
  const Document source =
      DocumentBuilder().int64("n", 5).document("d", DocumentBuilder().null("x").build()).build();
  EXPECT_EQ(DocumentBuilder().element(*source.find("n")).element(*source.find("d")).build(),
            source);
  EXPECT_EQ(DocumentBuilder().elements_of(source).build(), source);
  EXPECT_EQ(DocumentBuilder().int32("a", 1).elements_of(source).build(),
            DocumentBuilder()
                .int32("a", 1)
                .int64("n", 5)
                .document("d", DocumentBuilder().null("x").build())
                .build());
}

TEST(DocumentBuilder, BuildsMoreAfterBuild) {
  DocumentBuilder builder;
  builder.int32("a", 1);
  const Document first = builder.build();
  builder.int32("b", 2);
  EXPECT_FALSE(first.find("b"));
  EXPECT_EQ(builder.build().find("b")->as_int32(), 2);
}

TEST(DocumentBuilder, RefusesWhatCannotBeWritten) {
  using namespace std::string_literals;
  EXPECT_THROW(DocumentBuilder().int32("a\0b"s, 1), std::invalid_argument);
  EXPECT_THROW(DocumentBuilder().document("a", DocumentView(Bytes{1, 2})), std::invalid_argument);
}

}  // namespace
}  // namespace cmap::wire
