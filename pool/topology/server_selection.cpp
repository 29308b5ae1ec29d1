// By type of topology, then mode by mode; staleness before tags, tags before latency.
#include "pool/topology/server_selection.hpp"

#include <algorithm>

#include "pool/api/assert.hpp"
#include "pool/topology/staleness.hpp"

namespace cmap {
namespace {

using Servers = std::vector<ServerPtr>;

Servers of_type(const Servers& servers, ServerType type) {
  Servers found;
  std::copy_if(servers.begin(), servers.end(), std::back_inserter(found),
               [type](const ServerPtr& server) { return server->type == type; });
  return found;
}

bool matches(const ServerDescription& server, const TagSet& tags) {
  return std::all_of(tags.begin(), tags.end(), [&](const auto& tag) {
    const auto theirs = server.tags.find(tag.first);
    return theirs != server.tags.end() && theirs->second == tag.second;
  });
}

/// Those that match the first tag set that any of them matches.
Servers tagged(const Servers& servers, const std::vector<TagSet>& tag_sets) {
  if (tag_sets.empty()) return servers;
  for (const TagSet& tags : tag_sets) {
    Servers found;
    std::copy_if(servers.begin(), servers.end(), std::back_inserter(found),
                 [&](const ServerPtr& server) { return matches(*server, tags); });
    if (!found.empty()) return found;
  }
  return {};
}

/// Reads from a replica set.
class Reader {
 public:
  Reader(const TopologyDescription& topology, const Servers& servers,
         const ReadPreference& preference, Duration heartbeat_frequency)
      : topology_(topology),
        servers_(servers),
        preference_(preference),
        heartbeat_frequency_(heartbeat_frequency) {}

  [[nodiscard]] Servers find() const {
    const Servers primary = of_type(servers_, ServerType::rs_primary);
    switch (preference_.mode) {
      case ReadPreferenceMode::primary:
        return primary;
      case ReadPreferenceMode::primary_preferred:
        return primary.empty() ? secondaries() : primary;
      case ReadPreferenceMode::secondary:
        return secondaries();
      case ReadPreferenceMode::secondary_preferred: {
        const Servers found = secondaries();
        return found.empty() ? primary : found;
      }
      case ReadPreferenceMode::nearest:
        return eligible([](ServerType type) {
          return type == ServerType::rs_primary || type == ServerType::rs_secondary;
        });
    }
    return {};
  }

 private:
  [[nodiscard]] Servers secondaries() const {
    return eligible([](ServerType type) { return type == ServerType::rs_secondary; });
  }

  template <typename IsWanted>
  [[nodiscard]] Servers eligible(IsWanted is_wanted) const {
    Servers found;
    for (const ServerPtr& server : servers_) {
      if (is_wanted(server->type) && is_fresh(*server)) found.push_back(server);
    }
    return tagged(found, preference_.tag_sets);
  }

  [[nodiscard]] bool is_fresh(const ServerDescription& server) const {
    return !preference_.max_staleness ||
           staleness(topology_, server, heartbeat_frequency_) <= *preference_.max_staleness;
  }

  const TopologyDescription& topology_;
  const Servers& servers_;
  const ReadPreference& preference_;
  const Duration heartbeat_frequency_;
};

Servers suitable_of(const TopologyDescription& topology, const Servers& servers,
                    const Selection& selection, Duration heartbeat_frequency) {
  switch (topology.type) {
    case TopologyType::unknown:
      return {};
    case TopologyType::single: {
      Servers known = servers;
      std::erase_if(known, [](const ServerPtr& one) { return one->type == ServerType::unknown; });
      return known;
    }
    case TopologyType::load_balanced:
      return of_type(servers, ServerType::load_balancer);
    case TopologyType::sharded:
      return of_type(servers, ServerType::mongos);
    case TopologyType::replica_set_no_primary:
    case TopologyType::replica_set_with_primary:
      if (selection.kind == OperationKind::write) return of_type(servers, ServerType::rs_primary);
      return Reader(topology, servers, selection.read_preference, heartbeat_frequency).find();
  }
  return {};
}

Duration latency(const ServerPtr& server) {
  return server->round_trip_time.value_or(Duration::zero());
}

}  // namespace

std::optional<std::string> selection_error(const TopologyDescription& topology,
                                           const Selection& selection,
                                           Duration heartbeat_frequency) {
  if (topology.compatibility_error) return topology.compatibility_error;
  const ReadPreference& preference = selection.read_preference;
  const bool has_tags = std::any_of(preference.tag_sets.begin(), preference.tag_sets.end(),
                                    [](const TagSet& tags) { return !tags.empty(); });
  if (selection.kind == OperationKind::write) return std::nullopt;
  if (preference.mode == ReadPreferenceMode::primary && (has_tags || preference.max_staleness)) {
    return "a read preference with the mode primary has neither tag sets nor maxStalenessSeconds";
  }
  const bool is_replica_set = topology.type == TopologyType::replica_set_no_primary ||
                              topology.type == TopologyType::replica_set_with_primary;
  if (!is_replica_set || !preference.max_staleness) return std::nullopt;
  return max_staleness_error(*preference.max_staleness, heartbeat_frequency);
}

std::vector<ServerPtr> suitable_servers(const TopologyDescription& topology,
                                        const Selection& selection, Duration heartbeat_frequency) {
  Servers preferred = topology.servers;
  std::erase_if(preferred, [&](const ServerPtr& server) {
    const std::vector<Address>& last = selection.deprioritized;
    return std::find(last.begin(), last.end(), server->address) != last.end();
  });
  Servers found = suitable_of(topology, preferred, selection, heartbeat_frequency);
  if (!found.empty() || selection.deprioritized.empty()) return found;
  return suitable_of(topology, topology.servers, selection, heartbeat_frequency);
}

std::vector<ServerPtr> in_latency_window(std::vector<ServerPtr> suitable,
                                         Duration local_threshold) {
  if (suitable.empty()) return suitable;
  const auto fastest = std::min_element(
      suitable.begin(), suitable.end(),
      [](const ServerPtr& a, const ServerPtr& b) { return latency(a) < latency(b); });
  const Duration limit = saturating_sum(latency(*fastest), local_threshold);
  std::erase_if(suitable, [limit](const ServerPtr& server) { return latency(server) > limit; });
  return suitable;
}

void OperationCounts::begin(const Address& address) {
  for (auto& [server, count] : counts_) {
    if (server != address) continue;
    ++count;
    return;
  }
  counts_.emplace_back(address, 1);
}

void OperationCounts::end(const Address& address) {
  const auto found = std::find_if(counts_.begin(), counts_.end(),
                                  [&](const auto& each) { return each.first == address; });
  CMAP_ASSERT(found != counts_.end());
  if (--found->second == 0) counts_.erase(found);
}

std::int64_t OperationCounts::of(const Address& address) const {
  for (const auto& [server, count] : counts_) {
    if (server == address) return count;
  }
  return 0;
}

ServerPtr choose_server(const std::vector<ServerPtr>& servers, const OperationCounts& counts,
                        const ChooseBelow& choose) {
  CMAP_ASSERT(!servers.empty());
  if (servers.size() == 1) return servers.front();
  const std::size_t first = choose(servers.size());
  std::size_t second = choose(servers.size() - 1);
  if (second >= first) ++second;  // two different ones
  const bool second_is_better =
      counts.of(servers[second]->address) < counts.of(servers[first]->address);
  return servers[second_is_better ? second : first];
}

}  // namespace cmap
