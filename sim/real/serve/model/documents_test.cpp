// insert, find and what belongs to them, as commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/serve/model/model_harness.hpp"

namespace cmap::serve {
namespace {

using ::testing::ElementsAre;
using wire::Document;
using wire::DocumentBuilder;
using Ids = std::vector<std::int64_t>;

std::vector<Document> with_ids(std::int32_t first, std::int32_t last) {
  std::vector<Document> documents;
  for (std::int32_t id = first; id <= last; ++id) documents.push_back(number_document("_id", id));
  return documents;
}

Document insert_command(const std::vector<Document>& documents, bool ordered = true) {
  return collection_command(
      "insert", "things",
      DocumentBuilder().array("documents", documents).boolean("ordered", ordered).build());
}

Document find_command(const Document& rest = {}) {
  return collection_command("find", "things", rest);
}

struct Batch {
  Ids ids;
  std::int64_t cursor = 0;
};

Batch batch_of(wire::DocumentView reply) {
  EXPECT_TRUE(is_ok(reply)) << reply.to_json();
  const auto cursor = reply.find_document("cursor");
  if (!cursor) return {};
  Batch batch{.cursor = cursor->find_whole_number("id").value_or(-1)};
  auto documents = cursor->find_array("firstBatch");
  if (!documents) documents = cursor->find_array("nextBatch");
  for (const auto& element : *documents) {
    batch.ids.push_back(element.as_document()->find_whole_number("_id").value_or(-1));
  }
  return batch;
}

Document get_more(std::int64_t cursor, const Document& rest = {},
                  std::string_view collection = "things") {
  return DocumentBuilder()
      .int64("getMore", cursor)
      .string("collection", collection)
      .elements_of(rest)
      .string("$db", "test")
      .build();
}

class Documents : public ::testing::Test {
 protected:
  Batch find(const Document& rest = {}) { return batch_of(world.ask(find_command(rest))); }

  ModelWithClient world;
};

TEST_F(Documents, AreFoundAgain) {
  const Document reply = world.ask(insert_command(with_ids(1, 3)));
  EXPECT_TRUE(is_ok(reply));
  EXPECT_EQ(reply.view().find_whole_number("n"), 3);
  const Batch found = find();
  EXPECT_EQ(found.ids, (Ids{1, 2, 3}));
  EXPECT_EQ(found.cursor, 0);
}

TEST_F(Documents, InASequenceBesideTheBody) {
  wire::OpMsg message{.body = collection_command("insert", "things")};
  message.sequences.push_back({.name = "documents", .documents = with_ids(1, 2)});
  EXPECT_EQ(world.ask(*Request::from(std::move(message))).view().find_whole_number("n"), 2);
  EXPECT_EQ(find().ids, (Ids{1, 2}));
}

TEST_F(Documents, TheFirstErrorEndsAnOrderedInsert) {
  auto documents = with_ids(1, 1);
  documents.push_back(number_document("_id", 1));
  documents.push_back(number_document("_id", 2));
  const Document reply = world.ask(insert_command(documents));
  EXPECT_TRUE(is_ok(reply));
  EXPECT_EQ(reply.view().find_whole_number("n"), 1);
  const auto error = reply.view().find_array("writeErrors")->begin()->as_document();
  EXPECT_EQ(error->find_whole_number("index"), 1);
  EXPECT_EQ(code_of(*error), 11000);
  EXPECT_EQ(find().ids, (Ids{1}));
  EXPECT_EQ(world.ask(insert_command(documents, false)).view().find_whole_number("n"), 1);
  EXPECT_EQ(find().ids, (Ids{1, 2}));
}

TEST_F(Documents, ByEquality) {
  world.ask(insert_command(with_ids(1, 5)));
  EXPECT_EQ(find(DocumentBuilder().document("filter", number_document("_id", 4)).build()).ids,
            (Ids{4}));
  EXPECT_EQ(find(number_document("limit", 2)).ids, (Ids{1, 2}));
  EXPECT_EQ(find(DocumentBuilder().int32("skip", 1).int32("limit", 2).build()).ids, (Ids{2, 3}));
}

TEST_F(Documents, WhatItCannotDoIsAnError) {
  const Document down = number_document("x", -1);
  for (const char* field : {"sort", "projection"}) {
    const Document command = find_command(DocumentBuilder().document(field, down).build());
    EXPECT_EQ(code_of(world.ask(command)), 238) << field;
  }
  const Document greater = DocumentBuilder().document("n", number_document("$gt", 1)).build();
  EXPECT_EQ(code_of(world.ask(find_command(DocumentBuilder().document("filter", greater).build()))),
            238);
  EXPECT_EQ(code_of(world.ask(find_command(number_document("batchSize", -1)))), 2);
  // Drivers send empty ones.
  EXPECT_TRUE(
      is_ok(world.ask(find_command(DocumentBuilder().document("sort", Document()).build()))));
}

TEST_F(Documents, ComeInBatches) {
  world.ask(insert_command(with_ids(1, 5)));
  const Batch first = find(number_document("batchSize", 2));
  EXPECT_EQ(first.ids, (Ids{1, 2}));
  ASSERT_NE(first.cursor, 0);
  const Document two = number_document("batchSize", 2);
  const Batch second = batch_of(world.ask(get_more(first.cursor, two)));
  EXPECT_EQ(second.ids, (Ids{3, 4}));
  EXPECT_EQ(second.cursor, first.cursor);
  const Batch third = batch_of(world.ask(get_more(first.cursor, two)));
  EXPECT_EQ(third.ids, (Ids{5}));
  EXPECT_EQ(third.cursor, 0);
  EXPECT_EQ(code_of(world.ask(get_more(first.cursor))), 43);
}

TEST_F(Documents, ABatchThatTakesTheLastLeavesNoCursor) {
  world.ask(insert_command(with_ids(1, 2)));
  EXPECT_EQ(find(number_document("batchSize", 2)).cursor, 0);
  const Batch empty = find(number_document("batchSize", 0));
  EXPECT_EQ(empty.ids, Ids{});
  EXPECT_EQ(batch_of(world.ask(get_more(empty.cursor))).ids, (Ids{1, 2}));
}

TEST_F(Documents, TheFirstBatchHasAHundredAndOne) {
  world.ask(insert_command(with_ids(1, 150)));
  const Batch first = find();
  EXPECT_EQ(first.ids.size(), 101U);
  EXPECT_EQ(batch_of(world.ask(get_more(first.cursor))).ids.size(), 49U);
}

TEST_F(Documents, ABatchFitsIntoAMessage) {
  const std::string large(6'000'000, 'x');
  for (std::int32_t id = 1; id <= 4; ++id) {
    const Document document = DocumentBuilder().int32("_id", id).string("s", large).build();
    ASSERT_TRUE(is_ok(world.ask(insert_command({document}))));
  }
  const Batch first = find();
  EXPECT_EQ(first.ids, (Ids{1, 2}));
  EXPECT_EQ(batch_of(world.ask(get_more(first.cursor))).ids, (Ids{3, 4}));
}

TEST_F(Documents, ASingleBatchHasNoCursor) {
  world.ask(insert_command(with_ids(1, 5)));
  const Batch only =
      find(DocumentBuilder().int32("batchSize", 2).boolean("singleBatch", true).build());
  EXPECT_EQ(only.cursor, 0);
}

TEST_F(Documents, ACursorIsKnownToOneCollectionAndOneMember) {
  world.ask(insert_command(with_ids(1, 5)));
  const std::int64_t cursor = find(number_document("batchSize", 2)).cursor;
  EXPECT_EQ(code_of(world.ask(get_more(cursor, Document(), "others"))), 43);
  world.connection.member = 1;
  EXPECT_EQ(code_of(world.ask(get_more(cursor))), 43);
  world.connection.member = 0;
  EXPECT_TRUE(is_ok(world.ask(get_more(cursor))));
}

TEST_F(Documents, CursorsAreKilled) {
  world.ask(insert_command(with_ids(1, 5)));
  const std::int64_t cursor = find(number_document("batchSize", 2)).cursor;
  const Document ids = DocumentBuilder().int64("0", cursor).int64("1", 99).build();
  const Document reply = world.ask(
      collection_command("killCursors", "things", DocumentBuilder().array("cursors", ids).build()));
  EXPECT_EQ(reply.view().find_array("cursorsKilled")->begin()->as_int64(), cursor);
  EXPECT_EQ(reply.view().find_array("cursorsNotFound")->begin()->as_int64(), 99);
  EXPECT_EQ(code_of(world.ask(get_more(cursor))), 43);
}

TEST_F(Documents, CursorsGoWithTheirCollection) {
  world.ask(insert_command(with_ids(1, 5)));
  const std::int64_t cursor = find(number_document("batchSize", 2)).cursor;
  EXPECT_TRUE(is_ok(world.ask(collection_command("drop", "things"))));
  EXPECT_EQ(code_of(world.ask(get_more(cursor))), 43);
  EXPECT_EQ(find().ids, Ids{});
}

TEST_F(Documents, OfVeryManyCursorsTheOldestGo) {
  Cursors cursors(1);
  const std::int64_t first = cursors.open(0, {.collection = "c"});
  std::int64_t last = 0;
  for (std::size_t i = 0; i < Cursors::capacity; ++i) last = cursors.open(0, {.collection = "c"});
  EXPECT_EQ(cursors.find(first, 0, "c"), nullptr);
  EXPECT_NE(cursors.find(first + 1, 0, "c"), nullptr);
  EXPECT_NE(cursors.find(last, 0, "c"), nullptr);
}

TEST_F(Documents, AreCountedAndDeleted) {
  world.ask(insert_command(with_ids(1, 5)));
  const auto count = [&] {
    return world.ask(collection_command("count", "things")).view().find_whole_number("n");
  };
  EXPECT_EQ(count(), 5);
  const std::vector<Document> deletes{
      DocumentBuilder().document("q", number_document("_id", 2)).int32("limit", 0).build(),
      DocumentBuilder().document("q", Document()).int32("limit", 1).build()};
  const Document reply = world.ask(
      collection_command("delete", "things", DocumentBuilder().array("deletes", deletes).build()));
  EXPECT_EQ(reply.view().find_whole_number("n"), 2);
  EXPECT_EQ(find().ids, (Ids{3, 4, 5}));
}

TEST_F(Documents, MemoryIsBounded) {
  ModelOptions options;
  options.max_document_bytes = 2'000;
  ModelWithClient small(std::move(options));
  const Document reply = small.ask(insert_command(with_ids(1, 100), false));
  const std::int64_t count = reply.view().find_whole_number("n").value_or(0);
  EXPECT_GT(count, 1);
  EXPECT_LT(count, 10);
  const auto error = reply.view().find_array("writeErrors")->begin()->as_document();
  EXPECT_EQ(code_of(*error), 146);
}

TEST_F(Documents, CollectionsAreMadeListedAndDropped) {
  EXPECT_TRUE(is_ok(world.ask(collection_command("create", "things"))));
  EXPECT_EQ(code_of(world.ask(collection_command("create", "things"))), 48);
  world.ask(collection_command("create", "others"));
  const auto names = [&](const Document& rest = {}) {
    const Document reply = world.ask(command_document("listCollections", rest, "test"));
    std::vector<std::string> found;
    const auto entries = reply.view().find_document("cursor")->find_array("firstBatch");
    for (const auto& entry : *entries) {
      found.emplace_back(entry.as_document()->find_string("name").value_or(""));
    }
    return found;
  };
  EXPECT_THAT(names(), ElementsAre("others", "things"));
  const Document filter = DocumentBuilder().string("name", "things").build();
  EXPECT_THAT(names(DocumentBuilder().document("filter", filter).build()), ElementsAre("things"));
  const Document databases = world.ask(command_document("listDatabases"));
  const auto first = databases.view().find_array("databases")->begin()->as_document();
  EXPECT_EQ(first->find_string("name"), "test");
  EXPECT_TRUE(is_ok(world.ask(command_document("dropDatabase", Document(), "test"))));
  EXPECT_THAT(names(), ElementsAre());
}

TEST_F(Documents, NeedANameForTheirCollection) {
  EXPECT_EQ(code_of(world.ask(command_document("insert"))), 73);
  EXPECT_EQ(code_of(world.ask(command_document("create"))), 73);
}

TEST(Secondaries, RefuseWritesAndReadsThatWantThePrimary) {
  ModelWithClient world(replica_set_of(3));
  world.ask(insert_command(with_ids(1, 1)));
  world.connection.member = 1;
  const Document write = world.ask(insert_command(with_ids(2, 2)));
  EXPECT_EQ(code_of(write), 10107);
  EXPECT_EQ(write.view().find_string("codeName"), "NotWritablePrimary");
  EXPECT_TRUE(write.view().find_document("topologyVersion"));
  EXPECT_EQ(code_of(world.ask(find_command())), 13435);
  const auto preferring = [](std::string_view mode) {
    const Document preference = DocumentBuilder().string("mode", mode).build();
    return find_command(DocumentBuilder().document("$readPreference", preference).build());
  };
  EXPECT_EQ(code_of(world.ask(preferring("primary"))), 13435);
  EXPECT_EQ(batch_of(world.ask(preferring("secondaryPreferred"))).ids, (Ids{1}));
  EXPECT_TRUE(is_ok(world.ask(command_document("ping"))));
}

TEST(Secondaries, APrimaryThatStepsDownIsOne) {
  ModelWithClient world(replica_set_of(3));
  EXPECT_TRUE(is_ok(world.ask(command_document("replSetStepDown"))));
  EXPECT_THAT(world.model->wishes, ElementsAre(Wish{.kind = Wish::Kind::elect}));
  EXPECT_EQ(code_of(world.ask(insert_command(with_ids(1, 1)))), 10107);
  EXPECT_EQ(code_of(world.ask(command_document("replSetStepDown"))), 10107);
}

TEST(Members, AreShutDownAndRestartedByCommand) {
  ModelWithClient world(replica_set_of(3));
  world.connection.member = 2;
  EXPECT_TRUE(is_ok(world.ask(command_document("shutdown"))));
  const auto restart = [&](std::string_view host) {
    return world.ask(DocumentBuilder().string("cmapRestart", host).string("$db", "admin").build());
  };
  EXPECT_TRUE(is_ok(restart("127.0.0.1:31001")));
  EXPECT_EQ(code_of(restart("127.0.0.1:1")), 2);
  EXPECT_THAT(world.model->wishes, ElementsAre(Wish{.kind = Wish::Kind::kill, .member = 2},
                                               Wish{.kind = Wish::Kind::restart, .member = 1}));
}

}  // namespace
}  // namespace cmap::serve
