// One function for each operation that sends something.
#include "spec-tests/unified_commands.hpp"

#include <stdexcept>
#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "spec-tests/bson_value.hpp"

namespace cmap::spec_tests {
namespace {

wire::Document document_from(const Value& value) {
  Problems problems("");
  wire::Document document = to_document(value, problems);
  if (!problems.empty()) throw std::invalid_argument(problems.take().front().message);
  return document;
}

Value batch_of(wire::DocumentView reply) {
  const auto cursor = reply.find_document("cursor");
  const auto batch = cursor ? cursor->find("firstBatch") : std::nullopt;
  if (!batch) return Value(Value::Array());
  const Value wrapped = to_value(wire::DocumentBuilder().element(*batch).build());
  return only_member(wrapped).value;
}

Value inserted_ids(const Value::Array& documents) {
  Value::Object ids;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (const Value* id = documents[i].find("_id")) ids.push_back({std::to_string(i), {}, *id});
  }
  return Value(std::move(ids));
}

}  // namespace

UnifiedCommand find_command(const std::string& database, const std::string& collection,
                            const Value& filter, const Value* limit) {
  wire::DocumentBuilder body;
  body.string("find", collection).document("filter", document_from(filter));
  if (limit) body.int64("limit", *limit->integer());
  return {.name = "find",
          .database = database,
          .body = body.build(),
          .kind = UnifiedCommand::Kind::read};
}

UnifiedCommand insert_command(const std::string& database, const std::string& collection,
                              std::vector<Value> documents, bool ordered) {
  std::vector<wire::Document> encoded;
  for (const Value& document : documents) encoded.push_back(document_from(document));
  return {.name = "insert",
          .database = database,
          .body = wire::DocumentBuilder()
                      .string("insert", collection)
                      .array("documents", encoded)
                      .boolean("ordered", ordered)
                      .build(),
          .kind = UnifiedCommand::Kind::write};
}

UnifiedCommand collection_command(std::string_view name, const std::string& database,
                                  const std::string& collection) {
  return {.name = std::string(name),
          .database = database,
          .body = wire::DocumentBuilder().string(name, collection).build(),
          .kind = UnifiedCommand::Kind::write};
}

UnifiedCommand command_for(const UnifiedOperation& operation, const std::string& database,
                           const std::string& collection) {
  const auto argument = [&](std::string_view key) { return operation.arguments.find(key); };
  if (operation.name == "find") {
    return find_command(database, collection, *argument("filter"), argument("limit"));
  }
  if (operation.name == "insertOne") {
    return insert_command(database, collection, {*argument("document")});
  }
  if (operation.name == "insertMany") {
    const Value* const ordered = argument("ordered");
    return insert_command(database, collection, *argument("documents")->array(),
                          ordered == nullptr || *ordered->boolean());
  }
  if (operation.name == "runCommand") {
    return {.name = *argument("commandName")->text(),
            .database = database,
            .body = document_from(*argument("command"))};
  }
  if (operation.name != "listDatabases") throw std::invalid_argument("there is no such operation");
  wire::DocumentBuilder body;
  body.int32("listDatabases", 1);
  if (const Value* filter = argument("filter")) body.document("filter", document_from(*filter));
  return {.name = operation.name,
          .database = "admin",
          .body = body.build(),
          .kind = UnifiedCommand::Kind::read};
}

Value result_of(const UnifiedOperation& operation, wire::DocumentView reply) {
  if (operation.name == "find") return batch_of(reply);
  if (operation.name == "insertOne") {
    const Value* const id = operation.arguments.find("document")->find("_id");
    return id ? object_of({{"insertedId", *id}}) : object_of({});
  }
  if (operation.name == "insertMany") {
    return object_of(
        {{"insertedIds", inserted_ids(*operation.arguments.find("documents")->array())}});
  }
  const Value whole = to_value(reply);
  const Value* const databases = whole.find("databases");
  return operation.name == "listDatabases" && databases ? *databases : whole;
}

}  // namespace cmap::spec_tests
