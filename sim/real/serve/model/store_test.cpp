// Documents in memory: what is found, what is refused, what everything costs.
#include "sim/real/serve/model/store.hpp"

#include <gtest/gtest.h>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/matching.hpp"
#include "sim/real/serve/model/model_harness.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;
using Inserted = Store::Inserted;

constexpr wire::ObjectId no_id{};

std::vector<std::int64_t> ids_of(const Store& store, ReadPosition position) {
  std::vector<std::int64_t> ids;
  while (const auto document = store.read(position)) {
    ids.push_back(document->find_whole_number("_id").value_or(-1));
  }
  return ids;
}

std::vector<std::int64_t> all_ids(const Store& store, const std::string& collection = "db.a") {
  return ids_of(store, {.collection = collection});
}

Store with_ids(std::initializer_list<std::int32_t> ids) {
  Store store(1'000'000);
  for (const std::int32_t id : ids) store.insert("db.a", number_document("_id", id), no_id);
  return store;
}

using Ids = std::vector<std::int64_t>;

TEST(Store, ReadsInTheOrderOfInsertion) {
  EXPECT_EQ(all_ids(with_ids({3, 1, 2})), (Ids{3, 1, 2}));
  EXPECT_EQ(all_ids(with_ids({3}), "db.b"), Ids{});
}

TEST(Store, AnIdExistsOnce) {
  Store store = with_ids({1});
  EXPECT_EQ(store.insert("db.a", number_document("_id", 1), no_id), Inserted::duplicate);
  EXPECT_EQ(store.insert("db.a", DocumentBuilder().int64("_id", 1).build(), no_id),
            Inserted::duplicate);
  EXPECT_EQ(store.insert("db.a", DocumentBuilder().number_double("_id", 1).build(), no_id),
            Inserted::duplicate);
  EXPECT_EQ(store.insert("db.a", DocumentBuilder().string("_id", "1").build(), no_id),
            Inserted::done);
  EXPECT_EQ(store.insert("db.b", number_document("_id", 1), no_id), Inserted::done);
}

TEST(Store, GivesAnIdToWhatHasNone) {
  Store store(1'000'000);
  const wire::ObjectId id{{1, 2, 3}};
  store.insert("db.a", number_document("x", 1), id);
  ReadPosition position{.collection = "db.a"};
  const auto document = store.read(position);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->begin()->as_object_id(), id);
}

TEST(Store, APositionSurvivesChanges) {
  Store store = with_ids({1, 2, 3});
  ReadPosition position{.collection = "db.a"};
  store.read(position);
  store.erase("db.a", number_document("_id", 1), 0);
  store.erase("db.a", number_document("_id", 2), 0);
  store.insert("db.a", number_document("_id", 4), no_id);
  EXPECT_EQ(ids_of(store, position), (Ids{3, 4}));
}

TEST(Store, ALimitEndsReading) {
  const Store store = with_ids({1, 2, 3});
  EXPECT_EQ(ids_of(store, {.collection = "db.a", .left = 2}), (Ids{1, 2}));
}

TEST(Store, ErasesWhatMatches) {
  Store store = with_ids({1, 2, 3});
  EXPECT_EQ(store.erase("db.a", number_document("_id", 2), 0), 1);
  EXPECT_EQ(store.erase("db.a", Document(), 1), 1);
  EXPECT_EQ(all_ids(store), (Ids{3}));
  EXPECT_EQ(store.erase("db.none", Document(), 0), 0);
}

TEST(Store, TakesBackWhatWasPaid) {
  Store store = with_ids({1, 2, 3});
  const std::size_t full = store.bytes();
  store.erase("db.a", number_document("_id", 2), 0);
  EXPECT_LT(store.bytes(), full);
  EXPECT_TRUE(store.drop("db.a"));
  EXPECT_EQ(store.bytes(), 0U);
  EXPECT_FALSE(store.drop("db.a"));
}

TEST(Store, IsBounded) {
  Store store(5'000);
  int inserted = 0;
  while (store.insert("db.a", number_document("_id", inserted), no_id) == Inserted::done) {
    ++inserted;
    ASSERT_LT(inserted, 100);
  }
  EXPECT_GT(inserted, 5);
  EXPECT_LE(store.bytes(), 5'000U);
  EXPECT_EQ(store.insert("db.a", number_document("_id", 1000), no_id), Inserted::full);
  store.drop("db.a");
  EXPECT_EQ(store.insert("db.a", number_document("_id", 1000), no_id), Inserted::done);
}

TEST(Store, EmptyCollectionsAreBoundedToo) {
  Store store(2'000);
  int created = 0;
  while (store.create("db." + std::to_string(created))) {
    ++created;
    ASSERT_LT(created, 100);
  }
  EXPECT_FALSE(store.create("db.0"));
  store.drop_database("db");
  EXPECT_TRUE(store.collections().empty());
  EXPECT_EQ(store.bytes(), 0U);
}

TEST(Store, DropsADatabaseAndNoOther) {
  Store store(10'000);
  for (const char* name : {"a.x", "a.y", "ab.x"}) store.create(name);
  store.drop_database("a");
  EXPECT_EQ(store.collections(), std::vector<std::string>{"ab.x"});
}

TEST(Matching, ByValueWhateverTheTypeOfTheNumber) {
  const Document document = DocumentBuilder().int64("n", 5).string("s", "x").build();
  EXPECT_TRUE(matches(document, number_document("n", 5)));
  EXPECT_TRUE(matches(document, DocumentBuilder().number_double("n", 5).build()));
  EXPECT_FALSE(matches(document, DocumentBuilder().number_double("n", 5.5).build()));
  EXPECT_FALSE(matches(document, DocumentBuilder().string("n", "5").build()));
  EXPECT_TRUE(matches(document, DocumentBuilder().string("s", "x").int32("n", 5).build()));
  EXPECT_FALSE(matches(document, DocumentBuilder().string("s", "x").int32("n", 6).build()));
  EXPECT_TRUE(matches(document, Document()));
}

TEST(Matching, NullIsWhatIsNotThere) {
  const Document null = DocumentBuilder().null("x").build();
  EXPECT_TRUE(matches(Document(), null));
  EXPECT_TRUE(matches(null, null));
  EXPECT_FALSE(matches(number_document("x", 1), null));
}

TEST(Matching, PathsAndItems) {
  const std::vector<std::string> items{"a", "b"};
  const Document document =
      DocumentBuilder().document("in", number_document("n", 1)).array("tags", items).build();
  EXPECT_TRUE(matches(document, number_document("in.n", 1)));
  EXPECT_FALSE(matches(document, number_document("in.m", 1)));
  EXPECT_TRUE(matches(document, DocumentBuilder().string("tags", "b").build()));
  EXPECT_FALSE(matches(document, DocumentBuilder().string("tags", "c").build()));
  EXPECT_TRUE(matches(document, DocumentBuilder().document("in", number_document("n", 1)).build()));
}

TEST(Matching, OperatorsAreRefused) {
  const Document greater = DocumentBuilder().document("n", number_document("$gt", 1)).build();
  const Document any = DocumentBuilder().array("$or", std::vector<Document>{}).build();
  EXPECT_TRUE(check_filter(greater));
  EXPECT_TRUE(check_filter(any));
  EXPECT_FALSE(check_filter(number_document("n", 1)));
  EXPECT_FALSE(check_filter(DocumentBuilder().document("n", number_document("m", 1)).build()));
}

}  // namespace
}  // namespace cmap::serve
