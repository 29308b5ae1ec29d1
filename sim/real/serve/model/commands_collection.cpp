// Collections and databases: made, listed, dropped.
#include <set>
#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/model.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;

Document create(const Call& call) {
  if (call.target().empty()) {
    return error_reply(Code::invalid_namespace, "create needs the name of a collection");
  }
  if (call.model.store.create(call.collection())) return ok_reply();
  const auto names = call.model.store.collections();
  const std::set<std::string> there(names.begin(), names.end());
  if (!there.contains(call.collection())) {
    return error_reply(Code::exceeded_memory_limit, "this server keeps no more");
  }
  return error_reply(Code::namespace_exists,
                     "Collection " + call.collection() + " already exists.");
}

Document drop(const Call& call) {
  const std::string collection = call.collection();
  call.model.cursors.close_all_of(collection);
  DocumentBuilder reply;
  if (call.model.store.drop(collection)) reply.string("ns", collection);
  return ok_reply(reply);
}

Document drop_database(const Call& call) {
  call.model.store.drop_database(call.request.database);
  return ok_reply(DocumentBuilder().string("dropped", call.request.database));
}

Document collection_entry(std::string_view name) {
  return DocumentBuilder()
      .string("name", name)
      .string("type", "collection")
      .document("options", Document())
      .document("info", DocumentBuilder().boolean("readOnly", false).build())
      .build();
}

/// Also with a filter for one name, as drivers ask whether a collection exists.
Document list_collections(const Call& call) {
  const std::string prefix = call.request.database + '.';
  const auto filter = call.body().find_document("filter");
  const auto wanted = filter ? filter->find_string("name") : std::nullopt;
  std::vector<Document> entries;
  for (const std::string& full_name : call.model.store.collections()) {
    if (!full_name.starts_with(prefix)) continue;
    const std::string_view name = std::string_view(full_name).substr(prefix.size());
    if (!wanted || wanted == name) entries.push_back(collection_entry(name));
  }
  const Document cursor = DocumentBuilder()
                              .int64("id", 0)
                              .string("ns", prefix + "$cmd.listCollections")
                              .array("firstBatch", entries)
                              .build();
  return ok_reply(DocumentBuilder().document("cursor", cursor));
}

Document list_databases(const Call& call) {
  std::set<std::string> names;
  for (const std::string& name : call.model.store.collections()) {
    names.insert(name.substr(0, name.find('.')));
  }
  std::vector<Document> entries;
  for (const std::string& name : names) {
    entries.push_back(DocumentBuilder()
                          .string("name", name)
                          .int64("sizeOnDisk", 0)
                          .boolean("empty", false)
                          .build());
  }
  return ok_reply(DocumentBuilder()
                      .array("databases", entries)
                      .int64("totalSize", static_cast<std::int64_t>(call.model.store.bytes())));
}

}  // namespace

void add_collection_commands(CommandTable& table) {
  using Needs = CommandKind::Needs;
  table["create"] = {.handler = create, .needs = Needs::primary};
  table["drop"] = {.handler = drop, .needs = Needs::primary};
  table["dropDatabase"] = {.handler = drop_database, .needs = Needs::primary};
  table["listCollections"] = {.handler = list_collections, .needs = Needs::readable};
  table["listDatabases"] = {.handler = list_databases, .needs = Needs::readable};
}

}  // namespace cmap::serve
