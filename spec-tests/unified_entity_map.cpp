// Every look-up is by name, and by what is wanted under it.
#include "spec-tests/unified_entity_map.hpp"

#include <stdexcept>
#include <utility>

namespace cmap::spec_tests {
namespace {

using Kind = UnifiedEntity::Kind;

std::string name_of(Kind kind) {
  switch (kind) {
    case Kind::client:
      return "client";
    case Kind::database:
      return "database";
    case Kind::collection:
      return "collection";
    case Kind::thread:
      return "thread";
  }
  return "?";
}

/// "there is no client "c"".
std::invalid_argument missing(const std::string& what, const std::string& name) {
  return std::invalid_argument("there is no " + what + " " + in_quotes(name));
}

template <typename Map>
auto& at(Map& map, const std::string& name, const std::string& what) {
  const auto found = map.find(name);
  if (found == map.end()) throw missing(what, name);
  return found->second;
}

}  // namespace

void UnifiedEntityMap::require_new(const std::string& name) const {
  if (entities_.contains(name) || topologies_.contains(name)) {
    throw std::invalid_argument("there are two entities " + in_quotes(name));
  }
}

void UnifiedEntityMap::create(const std::vector<UnifiedEntity>& entities) {
  for (const UnifiedEntity& entity : entities) {
    require_new(entity.id);
    if (entity.kind == Kind::database || entity.kind == Kind::collection) {
      static_cast<void>(parent(entity));
    } else if (entity.kind == Kind::client) {
      clients_[entity.id] =
          std::make_unique<UnifiedClient>(world_, options_, entity, heartbeats_, trace_);
    } else {
      threads_[entity.id];
    }
    entities_[entity.id] = &entity;
  }
}

void UnifiedEntityMap::record(const std::string& name, TopologyPtr topology) {
  require_new(name);
  topologies_[name] = std::move(topology);
}

const UnifiedEntity& UnifiedEntityMap::find(const std::string& name) const {
  return *at(entities_, name, "entity");
}

const UnifiedEntity& UnifiedEntityMap::parent(const UnifiedEntity& entity) const {
  const Kind wanted = entity.kind == Kind::collection ? Kind::database : Kind::client;
  const auto found = entities_.find(entity.parent);
  if (found == entities_.end() || found->second->kind != wanted) {
    throw missing(name_of(wanted), entity.parent);
  }
  return *found->second;
}

UnifiedClient& UnifiedEntityMap::client(const std::string& name) const {
  return *at(clients_, name, "client");
}

UnifiedActor& UnifiedEntityMap::thread(const std::string& name) {
  return at(threads_, name, "thread");
}

TopologyPtr UnifiedEntityMap::topology(const std::string& name) const {
  return at(topologies_, name, "topology description");
}

UnifiedTarget UnifiedEntityMap::target(const UnifiedOperation& operation) const {
  const UnifiedEntity* owner = &find(operation.object);
  if (owner->kind != operation.of) {
    throw std::invalid_argument(in_quotes(operation.object) + " is a " + name_of(owner->kind) +
                                ", and this is an operation of a " + name_of(operation.of));
  }
  const UnifiedEntity* collection = nullptr;
  const UnifiedEntity* database = nullptr;
  if (owner->kind == Kind::collection) owner = &parent(*(collection = owner));
  if (owner->kind == Kind::database) owner = &parent(*(database = owner));
  UnifiedTarget target{.client = client(owner->id)};
  target.read_preference = target.client.read_preference();
  for (const UnifiedEntity* const each : {database, collection}) {
    if (each && each->read_preference) target.read_preference = each->read_preference;
  }
  if (database) target.database = database->name;
  if (collection) target.collection = collection->name;
  return target;
}

}  // namespace cmap::spec_tests
