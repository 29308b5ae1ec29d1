// insert and delete.
#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/matching.hpp"
#include "sim/real/serve/model/model.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;

Document write_error(std::size_t index, Code code, std::string_view message) {
  return DocumentBuilder()
      .int32("index", static_cast<std::int32_t>(index))
      .int32("code", static_cast<std::int32_t>(code))
      .string("errmsg", message)
      .build();
}

std::optional<Document> insert_one(const Call& call, const std::string& collection,
                                   std::size_t index, wire::DocumentView document) {
  switch (call.model.store.insert(collection, document, call.model.fresh_id())) {
    case Store::Inserted::done:
      return std::nullopt;
    case Store::Inserted::duplicate: {
      std::string message = "E11000 duplicate key error collection: " + collection;
      message += " index: _id_";
      return write_error(index, Code::duplicate_key, message);
    }
    case Store::Inserted::full:
      return write_error(index, Code::exceeded_memory_limit, "this server keeps no more");
  }
  return std::nullopt;
}

Document written(std::int64_t count, const std::vector<Document>& errors) {
  DocumentBuilder reply;
  reply.int32("n", static_cast<std::int32_t>(count));
  if (!errors.empty()) reply.array("writeErrors", errors);
  return ok_reply(reply);
}

Document insert(const Call& call) {
  if (call.target().empty()) {
    return error_reply(Code::invalid_namespace, "insert needs the name of a collection");
  }
  const std::string collection = call.collection();
  const bool ordered = call.body().find_flag("ordered").value_or(true);
  std::vector<Document> errors;
  std::int64_t count = 0;
  std::size_t index = 0;
  for (const wire::DocumentView document : call.request.documents("documents")) {
    auto error = insert_one(call, collection, index++, document);
    if (!error) {
      ++count;
      continue;
    }
    errors.push_back(*std::move(error));
    if (ordered) break;
  }
  return written(count, errors);
}

Document erase(const Call& call) {
  const std::string collection = call.collection();
  std::int64_t count = 0;
  for (const wire::DocumentView erasure : call.request.documents("deletes")) {
    const wire::DocumentView filter = erasure.find_document("q").value_or(wire::DocumentView());
    if (const auto wrong = check_filter(filter)) {
      return error_reply(Code::not_implemented, wrong->message);
    }
    const std::int64_t limit = erasure.find_whole_number("limit").value_or(0);
    count += call.model.store.erase(collection, filter, limit);
  }
  return written(count, {});
}

}  // namespace

void add_write_commands(CommandTable& table) {
  using Needs = CommandKind::Needs;
  table["insert"] = {.handler = insert, .needs = Needs::primary};
  table["delete"] = {.handler = erase, .needs = Needs::primary};
}

}  // namespace cmap::serve
