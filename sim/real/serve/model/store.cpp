// Every document has a number, in order of insertion; a position is the number of the last one
// read.
#include "sim/real/serve/model/store.hpp"

#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/matching.hpp"

namespace cmap::serve {
namespace {

// About what the nodes of the maps take.
constexpr std::size_t document_overhead = 256;
constexpr std::size_t collection_overhead = 256;

wire::Document with_id(wire::DocumentView document, const wire::ObjectId& fresh_id) {
  if (document.find("_id")) return wire::Document(document);
  return wire::DocumentBuilder().object_id("_id", fresh_id).elements_of(document).build();
}

std::string id_key(wire::DocumentView document) { return value_key(*document.find("_id")); }

std::size_t cost(const wire::Document& document) {
  return document.bytes().size() + id_key(document).size() + document_overhead;
}

}  // namespace

Store::Collection* Store::make(const std::string& collection) {
  const auto found = collections_.find(collection);
  if (found != collections_.end()) return &found->second;
  const std::size_t needed = collection.size() + collection_overhead;
  if (bytes_ + needed > max_bytes_) {
    return nullptr;
  }
  bytes_ += needed;
  return &collections_[collection];
}

Store::Inserted Store::insert(const std::string& collection, wire::DocumentView document,
                              const wire::ObjectId& fresh_id) {
  Collection* target = make(collection);
  if (!target) return Inserted::full;
  wire::Document added = with_id(document, fresh_id);
  const std::size_t needed = cost(added);
  if (bytes_ + needed > max_bytes_) return Inserted::full;
  if (!target->by_id.emplace(id_key(added), last_number_ + 1).second) return Inserted::duplicate;
  bytes_ += needed;
  target->documents.emplace(++last_number_, std::move(added));
  return Inserted::done;
}

void Store::forget(Collection& collection, std::uint64_t number) {
  const auto found = collection.documents.find(number);
  bytes_ -= cost(found->second);
  collection.by_id.erase(id_key(found->second));
  collection.documents.erase(found);
}

std::int64_t Store::erase(const std::string& collection, wire::DocumentView filter,
                          std::int64_t limit) {
  const auto found = collections_.find(collection);
  if (found == collections_.end()) return 0;
  ReadPosition position{.collection = collection, .filter = wire::Document(filter)};
  std::int64_t erased = 0;
  while ((limit == 0 || erased < limit) && read(position)) {
    forget(found->second, position.after);
    ++erased;
  }
  return erased;
}

std::optional<wire::DocumentView> Store::read(ReadPosition& position) const {
  const auto found = collections_.find(position.collection);
  if (found == collections_.end() || position.left == 0) return std::nullopt;
  const auto& documents = found->second.documents;
  for (auto next = documents.upper_bound(position.after); next != documents.end(); ++next) {
    position.after = next->first;
    if (!matches(next->second, position.filter)) continue;
    if (position.left) --*position.left;
    return next->second.view();
  }
  return std::nullopt;
}

bool Store::create(const std::string& collection) {
  return !collections_.contains(collection) && make(collection) != nullptr;
}

bool Store::drop(const std::string& collection) {
  const auto found = collections_.find(collection);
  if (found == collections_.end()) return false;
  for (const auto& [number, document] : found->second.documents) bytes_ -= cost(document);
  bytes_ -= collection.size() + collection_overhead;
  collections_.erase(found);
  return true;
}

void Store::drop_database(std::string_view database) {
  std::string prefix(database);
  prefix += '.';
  for (const std::string& name : collections()) {
    if (name.starts_with(prefix)) drop(name);
  }
}

std::vector<std::string> Store::collections() const {
  std::vector<std::string> names;
  for (const auto& [name, collection] : collections_) names.push_back(name);
  return names;
}

}  // namespace cmap::serve
