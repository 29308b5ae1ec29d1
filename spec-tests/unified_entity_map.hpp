// The entities of a unified test that runs: unique names, and nobody who refers to what is not
// there or is something else.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spec-tests/unified_actor.hpp"
#include "spec-tests/unified_client.hpp"

namespace cmap::spec_tests {

/// What an operation of an entity is done with.
struct UnifiedTarget {
  UnifiedClient& client;
  std::string database{};    ///< empty: of a client
  std::string collection{};  ///< empty: of a client or a database
  /// The nearest of collection, database and client that says one.
  std::optional<ReadPreference> read_preference{};
};

/// For the thread of the world, which outlives it. All functions that take a name throw
/// std::invalid_argument where there is no such entity, or one of another type.
class UnifiedEntityMap {
 public:
  /// `trace` is told what the clients do.
  UnifiedEntityMap(sim::ClientWorld& world, const sim::ClientWorldOptions& options,
                   Heartbeats heartbeats, UnifiedTrace trace)
      : world_(world), options_(options), heartbeats_(heartbeats), trace_(trace) {}

  /// Clients begin to look for their servers. `entities` outlive the map. Throws also for a name
  /// that is taken, and what UnifiedClient throws.
  void create(const std::vector<UnifiedEntity>& entities);
  /// The same for a topology.
  void record(const std::string& name, TopologyPtr topology);

  [[nodiscard]] UnifiedClient& client(const std::string& name) const;
  [[nodiscard]] UnifiedActor& thread(const std::string& name);
  [[nodiscard]] TopologyPtr topology(const std::string& name) const;
  /// Of a client, a database or a collection, if it has an operation of that name.
  [[nodiscard]] UnifiedTarget target(const UnifiedOperation& operation) const;
  [[nodiscard]] std::map<std::string, UnifiedActor>& threads() { return threads_; }

 private:
  [[nodiscard]] const UnifiedEntity& find(const std::string& name) const;
  [[nodiscard]] const UnifiedEntity& parent(const UnifiedEntity& entity) const;
  void require_new(const std::string& name) const;

  sim::ClientWorld& world_;
  const sim::ClientWorldOptions options_;
  const Heartbeats heartbeats_;
  const UnifiedTrace trace_;
  std::map<std::string, const UnifiedEntity*> entities_;
  std::map<std::string, std::unique_ptr<UnifiedClient>> clients_;
  std::map<std::string, UnifiedActor> threads_;
  std::map<std::string, TopologyPtr> topologies_;
};

}  // namespace cmap::spec_tests
