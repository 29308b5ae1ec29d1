// find, getMore, killCursors and count.
#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/matching.hpp"
#include "sim/real/serve/model/model.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;

constexpr std::int64_t default_first_batch = 101;
/// What a reply may have in it, with some room for the rest.
constexpr std::size_t max_batch_bytes = 16 * 1024 * 1024;
/// A filter is kept as long as its cursor.
constexpr std::size_t max_filter_bytes = 64 * 1024;

struct Batch {
  std::vector<Document> documents;
  bool is_last = false;
};

/// At least one document where there is one and `size` asks for one.
Batch read_batch(const Store& store, ReadPosition& position, std::int64_t size) {
  Batch batch;
  std::size_t bytes = 0;
  for (;;) {
    const std::uint64_t after = position.after;
    const std::optional<std::int64_t> left = position.left;
    const auto document = store.read(position);
    if (!document) {
      batch.is_last = true;
      return batch;
    }
    bytes += document->bytes().size();
    const bool fits = batch.documents.empty() || bytes <= max_batch_bytes;
    if (!fits || std::ssize(batch.documents) == size) {
      // It is for the next batch.
      position.after = after;
      position.left = left;
      return batch;
    }
    batch.documents.emplace_back(*document);
  }
}

Document cursor_reply(std::string_view field, const std::vector<Document>& documents,
                      std::int64_t id, std::string_view collection) {
  const Document cursor =
      DocumentBuilder().array(field, documents).int64("id", id).string("ns", collection).build();
  return ok_reply(DocumentBuilder().document("cursor", cursor));
}

std::optional<std::string> unsupported(wire::DocumentView find) {
  for (const char* field : {"sort", "projection", "tailable", "let", "min", "max"}) {
    const auto element = find.find(field);
    if (!element || element->as_flag() == false) continue;
    if (const auto document = element->as_document(); document && document->empty()) continue;
    return std::string("this server cannot find with ") + field;
  }
  const auto filter = find.find_document("filter").value_or(wire::DocumentView());
  if (filter.bytes().size() > max_filter_bytes) return "the filter is too large";
  if (const auto wrong = check_filter(filter)) return wrong->message;
  return std::nullopt;
}

Document find(const Call& call) {
  if (const auto what = unsupported(call.body())) return error_reply(Code::not_implemented, *what);
  const Store& store = call.model.store;
  ReadPosition position{
      .collection = call.collection(),
      .filter = Document(call.body().find_document("filter").value_or(wire::DocumentView()))};
  for (auto skip = call.body().find_whole_number("skip").value_or(0); skip > 0; --skip) {
    if (!store.read(position)) break;
  }
  const auto limit = call.body().find_whole_number("limit").value_or(0);
  if (limit > 0) position.left = limit;
  const auto size = call.body().find_whole_number("batchSize").value_or(default_first_batch);
  if (limit < 0 || size < 0) return error_reply(Code::bad_value, "a size must not be negative");

  const Batch batch = read_batch(store, position, size);
  const std::string collection = position.collection;
  const bool done = batch.is_last || call.body().find_flag("singleBatch").value_or(false);
  const std::int64_t id =
      done ? 0 : call.model.cursors.open(call.connection.member, std::move(position));
  return cursor_reply("firstBatch", batch.documents, id, collection);
}

Document get_more(const Call& call) {
  const std::int64_t id = call.body().find_whole_number("getMore").value_or(0);
  std::string collection = call.request.database;
  collection += '.';
  collection += call.body().find_string("collection").value_or("");
  ReadPosition* position = call.model.cursors.find(id, call.connection.member, collection);
  if (!position) {
    return error_reply(Code::cursor_not_found, "cursor id " + std::to_string(id) + " not found");
  }
  constexpr std::int64_t everything = std::int64_t{1} << 40;
  const auto size = call.body().find_whole_number("batchSize").value_or(0);
  const Batch batch = read_batch(call.model.store, *position, size > 0 ? size : everything);
  if (batch.is_last) call.model.cursors.close(id);
  return cursor_reply("nextBatch", batch.documents, batch.is_last ? 0 : id, collection);
}

Document kill_cursors(const Call& call) {
  DocumentBuilder killed;
  DocumentBuilder not_found;
  std::size_t killed_count = 0;
  std::size_t not_found_count = 0;
  const auto ids = call.body().find_array("cursors").value_or(wire::DocumentView());
  for (const wire::ElementView& element : ids) {
    const std::int64_t id = element.as_whole_number().value_or(0);
    if (call.model.cursors.find(id, call.connection.member, call.collection())) {
      call.model.cursors.close(id);
      killed.int64(std::to_string(killed_count++), id);
    } else {
      not_found.int64(std::to_string(not_found_count++), id);
    }
  }
  return ok_reply(DocumentBuilder()
                      .array("cursorsKilled", killed.build())
                      .array("cursorsNotFound", not_found.build())
                      .array("cursorsAlive", Document())
                      .array("cursorsUnknown", Document()));
}

Document count(const Call& call) {
  const auto filter = call.body().find_document("query").value_or(wire::DocumentView());
  if (const auto wrong = check_filter(filter)) {
    return error_reply(Code::not_implemented, wrong->message);
  }
  ReadPosition position{.collection = call.collection(), .filter = Document(filter)};
  std::int32_t found = 0;
  while (call.model.store.read(position)) ++found;
  return ok_reply(DocumentBuilder().int32("n", found));
}

}  // namespace

void add_read_commands(CommandTable& table) {
  using Needs = CommandKind::Needs;
  table["find"] = {.handler = find, .needs = Needs::readable};
  table["count"] = {.handler = count, .needs = Needs::readable};
  // A cursor is read where it was opened, whatever that member has become.
  table["getMore"] = {.handler = get_more};
  table["killCursors"] = {.handler = kill_cursors};
}

}  // namespace cmap::serve
